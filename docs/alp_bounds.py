"""The curve of 2205.01637, f_a of an ALP against its mass: python docs/alp_bounds.py [M_A F_A ...].

Without arguments: table (docs/alp_curves.csv) and figure of docs/alps.md from docs/alp_bounds.csv.
With a mass [eV] and values of f_a [GeV], the largest first: adds to that file the least chi^2 of
Planck 2018 and BAO, everything else free.

Up to 1 eV by the emulator. Heavier axions it does not know: CLASS is run once at a start (for the
first f_a twice), and its spectra over those of the emulator, with the axion as cold matter and
massless radiation there, multiply the emulator's while chi^2 is minimised. Another run of CLASS at
the minimum agrees to 0.06 in chi^2 where the start was 5 above, to 0.04 where it was near. Some 40
CPU seconds for each f_a.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from cobaya.model import Model, get_model
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.optimize import brentq, minimize

from hotaxion.analysis.figures import style
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.theory import EmulatedClassy
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.spectra.emulator.features import SCALARS, SPECTRA
from hotaxion.theory.spectra.emulator.prediction import PACKAGED, Prediction, SpectraEmulator

Array = NDArray[np.float64]

NAME, HEAVY_EV, WARM_EV = "caloni2022_planck_bao2018_alp", 1.0, 20.0
FILE = Path(__file__).with_name("alp_bounds.csv")
CURVES = Path(__file__).with_name("alp_curves.csv")  # what `show` finds, for the page
EMULATOR, CLASS = (f"hotaxion.theory.{name}" for name in ("EmulatedClassy", "HotClassy"))
# f_a/C [1e7 GeV] by m_a [eV]: read off the figure of 2205.01637 (95 %, Planck 2018 + BAO).
PUBLISHED = {
    **{1e-4: 1.31, 1e-3: 1.18, 1e-2: 1.18, 0.1: 1.86, 1.0: 5.38},
    **{3.03: 10.4, 10.0: 15.5, 30.3: 13.3, 100.0: 16.3},
}
# Near the minimum without axions; omega_cdm is that of all cold matter.
START = {"logA": 3.0462, "n_s": 0.9665, "theta_s_100": 1.04194, "omega_b": 0.02242}
START |= {"omega_cdm": 0.1193, "tau_reio": 0.0561, "A_planck": 1.0}
ONE_SIDED, TWO_SIDED = 2.71, 3.84  # rise of chi^2 at 95 %
RATES: dict[str, dict[str, Any]] = {
    "ours": {},
    "with kaons": {"kaons": "data"},
    "crossover: 1": {"crossover": 1.0},
    "as 2205.07849": {"rates": "lo", "solver": "number"},
}
F_A_GEV = np.geomspace(5.7e5, 1.1e10, 90)


class Shifted(SpectraEmulator):
    """The packaged emulator times what CLASS says at one point."""

    ratio: Any = 1.0
    scalars: Mapping[str, float] = dict.fromkeys(SCALARS, 1.0)

    def outside(self, features: Array, tolerance: float) -> str | None:
        """Nowhere: the axion is none of its features."""
        return None

    def __call__(self, features: Array) -> Prediction:
        """Spectra and scalars, shifted."""
        found = super().__call__(features)
        scalars = {name: value * self.scalars[name] for name, value in found.scalars.items()}
        return Prediction(found.spectra * self.ratio, scalars)


class ShiftedClassy(EmulatedClassy):
    """Spectra of heavy axions; distances are exact, as ever."""

    features: Array

    def _features(self, values: dict[str, float], sector: Any, relics: list[Any]) -> Array:
        (axion,) = relics
        cold = values | {"omega_cdm": values["omega_cdm"] + axion.omega_h2}
        self.features = super()._features(cold, sector, [replace(axion, mass_ev=0.0)])
        return self.features


def model_of(m_a: float, f_a: float, theory: Mapping[str, Any]) -> Model:
    """The analysis at one mass and f_a, with this Boltzmann code."""
    info = deepcopy(load_input(NAME))
    info = {block: info[block] for block in ("theory", "likelihood", "params")}
    info["theory"].pop(EMULATOR)
    info["theory"] |= theory
    info["theory"]["hotaxion.theory.HotAxion"]["table"] = False
    del info["params"]["inverse_f_a"]
    info["params"] |= {"m_a": m_a, "f_a": f_a}
    info["params"]["omega_cdm"]["prior"]["min"] = 1e-3  # axions may be most of dark matter
    return get_model(info, stop_at_error=True)


def chi2_of(model: Model, point: Mapping[str, float]) -> float:
    """-2 ln L of the data."""
    return -2.0 * float(sum(model.logposterior(dict(point), cached=False).loglikes))


def minimised(model: Model, start: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """Where -2 ln posterior (A_planck has a prior) is least, and -2 ln L there."""
    names = list(model.parameterization.sampled_params())
    widths = np.sqrt(model.prior.reference_variances()) / 2.0
    centre = np.array([start[name] for name in names])

    def point(steps: Array) -> dict[str, float]:
        return dict(zip(names, centre + steps * widths, strict=True))

    def height(steps: Array) -> float:
        value = -2.0 * float(model.logposterior(point(steps), cached=False).logpost)
        return value if math.isfinite(value) else 1e6

    options = {"xtol": 1e-2, "ftol": 1e-6, "maxfev": 2500}
    best = point(minimize(height, np.zeros(len(names)), method="Powell", options=options).x)
    return best, chi2_of(model, best)


def non_linear(m_a: float) -> str:
    """Of lensing. Halofit is not made for dark matter that is warm: chi^2 is 5000 at 100 eV."""
    return "halofit" if m_a <= WARM_EV else "none"


def heavy(m_a: float, f_a: float, start: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """The minimum by one run of CLASS at `start`."""
    exact = model_of(m_a, f_a, {CLASS: {"extra_args": {"non_linear": non_linear(m_a)}}})
    shifted = model_of(m_a, f_a, {"shifted": {"external": ShiftedClassy}})
    theory = shifted.theory["shifted"]
    theory.spectra = emulator = Shifted.load(PACKAGED)
    chi2_of(exact, start)
    chi2_of(shifted, start)
    boltzmann = exact.theory[CLASS].classy
    cl, before = boltzmann.lensed_cl(emulator.l_max), emulator(theory.features)
    spectra = np.array([cl[name] for name in SPECTRA])
    ratio = np.divide(spectra, before.spectra, np.ones_like(spectra), where=before.spectra != 0)
    te = SPECTRA.index("te")
    ratio[te] = np.clip(ratio[te], 0.5, 2.0)  # where it crosses zero
    scalars = boltzmann.get_current_derived_parameters(list(SCALARS))
    emulator.scalars = {name: scalars[name] / before.scalars[name] for name in SCALARS}
    emulator.ratio = ratio
    return minimised(shifted, start)


def add(m_a: float, decay_constants: list[float]) -> None:
    """Compute, and add to the file."""
    start, abundance = dict(START), Abundance(model="alp")
    for i, f_a in enumerate(decay_constants):
        relic = abundance(m_a, f_a)
        for _ in range(1 if i else 2):
            if m_a <= HEAVY_EV:
                emulated = model_of(m_a, f_a, {EMULATOR: {"fallback": "error"}})
                start, chi2 = minimised(emulated, start)
            else:
                here = start | {"omega_cdm": start["omega_cdm"] - relic.omega_a_h2}
                best, chi2 = heavy(m_a, f_a, here)
                start = best | {"omega_cdm": best["omega_cdm"] + relic.omega_a_h2}
        row = [f"{m_a:g}", f"{f_a:g}", non_linear(m_a), f"{chi2:.3f}"]
        with FILE.open("a", encoding="utf-8") as file:
            file.write(",".join(row) + "\n")
        print(*row, f"dN_eff {relic.delta_neff:.4f} omega_a {relic.omega_a_h2:.5f}", flush=True)


# --- bounds --------------------------------------------------------------------------------------


def profiles() -> dict[tuple[float, str], tuple[Array, Array]]:
    """By mass and non-linear lensing: 1e8 GeV/f_a, ascending, and the rise of chi^2."""
    found: dict[tuple[float, str], dict[float, float]] = {}
    with FILE.open(encoding="utf-8") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            x, chi2 = 1e8 / float(row["f_a_gev"]), float(row["chi2"])
            at_mass = found.setdefault((float(row["m_a_ev"]), row["non_linear"]), {})
            at_mass[x] = min(chi2, at_mass.get(x, math.inf))  # of a minimum computed again
    columns = {key: np.array(sorted(pairs.items())).T for key, pairs in sorted(found.items())}
    return {key: (x, chi2 - chi2.min()) for key, (x, chi2) in columns.items()}


def bounds(x: Array, rise: Array, delta_neff: CubicSpline) -> dict[str, float]:
    """Lower bounds on f_a [GeV], by the rule; NaN where the values of f_a do not reach it."""
    curve = PchipInterpolator(x, rise)
    fine = np.linspace(x[0], x[-1], 20000)
    found = {}
    for name, level in (("2.71", ONE_SIDED), ("3.84", TWO_SIDED)):
        risen = fine[curve(fine) > level]
        found[name] = 1e8 / risen[0] if risen.size else math.nan
    # 5 % quantile of the profile as a density; the part beyond the last f_a is left out.
    slope = np.gradient(delta_neff(np.log(1e8 / fine)), fine)
    for name, prior in (("flat in dN_eff", slope), ("flat in 1/f_a", np.ones_like(fine))):
        total = np.cumsum(np.exp(-0.5 * curve(fine)) * prior)
        found[name] = 1e8 / float(np.interp(0.95 * total[-1], total, fine))
    return found


def curve_of(**options: Any) -> CubicSpline:
    """Delta N_eff against ln f_a."""
    abundance = Abundance(**options)
    return CubicSpline(np.log(F_A_GEV), [abundance(f_a=float(f)).delta_neff for f in F_A_GEV])


def with_rates(f_a: float, ours: CubicSpline, other: CubicSpline) -> float:
    """f_a of the same Delta N_eff on another curve."""
    ends, goal = np.log(F_A_GEV[[0, -1]]), ours(np.log(f_a))
    return math.exp(brentq(lambda ln_f: other(ln_f) - goal, *ends)) if goal > 0 else math.nan


def show() -> None:
    """The table, and the figure."""
    curves = {name: curve_of(**options) for name, options in RATES.items()}
    rules = ("2.71", "3.84", "flat in dN_eff", "flat in 1/f_a")
    others = [name for name in RATES if name != "ours"]
    print("f_a/C > [1e7 GeV]; the last four: rise 3.84, with other rates, and Omega_a h^2 <")
    heads = ("m_a_ev", "published", *rules, *others, "omega_a_h2", "non_linear")
    lines = [heads]
    rows, abundance = [], Abundance(model="alp")
    for (mass, lensing), (x, rise) in profiles().items():
        found = bounds(x, rise, curves["ours"])
        moved = [with_rates(found["3.84"], curves["ours"], curves[name]) for name in others]
        row = [mass, *(found[rule] for rule in rules), *moved]
        rows += [row] if lensing == non_linear(mass) else []
        f_a = found["3.84"]
        omega = math.nan if math.isnan(f_a) else abundance(mass, f_a).omega_a_h2
        shown = [PUBLISHED.get(mass, math.nan), *(value / 1e7 for value in row[1:])]
        words = [f"{mass:g}", *(f"{value:.3g}" for value in shown), f"{omega:.2e}", lensing]
        lines.append(tuple(words))
    for line in lines:
        print("".join(f"{word:>15}" for word in line))
    with CURVES.open("w", encoding="utf-8", newline="") as file:
        file.write("# f_a/C [1e7 GeV] at 95 % by rule, and with other rates (rise 3.84)\n")
        csv.writer(file, lineterminator="\n").writerows(lines)
    draw(np.array(rows))


def draw(rows: Array) -> None:
    """docs/figures/alps.png."""
    figure, axes = style.new_figure(size=(7.0, 4.6))
    masses, one_sided, two_sided, in_n, _, _, sphalerons, published_rates = rows.T
    axes.fill_between(masses, two_sided, one_sided, color=style.colour(0), alpha=0.25, lw=0)
    label = r"ours, $\Delta\chi^2$ = 2.71 to 3.84"
    axes.plot(masses, two_sided, "o-", color=style.colour(0), label=label)
    label = r"the same, flat in $\Delta N_\mathrm{eff}$"
    axes.plot(masses, in_n, "s:", color=style.colour(2), label=label)
    label = r"$\Delta\chi^2$ = 3.84, rates as 2205.07849"
    axes.plot(masses, published_rates, "--", color=style.colour(0), label=label)
    label = r"$\Delta\chi^2$ = 3.84, crossover: 1"
    axes.plot(masses, sphalerons, "-.", color=style.colour(0), label=label)
    published = [1e7 * value for value in PUBLISHED.values()]
    look = {"color": style.BLACK, "mfc": "white", "label": "2205.01637, read off"}
    axes.plot([*PUBLISHED], published, "D", **look)
    axes.set(xscale="log", yscale="log", xlabel=style.axis_label("m_a"), ylim=(8e6, 4e8))
    axes.set_ylabel(r"95 % lower bound on $f_a/C_g$ [GeV]")
    axes.legend(fontsize=style.SMALL, frameon=False)
    figure.savefig(Path(__file__).with_name("figures") / "alps.png", dpi=200)
    plt.close(figure)


def main(words: list[str]) -> None:
    """See the top."""
    if not words:
        show()
        return
    with cobaya_session(quiet=True):
        add(float(words[0]), [float(word) for word in words[1:]])


if __name__ == "__main__":
    main(sys.argv[1:])
