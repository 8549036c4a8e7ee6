"""Golden numbers of BBN, neutrinos and CLASS, each with its origin and tolerance."""

# PRIMAT 0.3.3 called directly at omega_b = 0.02236, tau_n = 878.4 s (independent of the tables'
# nodes in omega_b). rates -> {Delta N_eff: (Y_p, 10^5 D/H)}, printed to five digits.
ABUNDANCES = {
    "primat": {0.0: (0.24697, 2.4466), 0.5: (0.25343, 2.6111), 1.0: (0.25946, 2.7750)},
    "parthenope3": {0.0: (0.24686, 2.5110), 0.5: (0.25332, 2.6794), 1.0: (0.25936, 2.8471)},
}
Y_P_TOLERANCE = 1e-5  # absolute; half a unit of the last digit plus interpolation
DH_TOLERANCE = 5e-5  # relative; likewise

# sigma(Y_p), sigma(D/H)/(D/H) and their correlation at omega_b = 0.02236, Delta N_eff = 0: PRIMAT's
# rates and tau_n = 878.4 +- 0.5 s propagated linearly. A Monte Carlo of 1000 draws gave 1.040e-4,
# 1.070 %, -0.145 (primat) and 1.035e-4, 1.281 %, -0.102 (parthenope3), with its own error of 2.2 %;
# its spread over that of linear shifts on the same draws is 0.9991 to 1.0000.
THEORY_ERRORS = {
    "primat": (1.052e-4, 0.01074, -0.138),
    "parthenope3": (1.049e-4, 0.01289, -0.101),
}
THEORY_ERROR_TOLERANCE = 2e-3  # relative; digits printed, and the interpolation of the table

# Mass fraction of helium that CLASS takes, same source, rates `primat`, Delta N_eff = 0.
YHE_PRIMAT = 0.245647
YHE_TOLERANCE = 1e-6

# Atomic masses over the atomic mass unit (AME 2020): how Y_p and YHe are related.
HELIUM_MASS_U, HYDROGEN_MASS_U = 4.0026033, 1.0078250

# Smallest sum of neutrino masses [eV]: sqrt(dm21) + sqrt(dm31) and sqrt(|dm32| - dm21) +
# sqrt(|dm32|) with the splittings of NuFIT 6.0 (2410.05380), by hand.
MINIMAL_SUM_EV = {"normal": 0.05878, "inverted": 0.09892}
MINIMAL_SUM_TOLERANCE = 1e-5  # absolute [eV]

# sum(m_nu)/omega_nu [eV] of standard neutrinos, Mangano et al. hep-ph/0506164.
MASS_OVER_OMEGA_EV = 93.14
MASS_OVER_OMEGA_TOLERANCE = 1e-3  # relative; kinetic energy and CLASS's sampling

# r_drag [Mpc] of classy 3.4.1 called directly: omega_cdm = 0.12, H0 = 67, massless neutrinos and
# CLASS's own helium; if omega_b does not reach CLASS it is 147.400 for both.
R_DRAG_MPC = {0.02: 149.819, 0.03: 139.380}
R_DRAG_TOLERANCE_MPC = 0.01

# r_drag ~ omega_b^-0.13 omega_cdm^-0.24 near the Planck cosmology (fits of Aubourg et al.
# 1411.1074, eq. 16: r_d ~ omega_cb^-0.25351 omega_b^-0.12807); no dependence on H0.
R_DRAG_SLOPES = {"omega_b": -0.128 - 0.2535 * 0.157, "omega_cdm": -0.2535 * 0.843, "H0": 0.0}
R_DRAG_SLOPES_TOLERANCE = 0.02

# CLASS against `relic`: N_eff and omega of the axion, relative. The neutrino part of CLASS's N_eff
# is off by up to 1e-5, which counts when Delta N_eff is 0.03.
CLOSURE_TOLERANCE = 5e-4

# Distortion of f against Bose-Einstein of equal number density, KSVZ at m_a = 0.3 eV; prototype
# of the momentum-resolved solver. p/T_a -> ratio.
DISTORTION = {0.5: 0.685, 1: 0.807, 2: 0.948, 3: 1.044, 5: 1.234, 8: 1.591, 12: 2.278}

# m_eff/omega [eV] of sterile neutrinos: 94.1 in section 7.5 of Planck 2018 VI, 1807.06209.
EV_PER_OMEGA_PLANCK = 94.1
EV_PER_OMEGA_TOLERANCE = 0.05  # half of the last digit

# N_ur for so many massive families at T_ncdm = 0.71611, as CLASS's explanatory.ini has them: of
# version 3 for N_eff = 3.044, of version 2 for 3.046.
N_UR_OF_CLASS = {
    3.044: {0: 3.044, 1: 2.0308, 2: 1.0176, 3: 0.00441},
    3.046: {0: 3.046, 1: 2.0328, 2: 1.0196, 3: 0.00641},
}
N_UR_TOLERANCE = 5e-5
