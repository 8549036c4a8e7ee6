"""Where to run CLASS for one experiment: around its fiducial, as far as its posterior can reach.

As `design`, with the reference point of a forecast for the Planck best fit and the Fisher matrix of
its own data for the Planck-like one. Of the axion's mass and the neutrinos' a rectangle of
N_SIGMA marginal standard deviations is covered, whatever their correlation, within their priors;
the six standard parameters follow along the ridge and scatter by WIDTH conditional standard
deviations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, qmc

from hotaxion.theory.errors import RangeError
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.spectra.emulator.background import Background
from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator
from hotaxion.theory.spectra.emulator.features import BASE, feature_vector
from hotaxion.theory.spectra.neutrinos import minimal_sum_ev, neutrino_sector
from hotaxion.theory.spectra.training import design
from hotaxion.theory.spectra.training.runs import PARAMETERS, SCALARS
from hotaxion.theory.spectra.training.sensitivity import Distances, Sensitivity

Array = NDArray[np.float64]

SAMPLED = (*BASE, "mnu", "m_a")
N_SIGMA = 5.0  # of m_a and mnu, on both sides
WIDTH = 2.0  # standard deviations of the six parameters, whose scatter is Gaussian
LN_PION_SCALE = 0.3  # half width: keeps Delta N_eff apart from m_a
Y_HE_WIDTH = 1e-3  # half width about the BBN value: rates, neutron lifetime
# Steps of the star: a few standard deviations of an experiment of the next generation, where the
# change of the spectra stands well above the noise of CLASS.
_STEPS = {
    "omega_b": 1.5e-4,
    "omega_cdm": 1.5e-3,
    "theta_s_100": 3e-4,
    "n_s": 5e-3,
    "logA": 0.02,
    "tau_reio": 0.01,
    "mnu": 0.05,
    "ln_pion_scale": 0.3,
    "YHe": 4e-3,
}
_M_A_STEP, _M_A_STEP_MIN_EV = 0.08, 0.02  # relative to the mass
_RS = (SCALARS.index("z_rec"), SCALARS.index("rs_rec"), SCALARS.index("rs_d"))


@dataclass(frozen=True)
class Target:
    """What an emulator is wanted for.

    Attributes
    ----------
    centre : the SAMPLED parameters at the fiducial; masses in eV.
    ranges : priors of mnu and m_a, (least, greatest) each.
    sensitivity : of the experiment.
    hierarchy : of the neutrinos.
    """

    centre: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]
    sensitivity: Sensitivity
    hierarchy: str = "degenerate"

    def __post_init__(self) -> None:
        """Raise RangeError for a fiducial without axions."""
        if not self.centre["m_a"] > _M_A_STEP_MIN_EV:
            raise RangeError(
                f"m_a = {self.centre['m_a']} eV at the reference point; a local training needs an "
                f"axion of more than {_M_A_STEP_MIN_EV} eV. Leave --local out for lighter ones."
            )

    def describe(self) -> dict[str, object]:
        """For the provenance."""
        return {"centre": dict(self.centre), "sensitivity": self.sensitivity.describe()}


class LocalDesign:
    """The design of one target: `star` first, then `points` from what CLASS found there."""

    def __init__(self, target: Target):
        self.target = target
        self._bbn = Nucleosynthesis()
        least = minimal_sum_ev(target.hierarchy)
        # A lighter sum than one step above the least has no point below it.
        self._mnu = max(target.centre["mnu"], least + _STEPS["mnu"])
        self._least = max(least, target.ranges["mnu"][0])

    def star(self) -> list[dict[str, float]]:
        """The centre, and two points on each axis of PARAMETERS."""
        centre = dict(self.target.centre) | {"mnu": self._mnu, "ln_pion_scale": 0.0}
        delta_neff = Abundance()(centre["m_a"]).delta_neff
        centre["YHe"] = self._bbn.abundances(centre["omega_b"], delta_neff).yhe
        steps = _STEPS | {"m_a": max(_M_A_STEP * centre["m_a"], 0.9 * _M_A_STEP_MIN_EV)}
        points = [centre]
        for name in (*SAMPLED, "ln_pion_scale", "YHe"):
            points += [centre | {name: centre[name] + sign * steps[name]} for sign in (1, -1)]
        return [design.with_scale(point) for point in points]

    def points(self, star: dict[str, Array], count: int) -> list[dict[str, float]]:
        """The first `count` points of the design; `star` as `training.load_points` gives it."""
        errors = FisherErrors.from_star(star, self.target)
        sequence = qmc.Sobol(d=len(PARAMETERS), scramble=True, rng=design.SEED)
        power = int(np.ceil(np.log2(max(count, 2))))
        units = np.clip(sequence.random_base2(power)[:count], 1e-6, 1 - 1e-6)
        box = self.box(errors)
        return [self._point(u, box, errors) for u in units]

    def box(self, errors: FisherErrors) -> dict[str, tuple[float, float]]:
        """Least and greatest mnu and m_a [eV]: N_SIGMA marginal errors, inside the priors."""
        found = {}
        for name, least in (("mnu", self._least), ("m_a", design.M_A_RANGE_EV[0])):
            low, high = self.target.ranges[name]
            reach = N_SIGMA * errors.sigma(name)
            value = self.target.centre[name]
            found[name] = (max(value - reach, low, least), min(value + reach, high))
        return found

    def _point(
        self, u: Array, box: Mapping[str, tuple[float, float]], errors: FisherErrors
    ) -> dict[str, float]:
        mnu, m_a = (
            low + (high - low) * float(x)
            for x, (low, high) in zip(u[6:8], (box["mnu"], box["m_a"]), strict=True)
        )
        ln_scale = LN_PION_SCALE * (2.0 * float(u[8]) - 1.0)
        psd = errors.abundance.scaled(float(np.exp(ln_scale)))(m_a).psd
        omega_b = self.target.centre["omega_b"]
        helium = self._bbn.abundances(omega_b, psd.delta_neff).yhe
        extras = np.array([mnu, psd.omega_a_h2, psd.delta_neff, helium]) - errors.extras
        base = errors.centre + errors.ridge.slope @ extras
        base += WIDTH * errors.ridge.root @ norm.ppf(u[:6])
        point = dict(zip(BASE, map(float, base), strict=True))
        point["tau_reio"] = design.TAU_MIN + abs(point["tau_reio"] - design.TAU_MIN)
        helium = self._bbn.abundances(point["omega_b"], psd.delta_neff).yhe
        helium += Y_HE_WIDTH * (2.0 * float(u[9]) - 1.0)
        return design.with_scale(
            point | {"mnu": mnu, "m_a": m_a, "ln_pion_scale": ln_scale, "YHe": float(helium)}
        )


def emulated_star(target: Target, emulator: SpectraEmulator) -> dict[str, Array]:
    """The star of `LocalDesign` as `training.load_points` gives it, but by an emulator."""
    rows = []
    for point in LocalDesign(target).star():
        psd = Abundance().scaled(point["pion_scale"])(point["m_a"]).psd
        features = feature_vector(point, psd)
        found = emulator(features)
        row = {
            "features": features,
            "axion": np.array([psd.m_a_ev, psd.delta_neff, psd.omega_a_h2]),
            "point": np.array([point[name] for name in PARAMETERS]),
            "scalars": np.array([found.scalars[name] for name in SCALARS]),
        }
        rows.append(found.cl | row)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


@dataclass(frozen=True)
class FisherErrors:
    """Fisher matrix of a target: errors of the SAMPLED parameters, and the ridge.

    Attributes
    ----------
    information : (8, 8) of SAMPLED, Gaussian priors included.
    ridge : of the BASE parameters at fixed (mnu, omega_a, delta_neff, YHe).
    centre, extras : (6,) and (4,), values of these at the centre of the star.
    """

    information: Array
    ridge: design.Ridge
    centre: Array
    extras: Array

    @cached_property
    def abundance(self) -> Abundance:
        """Axions of the training."""
        return Abundance()

    @cached_property
    def covariance(self) -> Array:
        """(8, 8) of SAMPLED."""
        return np.asarray(np.linalg.inv(self.information), dtype=np.float64)

    def sigma(self, name: str, fixed: tuple[str, ...] = ()) -> float:
        """Standard deviation of one of SAMPLED, the others marginalised but for those `fixed`."""
        keep = [i for i, each in enumerate(SAMPLED) if each not in fixed]
        covariance = np.linalg.inv(self.information[np.ix_(keep, keep)])
        row = keep.index(SAMPLED.index(name))
        return float(np.sqrt(covariance[row, row]))

    @classmethod
    def from_star(cls, star: dict[str, Array], target: Target) -> FisherErrors:
        """Numerical derivatives by the points of `LocalDesign.star`."""
        sensitivity = target.sensitivity
        found = design.linear_slopes(star, sensitivity.spectra)
        information = sensitivity.fisher({n: star[n][0] for n in found}, found)
        for each in sensitivity.distances:
            rows = np.array([_observables(each, star, i, target) for i in range(len(star["tt"]))])
            slope = design.linear_slopes({**star, "bao": rows}, ("bao",))["bao"]
            information = information + slope @ np.linalg.solve(each.covariance, slope.T)
        for name, error in sensitivity.prior_errors.items():
            if name in BASE:
                information[BASE.index(name), BASE.index(name)] += error**-2
        covariance = np.asarray(np.linalg.inv(information[:6, :6]), dtype=np.float64)
        jacobian = _jacobian(target.centre)
        return cls(
            jacobian.T @ information @ jacobian,
            design.Ridge(-covariance @ information[:6, 6:], covariance),
            star["features"][0, :6],
            np.array([star["features"][0, 6], *star["axion"][0, 2:0:-1], star["features"][0, 9]]),
        )


def _jacobian(centre: Mapping[str, float]) -> Array:
    """(10, 8): BASE, mnu, omega_a, delta_neff and YHe by SAMPLED; BBN gives helium."""
    abundance, bbn = Abundance(), Nucleosynthesis()
    m_a, omega_b = centre["m_a"], centre["omega_b"]

    def extras(mass: float, baryons: float) -> Array:
        psd = abundance(mass).psd
        return np.array(
            [psd.omega_a_h2, psd.delta_neff, bbn.abundances(baryons, psd.delta_neff).yhe]
        )

    jacobian = np.zeros((10, 8))
    jacobian[:7, :7] = np.eye(7)
    step = 0.02
    by_mass = extras(m_a * (1 + step), omega_b) - extras(m_a * (1 - step), omega_b)
    jacobian[7:, 7] = by_mass / (2.0 * step * m_a)
    by_baryons = extras(m_a, omega_b * (1 + step)) - extras(m_a, omega_b * (1 - step))
    jacobian[7:, 0] = by_baryons / (2.0 * step * omega_b)
    return jacobian


def _observables(data: Distances, star: dict[str, Array], row: int, target: Target) -> Array:
    """BAO observables of one point of the star; Hz_rs in km/s."""
    point = dict(zip(PARAMETERS, star["point"][row], strict=True))
    psd = Abundance().scaled(point["pion_scale"])(point["m_a"]).psd
    z_rec, rs_rec, rs_d = (float(star["scalars"][row, i]) for i in _RS)
    background = Background.from_theta(
        point["theta_s_100"],
        z_rec,
        rs_rec,
        point["omega_b"],
        point["omega_cdm"],
        neutrino_sector(point["mnu"], target.hierarchy),
        psd,
    )
    transverse = background.comoving_distance(data.z) / rs_d
    radial = 1.0 / background.hubble(data.z) / rs_d
    values = {
        "DM_over_rs": transverse,
        "DH_over_rs": radial,
        "DV_over_rs": np.cbrt(data.z * transverse**2 * radial),
        "Hz_rs": 299792.458 / radial,
    }
    return np.array([values[kind][i] for i, kind in enumerate(data.kinds)])
