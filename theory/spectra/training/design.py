"""Where to run CLASS for a target: around the ridge along which its data let parameters move.

The six standard parameters follow Delta N_eff, the axion's density, the neutrino mass and helium
along the ridge of the likelihood, mean = centre + B (extras - extras of the centre), and scatter
about it. B and the covariance come from the Fisher matrix of a star of CLASS runs. Neutrino mass
and axion mass fill a rectangle, whatever their correlation. Points: a scrambled Sobol sequence, so
that the first N of a longer design are a design of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import norm, qmc

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import PLANCK_2018
from hotaxion.theory.errors import RangeError
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.spectra.emulator.background import LAMBDA
from hotaxion.theory.spectra.emulator.features import (
    BASE,
    PARAMETERS,
    PIVOT,
    SCALARS,
    feature_vector,
)
from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator
from hotaxion.theory.spectra.neutrinos import HIERARCHY, minimal_sum_ev
from hotaxion.theory.spectra.training.fisher import SAMPLED, Fisher, axions_of_star
from hotaxion.theory.spectra.training.sensitivity import (
    Sensitivity,
    planck_and_act_like,
    planck_like,
)

TAU_MIN = 0.012
SEED = 2205_07849
M_A_MIN_EV = 1e-3
_M_A_STAR_MIN_EV = 0.02  # lighter axions change the spectra by less than CLASS's noise
_OMEGA_B_RANGE = (0.017, 0.029)  # of the helium that points scatter about
_HOT_AXION_LCDM = {"delta_neff_extra": 0.0, "w0_fld": LAMBDA[0], "wa_fld": LAMBDA[1]}


@dataclass(frozen=True)
class Beyond:
    """Points beyond LambdaCDM with a hot axion.

    Attributes
    ----------
    delta_neff_extra : greatest; crowded towards none like a power of two.
    w_pivot, wa : ranges of w0 + PIVOT wa and of wa.
    lambda_fraction : of the points have a cosmological constant.
    """

    delta_neff_extra: float
    w_pivot: tuple[float, float]
    wa: tuple[float, float]
    lambda_fraction: float

    def __call__(self, u: Array) -> dict[str, float]:
        """Parameters at a point (3,) of the unit cube."""
        found = {**_HOT_AXION_LCDM, "delta_neff_extra": self.delta_neff_extra * float(u[0]) ** 2}
        if u[2] < self.lambda_fraction:
            return found
        # The last coordinate has decided, and is spread again over its whole range.
        last = (float(u[2]) - self.lambda_fraction) / (1.0 - self.lambda_fraction)
        pivot = self.w_pivot[0] + (self.w_pivot[1] - self.w_pivot[0]) * float(u[1])
        wa = self.wa[0] + (self.wa[1] - self.wa[0]) * last
        return found | {"w0_fld": pivot - PIVOT * wa, "wa_fld": wa}


@dataclass(frozen=True)
class Reach:
    """How far around the centre of a target points lie, and what is fitted to them.

    Attributes
    ----------
    n_sigma : marginal standard deviations of mnu and m_a on both sides, inside the ranges of the
        target; None: all of these.
    width : conditional standard deviations of BASE, whose scatter is Gaussian.
    crowding : by name, powers of a uniform number that put mnu and m_a close to their least value.
    ln_pion_scale : (least, greatest); keeps Delta N_eff apart from m_a.
    y_he : half width of the helium fraction about BBN's: rates, neutron lifetime.
    lift_mnu_ev : least distance of the star from the least sum of the hierarchy.
    lift_m_a_ev : least axion mass of the star.
    steps : of the star; that of m_a relative to the mass.
    components : principal components of each of SPECTRA.
    linear : whether a linear function is the mean of the process, in place of a quadratic.
    beyond : None: LambdaCDM with a hot axion alone.
    fading : multipole from which T and E count ever less (l^-8) in the choice of components, since
        foregrounds hide them; None: they do not. CLASS's TT jumps there by 1e-3 with z_rec.
    """

    n_sigma: float | None
    width: float
    crowding: Mapping[str, float]
    ln_pion_scale: tuple[float, float]
    y_he: float
    lift_mnu_ev: float
    lift_m_a_ev: float
    steps: Mapping[str, float]
    components: Mapping[str, int]
    linear: bool
    beyond: Beyond | None = None
    fading: float | None = None


def _steps(*values: float) -> dict[str, float]:
    return dict(zip((*SAMPLED, "ln_pion_scale", "YHe"), values, strict=True))


# The posterior of an experiment of the next generation. Steps: a few of its standard deviations,
# where the change of the spectra stands well above the noise of CLASS. In a narrow box fewer
# components do, and a linear mean needs half of the points.
NARROW = Reach(
    n_sigma=5.0,
    width=2.0,
    crowding={"mnu": 1.0, "m_a": 1.0},
    ln_pion_scale=(-0.3, 0.3),
    y_he=1e-3,
    lift_mnu_ev=0.05,
    lift_m_a_ev=0.0,
    steps=_steps(1.5e-4, 1.5e-3, 3e-4, 5e-3, 0.02, 0.01, 0.05, 0.08, 0.3, 4e-3),
    components={"tt": 12, "te": 12, "ee": 12, "bb": 4, "pp": 8},
    linear=True,
)
# Every posterior with Planck's data, any model and rate: dense at small masses, where it is.
WIDE = Reach(
    n_sigma=None,
    width=1.7,
    crowding={"mnu": 1.8, "m_a": 2.0},
    ln_pion_scale=(float(np.log(0.15)), float(np.log(6.0))),  # about C_a_pi^2 of DFSZ over KSVZ
    y_he=2e-3,
    lift_mnu_ev=0.12,
    lift_m_a_ev=0.2,
    steps=_steps(2e-4, 2e-3, 6e-4, 6e-3, 0.02, 0.01, 0.08, 0.5, 0.6, 4e-3),
    components={"tt": 20, "te": 20, "ee": 20, "bb": 8, "pp": 10},
    linear=False,
)
# Dark energy as far as DESI with or without supernovae reaches (2503.14738, figure 11).
WIDEST = replace(
    WIDE,
    components={"tt": 20, "te": 20, "ee": 20, "bb": 8, "pp": 12},
    beyond=Beyond(1.0, w_pivot=(-1.35, -0.65), wa=(-3.0, 0.5), lambda_fraction=0.4),
    fading=1700.0,
)
# Of CLASS, besides HotClassy's own, finer where ACT sees (names: CLASS's precisions.h). Known gap:
# how far spectra are from the limit of fine settings, no command of this repository shows.
FINER_CLASS = {
    "hyper_flat_approximation_nu": 7000,
    "transfer_neglect_delta_k_S_t0": 0.17,
    "transfer_neglect_delta_k_S_t1": 0.05,
    "transfer_neglect_delta_k_S_t2": 0.17,
    "transfer_neglect_delta_k_S_e": 0.17,
    "delta_l_max": 1000,
}


@dataclass(frozen=True)
class Target:
    """What an emulator is wanted for.

    Attributes
    ----------
    centre : the SAMPLED parameters at the fiducial; masses in eV.
    ranges : priors of mnu and m_a, (least, greatest) each.
    sensitivity : of the experiment, by which parameters scatter.
    hierarchy : of the neutrinos.
    reach : how far around the centre.
    judge : by which the errors of the spectra count; None: the same experiment.
    """

    centre: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]
    sensitivity: Sensitivity
    hierarchy: str = HIERARCHY
    reach: Reach = NARROW
    judge: Sensitivity | None = None

    def __post_init__(self) -> None:
        """Raise RangeError for a star without axions."""
        if not max(self.centre["m_a"], self.reach.lift_m_a_ev) > _M_A_STAR_MIN_EV:
            raise RangeError(
                f"m_a = {self.centre['m_a']} eV at the reference point; a local training needs an "
                f"axion of more than {_M_A_STAR_MIN_EV} eV. Leave --local out for lighter ones."
            )

    def describe(self) -> dict[str, object]:
        """For the provenance."""
        return {"centre": dict(self.centre), "sensitivity": self.sensitivity.describe()}

    def star(self) -> list[dict[str, float]]:
        """The centre, masses lifted off their least values, and two points on each axis."""
        centre = {**self.centre, "ln_pion_scale": 0.0, **_HOT_AXION_LCDM}
        least = minimal_sum_ev(self.hierarchy)
        centre["mnu"] = max(centre["mnu"], least + self.reach.lift_mnu_ev)
        centre["m_a"] = max(centre["m_a"], self.reach.lift_m_a_ev)
        delta_neff = Abundance()(centre["m_a"]).delta_neff
        centre["YHe"] = Nucleosynthesis().abundances(centre["omega_b"], delta_neff).yhe
        steps = dict(self.reach.steps)
        steps["m_a"] = max(steps["m_a"] * centre["m_a"], 0.9 * _M_A_STAR_MIN_EV)
        points = [centre]
        for name, step in steps.items():
            points += [centre | {name: centre[name] + sign * step} for sign in (1, -1)]
        return [_with_scale(point) for point in points]

    def fisher(self, star: dict[str, Array]) -> Fisher:
        """What the experiment tells; `star` as `load_points` gives it."""
        return Fisher.from_star(star, self.sensitivity, self.hierarchy)

    def box(self, fisher: Fisher) -> dict[str, tuple[float, float]]:
        """Least and greatest mnu and m_a [eV]: n_sigma marginal errors, inside the priors."""
        found, n_sigma = {}, self.reach.n_sigma
        for name, least in (("mnu", minimal_sum_ev(self.hierarchy)), ("m_a", M_A_MIN_EV)):
            low, high = self.ranges[name]
            reach = np.inf if n_sigma is None else n_sigma * fisher.sigma(name)
            value = self.centre[name]
            found[name] = (max(value - reach, low, least), min(value + reach, high))
        return found

    def points(self, fisher: Fisher, count: int) -> list[dict[str, float]]:
        """The first `count` points of the design."""
        varied = len(PARAMETERS) - (0 if self.reach.beyond else len(_HOT_AXION_LCDM))
        sequence = qmc.Sobol(d=varied, scramble=True, rng=SEED)
        power = int(np.ceil(np.log2(max(count, 2))))
        units = np.clip(sequence.random_base2(power)[:count], 1e-6, 1 - 1e-6)
        make = _Points(self, fisher)
        return [make(u) for u in units]


def planck(l_max: int, hierarchy: str = HIERARCHY) -> Target:
    """The best fit of LambdaCDM by Planck 2018, no axion."""
    # The packaged emulator was trained around this theta_s, 0.01 % below that of PLANCK_2018.
    centre = {**PLANCK_2018, "theta_s_100": 1.04178, "m_a": 0.0}
    return Target(
        {name: centre[name] for name in SAMPLED},
        {"mnu": (0.0, 0.6), "m_a": (M_A_MIN_EV, 1.0)},
        planck_like(l_max),
        hierarchy,
        WIDE,
    )


def planck_and_act(l_max: int, hierarchy: str = HIERARCHY) -> Target:
    """The same, with extra radiation and dark energy, for ACT DR6 and SPT-3G as well."""
    around = replace(planck(l_max, hierarchy), reach=WIDEST, judge=planck_and_act_like(l_max))
    return replace(around, centre={name: PLANCK_2018.get(name, 0.0) for name in SAMPLED})


DESIGNS = {"planck": planck, "act": planck_and_act}


class _Points:
    """From the unit cube to the points of a target."""

    def __init__(self, target: Target, fisher: Fisher):
        self._centre, self._reach = target.centre, target.reach
        self._fisher, self._box = fisher, target.box(fisher)
        self._abundance, self._bbn = Abundance(), Nucleosynthesis()
        self._extras_0 = self._extras(self._centre["mnu"], self._centre["m_a"])

    def _extras(self, mnu: float, m_a: float, pion_scale: float = 1.0, extra: float = 0.0) -> Array:
        """(mnu, omega_a, delta_neff of all, YHe) with the baryons of the centre."""
        omega_a, delta_neff = 0.0, extra
        if m_a > 0:
            psd = self._abundance.scaled(pion_scale)(m_a).psd
            omega_a, delta_neff = psd.omega_h2, psd.delta_neff + extra
        helium = self._bbn.abundances(self._centre["omega_b"], delta_neff).yhe
        return np.array([mnu, omega_a, delta_neff, helium])

    def __call__(self, u: Array) -> dict[str, float]:
        reach, fisher, masses = self._reach, self._fisher, {}
        for x, (name, (low, high)) in zip(u[6:8], self._box.items(), strict=True):
            masses[name] = low + (high - low) * float(x) ** reach.crowding[name]
        low, high = reach.ln_pion_scale
        ln_scale = low + (high - low) * float(u[8])
        beyond = reach.beyond(u[10:]) if reach.beyond else _HOT_AXION_LCDM
        scale, extra = float(np.exp(ln_scale)), beyond["delta_neff_extra"]
        extras = self._extras(masses["mnu"], masses["m_a"], scale, extra)
        base = np.array([self._centre[name] for name in BASE])
        base += fisher.ridge_slope @ (extras - self._extras_0)
        base += reach.width * fisher.ridge_root @ norm.ppf(u[:6])
        point = dict(zip(BASE, map(float, base), strict=True))
        point["tau_reio"] = TAU_MIN + abs(point["tau_reio"] - TAU_MIN)
        omega_b = float(np.clip(point["omega_b"], *_OMEGA_B_RANGE))
        helium = self._bbn.abundances(omega_b, float(extras[2])).yhe
        helium += reach.y_he * (2.0 * float(u[9]) - 1.0)
        point |= masses | beyond | {"ln_pion_scale": ln_scale, "YHe": float(helium)}
        return _with_scale(point)


def _with_scale(point: Mapping[str, float]) -> dict[str, float]:
    """The PARAMETERS of a point that has `ln_pion_scale`."""
    scale = float(np.exp(point["ln_pion_scale"]))
    return {name: scale if name == "pion_scale" else point[name] for name in PARAMETERS}


def emulated_star(target: Target, emulator: SpectraEmulator) -> dict[str, Array]:
    """The star of a target as `load_points` gives it, but by an emulator."""
    axion, rows = axions_of_star(), []
    for point in target.star():
        psd = axion(point["pion_scale"], point["m_a"])
        features = feature_vector(point, [psd])
        found = emulator(features)
        row = {
            "features": features,
            "axion": np.array([psd.mass_ev, psd.delta_neff, psd.omega_h2]),
            "point": np.array([point[name] for name in PARAMETERS]),
            "scalars": np.array([found.scalars[name] for name in SCALARS]),
        }
        rows.append(found.cl | row)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
