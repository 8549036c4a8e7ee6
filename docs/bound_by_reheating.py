"""How the 2026 bound on m_a moves with T_reheat: python docs/bound_by_reheating.py [compute].

For each T_reheat the likelihood of Planck 2018, DESI DR2 and BBN, by the emulator, is profiled over
the other parameters at some masses, and the bound is that of a prior flat in m_a on this profile:
no chain (without such an era it gives 0.113 eV, as the chain of hotaxion2026_ksvz), but with the
axion's own distribution at each mass, so that heavy axions are the hot dark matter that they are.
`compute` writes docs/bound_by_reheating.csv (some ten minutes); without it, this file is printed
and drawn.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
from cobaya.log import LoggedError
from cobaya.model import Model, get_model
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.optimize import minimize

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.figures import style
from hotaxion.analysis.inputs.session import load_input
from hotaxion.theory.relics.options import T_REHEAT_RANGE_GEV

Array = NDArray[np.float64]

NAME = "hotaxion2026_ksvz"
FILE = Path(__file__).with_suffix(".csv")
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


def draw(bounds: dict[str, list[float]]) -> None:
    """docs/figures/reheating.png: the bounds against T_reheat."""
    figure, axes = style.new_figure(size=(6.4, 4.4))
    for i, (label, values) in enumerate(bounds.items()):
        axes.loglog(T_REHEAT_MEV, values, "os"[i] + style.DASHES[i], color=style.colour(i), ms=4)
        axes.lines[-1].set_label(label)
    axes.plot(80, 1.0, "k^", mfc="none", label="2104.03982: 1 eV or more allowed below 80 MeV")
    least = 1e3 * T_REHEAT_RANGE_GEV[0]
    axes.axvspan(3.0, least, color=style.GREY, alpha=0.3, lw=0)
    axes.text(least * 1.1, 0.06, "nucleosynthesis\n(2501.01369)", fontsize=style.SMALL)
    axes.set(xlim=(4, 1.2e4), ylim=(0.05, 3), xlabel=r"$T_\mathrm{reheat}$ [MeV]")
    axes.set_ylabel(r"95 % bound on $m_a$ [eV]")
    axes.set_title("KSVZ, Planck 2018 + DESI DR2 + BBN, from profiles")
    axes.legend(fontsize=style.SMALL)
    figure.savefig(Path(__file__).with_name("figures") / "reheating.png", dpi=200)


def compute() -> None:
    """Write one row for each temperature, one column for each rate."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["T_reheat_mev", *CURVES])
        for t_mev in T_REHEAT_MEV:
            sets = [{**options, "T_reheat": 1e-3 * t_mev} for options in CURVES.values()]
            rows.writerow([f"{t_mev:g}", *(f"{bound(*profile(one)):.3f}" for one in sets)])
            file.flush()


def main(words: list[str]) -> None:
    """See the top."""
    if words == ["compute"]:
        compute()
    head, *rows = csv.reader(FILE.open(encoding="utf-8"))
    for row in (head, *rows):
        print("".join(f"{word:>18}" for word in row))
    columns = [[float(word) for word in column] for column in zip(*rows, strict=True)]
    draw(dict(zip(head[1:], columns[1:], strict=True)))


if __name__ == "__main__":
    main(sys.argv[1:])
