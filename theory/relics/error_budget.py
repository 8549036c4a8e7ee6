"""How well Delta N_eff(m_a) is known: defaults varied within their errors, added in quadrature."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.checks import array, choice
from hotaxion.theory.constants import M_PION_CHARGED_GEV, M_PION_NEUTRAL_GEV
from hotaxion.theory.errors import RangeError
from hotaxion.theory.particle.couplings import M_A_LEAST_EV, couplings, f_a_gev
from hotaxion.theory.rates.fermions import missed_by_electrons
from hotaxion.theory.relics.abundance import M_A_MAX_EV, T_INITIAL_DEFAULT_GEV, Abundance

Array = NDArray[np.float64]
_log = logging.getLogger(__name__)

# Sources of error: what is varied, and why by that much.
SOURCES = {
    "pions": "rate +- 10 %: spread of unitarised and data-driven rates below 120 MeV",
    "thermal": "pion rate +- 20 %: amplitudes of the vacuum at all temperatures, 2312.15240",
    "m_pi": "mass of the neutral and of the charged pion for the isospin average",
    "kaons": "none at all, to a K <-> pi K with the left-out crossings; 2505.21276",
    "m_u/m_d": "0.472(11), 1812.01008",
    "gluons": "rate times 1 to 3: resummations beyond HTL, 1310.6982, 2404.06113",
    "crossover": "end points 0.13 to 0.16 GeV and 1 to 2 GeV; lattice sphalerons, 2308.01287",
    "g_*": "1 % below 0.4 GeV, 5 % to 20 GeV: 1803.01038 against 1606.07494",
    "T_initial": "thermal start at 1 TeV instead of 100 GeV, where light axions lag behind",
    "electrons": "production below 8 MeV, where the integration ends (see `rates.fermions`)",
    "numerics": "step halved, momenta doubled",
}
_DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(Abundance).parameters.items()
    if parameter.default is not inspect.Parameter.empty
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


def variants(options: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Source -> changes of the given options of `Abundance`; sources that do not apply are absent.

    Nuisances are varied around the given values, so that any choice has its own budget.
    """
    o = _DEFAULTS | dict(options)
    numerics = o["numerics"]
    result: dict[str, list[dict[str, Any]]] = {
        "pions": [dict(pion_scale=factor * o["pion_scale"]) for factor in (0.9, 1.1)],
        "thermal": [dict(pion_scale=factor * o["pion_scale"]) for factor in (0.8, 1.2)],
        "m_pi": [dict(m_pion_gev=mass) for mass in (M_PION_NEUTRAL_GEV, M_PION_CHARGED_GEV)],
        "kaons": [dict(kaons="none")],
        "m_u/m_d": [dict(z_ud=o["z_ud"] + shift) for shift in (-0.011, 0.011)],
        "crossover": [
            dict(t_pion_gev=max(0.08, o["t_pion_gev"] - 0.02)),
            dict(t_pion_gev=min(0.20, o["t_pion_gev"] + 0.01)),
        ],
        "g_*": [dict(g_star_shift=o["g_star_shift"] + shift) for shift in (-1.0, 1.0)],
        "numerics": [
            dict(numerics=replace(numerics, step=max(1e-4, 0.5 * numerics.step))),
            dict(numerics=replace(numerics, n_q=min(1000, 2 * numerics.n_q))),
        ],
    }
    result["kaons"] += [
        dict(kaons="data", kaon_scale=factor * o["kaon_scale"]) for factor in (1.0, 1.65)
    ]
    if o["gluons"] != "none":
        result["gluons"] = [dict(gluon_scale=3.0 * o["gluon_scale"])]
        result["crossover"] += [
            dict(t_gluon_gev=max(1.0, 0.5 * o["t_gluon_gev"])),
            dict(gluons="sphaleron", knots=None),
        ]
        if o["t_initial_gev"] in (None, T_INITIAL_DEFAULT_GEV):  # else it is a choice, no default
            result["T_initial"] = [dict(t_initial_gev=1000.0)]
    return {source: result[source] for source in SOURCES if source in result}


def error_budget(masses_ev: Sequence[float] | Array, **options: Any) -> ErrorBudget:
    """Vary the given options of `Abundance` by every one of `SOURCES`.

    A variation that leaves the range of its option (an end of the crossover beyond a knot or the
    initial temperature) is left out, with a warning.

    Raises what `Abundance` raises for the options given, UnknownOptionError for one that it does
    not have, RangeError for masses that are not a list of numbers.
    """
    masses = np.atleast_1d(array("masses", masses_ev, M_A_LEAST_EV, M_A_MAX_EV, "eV"))
    if masses.ndim > 1:
        raise RangeError(f"masses of shape {masses.shape}; give them in one list.")
    for name in options:
        choice("option of the abundance", name, _DEFAULTS)

    def curve(**changes: Any) -> Array:
        abundance = Abundance(**options | changes)
        return np.array([abundance(float(m)).delta_neff for m in masses])

    central = curve()
    shifts = {}
    for source, changes in variants(options).items():
        moved = [np.zeros_like(central)]
        for change in changes:
            try:
                moved.append(curve(**change) - central)
            except RangeError as error:
                _log.warning("error budget without %s of '%s': %s", change, source, error)
        shifts[source] = np.array([np.min(moved, axis=0), np.max(moved, axis=0)])
    electrons = _electrons(masses, _DEFAULTS | options)
    if electrons.any():
        shifts["electrons"] = np.array([np.zeros_like(electrons), electrons])
    ordered = {source: shifts[source] for source in SOURCES if source in shifts}
    return ErrorBudget(masses, central, ordered)


def _electrons(masses: Array, o: dict[str, Any]) -> Array:
    """Delta N_eff that electrons add below the end of the integration, (n,)."""
    if not o["fermions"]:
        return np.zeros_like(masses)
    c_e = couplings(o["model"], o["tan_beta"], o["z_ud"], o["values"]).c_e
    return np.array([missed_by_electrons(f_a_gev(float(m)), c_e) for m in masses])
