"""What the spectra depend on: 13 numbers, the same for every axion model and rate; and what of
CLASS is learned.

Of a hot relic's phase-space distribution two numbers matter: Delta N_eff (its energy while
relativistic) and an effective mass, that of the Bose-Einstein gas of equal Delta N_eff which has
its density today. With Delta N_eff as input, one training serves every axion model and rate, and
other relics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.relics.distribution import RelicPSD
from hotaxion.theory.spectra.species import DELTA_NEFF_MIN

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
MASSLESS_EV = 1e-4  # a lighter relic is as radiation to the spectra: below its momenta today
_LIGHT_ROOT = MASSLESS_EV**0.5
# <p^2>/<p>^2 of a relic: 1.42 of a Bose-Einstein gas, 1.30 of Fermi-Dirac, 1.24 to 1.53 of axions.
SPREAD_RANGE = (1.2, 1.65)
_SPREAD_OF_BOSONS = 1.419
# Error of ln L (Planck) over Delta N_eff^2 and the distance from that spread: CLASS, five shapes of
# 1.20 to 1.60 (docs/guides/relics.md).
_SPREAD_ERROR = 50.0
# What is learned: lensed C_l, and numbers: sigma8, redshift and comoving sound horizon [Mpc] of
# recombination and of the baryon drag, redshift of reionisation.
SPECTRA = ("tt", "te", "ee", "bb", "pp")
SCALARS = ("sigma8", "z_rec", "rs_rec", "z_d", "rs_d", "z_reio")


def effective_mass_ev(psd: RelicPSD) -> float:
    """Mass [eV] of the Bose-Einstein gas of equal Delta N_eff and equal density today.

    With <p> larger by r than in the gas of equal number, the gas of equal energy has r^(3/4) times
    the relics; its mass must be smaller by the same factor. 0 without relics.
    """
    if psd.delta_neff == 0.0:
        return 0.0
    return psd.mass_ev * psd.mean_momentum_ratio**-0.75


def unlike_the_axion(relics: Sequence[RelicPSD], tolerance: float) -> str | None:
    """Why these hot relics are not like those of a training, `NAME = ...`; None if they are.

    A training has one axion and, some of them, massless radiation.

    Parameters
    ----------
    relics : the axion and others.
    tolerance : largest error of ln L allowed, here from the shape of the momenta.
    """
    massive = [psd for psd in _split(relics)[0] if psd.mass_ev > MASSLESS_EV]
    if len(massive) > 1:
        return f"hot relics with a mass = {len(massive)}; an emulator was trained with one"
    low, high = SPREAD_RANGE
    for psd in massive:
        if not low <= psd.spread <= high:
            return (
                f"spread of momenta = {psd.spread:.3g} is outside {low:g} to {high:g}, which "
                "spectra hardly tell from a Bose-Einstein gas"
            )
        error = _SPREAD_ERROR * psd.delta_neff**2 * abs(psd.spread - _SPREAD_OF_BOSONS)
        if error > tolerance:
            return (
                f"error of ln L by the spread of momenta = {error:.2f} exceeds the tolerance "
                f"{tolerance:g}"
            )
    return None


def feature_vector(
    values: Mapping[str, float],
    relics: Sequence[RelicPSD] = (),
    learned: int = len(FEATURES),
) -> Array:
    """The FEATURES of one point.

    Parameters
    ----------
    values : the BASE parameters, `mnu` [eV] and `YHe`; unless they are standard, too,
        `delta_neff_extra`, and `w0_fld`, `wa_fld` of dark energy.
    relics : the axion and other hot relics, see `unlike_the_axion`. Beside one with a mass, those
        without are `delta_neff_extra`.
    learned : the first so many FEATURES were varied in the training. If `delta_neff_extra` is not
        among them, it stands as a relic without mass where there is no other.
    """
    extra = values.get("delta_neff_extra", 0.0)
    massive, massless = _split(relics)
    if massive:
        mass_root, delta_neff = effective_mass_ev(massive[0]) ** 0.5, massive[0].delta_neff
        extra += massless
    else:
        mass_root, delta_neff = 0.0, massless
    if extra and "delta_neff_extra" not in FEATURES[:learned] and mass_root <= _LIGHT_ROOT:
        delta_neff, extra = delta_neff + extra, 0.0
    w0, wa = values.get("w0_fld", -1.0), values.get("wa_fld", 0.0)
    more = (extra, w0 + PIVOT * wa, wa)
    hot = (values["mnu"], mass_root, delta_neff, values["YHe"], *more)
    return np.array([*(values[name] for name in BASE), *hot])


def _split(relics: Sequence[RelicPSD]) -> tuple[list[RelicPSD], float]:
    """Relics with a mass, or the only one whatever its mass is; Delta N_eff of all others."""
    present = [psd for psd in relics if psd.delta_neff > DELTA_NEFF_MIN]
    if len(relics) == 1 or len(present) == 1:
        return (present or [*relics]), 0.0
    massless = [psd.delta_neff for psd in present if psd.mass_ev <= MASSLESS_EV]
    return [psd for psd in present if psd.mass_ev > MASSLESS_EV], sum(massless)
