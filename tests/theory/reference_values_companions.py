"""Golden numbers of the companions, with origin and tolerance."""

from __future__ import annotations

# --- magnets: 2308.10925, 2408.11103 ----------------------------------------------------------
# Own calculations of the design by other programs (exact evolution, quadrature on fine grids),
# unless a publication is named; with the relative tolerance that the design asks for.
# P(a->gamma) at g = 1e-9/GeV, 5.3 T, 106 m, 1.16 eV, 1 meV: (theta'/q, P, tolerance).
ALPS_PROBABILITIES = (
    (1.0, 3.8667e-14, 0.002),
    (1.03, 3.3987e-16, 0.002),
    (0.0, 1.1718e-18, 1e-4),
)
ALTERNATING_DIPOLES = 0.10132  # P/(gBL)^2
ALPS_II_REACH = 1.8973786e-11  # 1/GeV, constant field, light axion
ALPS_II_PROBABILITY = 2.7841e-17
# 95 % of CAST's vacuum counts, flat in g^4: (mass [eV], bound [1/GeV], tolerance).
CAST_BOUNDS = ((1e-4, 6.5876e-11, 0.01), (0.1, 3.8241e-10, 0.01))
CAST_PUBLISHED = 0.66e-10  # 1/GeV, 1705.02290
CAST_HELIX = (0.05, 8.1697e-11, 0.02)  # tuned to 4.2 keV at that mass
# Expected 95 %: (set-up, mass [eV], tuned, reach [1/GeV], tolerance).
IAXO_REACHES = (
    ("babyiaxo", 1e-4, False, 1.5187e-11, 0.02),
    ("iaxo", 1e-4, False, 4.5616e-12, 0.02),
    ("iaxo", 0.1, True, 1.2194e-11, 0.02),
)
# ALPS I, light axion, 95 % flat in g^4 [1/GeV]; published 6.5e-8 by another statistic (1004.1313).
ALPS_I_BOUND = 7.5e-8
# Flat m_a, KSVZ: BBN + omega_b + R parameter + IAXO, constant field; eight pitches tuned at
# geomspace(0.02, 0.3, 8) eV with equal time [eV].
IAXO_JOINT = (0.1092, 0.0187)

# --- cold axions: 2211.13074 ------------------------------------------------------------------
# Own calculations of the design by another program; relative tolerance 2 % unless it is named.
# (f_a [GeV], theta_i, Omega_a h^2) with beta = 8, T_chi = 150 MeV.
MISALIGNMENT = (
    (1e12, 1.0, 0.13676),
    (1e11, 1.0, 0.0091523),
    (1e12, 2.155, 0.83188),
    (1e10, 0.1, 5.8206e-06),
)
MISALIGNMENT_MASS_EV = 29.6e-6  # Omega h^2 = 0.12 at theta_i = 2.155
# The same from the lattice, 28(2) micro-eV: Borsanyi et al. 1606.07494.
LATTICE_MASS_EV = (28e-6, 2e-6)
ALONE = {0.05: (0.00092459, 0.001), 1.0: (0.40254, 0.002)}  # theta_i: rho t^1.5, tolerance
# (xi, r): rho_phi/rho_a, total over the axion alone, tolerance; theta_i = 1.
KICKS = {
    (1.5, 0.2): (3.615, 1.403, 0.02),
    (1.6, 0.2): (6.21, 1.535, 0.02),
    (3.7, 0.55): (2.83, 26.06, 0.05),
    (1.6, 0.1): (10.41, 1.395, 0.02),
}
# Constant mass [eV]: f_a [GeV] of Omega h^2 = 0.12 at theta_i = 1; with xi = 1.5, r = 0.2.
F_ALP_GEV = {1e-6: 1.7827e13, 1e-4: 5.8088e12}
F_ALP_KICKED_GEV = 1.505e13  # at 1e-6 eV
# Ratio rho_phi/rho_a where the statements of the abstract are looked for (section 11).
RESONANT_KICK = (4.5, 1.9, (4.0, 20.0))  # xi, r, range of the ratio
GAINS_NEAR_MINIMUM = {0.1: 8300.0, 0.2: 2100.0, 0.5: 340.0, 1.0: 89.0, 2.0: 25.0}  # s_i; 4.8, 1.9

