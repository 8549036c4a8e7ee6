"""Golden numbers of the axion's production and abundance, each with its origin and tolerance.

"prototype": an independent implementation (another quadrature, another Boltzmann solver) of the
same equations; agreement shows that the code solves them, not that nature obeys them.
"published": printed in the paper named.
"""

# g_*s of Saikawa & Shirai 1803.01038 at T [GeV]; prototype, printed to 5 digits.
G_S = {
    0.01: 10.742,
    0.02: 11.233,
    0.03: 12.355,
    0.05: 14.314,
    0.1: 17.328,
    0.15: 25.36,
    0.2: 37.46,
    0.3: 49.41,
    1.0: 68.77,
    10.0: 80.43,
    100.0: 100.7,
    300.0: 104.0,
}
G_S_TOLERANCE = 5e-4  # half a unit of the last digit

# Borsanyi et al. 1606.07494, table S2, published: T [GeV] (log10 T/MeV there), g_rho, g_rho/g_s.
# Read from public codes that copied it from the source of the paper.
G_STAR_1606_07494 = [
    (10.0**-2.0, 10.76, 1.00048),
    (10.0**-1.75, 11.09, 1.00505),
    (10.0**-1.4, 13.68, 1.02159),
    (10.0**-1.0, 17.61, 1.02324),
    (10.0**-0.85, 24.07, 1.05423),
    (10.0**-0.8, 29.84, 1.07578),
    (10.0**-0.6, 47.83, 1.06118),
    (10.0**-0.5, 53.04, 1.04690),
    (10.0**0.0, 73.48, 1.01778),
    (10.0**1.0, 83.10, 1.00123),
    (10.0**1.3, 85.56, 1.00389),
    (10.0**1.6, 91.97, 1.00887),
    (10.0**2.0, 102.17, 1.00750),
    (10.0**2.45, 104.98, 1.00023),
]

# C_a_pi of DFSZ at tan(beta), z = 0.472. From the formula of 2003.01100, 4 digits.
C_A_PI_DFSZ = {0.25: 0.0215, 1.0: 0.1196, 3.0: 0.2085, 10.0: 0.2285}

# pi pi scattering, 1102.2183: published value and error.
SCATTERING_LENGTHS = {"a00": (0.221, 0.009), "a20": (-0.043, 0.008), "a11": (0.0385, 0.0012)}
# The same from these phases; prototype, 1 %.
SCATTERING_LENGTHS_PROTOTYPE = {"a00": 0.2213, "a20": -0.0433, "a11": 0.0387}
DELTA_00_MINUS_20_AT_KAON_MASS_DEG = (47.3, 0.9)  # prototype: 47.7
# Phase shifts [deg] at sqrt(s) [GeV]; prototype, 1 %.
PHASES_DEG = {("S0", 0.5): 39.9, ("P", 0.7736): 90.0, ("S2", 0.5): -8.3}
PHASES_TOLERANCE = 0.01

# Relaxation rate Gamma(E = xT) / theta_a_pi^2 [GeV] at T = 0.1 GeV; prototype.
PION_RATES = {
    "lo": {0.3: 1.42094e-5, 3.0: 8.12077e-3, 10.0: 3.00105e-2},
    "gkpy": {0.3: 1.98697e-5, 3.0: 1.24516e-2, 10.0: 1.8948e-2},
}
PION_RATES_TOLERANCE = {"lo": 5e-4, "gkpy": 1e-3}

# Mean rates / theta_a_pi^2 [GeV] at T [GeV]: (relaxation, loss); prototype, Monte-Carlo checked.
MEAN_PION_RATES = {
    "lo": {0.05: (7.447e-5, 7.707e-5), 0.1: (7.027e-3, 7.502e-3), 0.15: (6.909e-2, 7.467e-2)},
    "gkpy": {0.05: (1.033e-4, 1.069e-4), 0.1: (9.535e-3, 1.021e-2), 0.15: (6.291e-2, 7.051e-2)},
    "gkpy_raw": {0.05: (1.023e-4, None), 0.1: (9.150e-3, None), 0.15: (5.999e-2, None)},
}
MEAN_PION_RATES_TOLERANCE = 5e-3

# Mean loss rate / [T^5 (C_a_pi/(f_a f_pi))^2], leading order. Massless pions: A = 0.215 published
# (hep-ph/0504059), 0.2143 from the prototype; T = 154.5 MeV, m_pi = 137 MeV: 0.163 (2101.10330).
LO_COEFFICIENT_MASSLESS = 0.2143
LO_COEFFICIENT_CROSSOVER = 0.1634
LO_COEFFICIENT_TOLERANCE = 3e-3

