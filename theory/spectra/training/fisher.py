"""Fisher matrix of a target, from a star of CLASS runs: errors, and the ridge of the likelihood.

It only decides where points lie, not what is learned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.distribution import RelicPSD
from hotaxion.theory.spectra.emulator.background import Background
from hotaxion.theory.spectra.emulator.features import (
    BASE,
    MNU,
    OMEGA_B,
    PARAMETERS,
    SCALARS,
    Y_HE,
)
from hotaxion.theory.spectra.neutrinos import neutrino_sector
from hotaxion.theory.spectra.training.sensitivity import Sensitivity

SAMPLED = (*BASE, "mnu", "m_a")
_BASE, _EXTRAS = slice(0, len(BASE)), slice(len(BASE), len(BASE) + 4)


@dataclass(frozen=True)
class Fisher:
    """Fisher matrix at the centre of a star.

    Attributes
    ----------
    information : (10, 10) of BASE and the extras (mnu, omega_a, delta_neff, YHe), Gaussian priors
        included.
    m_a_ev, omega_b : at the centre.
    """

    information: Array
    m_a_ev: float
    omega_b: float

    @classmethod
    def from_star(cls, star: dict[str, Array], data: Sensitivity, hierarchy: str) -> Fisher:
        """Numerical derivatives by the points of `Target.star`, as `load_points` gives them."""
        slopes = linear_slopes(star, data.spectra)
        information = data.fisher({name: star[name][0] for name in slopes}, slopes)
        backgrounds = _backgrounds(star, hierarchy) if data.distances else []
        for each in data.distances:
            rows = [each.observables(background, rs_d) for background, rs_d in backgrounds]
            slope = linear_slopes({**star, "bao": np.array(rows)}, ("bao",))["bao"]
            information = information + slope @ np.linalg.solve(each.covariance, slope.T)
        for name, error in data.prior_errors.items():
            if name in BASE:
                information[BASE.index(name), BASE.index(name)] += error**-2
        return cls(information, float(star["axion"][0, 0]), float(star["features"][0, OMEGA_B]))

    # --- the ridge: BASE at fixed extras ------------------------------------------------------
    @cached_property
    def ridge_covariance(self) -> Array:
        """(6, 6) of BASE at fixed extras."""
        return np.asarray(np.linalg.inv(self.information[_BASE, _BASE]), dtype=np.float64)

    @cached_property
    def ridge_slope(self) -> Array:
        """(6, 4) derivative of the mean of BASE by the extras."""
        return -self.ridge_covariance @ self.information[_BASE, _EXTRAS]

    @cached_property
    def ridge_root(self) -> Array:
        """Cholesky factor of the covariance at fixed extras."""
        return np.asarray(np.linalg.cholesky(self.ridge_covariance), dtype=np.float64)

    # --- errors of what a chain samples -------------------------------------------------------
    @cached_property
    def of_sampled(self) -> Array:
        """Information (8, 8) on SAMPLED; the axion's extras follow m_a, and helium BBN."""
        jacobian = _jacobian(self.m_a_ev, self.omega_b)
        return jacobian.T @ self.information @ jacobian

    @cached_property
    def covariance(self) -> Array:
        """(8, 8) of SAMPLED."""
        return np.asarray(np.linalg.inv(self.of_sampled), dtype=np.float64)

    def sigma(self, name: str, fixed: tuple[str, ...] = ()) -> float:
        """Standard deviation of one of SAMPLED, the others marginalised but for those `fixed`."""
        keep = [i for i, each in enumerate(SAMPLED) if each not in fixed]
        covariance = np.linalg.inv(self.of_sampled[np.ix_(keep, keep)])
        row = keep.index(SAMPLED.index(name))
        return float(np.sqrt(covariance[row, row]))


def linear_slopes(data: dict[str, Array], names: Sequence[str]) -> dict[str, Array]:
    """Derivatives (10, n) of rows of `data` by BASE, mnu, omega_a, delta_neff and YHe.

    A linear fit through all points; the first is the centre.
    """
    features, axion = data["features"], data["axion"]
    x = np.column_stack([features[:, : MNU + 1], axion[:, 2], axion[:, 1], features[:, Y_HE]])
    moved = x - x[0]
    scale = np.abs(moved).max(axis=0)
    design = np.column_stack([np.ones(len(x)), moved / scale])
    slopes = {}
    for name in names:
        fit = np.linalg.lstsq(design, data[name], rcond=None)[0]
        slopes[name] = fit[1:] / scale[:, None]
    return slopes


def _jacobian(m_a: float, omega_b: float) -> Array:
    """(10, 8): BASE, mnu, omega_a, delta_neff and YHe by SAMPLED; BBN gives helium."""
    abundance, bbn = Abundance(), Nucleosynthesis()

    def extras(mass: float, baryons: float) -> Array:
        psd = abundance(mass).psd
        return np.array([psd.omega_h2, psd.delta_neff, bbn.abundances(baryons, psd.delta_neff).yhe])

    jacobian = np.zeros((10, 8))
    jacobian[:7, :7] = np.eye(7)
    step = 0.02
    by_mass = extras(m_a * (1 + step), omega_b) - extras(m_a * (1 - step), omega_b)
    jacobian[7:, 7] = by_mass / (2.0 * step * m_a)
    by_baryons = extras(m_a, omega_b * (1 + step)) - extras(m_a, omega_b * (1 - step))
    jacobian[7:, 0] = by_baryons / (2.0 * step * omega_b)
    return jacobian


def axions_of_star() -> Callable[[float, float], RelicPSD]:
    """Axion by pion_scale and m_a [eV], each solved once: most points of a star have the same."""
    abundance = Abundance()
    return cache(lambda pion_scale, m_a: abundance.scaled(pion_scale)(m_a).psd)


def _backgrounds(star: dict[str, Array], hierarchy: str) -> list[tuple[Background, float]]:
    """Background and sound horizon of each point; stars have no radiation and no dark energy."""
    axion, found = axions_of_star(), []
    for values, numbers in zip(star["point"], star["scalars"], strict=True):
        point = dict(zip(PARAMETERS, map(float, values), strict=True))
        scalars = dict(zip(SCALARS, map(float, numbers), strict=False))
        background = Background.from_theta(
            point["theta_s_100"],
            scalars["z_rec"],
            scalars["rs_rec"],
            point["omega_b"],
            point["omega_cdm"],
            neutrino_sector(point["mnu"], hierarchy),
            [axion(point["pion_scale"], point["m_a"])],
        )
        found.append((background, scalars["rs_d"]))
    return found
