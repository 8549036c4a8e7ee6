"""The curve Delta N_eff(m_a) of the run behind a chain, and its slope at each sample.

The curve is computed by the packaged HotAxion theory with the options in the chain's own input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.inputs.session import cobaya_session
from hotaxion.analysis.inputs.theories import find_theories, relics_of_input
from hotaxion.theory.arrays import Array
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.particle.couplings import f_a_gev
from hotaxion.theory.particle.mass import qcd_mass_ev
from hotaxion.theory.relics.abundance import F_A_RANGE_GEV

# Inputs of HotAxion that say how many axions there are (for model alp, m_a does not).
TARGETS = ("m_a", "f_a", "log10_f_a", "delta_neff")
_M_A_EV = (1e-4, 10.0)  # below, Delta N_eff - floor falls like m_a^2
_POINTS = 240
_STEP = 1e-3  # of ln m_a, for the slope where other inputs vary
_MAX_ROWS = 4000  # evaluated where other inputs vary; the rest of the chain is thinned away
_SLOPE_MIN = 1e-15  # the curve is flat at both ends, within rounding
# What Cobaya adds to the options of a component in updated.yaml.
_NOT_OPTIONS = ("input_params", "output_params", "requires", "provides", "version")


def is_alp(info: Mapping[str, Any]) -> bool:
    """Whether the axion of an input is an ALP, whose mass and f_a are independent."""
    options = [info["theory"][name] for name in find_theories(info, "HotAxion")]
    return any(isinstance(one, Mapping) and one.get("model") == "alp" for one in options)


def mass_column(chain: Chain) -> str:
    """The parameter that says how many axions there are; the usual one where the chain has none."""
    names = ("f_a", "log10_f_a") if is_alp(chain.info) else ("m_a", "f_a", "log10_f_a")
    return next((name for name in names if name in chain.parameters()), names[0])


def relics_instead(chain: Chain) -> list[str]:
    """Names of the relics of a chain that has no axion."""
    return [] if mass_column(chain) in chain.parameters() else relics_of_input(chain.info)


def parameter_of_priors(chain: Chain) -> str:
    """Whose bound other priors change: m_a or f_a, without axions m_eff of the first relic."""
    relics = relics_instead(chain)
    return f"meff_{relics[0]}" if relics else mass_column(chain)


def qcd_mass(chain: Chain) -> Array:
    """m_a [eV] of each row; for model alp that of the QCD axion of its f_a.

    Raises HotAxionError if the chain has not what it follows from.
    """
    name = mass_column(chain)
    if name not in chain.parameters():
        raise HotAxionError(
            f"the chain has no parameter {name}, so that no curve Delta N_eff({name}) belongs to "
            f"it; add '{name}:' to the params block (it is derived if another one is sampled)."
        )
    column = chain.column(name)
    if name == "m_a":
        return column
    return np.array([qcd_mass_ev(f) for f in (10.0**column if name == "log10_f_a" else column)])


def curve_at_samples(chain: Chain) -> tuple[Array, Array]:
    """Delta N_eff and its derivative by m_a [1/eV] at the m_a of each row of a chain.

    For model alp m_a is `qcd_mass`.

    NaN in rows that were left out: where rate strengths, m_u/m_d or tan_beta vary along the
    chain, each row has a curve of its own, and at most 4000 rows (evenly spaced) are computed.

    Raises HotAxionError if the chain has no m_a, or its input no HotAxion theory.
    """
    key, options = _theory_of(chain.info)
    others, m_a = _other_inputs(chain, options), qcd_mass(chain)
    with cobaya_session(quiet=True):
        evaluate = _evaluator(key, options, others)
        if any(np.ptp(values) > 0 for values in others.values()):
            return _row_by_row(m_a, others, evaluate)
        fixed = {name: float(values[0]) for name, values in others.items()}
        return _on_one_curve(m_a, lambda mass: evaluate(m_a=mass, **fixed))


def _theory_of(info: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if not info:
        raise HotAxionError(
            "beside the chain is no updated.yaml, whose theory HotAxion the curve Delta N_eff(m_a) "
            "is computed with. Keep it there."
        )
    for name in find_theories(info, "HotAxion"):
        options = info["theory"][name]
        return name, dict(options) if isinstance(options, Mapping) else {}
    theories = ", ".join(info.get("theory") or {}) or "none"
    raise HotAxionError(
        "the input of the chain (its updated.yaml) has no theory HotAxion, which the curve "
        f"Delta N_eff(m_a) is computed with; its theories: {theories}. A class of your own that is "
        "derived from HotAxion must be installed, or lie in the current folder."
    )


def _other_inputs(chain: Chain, options: Mapping[str, Any]) -> dict[str, Array]:
    """Inputs of HotAxion besides the mass, as columns: from the chain, or constant."""
    params, present = chain.info.get("params") or {}, chain.parameters()
    others = [name for name in options.get("input_params") or () if name not in TARGETS]
    columns = {name: chain.column(name) for name in others if name in present}
    for name in set(others) - set(columns):
        entry = params.get(name)
        value: Any = entry.get("value") if isinstance(entry, Mapping) else entry
        try:
            columns[name] = np.full(chain.samples.numrows, float(value))
        except (TypeError, ValueError):
            raise HotAxionError(
                f"'{name}' feeds HotAxion, but the chain does not hold it; without it the curve "
                "Delta N_eff(m_a) is unknown. Sample it, fix it, or add it to the params block."
            ) from None
    return columns


def _evaluator(
    key: str, options: Mapping[str, Any], others: Mapping[str, Array]
) -> Callable[..., float]:
    """Delta N_eff as a function of m_a (see `qcd_mass`) and HotAxion's other inputs, by name."""
    from cobaya.model import get_model

    alp = options.get("model") == "alp"  # the number of axions does not depend on its mass
    mass = {"m_a": 0.0, "f_a": {"prior": [*F_A_RANGE_GEV]}}
    params: dict[str, Any] = mass if alp else {"m_a": {"prior": [0.0, _M_A_EV[1]]}}
    params["delta_neff"] = None
    for name, values in others.items():
        low, high = float(values.min()), float(values.max())
        params[name] = low if low == high else {"prior": [low, high]}
    kept = {name: value for name, value in options.items() if name not in _NOT_OPTIONS}
    model = get_model({"theory": {key: kept}, "likelihood": {"one": None}, "params": params})
    theory = model.theory[key]

    def evaluate(m_a: float, **inputs: float) -> float:
        state: dict[str, Any] = {}
        inputs |= {"m_a": 0.0, "f_a": f_a_gev(m_a)} if alp else {"m_a": m_a}
        if theory.calculate(state, True, **inputs) is False:
            return np.nan
        return float(state["derived"]["delta_neff"])

    return evaluate


