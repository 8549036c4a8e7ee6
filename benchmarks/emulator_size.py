"""Error of the emulator against the number of training points and the method: docs/emulator.md.

python benchmarks/emulator_size.py, a minute. The packaged file gives back what it was fitted to
(`refine.learned`): components of spectra, and scalars. They are fitted again, to the star and the
first Sobol points, with and without the Gaussian process, and judged at the last 40 points, which
no fit has seen. What 84 numbers leave of the spectra is not judged: it is in the held-out errors
that the file holds.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from hotaxion.theory.spectra.emulator.features import SCALARS, SPECTRA
from hotaxion.theory.spectra.emulator.prediction import (
    LOGARITHM,
    SpectraEmulator,
    emulator_path,
    normalised,
)
from hotaxion.theory.spectra.emulator.regression import Regression
from hotaxion.theory.spectra.training.refine import learned
from hotaxion.theory.spectra.training.sensitivity import Sensitivity, planck_like

HELD_OUT = 40
SIZES = (75, 125, 175, 237)


def errors(
    emulator: SpectraEmulator, judge: Sensitivity, found: np.ndarray, true: np.ndarray, at: int
) -> list[float]:
    """Delta chi^2, largest relative error of TT and of phi phi, that of sigma_8."""
    features, change = emulator.arrays["features"][at], {}
    spectrum = emulator(features).cl
    amplitude = 1.0 / normalised("te", np.ones((1, 3)), features[None])[0, 0]
    for name in SPECTRA:
        shift = (found - true)[emulator.components[name]] @ emulator.arrays[f"basis_{name}"]
        if name in LOGARITHM:
            shift = spectrum[name][2:] * np.expm1(shift)
        else:
            shift *= emulator.arrays["envelope"] * amplitude
        change[name] = np.concatenate([[0.0, 0.0], shift])
    number = SCALARS.index("sigma8")
    off = abs(found - true)[number - len(SCALARS)] * emulator.arrays["scalar_std"][number]
    largest = [np.abs(change[name][2:] / spectrum[name][2:]).max() for name in ("tt", "pp")]
    return [judge.divergence(spectrum, change), *largest, off]


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    emulator = SpectraEmulator.load(emulator_path(None))
    outputs, inputs = learned(emulator), emulator.regression.inputs
    unseen = range(len(inputs) - HELD_OUT, len(inputs))
    judge = planck_like(emulator.l_max)
    head = ("points", "method", "Δχ²", "Δχ², 95 %", "TT", "φφ", "σ_8")
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for size in SIZES:
        for process in (False, True):
            fit = Regression.fit(inputs[:size], outputs[:size], process)
            rows = np.array(
                [errors(emulator, judge, fit(inputs[i]), outputs[i], i) for i in unseen]
            )
            chi2_95 = np.quantile(rows[:, 0], 0.95)
            chi2, *others = np.median(rows, axis=0)
            cells = [f"{chi2:.2g}", f"{chi2_95:.2g}", *(f"{x:.0e}" for x in others)]
            method = "with the process" if process else "quadratic alone"
            print(f"| {size} | {method} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
