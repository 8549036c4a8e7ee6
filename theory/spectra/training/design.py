"""Where to run CLASS: around the ridge along which the data let parameters move together.

The six standard parameters follow Delta N_eff, the axion's density, the neutrino mass and helium
along the ridge of the likelihood, mean = fiducial + B (extras - fiducial extras), and scatter
about it by WIDTH standard deviations. B and the covariance come from a Fisher matrix of a
Planck-like experiment, computed from a star of CLASS runs around the fiducial; it only decides
where points lie, not what is learned. Points: a scrambled Sobol sequence, so that the first N
of a longer design are a design of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, qmc

from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.spectra.emulator.features import BASE
from hotaxion.theory.spectra.neutrinos import minimal_sum_ev
from hotaxion.theory.spectra.training.planck_like import TAU_ERROR, fisher
from hotaxion.theory.spectra.training.runs import PARAMETERS

Array = NDArray[np.float64]

# Planck 2018 best fit of LambdaCDM (1807.06209), mnu = 0.06 eV, no axion.
MEAN = {
    "omega_b": 0.022383,
    "omega_cdm": 0.12011,
    "theta_s_100": 1.04178,
    "n_s": 0.96605,
    "logA": 3.0448,
    "tau_reio": 0.0543,
}
MNU_FIDUCIAL_EV = 0.06
# Centre (the neutrino mass above the least that the hierarchy allows) and steps of the star.
_STAR_M_A_EV, _STAR_MNU_EV = 0.2, 0.12
_STEPS = {
    "omega_b": 2e-4,
    "omega_cdm": 2e-3,
    "theta_s_100": 6e-4,
    "n_s": 6e-3,
    "logA": 0.02,
    "tau_reio": 0.01,
    "mnu": 0.08,
    "m_a": 0.1,
    "ln_pion_scale": 0.6,
    "YHe": 4e-3,
}
WIDTH = 1.7  # standard deviations of the six parameters
M_A_RANGE_EV = (1e-3, 1.0)
MNU_MAX_EV = 0.6
PION_SCALE_RANGE = (0.15, 6.0)  # about C_a_pi^2 of DFSZ over KSVZ
Y_HE_WIDTH = 2e-3  # half width about the BBN value: rates, neutron lifetime
TAU_MIN = 0.012
SEED = 2205_07849


def star(hierarchy: str) -> list[dict[str, float]]:
    """The centre, and two points on each axis of PARAMETERS."""
    mnu = minimal_sum_ev(hierarchy) + _STAR_MNU_EV
    centre = dict(MEAN) | {"mnu": mnu, "m_a": _STAR_M_A_EV, "ln_pion_scale": 0.0}
    delta_neff = Abundance()(_STAR_M_A_EV).delta_neff
    centre["YHe"] = Nucleosynthesis().abundances(MEAN["omega_b"], delta_neff).yhe
    points = [centre]
    for name, step in _STEPS.items():
        points += [centre | {name: centre[name] + sign * step} for sign in (1, -1)]
    return [with_scale(point) for point in points]


def with_scale(point: dict[str, float]) -> dict[str, float]:
    """The PARAMETERS of a point that has `ln_pion_scale`."""
    scale = float(np.exp(point["ln_pion_scale"]))
    return {name: scale if name == "pion_scale" else point[name] for name in PARAMETERS}


@dataclass(frozen=True)
class Ridge:
    """Conditional mean and covariance of the BASE parameters.

    slope : (6, 4) derivative of the mean by (mnu, omega_a, delta_neff, YHe).
    covariance : (6, 6) at fixed extras.
    """

    slope: Array
    covariance: Array

    @cached_property
    def root(self) -> Array:
        """Cholesky factor of the covariance."""
        return np.asarray(np.linalg.cholesky(self.covariance), dtype=np.float64)

    @classmethod
    def from_star(cls, data: dict[str, Array]) -> Ridge:
        """Fisher matrix from the points of `star`, as `training.load_points` gives them."""
        slopes = linear_slopes(data, ("tt", "te", "ee"))
        information = fisher({n: data[n][0] for n in slopes}, slopes)
        information[5, 5] += TAU_ERROR**-2
        covariance = np.asarray(np.linalg.inv(information[:6, :6]), dtype=np.float64)
        return cls(-covariance @ information[:6, 6:], covariance)


def linear_slopes(data: dict[str, Array], names: Sequence[str]) -> dict[str, Array]:
    """Derivatives (10, n) of rows of `data` by the BASE, mnu, omega_a, delta_neff and YHe.

    A linear fit through all points; the first is the centre.
    """
    features, axion = data["features"], data["axion"]
    x = np.column_stack([features[:, :6], features[:, 6], axion[:, 2], axion[:, 1]])
    x = np.column_stack([x, features[:, 9]])
    moved = x - x[0]
    scale = np.abs(moved).max(axis=0)
    design = np.column_stack([np.ones(len(x)), moved / scale])
    slopes = {}
    for name in names:
        fit = np.linalg.lstsq(design, data[name], rcond=None)[0]
        slopes[name] = fit[1:] / scale[:, None]
    return slopes


def sobol_points(ridge: Ridge, count: int, hierarchy: str) -> list[dict[str, float]]:
    """The first `count` points of the design."""
    least = minimal_sum_ev(hierarchy)
    sequence = qmc.Sobol(d=len(PARAMETERS), scramble=True, rng=SEED)
    power = int(np.ceil(np.log2(max(count, 2))))
    units = np.clip(sequence.random_base2(power)[:count], 1e-6, 1 - 1e-6)
    abundance, bbn = Abundance(), Nucleosynthesis()
    return [_point(u, ridge, abundance, bbn, least) for u in units]


def _point(
    u: Array, ridge: Ridge, abundance: Abundance, bbn: Nucleosynthesis, least_mnu: float
) -> dict[str, float]:
    """One point from a unit cube: dense at small masses, where the posterior is."""
    mnu = least_mnu + (MNU_MAX_EV - least_mnu) * float(u[6]) ** 1.8
    m_a = M_A_RANGE_EV[0] + (M_A_RANGE_EV[1] - M_A_RANGE_EV[0]) * float(u[7]) ** 2
    low, high = np.log(PION_SCALE_RANGE)
    ln_scale = low + (high - low) * u[8]
    psd = abundance.scaled(float(np.exp(ln_scale)))(m_a).psd
    helium = bbn.abundances(MEAN["omega_b"], psd.delta_neff).yhe
    helium_0 = bbn.abundances(MEAN["omega_b"], 0.0).yhe
    extras = np.array([mnu - MNU_FIDUCIAL_EV, psd.omega_a_h2, psd.delta_neff, helium - helium_0])
    base = np.array(list(MEAN.values())) + ridge.slope @ extras
    base += WIDTH * ridge.root @ norm.ppf(u[:6])
    point = dict(zip(BASE, map(float, base), strict=True))
    point["tau_reio"] = TAU_MIN + abs(point["tau_reio"] - TAU_MIN)
    omega_b = float(np.clip(point["omega_b"], 0.017, 0.029))
    helium = bbn.abundances(omega_b, psd.delta_neff).yhe + Y_HE_WIDTH * (2 * u[9] - 1)
    return with_scale(
        point | {"mnu": mnu, "m_a": m_a, "ln_pion_scale": ln_scale, "YHe": float(helium)}
    )