def _on_one_curve(m_a: Array, delta_neff: Callable[[float], float]) -> tuple[Array, Array]:
    grid = np.geomspace(*_M_A_EV, _POINTS)
    grid[-1] = _M_A_EV[1]
    curve = CubicSpline(np.log(grid), [delta_neff(float(mass)) for mass in grid])
    inside = np.clip(m_a, grid[0], grid[-1])
    slope = curve(np.log(inside), 1) / inside * np.minimum(m_a / grid[0], 1.0)
    return curve(np.log(inside)), np.maximum(slope, _SLOPE_MIN)


def _row_by_row(
    m_a: Array, others: Mapping[str, Array], evaluate: Callable[..., float]
) -> tuple[Array, Array]:
    value, slope = np.full((2, m_a.size), np.nan)
    for row in range(0, m_a.size, max(1, -(-m_a.size // _MAX_ROWS))):
        inputs = {name: float(values[row]) for name, values in others.items()}
        middle = float(np.clip(m_a[row], _M_A_EV[0], _M_A_EV[1] * np.exp(-_STEP)))
        below, above = (evaluate(m_a=middle * np.exp(step), **inputs) for step in (-_STEP, _STEP))
        value[row] = 0.5 * (below + above)
        slope[row] = max((above - below) / (2 * _STEP * middle), _SLOPE_MIN)
    return value, slope
