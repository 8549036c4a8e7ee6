"""Constants of nature and conventions, each with unit and source.

Natural units (hbar = c = k_B = 1), GeV unless the name says otherwise.
"""

from __future__ import annotations

import math

# --- numbers and units -------------------------------------------------------------------
ZETA3 = 1.2020569031595942  # Riemann zeta(3)
K_B_EV_PER_K = 8.617333262e-5  # Boltzmann constant [eV/K], exact (SI 2019)
SPEED_OF_LIGHT_KM_S = 299792.458  # [km/s], exact
GYR_PER_MPC = 3.261563777e-3  # Mpc/c in Gyr, years of 365.25 days
HBAR_C_EV_M = 1.9732698045930252e-7  # hbar c [eV m], exact (SI 2019): 1 m = 5067730.7 / eV
TESLA_EV2 = 195.35277  # 1 T in natural units, Heaviside-Lorentz: (hbar c)^1.5 / sqrt(mu_0) [eV^2]
JOULE_EV = 1.0 / 1.602176634e-19  # 1 J in eV, exact (SI 2019)
HBAR_EV_S = 6.582119569509066e-16  # [eV s], exact (SI 2019)
ATOMIC_MASS_UNIT_G = 1.66053906892e-24  # [g], CODATA 2022
ATOMIC_MASS_UNIT_MEV = 931.49410372  # CODATA 2022
GM_SUN_CGS = 1.3271244e26  # [cm^3/s^2], IAU 2015
M_SUN_G = GM_SUN_CGS / 6.67430e-8  # [g], with the constant of gravity of CODATA 2018
AVOGADRO = 6.02214076e23  # [1/mol], exact (SI 2019)
ASTRONOMICAL_UNIT_CM = 1.495978707e13  # exact (IAU 2012)
KPC_CM = 3.0856775814913673e21  # [cm], IAU 2015
SECONDS_PER_DAY = 86400.0
SECONDS_PER_YEAR = 365.25 * SECONDS_PER_DAY

# --- gravity -----------------------------------------------------------------------------
M_PLANCK_GEV = 1.220890e19  # G^(-1/2), CODATA 2018
# Critical density for H0 = 100 km/s/Mpc: 3 H0^2 M_Pl^2 / (8 pi) [eV^4].
_H100_EV = 100.0 / 3.0856775814913673e19 * 6.582119569e-16  # km/s/Mpc -> 1/s -> eV
RHO_CRITICAL_OVER_H2_EV4 = 3.0 * (_H100_EV * M_PLANCK_GEV * 1e9) ** 2 / (8.0 * math.pi)

# --- the late universe -------------------------------------------------------------------
T_CMB_K = 2.7255  # Fixsen, 0911.1955
T_CMB_EV = T_CMB_K * K_B_EV_PER_K
N_EFF_SM = 3.044  # Bennett et al. 2012.02726; Froustey, Pitrou & Volpe 2008.01074
# (aT_gamma)_today / (aT)_{10 MeV}: photon heating by e+e- annihilation with non-instantaneous
# neutrino decoupling (instantaneous: (11/4)^(1/3) = 1.40102). Mangano et al. hep-ph/0506164.
Z_NU = 1.39797
G_S_BEFORE_NU_DECOUPLING = 10.75  # g_*s of photons, e+-, three neutrinos, all relativistic
# Best fit of LambdaCDM to TT, TE, EE, low l and lensing: Planck 2018, 1807.06209, table 1. theta_s
# is CLASS's, at the peak of the visibility, and mnu [eV] the least sum of neutrino masses, rounded.
PLANCK_2018 = {
    "logA": 3.0448,
    "n_s": 0.96605,
    "theta_s_100": 1.0419,
    "omega_b": 0.022383,
    "omega_cdm": 0.12011,
    "tau_reio": 0.0543,
    "mnu": 0.06,
}

# --- electromagnetism --------------------------------------------------------------------
ALPHA_EM = 1.0 / 137.035999  # fine structure, Thomson limit, CODATA 2018
ERG_PER_MEV = 1.602176634e-6  # exact (SI 2019)

# --- electroweak bosons ------------------------------------------------------------------
# PDG 2024, G_F CODATA 2018; the angle and alpha in the MS-bar scheme at M_Z.
G_FERMI_GEV2 = 1.1663787e-5  # [1/GeV^2]
M_W_GEV = 80.377
M_Z_GEV = 91.1876
Z_WIDTH_GEV = 2.4955
SIN2_THETA_W = 0.23122
ALPHA_EM_M_Z = 1.0 / 127.95

# --- weak interactions -------------------------------------------------------------------
G_AXIAL = 1.2754  # of the nucleon, PDG 2024
# sin^2 of the mixing angles 12, 13, 23 of neutrinos: near the best fits of NuFIT (2007.14792).
NEUTRINO_MIXING = (0.307, 0.022, 0.56)

# --- leptons -----------------------------------------------------------------------------
LEPTON_MASSES_GEV = {"e": 0.51099895e-3, "mu": 0.1056583755, "tau": 1.77693}  # PDG 2024

# --- nucleons ----------------------------------------------------------------------------
M_PROTON_GEV = 0.93827209  # PDG 2024
M_NEUTRON_GEV = 0.93956542  # PDG 2024

# --- QCD ---------------------------------------------------------------------------------
# Topological susceptibility: m_a = 5.691(51) micro-eV * 1e12 GeV / f_a.
# Gorghetto & Villadoro, 1812.01008.
M_A_F_A_EV_GEV = 5.691e6
M_U_OVER_M_D = 0.472  # z = 0.472(11), 1812.01008
F_PION_GEV = 0.0923  # F_pi+ / sqrt(2), PDG
M_PION_CHARGED_GEV = 0.13957  # PDG
M_PION_NEUTRAL_GEV = 0.13498  # PDG
M_PION_GEV = (2.0 * M_PION_CHARGED_GEV + M_PION_NEUTRAL_GEV) / 3.0  # isospin average, 138.04 MeV
