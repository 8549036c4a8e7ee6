"""Golden numbers of the likelihood tests, each with its origin and tolerance."""

#: χ² on ``class_spectra.npz`` (amplitude 1). PlanckLiteTTTEEE, PlanckLowlEE, PlanckLensing: equal
#: to Cobaya 3.6.2's own classes on Planck's official files to 1e-4 (test_planck.py compares them
#: again where those files are found). PlanckLowlTT: our own, recomputed by hand in test_planck.py.
PLANCK_CHI2 = {
    ("bestfit", 1.00044): {
        "PlanckLiteTTTEEE": 583.7478,
        "PlanckLowlTT": 4.0193,
        "PlanckLowlEE": 396.0535,
        "PlanckLensing": 8.8736,
    },
    ("shifted", 0.995): {
        "PlanckLiteTTTEEE": 670.5861,
        "PlanckLowlTT": 4.2023,
        "PlanckLowlEE": 398.4261,
        "PlanckLensing": 9.0623,
    },
}
PLANCK_TOLERANCE = 0.01

#: How far χ² of the two log-normal bins may drift from Commander's, up to a constant, for
#: amplitudes within ±10 %. Origin: measured, 0.46 at most; 0.45 was found on another spectrum.
LOWL_TT_DRIFT = 0.5

#: χ² of DESI DR2 for flat ΛCDM (H0 in km/s/Mpc, Ω_m, r_drag in Mpc), equal to Cobaya's own
#: ``bao.desi_dr2.desi_bao_all``. The second point is near DESI's own best fit.
DESI_CHI2 = {(67.32, 0.3158, 147.1): 30.8294, (68.5, 0.297, 147.6): 13.0932}
DESI_TOLERANCE = 1e-3

#: χ² of the BAO data of 2018 at the same points, equal to Cobaya's own ``bao.sixdf_2011_bao``,
#: ``bao.sdss_dr7_mgs`` and ``bao.sdss_dr12_consensus_bao`` on the official files.
BAO2018_CHI2 = {
    (67.32, 0.3158, 147.1): {"SixdF2011": 0.0896, "SdssMGS": 0.9188, "BossDR12": 5.7260},
    (68.5, 0.297, 147.6): {"SixdF2011": 0.0143, "SdssMGS": 2.0980, "BossDR12": 3.5646},
}
BAO2018_TOLERANCE = 0.01

#: ω_b from Planck 2018 (1807.06209): value and error of the prior "with the CMB".
OMEGA_B_CMB = (0.02236, 0.00015)

#: 95 % bounds on ΔN_eff, flat prior on ΔN_eff ≥ 0, flat (False) or CMB (True) prior on ω_b, by
#: (preset, rates, factor on D/H, CMB prior).
BBN_BOUNDS = {
    ("paper2022", "parthenope3", 1.0215, False): 0.319,
    ("paper2022", "parthenope3", 1.0215, True): 0.139,
    ("2026", "parthenope3", 1.0, True): 0.127,
    ("2026", "primat", 1.0, True): 0.160,
}
BBN_BOUNDS_TOLERANCE = 0.02  # relative

#: Best fit of LambdaCDM to Planck 2018 (1807.06209), at which the χ² of the data sets are quoted.
POINT = {
    "logA": 3.0448,
    "n_s": 0.96605,
    "H0": 67.32,
    "omega_b": 0.022383,
    "omega_cdm": 0.12011,
    "tau_reio": 0.0543,
    "mnu": 0.06,
}
