"""How well Delta N_eff(m_a) is known: defaults varied within their errors, added in quadrature."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import array
from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import M_A_LEAST_EV, f_a_gev
from hotaxion.theory.particle.running import QUARK_MASSES_GEV
from hotaxion.theory.rates.fermions import missed_by_electrons
from hotaxion.theory.relics.abundance import M_A_MAX_EV, Abundance
from hotaxion.theory.relics.options import T_INITIAL_GEV, AxionOptions

_log = logging.getLogger(__name__)

# Sources of error: what is varied, and why by that much.
SOURCES = {
    "pions": "rate +- 10 %: spread of unitarised and data-driven rates below 120 MeV",
    "thermal": "pion rate +- 20 %: amplitudes of the vacuum at all temperatures, 2312.15240",
    "m_pi": "mass of the neutral and of the charged pion for the isospin average",
    "kaons": "none at all, to a K <-> pi K with the left-out crossings; 2505.21276",
    "nucleons": "a N <-> pi N by the Delta: left out or not",
    "m_u/m_d": "0.472(11), 1812.01008",
    "gluons": "rate times 1 to 3: resummations beyond HTL, 1310.6982, 2404.06113",
    "crossover": "ends 0.13 to 0.16, 1 to 2 GeV; perturbative or sphaleron rate: 2308.01287",
    "quarks": "heavy quarks count from 0.6 or 2 GeV up instead of 1",
    "g_*": "1 % below 0.4 GeV, 5 % to 20 GeV: 1803.01038 against 1606.07494",
    "T_initial": "thermal start at 1 TeV instead of 100 GeV, where light axions lag behind",
    "electrons": "production below 8 MeV, where the integration ends (see `rates.fermions`)",
    "numerics": "step halved, momenta doubled",
}


@dataclass(frozen=True)
class ErrorBudget:
    """Delta N_eff on a grid of masses with its errors.

    m_a_ev, delta_neff : (n,) masses [eV] and central values.
    shifts : source -> (2, n): the most negative and the most positive shift of Delta N_eff.
    """

    m_a_ev: Array
    delta_neff: Array
    shifts: dict[str, Array]

    @property
    def band(self) -> tuple[Array, Array]:
        """Lower and upper edge of Delta N_eff: the shifts of each sign added in quadrature."""
        below, above = np.sqrt(sum(shift**2 for shift in self.shifts.values()))
        return self.delta_neff - below, self.delta_neff + above


def variants(options: AxionOptions) -> dict[str, list[dict[str, Any]]]:
    """Source -> changes of the given options; sources that do not apply are absent.

    Nuisances are varied around the given values, so that any choice has its own budget.
    """
    known = options.declared()

    def times(name: str, *factors: float) -> list[dict[str, Any]]:
        return [{name: factor * getattr(options, name)} for factor in factors]

    def plus(name: str, *shifts: float) -> list[dict[str, Any]]:
        return [{name: getattr(options, name) + shift} for shift in shifts]

    def held(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same, inside the ranges of the options."""
        return [
            {name: min(max(value, known[name].range[0]), known[name].range[1])}
            for change in changes
            for name, value in change.items()
        ]

    no_kaons = dict(kaons="none", kaon_scale=1.0)
    kaons = times("kaon_scale", 1.0, 1.65)
    result = {
        "pions": times("pion_scale", 0.9, 1.1),
        "thermal": times("pion_scale", 0.8, 1.2),
        "m_pi": [dict(m_pion=mass) for mass in known["m_pion"].range],
        "kaons": [no_kaons, *(dict(kaons="data") | scale for scale in kaons)],
        "nucleons": [dict(nucleons="delta" if options.nucleons == "none" else "none")],
        "m_u/m_d": plus("z_ud", -0.011, 0.011),
        "crossover": held(plus("T_pion", -0.02, 0.01)),
        "g_*": plus("g_star_shift", -1.0, 1.0),
        "numerics": held(times("step", 0.5) + times("momenta", 2)),
    }
    if options.fermions and any(options.axion.fermion(name) for name in QUARK_MASSES_GEV):
        result["quarks"] = [dict(T_quarks=onset) for onset in known["T_quarks"].range]
    if options.gluons != "none":
        result["gluons"] = times("gluon_scale", 3.0)
        result["crossover"] += [
            *held(times("T_gluon", 0.5)),
            *(dict(gluons="htl", knots=None, crossover=end) for end in known["crossover"].range),
        ]
        if options.T_initial in (None, T_INITIAL_GEV):  # else it is a choice, no default
            result["T_initial"] = [dict(T_initial=1000.0)]
    return {source: result[source] for source in SOURCES if source in result}


def error_budget(
    masses_ev: Sequence[float] | Array, options: AxionOptions | None = None, **keywords: Any
) -> ErrorBudget:
    """Vary the given options of `Abundance` by every one of `SOURCES`.

    Of model alp the masses are those of QCD axions of the same f_a.

    A variation that leaves the range of its option (an end of the crossover beyond a knot or the
    initial temperature) is left out, with a warning.

    Raises what `Abundance` raises for the options given, RangeError for masses that are not a list
    of numbers.
    """
    masses = np.atleast_1d(array("masses", masses_ev, M_A_LEAST_EV, M_A_MAX_EV, "eV"))
    if masses.ndim > 1:
        raise RangeError(f"masses of shape {masses.shape}; give them in one list.")
    given = AxionOptions.of(options, keywords).production

    def curve(**changes: Any) -> Array:
        abundance = Abundance(given, **changes)
        return np.array([abundance(float(m)).delta_neff for m in masses])

    central = curve()
    shifts = {}
    for source, changes in variants(given).items():
        moved = [np.zeros_like(central)]
        for change in changes:
            try:
                moved.append(curve(**change) - central)
            except RangeError as error:
                _log.warning("error budget without %s of '%s': %s", change, source, error)
        shifts[source] = np.array([np.min(moved, axis=0), np.max(moved, axis=0)])
    electrons = _electrons(masses, given)
    if electrons.any():
        shifts["electrons"] = np.array([np.zeros_like(electrons), electrons])
    ordered = {source: shifts[source] for source in SOURCES if source in shifts}
    return ErrorBudget(masses, central, ordered)


def _electrons(masses: Array, options: AxionOptions) -> Array:
    """Delta N_eff that electrons add below the end of the integration, (n,)."""
    if not options.fermions:
        return np.zeros_like(masses)
    c_e = options.axion.c_e
    return np.array([missed_by_electrons(f_a_gev(float(m)), c_e) for m in masses])
