"""Golden numbers of gluons alone (T > 200 MeV, thermal start), each with its origin."""

# 2601.08221, abstract: Delta N_eff "from ~0.03 to ~0.04" by ultrasoft gluons at this f_a [GeV].
F_A_2601_08221_GEV = 4e8
# Delta N_eff there by gluon_scale: 1 and 3 from the prototype (three digits), 15 ours.
GLUONS_ALONE = {1.0: 0.0302, 3.0: 0.0321, 15.0: 0.0402}
GLUONS_ALONE_TOLERANCE = 2e-3
SCALE_OF_2601_08221 = 15.0
# 2404.06113, abstract: largest difference in Delta N_eff between three treatments of soft gluons.
UNCERTAINTY_2404_06113 = 0.002
# 2308.01287, N_f = 2+1: Gamma_sph / T^4 and its error at T [GeV], as published.
SPHALERON_RATE_OVER_T4 = {
    0.230: (0.310, 0.080),
    0.300: (0.165, 0.040),
    0.365: (0.115, 0.030),
    0.430: (0.065, 0.020),
    0.570: (0.045, 0.012),
}
# The same f_a with pions and the interpolation below 2 GeV; ours, a guard.
GLUONS_ALONE_FULL_MODEL = [
    (dict(), 0.0319),
    (dict(gluon_scale=3.0), 0.0332),
    (dict(gluon_scale=15.0), 0.0381),
    (dict(gluons="sphaleron"), 0.0407),
]
