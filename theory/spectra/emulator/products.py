"""What a prediction and its exact background give by name: derived parameters and distances."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import T_CMB_K
from hotaxion.theory.spectra.emulator.background import Background
from hotaxion.theory.spectra.emulator.prediction import Prediction

_EV_PER_OMEGA = 93.14  # of the neutrinos, see T_NU_RATIO

Derive = Callable[[Background, Prediction, Mapping[str, float]], float]
# Derived parameters, by their names in CLASS; the third argument holds the inputs.
DERIVED: dict[str, Derive] = {
    "H0": lambda b, p, x: 100.0 * b.h,
    "h": lambda b, p, x: b.h,
    "Omega_m": lambda b, p, x: b.omega_m / b.h**2,
    "Omega_b": lambda b, p, x: b.omega_b / b.h**2,
    "Omega_cdm": lambda b, p, x: b.omega_cdm / b.h**2,
    # CLASS's names, of which the second is that of a dark energy with w0 or wa.
    "Omega_Lambda": lambda b, p, x: 0.0 if _is_fluid(x) else b.omega_dark_energy / b.h**2,
    "Omega0_fld": lambda b, p, x: b.omega_dark_energy / b.h**2 if _is_fluid(x) else 0.0,
    "Omega_nu": lambda b, p, x: b.omega_hot / b.h**2,
    # CLASS defines it by the density of all hot species.
    "m_ncdm_tot": lambda b, p, x: _EV_PER_OMEGA * b.omega_hot,
    "Omega_k": lambda b, p, x: 0.0,
    "age": lambda b, p, x: b.age_gyr,
    "rs_drag": lambda b, p, x: p.scalars["rs_d"],
    "rs_rec": lambda b, p, x: p.scalars["rs_rec"],
    "z_rec": lambda b, p, x: p.scalars["z_rec"],
    "z_reio": lambda b, p, x: p.scalars["z_reio"],
    "sigma8": lambda b, p, x: p.scalars["sigma8"],
    "S8": lambda b, p, x: p.scalars["sigma8"] * (b.omega_m / b.h**2 / 0.3) ** 0.5,
    "theta_s_100": lambda b, p, x: x["theta_s_100"],
    "100*theta_s": lambda b, p, x: x["theta_s_100"],
    "tau_reio": lambda b, p, x: x["tau_reio"],
    "YHe": lambda b, p, x: x["YHe"],
    "Neff": lambda b, p, x: b.sector.n_eff + sum(psd.delta_neff for psd in b.relics),
    "T_cmb": lambda b, p, x: T_CMB_K,
}


def _is_fluid(inputs: Mapping[str, float]) -> bool:
    return not {"w0_fld", "wa_fld"}.isdisjoint(inputs)


def _between(background: Background, pairs: Array) -> Array:
    """Angular-diameter distance of z2 seen from z1."""
    first, second = (background.comoving_distance(pairs[:, i]) for i in (0, 1))
    return (second - first) / (1.0 + pairs[:, 1])


# By their names in Cobaya, at redshifts.
DISTANCES: dict[str, Callable[[Background, Array], Array]] = {
    "Hubble": Background.hubble,
    "angular_diameter_distance": Background.angular_diameter_distance,
    "comoving_radial_distance": Background.comoving_distance,
    "angular_diameter_distance_2": _between,
}