# Gluon rate Gamma f_a^2 / T^3 at n_f = 6: (g, x) -> value; prototype.
GLUON_RATES = {
    (2.0, 0.5): 6.0945e-4,
    (2.0, 3.0): 3.14621e-3,
    (2.0, 8.0): 4.94094e-3,
    (1.0, 0.5): 2.49222e-5,
    (1.0, 3.0): 9.27499e-5,
    (1.0, 8.0): 1.28416e-4,
}
GLUON_RATES_TOLERANCE = 1e-3
# Graf & Steffen 1008.4528: mean rate g^6/(64 pi^5) [ln(T^2/m_g^2) + 0.406] f_a^2/T^3 as g -> 0.
GRAF_STEFFEN_CONSTANT = 0.406
# Mean rates Gamma f_a^2/T^3 at T [GeV] with the coupling running at 2 pi T; prototype, 2 digits.
MEAN_GLUON_RATES = {2.0: 4.9e-4, 5.0: 3.2e-4, 10.0: 2.38e-4, 100.0: 1.16e-4, 1000.0: 6.7e-5}
ALPHA_S_2PIT = {1.0: 0.200, 2.0: 0.169, 5.0: 0.141, 10.0: 0.125, 100.0: 0.093, 1000.0: 0.075}

# Delta N_eff of an axion that decouples at T_d [GeV] with a thermal shape, (4/7)(...)^(4/3); 1e-3.
DECOUPLED = {0.15: 0.18352, 1.0: 0.04854, 100.0: 0.02919}

# Delta N_eff by options and m_a [eV]; prototype, 0.5 % (1 % below 0.05).
DELTA_NEFF = [
    (dict(rates="lo", solver="number"), {0.1: 0.09051, 1.0: 0.34997}),
    (dict(rates="lo"), {0.1: 0.11670, 1.0: 0.36322}),
    (
        dict(rates="gkpy"),
        {0.01: 0.0305, 0.03: 0.0406, 0.1: 0.11248, 0.2: 0.218, 0.3: 0.281, 1.0: 0.37186},
    ),
    (dict(rates="gkpy", gluons="none"), {0.1: 0.20414, 1.0: 0.37204}),
    (dict(rates="gkpy", gluons="none", initial="zero"), {0.1: 0.05492, 1.0: 0.37030}),
    (dict(model="dfsz1", tan_beta=3.0, fermions=False), {0.1: 0.19300, 1.0: 0.39829}),
]

# 2205.07849, abstract (KSVZ): the pairs (m_a [eV], Delta N_eff), published with two digits; 4 %.
PUBLISHED_2205_07849 = {0.16: 0.14, 0.28: 0.23, 0.53: 0.31}
# and the decay constants f_a [GeV] printed beside the masses.
PUBLISHED_F_A = {0.53: 1.07e7, 0.16: 3.56e7, 0.28: 2.02e7}

# Spectrum at m_a = 0.3 eV, defaults; prototype: temperature ratio, mean momentum ratio,
# f over Bose-Einstein of equal number at p/T_a.
SPECTRUM_M_A_EV = 0.3
TEMPERATURE_RATIO, MEAN_MOMENTUM_RATIO = 0.8107, 1.1278
F_OVER_BOSE = {0.5: 0.685, 1: 0.807, 2: 0.948, 3: 1.044, 5: 1.234, 8: 1.591, 12: 2.278}
# Omega_a h^2 at m_a [eV], non-relativistic; prototype, 3 digits.
OMEGA_A_H2 = {1.0: 4.92e-3, 0.3: 1.14e-3, 0.1: 1.83e-4}

# Mean relaxation rate of the unitarised (IAM) pions over leading order at T [GeV]; prototype with
# a cut at sqrt(s) = 1.2 GeV, where ours is continued: 4 %.
IAM_OVER_LO = {0.05: 1.53, 0.08: 1.55, 0.1: 1.44, 0.12: 1.25, 0.15: 0.93}
IAM_OVER_LO_TOLERANCE = 0.04
# Delta N_eff with the lattice sphaleron rate at m_a [eV]; prototype, 1 %.
SPHALERON_DELTA_NEFF = {0.01: 0.0351, 0.03: 0.0685, 0.1: 0.148, 0.2: 0.229, 0.3: 0.284, 1.0: 0.372}

# Shifts of Delta N_eff [%] at 0.1, 0.2, 0.3 and 1 eV, prototype: (lower, upper) for the charged and
# the neutral pion's mass; magnitudes, mean of both signs, for m_u/m_d +- 0.011 (scaled from other
# values) and half of what +- 20 % in the pion rate does; upper, lattice sphaleron rate (the one at
# 0.3 eV is an upper bound).
M_PION_SHIFTS = ((-0.5, -0.4, -0.3, -0.2), (0.9, 0.8, 0.6, 0.5))
MEAN_SHIFTS = {"m_u/m_d": (2.8, 2.1, 1.3, 0.4), "pions": (5.0, 4.0, 2.5, 0.7)}
SPHALERON_SHIFTS = (32.0, 5.0, 1.1)

# --- an early matter era --------------------------------------------------------------------
# Delta N_eff of m_a = 0.222 eV, pions alone, no axions at 150 MeV, by T_reheat [GeV] (None: none):
# as PyBolt gives it (github.com/adam-gomulka/PyBolt, see PIONS_OF_ANOTHER_CODE), to four decimals.
REHEATED = {None: 0.1833, 0.1: 0.1126, 0.05: 0.0147, 0.03: 0.0012}
REHEATED_TOLERANCE = 0.03
# Ours, 27 November 2026, of m_a = 1 eV from 100 GeV; held against LSODA by test_reheating.
REHEATED_AT_1_EV = {10.0: 0.371885, 0.3: 0.371824, 0.1: 0.345042, 0.05: 0.139833, 0.03: 0.020467}
