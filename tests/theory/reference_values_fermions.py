"""Golden numbers of the fermion channels, each with its origin and tolerance.

"prototype": an independent implementation of the same equations; "published": printed or deposited
with the paper named.
"""

# Delta N_eff of an axion that couples to muons only, by f_a/c_mu [GeV]; prototype, this project's
# constants, thermal start, 1 %. The last one, in freeze-in, depends on where integration starts.
MUON_DELTA_NEFF = {1e6: 0.4945, 3e6: 0.4145, 1e7: 0.1862, 3e7: 0.0606}
MUON_T_INITIAL_GEV = 20.0
MUON_TOLERANCE = 0.01

# Delta N_eff by f_a/c [GeV] from the phase-space (fBE) column of the data of figure 8 of 2410.18186
# (github.com/Maxim-Laletin/fBE_axion-lepton); published. That work starts without axions at
# T = 100 m, with M_Pl = 1e19 GeV and instantaneous neutrino decoupling. For g_* its documentation
# names the table of 1606.07494, its code has the fits of 1803.01038 used here: with the fits the
# data are met within 2 %, with the table the tau curve is missed by 3 to 11 % (depending on how its
# 16 knots are joined).
PUBLISHED_2410_18186 = {
    "mu": {1.0e6: 0.48237, 4.008806e6: 0.36097, 8.026434e6: 0.20259, 3.217642e7: 0.018899},
    "tau": {1.0e6: 0.071011, 4.008806e6: 0.057584, 1.607053e7: 0.044875, 1.0e8: 0.0040949},
}
PUBLISHED_M_PLANCK_GEV = 1e19
PUBLISHED_TOLERANCE = {"mu": 0.012, "tau": 0.02}

# What muons add to Delta N_eff for DFSZ-I, tan(beta) = 3, by m_a [eV]; prototype, last digit +-1.
MUON_SHARE_DFSZ = {0.1: (0.0003, 0.0001), 1.0: (0.001, 0.0003), 10.0: (0.006, 0.0006)}

# MS-bar masses [GeV] by (quark, scale [GeV]). Published: Chetyrkin et al., 0907.2110, from
# m_b(m_b) = 4.163(16) and m_c(m_c) = 1.279(13); here 4.18 and 1.27, so two errors for bottom.
RUNNING_MASSES = {("b", 10.0): (3.610, 0.032), ("c", 3.0): (0.986, 0.013)}

# 95 % lower bounds on f_a [GeV] at c = 1 from Planck, ACT, SPT and BBN; 2602.11100, abstract.
BOUNDS_2602_11100 = {"e": 1.63e6, "mu": 9.41e6, "tau": 8.06e4}
