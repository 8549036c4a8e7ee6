"""Mock data sets of `surveys`, written from the products of CLASS without scatter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hotaxion.likelihoods.surveys import BAOBin, CMBExperiment
from hotaxion.theory.arrays import Array
from hotaxion.theory.spectra.lensing_noise import reconstruction_noise
from hotaxion.theory.spectra.training.sensitivity import white_noise


def write_cmb(experiment: CMBExperiment, dl: Mapping[str, Array], folder: Path) -> None:
    """The files of Cobaya's `CMBlikes`, from D_l [uK^2] (potential: [L(L+1)]^2 C_L/2pi)."""
    from cobaya.likelihoods.base_classes.cmblikes import make_forecast_cmb_dataset

    fields = ("tt", "te", "ee", *(["pp"] if experiment.lensing else []))
    make_forecast_cmb_dataset(
        {name: dl[name][: experiment.l_max + 1] for name in fields},
        experiment.name,
        output_dir=str(folder),
        noise_muK_arcmin_T=experiment.noise_ukarcmin,
        noise_muK_arcmin_P=experiment.noise_ukarcmin * np.sqrt(2),
        fwhm_arcmin=experiment.beam_arcmin,
        lmin=experiment.l_min,
        lmax=experiment.l_max,
        fsky=experiment.f_sky,
        lens_recon_noise=_lensing_noise(experiment, dl) if experiment.lensing else None,
    )


def _lensing_noise(experiment: CMBExperiment, dl: Mapping[str, Array]) -> Array:
    """Reconstruction noise as [L(L+1)]^2 N_L/2pi, from L = 0."""
    ell = np.arange(experiment.l_max + 1.0)
    to_cl = 2 * np.pi / np.maximum(ell * (ell + 1), 1)
    noise = white_noise(ell, experiment.noise_ukarcmin, experiment.beam_arcmin)
    cl = {name: dl[name][: ell.size] * to_cl for name in ("tt", "te", "ee", "bb")}
    l_min = max(experiment.l_min, 2)
    n_l = reconstruction_noise(cl, noise, 2 * noise, l_min, experiment.l_max)
    n_l[:2] = 0.0  # never used; infinity would make NaN
    return n_l * (ell * (ell + 1)) ** 2 / (2 * np.pi)


def write_bao(bins: list[BAOBin], provider: Any, stem: Path) -> None:
    """STEM_mean.txt and STEM_cov.txt of MockBAO: D_M/r_d and H r_d [km/s] of a Cobaya provider."""
    r_drag = provider.get_param("rdrag")
    means, size = [], 2 * len(bins)
    covariance = np.zeros((size, size))
    for i, (z, relative) in enumerate(bins):
        values = [
            (1 + z) * float(provider.get_angular_diameter_distance(z)[0]) / r_drag,
            float(provider.get_Hubble(z, units="km/s/Mpc")[0]) * r_drag,
        ]
        pair = slice(2 * i, 2 * i + 2)
        covariance[pair, pair] = relative * np.outer(values, values)
        means += [f"{z} {values[0]:.12e} DM_over_rs", f"{z} {values[1]:.12e} Hz_rs"]
    stem.with_name(f"{stem.name}_mean.txt").write_text("\n".join(means) + "\n")
    np.savetxt(stem.with_name(f"{stem.name}_cov.txt"), covariance)
