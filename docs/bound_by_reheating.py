"""How the 2026 bound on m_a moves with T_reheat: python docs/bound_by_reheating.py [FOLDER].

For each T_reheat the likelihood of Planck 2018, DESI DR2 and BBN, by the emulator, is profiled over
the other parameters at some masses, and the bound is that of a prior flat in m_a on this profile:
no chain (without such an era it gives 0.113 eV, as the chain of hotaxion2026_ksvz), but with the
axion's own distribution at each mass, so that heavy axions are the hot dark matter that they are.
Prints a line for each; with a FOLDER, draws them there. Some ten minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from cobaya.log import LoggedError
from cobaya.model import Model, get_model
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.optimize import minimize

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.inputs.session import load_input
from hotaxion.theory.relics.options import T_REHEAT_RANGE_GEV

Array = NDArray[np.float64]

NAME = "hotaxion2026_ksvz"
CHAIN = Path(__file__).resolve().parents[1] / "chains" / "reference" / NAME
T_REHEAT_MEV = (1e4, 1000, 500, 300, 200, 150, 120, 100, 80, 60, 50, 45)
CURVES: dict[str, dict[str, Any]] = {"pions and gluons": {}, "with kaons": {"kaons": "data"}}
FACTOR, LIGHTEST_EV = 1.5, 0.02  # of the masses
RISE = 14.0  # of chi^2, where a profile ends
SEARCH = {"eps": 0.02, "ftol": 1e-6, "maxiter": 40}  # in standard deviations
NOWHERE = 1e5  # chi^2 of what cannot be


def model(options: dict[str, Any]) -> Model:
    """The analysis, with a fixed mass in place of its prior."""
    info = load_input(NAME)
    info = {key: info[key] for key in ("theory", "likelihood", "params")} | {"debug": 50}
    info["theory"]["hotaxion.theory.HotAxion"].update(options)
    info["theory"]["hotaxion.theory.EmulatedClassy"]["fallback"] = "error"
    del info["params"]["ln_m_a"]
    info["params"]["m_a"] = {"prior": {"min": 1e-3, "max": 10.0}}
    return get_model(info)


def profile(options: dict[str, Any]) -> tuple[Array, Array]:
    """Masses [eV] and the least chi^2 at each, up to where it has risen by RISE.

    Where the emulator does not reach there are none.
    """
    cobaya, samples = model(options), Chain.load(CHAIN, 0.0).samples
    names = [name for name in cobaya.parameterization.sampled_params() if name != "m_a"]
    mean = np.array([samples.mean(name) for name in names])
    width, place = np.linalg.cholesky(samples.cov(names)), names.index("mnu")

    def chi2(y: Array, m_a: float) -> float:
        x = mean + width @ y
        outside, x[place] = min(x[place], 0.0), max(x[place], 0.0)
        point = dict(zip(names, x, strict=True), m_a=m_a)
        try:
            found = cobaya.logposterior(point, return_derived=False)
        except LoggedError:  # beyond the emulator
            return NOWHERE
        return min(-2.0 * float(found.logpost), NOWHERE) + (outside / 0.01) ** 2

    y, masses, least = np.zeros(len(names)), [], []
    for m_a in LIGHTEST_EV * FACTOR ** np.arange(16):
        best = minimize(chi2, y, args=(m_a,), method="L-BFGS-B", options=SEARCH)
        if best.fun >= NOWHERE:
            continue
        y = best.x
        masses.append(float(m_a))
        least.append(float(best.fun))
        if least[-1] > min(least) + RISE:
            break
    return np.array(masses), np.array(least)


def bound(masses: Array, chi2: Array) -> float:
    """95 % bound on m_a [eV] of a prior flat in m_a; NaN if the profile ends before."""
    if chi2[-1] < chi2.min() + 8.0:
        return float("nan")
    grid = np.linspace(0.0, masses[-1], 4000)
    rise = PchipInterpolator(np.append(0.0, masses), np.append(chi2[0], chi2))(grid)
    cumulative = np.cumsum(np.exp(-0.5 * (rise - rise.min())))
    return float(np.interp(0.95, cumulative / cumulative[-1], grid))


def draw(bounds: dict[str, list[float]], folder: Path) -> None:
    """The bounds against T_reheat."""
    figure, axes = plt.subplots(figsize=(6.4, 4.4))
    for (label, values), (colour, style) in zip(
        bounds.items(), (("#0072B2", "o-"), ("#D55E00", "s--")), strict=True
    ):
        axes.loglog(T_REHEAT_MEV, values, style, color=colour, ms=4, label=label)
    axes.plot(80, 1.0, "k^", mfc="none", label="2104.03982: 1 eV or more allowed below 80 MeV")
    least = 1e3 * T_REHEAT_RANGE_GEV[0]
    axes.axvspan(3.0, least, color="gray", alpha=0.3, lw=0)
    axes.text(least * 1.1, 0.06, "nucleosynthesis\n(2501.01369)", fontsize=9, color="0.3")
    axes.set(xlim=(4, 1.2e4), ylim=(0.05, 3), xlabel=r"$T_\mathrm{reheat}$ [MeV]")
    axes.set_ylabel(r"95 % bound on $m_a$ [eV]")
    axes.set_title("KSVZ, Planck 2018 + DESI DR2 + BBN, from profiles", fontsize=11)
    axes.grid(alpha=0.25)
    axes.legend(fontsize=9)
    figure.tight_layout()
    figure.savefig(folder / "reheating.png", dpi=110)


def main() -> None:
    """Print one row for each temperature, one column for each rate."""
    print(f"{'T_reheat [MeV]':16}" + "".join(f"{label:>18}" for label in CURVES))
    bounds: dict[str, list[float]] = {label: [] for label in CURVES}
    for t_mev in T_REHEAT_MEV:
        for label, options in CURVES.items():
            bounds[label].append(bound(*profile({**options, "T_reheat": 1e-3 * t_mev})))
        row = "".join(f"{values[-1]:18.3f}" for values in bounds.values())
        print(f"{t_mev:<16g}{row}", flush=True)
    if len(sys.argv) > 1:
        draw(bounds, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