# --- ALPs and electroweak bosons: 2501.15250 --------------------------------------------------
# Own calculations of the design by another program, unless a publication is named; with the
# relative tolerance that the design asks for.
ALP_LOOPS = ((1.1473, 1e-3), (0.50003, 1e-3))  # f(m_t^2/M_W^2) with m_t = 163 GeV, f(1.0001)
ALP_FLAVOUR_COUPLINGS = {"sd": 9.225e-07, "bs": 9.5385e-05, "bd": 1.9907e-05}  # over g_aww, 0.5 %
ALP_BRANCHING_RATIOS = {  # over g_aww^2 [GeV^2] at m = 1 MeV, 1 %
    "K+ -> pi+ a": 7.4602,
    "K_L -> pi0 a": 3.6294,
    "B+ -> K+ a": 1757.5,
    "B+ -> K*+ a": 2079.7,
}
# F of (d_mu a/F) d gamma^mu s at BR(K+ -> pi+ a) = 7.3e-11, 0.5 %; published 6.8e11 (2002.04623).
ALP_VECTOR_SCALE_GEV = (6.9307e11, 6.8e11)
ALP_FROM_Z = {0.0: 0.00017908, 50.0: 6.1253e-05}  # m [GeV]: BR(Z -> a gamma), g_aww = 1e-3, 0.3 %
# m = 0.1 GeV, g_aww = 1e-5/GeV, cutoff 1 TeV: width [GeV], c tau [m], BR(e e), 2 %.
ALP_DECAYS = (2.659e-17, 7.421, 1.6655e-06)
ALP_MIXING_BS_GEV = 6.4768e-10  # Delta M at g_aww = 1/GeV, m = 0.1 GeV, 2 %
ALP_INVISIBLE_K = 2.6e-6  # g_aww [1/GeV] where BR(K+ -> pi+ a) of a light ALP is 5e-11, rounded

# --- couplings and stars ----------------------------------------------------------------------
# Own calculations of the design, unless a publication is named.
# |g_agamma| [1/GeV] at m_a = 0.1 eV, 0.2 %.
COUPLINGS_AT_0P1_EV = {"ksvz": 3.9183e-11, "dfsz1": 1.5238e-11, "dfsz2": 2.5577e-11}
DFSZ_PROTON = (-0.435, -0.182, 0.03)  # C_p = a sin^2(beta) + b: 2003.01100; to 3 %
# R parameter, Y = 0.254: g10 of the best fit and at Delta chi^2 = 4, 0.5 %; published 0.65 to 0.66
# (1406.6053).
R_BEST_AND_BOUND = (0.2338, 0.6482)
# 95 % bounds on m_a [eV], flat in m_a, R parameter alone, 1 %.
R_MASSES = {"ksvz": 0.1518, "dfsz1": 0.3905, "dfsz2": 0.2326}
TIP_BOUND = 1.48e-13  # on g_ae, 2010.03833
SN1987A_BOUND = 4.978e-10  # on g_ap: the spectra of JCAP 11 (2024) 009, integrated here; 0.1 %
# 95 % on m_a [eV], KSVZ, flat in m_a: BBN 2026 (PRIMAT) and omega_b; with CAST and R; 3 %.
BBN_AND_STARS = (0.1482, 0.1128)

# --- solar vectors (2305.14420) ---------------------------------------------------------------
# Own calculations of the design by another program; relative tolerances.
JUNO_ELECTRONS = 6.7448e33  # in 20 kt of C18H30; 0.1 %
KLEIN_NISHINA_CM2 = 7.7778e-26  # at 5.493 MeV; 0.01 %
# Mass [MeV]: sigma_T and sigma_L over epsilon^2 sigma_KN at 5.493 MeV; 0.2 %.
VECTOR_COMPTON = {0.5: (0.98256, 0.034721), 2.0: (1.0482, 0.49267)}
JUNO_EVENTS = 9.8886e26  # a year, over epsilon^4, at 0.1 MeV; 0.5 %
IN_MEDIUM_MIXING2 = (0.0084313, 7.0847e-07)  # at 1 and 10 keV; 0.1 %
DECAY_LENGTH_CM = 1.0676e12  # at 2 MeV, epsilon = 1e-10; 0.1 %
MOST_DECAYS = 2.288e-4  # in JUNO in ten years, over all epsilon, above 1.03 MeV; 5 %

# --- particles that decay to neutrinos: 2312.13627 --------------------------------------------
# Own calculations of the design by another program, unless a publication is named.
# J(E) [MeV] at E [MeV]; m = 10, T = 30, mu = 150, 150; as printed there, five digits.
NU_OVERLAP = {60.0: 56.713, 150.0: 109.39, 300.0: 29.597}
# P_ee, P_emu, P_etau, P_mumu; 0.2 %.
NU_FLAVOURS = (0.54998, 0.20207, 0.24794, 0.41588)
IBD_CROSS_SECTION = {20.0: 2.8999e-41, 50.0: 1.5515e-40, 100.0: 4.487e-40}  # MeV, cm^2; 0.5 %
MAJORON_LOSS = (6.0904e32, 170.53)  # erg/(cm^3 s), <E> [MeV]; g m = 1e-9, m = 10 MeV; 0.5 %
# g m [MeV] at three events above 75 MeV, m = 10 MeV, one zone; 2 %. Published scale: 1e-9
# (2209.11773).
MAJORON_GM_SN1987A = 5.9603e-10
MAJORON_GM_GALACTIC = 2.219e-11  # Hyper-K, 10 kpc; 2 %
NU_BOX_EVENTS = {"imb": 1.5619, "kamiokande_ii": 0.56499}  # of 1 % of 3e53 erg, above 50 MeV; 1 %
ZPRIME_GM_SN1987A = 5.6295e-9  # L_mu - L_tau, the same; 3 %
HNL_WIDTHS_MEV = {"3nu": 2.2852e-16, "nu_pi0": 0.0, "nu_ee": 2.8727e-17}  # 100 MeV, U^2 = 1; 1 %
HNL_U2_COOLING = 4.2274e-8  # 3e52 erg/s, m = 100 MeV; 4 %
# Three events, m = 100 MeV; 4 %. With neutrinos along the flight of their parent (E_nu = x E), no
# e+e- mode and all flavours of pairs alike; in exact kinematics and with all that it is 3.78e-9.
HNL_U2_COLLINEAR = 3.3572e-9
HNL_U2_EXACT = 3.78e-9

