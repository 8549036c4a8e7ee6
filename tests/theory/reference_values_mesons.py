"""Golden numbers of the kaon channel, each with its origin and tolerance.

"published": printed in the paper named. "ours": first computed by this code; a guard against
accidental change, not evidence.
"""

# pi K scattering lengths in units of 1/m_pi (P wave: 1/m_pi^3); published, 1602.08404 (CFD). Known
# gap: not checked against the table of the paper. The test allows one error.
SCATTERING_LENGTHS = {"S1": (0.22, 0.01), "S3": (-0.054, 0.012), "P1": (0.024, 0.001)}
# K*(892) from these phases: 90 degrees at 0.8957 GeV (1602.08404, table VI), and a width of twice
# 29(1) MeV from the pole (1612.07966; known gap: not checked against the paper).
K_STAR_MASS_GEV, K_STAR_WIDTH_GEV, K_STAR_WIDTH_TOLERANCE = 0.8957, 0.058, 0.05

# Mean relaxation rate of a K -> pi K over that of the pions (gkpy), KSVZ, at T [GeV]; ours. That
# the two are comparable at 130 MeV is published: 2505.21276, abstract.
KAONS_OVER_PIONS = {0.05: 0.01919, 0.1: 0.4686, 0.13: 0.7433, 0.15: 0.8773}
# DFSZ-I, tan(beta) = 0.25, whose pion coupling is small; ours.
KAONS_OVER_PIONS_DFSZ = {0.1: 5.590, 0.15: 10.438}
KAONS_OVER_PIONS_TOLERANCE = 5e-3

# Channels that are left out, at leading order, over the pions (gkpy), KSVZ, at T [GeV]; ours.
LEFT_OUT_OVER_PIONS = {
    "a pi -> K Kbar": {0.1: 0.07, 0.13: 0.26, 0.15: 0.476},
    "a eta -> K Kbar": {0.1: 0.04, 0.13: 0.15, 0.15: 0.289},
    "a K -> eta K": {0.1: 0.02, 0.13: 0.09, 0.15: 0.176},
}
# All meson channels with strangeness over a K <-> pi K alone, at T [GeV].
ALL_KAONS_OVER_KAONS = {0.08: 1.127, 0.1: 1.28, 0.12: 1.516, 0.13: 1.672, 0.14: 1.856, 0.15: 2.072}

# Delta N_eff at f_a [GeV] of an independent public code that follows 2211.03799 (pi pi phases of
# 1102.2183, waves S0, P, S2 below 2 M_K = 0.992 GeV, m_pi = 138 MeV, f_pi = 92.3 MeV, z = 0.47, no
# axions at 150 MeV, end at 30 MeV, T_nu = 3 MeV): output stored in Pion_axion_production.ipynb of
# github.com/adam-gomulka/PyBolt (September 2026).
PIONS_OF_ANOTHER_CODE = {1e7: 0.3361, 2.154e7: 0.2220, 4.642e7: 0.0755, 1e8: 0.0183}
PIONS_OF_ANOTHER_CODE_TOLERANCE = 0.01

# Mean rate of a N <-> pi N over that of pions (KSVZ, gkpy) [per cent] at T [GeV]: ours, 27 November
# 2026, and an independent estimate with the Delta and the isovector coupling.
NUCLEONS_OVER_PIONS = {0.08: 0.33, 0.1: 1.49, 0.12: 3.74, 0.13: 5.24, 0.14: 6.93, 0.15: 8.76}
NUCLEONS_OVER_PIONS_ESTIMATED = {0.08: 0.3, 0.1: 1.2, 0.12: 3.2, 0.13: 4.6, 0.14: 6.1, 0.15: 7.8}
