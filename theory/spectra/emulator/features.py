"""What the spectra depend on: 13 numbers, the same for every axion model and rate; and what of
CLASS is learned.

Of the axion's phase-space distribution two numbers matter: Delta N_eff (its energy while
relativistic) and an effective mass, that of the Bose-Einstein gas of equal Delta N_eff which has
the axion's density today. With Delta N_eff as input, one training serves every model and rate.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.relics.distribution import RelicPSD

BASE = ("omega_b", "omega_cdm", "theta_s_100", "n_s", "logA", "tau_reio")
# Beyond LambdaCDM with a hot axion: a training may leave them where they stand.
STANDARD = {"delta_neff_extra": 0.0, "w_pivot": -1.0, "wa": 0.0}
EXTRA = ("mnu", "mass_root", "delta_neff", "YHe", *STANDARD)
FEATURES = (*BASE, *EXTRA)
# Position in the vector.
OMEGA_B, OMEGA_CDM, THETA, N_S, LOG_A, TAU, MNU, MASS_ROOT, DELTA_NEFF, Y_HE = range(10)
# Inputs of a training point; the strength of the pion rate makes Delta N_eff independent of m_a.
PARAMETERS = (*BASE, "mnu", "m_a", "pion_scale", "YHe", "delta_neff_extra", "w0_fld", "wa_fld")
# w0 + 0.3 wa: of the equation of state w0 + (1 - a) wa at a = 0.7, what distances tell best.
PIVOT = 0.3
# What is learned: lensed C_l, and numbers: sigma8, redshift and comoving sound horizon [Mpc] of
# recombination and of the baryon drag, redshift of reionisation.
SPECTRA = ("tt", "te", "ee", "bb", "pp")
SCALARS = ("sigma8", "z_rec", "rs_rec", "z_d", "rs_d", "z_reio")


def effective_mass_ev(psd: RelicPSD) -> float:
    """Mass [eV] of the Bose-Einstein gas of equal Delta N_eff and equal density today.

    With <p> larger by r than in the gas of equal number, the gas of equal energy has r^(3/4) times
    the axions; its mass must be smaller by the same factor. 0 without axions.
    """
    if psd.delta_neff == 0.0:
        return 0.0
    return psd.mass_ev * psd.mean_momentum_ratio**-0.75


def feature_vector(values: Mapping[str, float], psd: RelicPSD | None) -> Array:
    """The FEATURES of one point.

    Parameters
    ----------
    values : the BASE parameters, `mnu` [eV] and `YHe`; unless they are standard, too,
        `delta_neff_extra`, and `w0_fld`, `wa_fld` of dark energy.
    psd : the axion, None for none.
    """
    axion = (0.0, 0.0) if psd is None else (effective_mass_ev(psd) ** 0.5, psd.delta_neff)
    w0, wa = values.get("w0_fld", -1.0), values.get("wa_fld", 0.0)
    more = (values.get("delta_neff_extra", 0.0), w0 + PIVOT * wa, wa)
    hot = (values["mnu"], *axion, values["YHe"], *more)
    return np.array([*(values[name] for name in BASE), *hot])