# --- bosons of pions and of a core: 2211.15677, 2502.01731 --------------------------------------
# Own calculations of the design by another program; relative tolerances.
CAPTURE_MB = 0.54136  # sigma v of pi- p -> n gamma at threshold; 0.2 %
E0_PLUS_MEV = 31.7e-3 / 139.57039  # measured, gamma n -> pi- p at threshold [1/MeV]
CAPTURE_MEASURED_MB = 0.5376  # from it by detailed balance
PION_FRACTION = 0.0052085  # at 3e14 g/cm^3, 30 MeV, potential 100 MeV; 0.5 %
PION_POTENTIAL_MEV = 132.15  # of 0.02 pions for each nucleon; 0.2 %
# Mass [MeV]: coupling at 3e52 erg/s and mean energy [MeV]; 4 %.
PIONS_DARK_PHOTON = (30.0, (7.8767e-11, 184.08))
PIONS_B_MINUS_L = (1.5, (3.2215e-11, 183.59))
ENVELOPE_EPSILON = 5.7424e-12  # at 30 MeV, 1e50 erg within 5e13 cm, 1 s; 5 %
# Mean energies at 30 MeV; pions over bremsstrahlung, light boson in vacuum (8.6 in the design).
BREMSSTRAHLUNG_AND_PION_MEV = (70.1, 184.1)
PIONS_OVER_SOFT = 8.66
# Mass [MeV]: mixing of the core's resonances at 3e52 erg/s, measured here (free streaming, 1 %),
# and in the design (8 %), whose grid of energies scatters by as much: 500 energies on 200 shells
# give 1.08e-8 to 1.20e-8 at 0.2 MeV and 7.3e-9 to 7.7e-9 at 0.3, 2000 of them 1.07e-8 and 7.29e-9.
CORE_EPSILON = {0.2: (1.0878e-8, 1.1741e-8), 0.3: (7.334e-9, 6.6574e-9)}

# --- gain layer: 2502.01731 -------------------------------------------------------------------
# Own calculations of the design by another program, free streaming; with relative tolerances.
# rho Y_e = 1.5e8 g/cm^3, T = 1.66 MeV: omega_P, v_*, mu_e [MeV], P_e [MeV^4]; 0.3 %.
ELECTRON_PLASMA = (0.16966, 0.99005, 0.75077, 3.1145)
TRANSVERSE_PI = 0.27884  # MeV^2, omega = 2, k = 1.5, omega_P = 0.5 MeV, v_* = 0.9; 0.01 %
CAPTURE_COOLING = (147.2, 145.0)  # MeV/s at 2 MeV; as Janka (2001) prints it; 2 %
ABSORPTION_HEATING = (162.73, 160.0)  # MeV/s at 100 km, 1e52 erg/s, 4 MeV; the same; 3 %
# R_gain [km], rho [g/cm^3] and T [MeV] behind the shock, omega_P there and at R_gain [MeV],
# mass [M_sun], Q_net [erg/s]; 2 %, which the design has with the heating and cooling as printed.
GAIN_LAYERS = {
    "t0.20": (77.747, 3.9006e8, 1.3867, 0.15347, 0.32125, 0.007287, 5.1545e51),
    "ec0.15": (74.485, 1.8134e5, 0.12975, 0.0067883, 0.27092, 0.011613, 1.7767e51),
}
GAIN_LUMINOSITIES = {0.2: 6.239e50, 0.3: 1.428e51}  # MeV: erg/s, t0.20, epsilon = 1e-9; 3 %
# Snapshot, mass [MeV], epsilon at which the layer loses Q_net; 5 %.
GAIN_EPSILONS = (
    ("t0.20", 0.3, 1.895e-9),
    ("ec0.10", 0.05, 1.1789e-8),
    ("ec0.15", 0.01, 4.9583e-8),
    ("t0.60", 0.1, 5.1788e-9),
)
GAIN_MASSES = (0.087812, 0.44944)  # MeV, epsilon < 1e-8, iron cores; 6 %
OMEGA_P_AT_SHOCK = {"ec0.06": 0.077826, "ec0.10": 0.025168, "ec0.15": 0.0067883}  # MeV; 3 %
# Measured here, with reabsorption; 1 %. 2511.18122 (simulations) finds no explosion above 3e-9.
GAIN_EPSILON_REABSORBED = 1.80e-9  # iron, 0.3 MeV
GAIN_MASSES_REABSORBED = (0.1035, 0.453)  # MeV, epsilon < 1e-8, iron
GAIN_LEAST_MASSES = {"iron": 0.0935, "electron_capture": 0.0663}  # MeV, at any epsilon
