"""What drives the error of m_a in the packaged forecast: python docs/forecast_errors.py (seconds).

Fisher matrices, with the spectra of the packaged emulator; see docs/guides/forecasts.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from hotaxion.analysis.forecasts.training import local_target
from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.likelihoods.surveys import CMB, L_SPLIT, CMBExperiment
from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator, emulator_path
from hotaxion.theory.spectra.training.design import Target, emulated_star
from hotaxion.theory.spectra.training.fisher import SAMPLED
from hotaxion.theory.spectra.training.sensitivity import (
    T_CMB_UK,
    CMBMaps,
    Distances,
    white_noise,
)

NAME = "forecast_cmbs4_desi_ksvz"
PLANCK_TAU_ERROR = 0.0073  # 1807.06209


def main() -> None:
    target = local_target(inputs_folder() / f"{NAME}.yaml")
    star = emulated_star(target, SpectraEmulator.load(emulator_path(NAME)))
    print(f"{'errors [eV] of':42}     m_a   m_a, mnu known      mnu")
    for label, changed in variants(target):
        errors = changed.fisher(star)
        known = errors.sigma("m_a", fixed=("mnu",))
        print(f"{label:42} {errors.sigma('m_a'):7.3f} {known:16.3f} {errors.sigma('mnu'):8.3f}")
    rest = tuple(name for name in SAMPLED if name != "m_a")
    alone = target.fisher(star).sigma("m_a", fixed=rest)
    print(f"everything but m_a known: {alone:.3f}")


def variants(target: Target) -> Iterator[tuple[str, Target]]:
    """The target with other data."""
    (maps,), bao = target.sensitivity.maps, target.sensitivity.distances
    unlensed = replace(maps, fields=maps.fields[:2], noise=maps.noise[:, :2])

    def with_data(
        cmb: tuple[CMBMaps, ...], distances: tuple[Distances, ...] = bao, **priors: float
    ) -> Target:
        errors = {**target.sensitivity.prior_errors, **priors}
        changed = replace(target.sensitivity, maps=cmb, distances=distances, prior_errors=errors)
        return replace(target, sensitivity=changed)

    halved = tuple(replace(each, covariance=each.covariance / 4.0) for each in bao)
    yield "all", target
    yield "without lensing reconstruction", with_data((unlensed,))
    yield "without BAO", with_data((maps,), ())
    yield "neither", with_data((unlensed,), ())
    yield "errors of BAO halved", with_data((maps,), halved)
    from_space = (cut(maps, L_SPLIT + 1, maps.l_max), maps_of(CMB["litebird"], L_SPLIT))
    yield f"LiteBIRD below l = {L_SPLIT + 1}", with_data(from_space)
    without_bump = cut(maps, 30, maps.l_max)
    yield "l >= 30 and Planck's tau", with_data((without_bump,), tau_reio=PLANCK_TAU_ERROR)
    yield "T, E, lensing to l = 2000", with_data((cut(maps, maps.l_min, 2000),))


def cut(maps: CMBMaps, l_min: int, l_max: int) -> CMBMaps:
    """Fewer multipoles."""
    kept = slice(l_min - maps.l_min, l_max - maps.l_min + 1)
    return replace(maps, noise=maps.noise[kept], l_min=l_min, l_max=l_max)


def maps_of(experiment: CMBExperiment, l_max: int) -> CMBMaps:
    """T and E of an experiment without lensing, to l_max."""
    ell = np.arange(experiment.l_min, l_max + 1.0)
    noise_t = white_noise(ell, experiment.noise_ukarcmin, experiment.beam_arcmin) / T_CMB_UK**2
    columns = np.column_stack([noise_t, 2 * noise_t])
    return CMBMaps(("t", "e"), columns, experiment.l_min, l_max, experiment.f_sky)


if __name__ == "__main__":
    main()
