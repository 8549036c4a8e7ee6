"""Experiments of `hotaxion forecast`: noise, beam, multipoles, sky; errors of BAO. All sourced.

CMB: white noise and one Gaussian beam each, no foregrounds and no atmosphere, so "like" the
experiments. Adding one is adding one entry here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.forecasts.bao_errors import bao_errors
from hotaxion.theory.errors import HotAxionError, UnknownOptionError


@dataclass(frozen=True)
class CMBExperiment:
    """Noise in polarisation is sqrt(2) times that in temperature."""

    name: str
    noise_ukarcmin: float  # temperature
    beam_arcmin: float  # full width at half maximum
    l_min: int
    l_max: int
    f_sky: float
    lensing: bool  # whether the potential is reconstructed, from the same maps
    source: str


CMB = {
    experiment.name: experiment
    for experiment in (
        CMBExperiment(
            "cmbs4", 1.0, 3.0, 5, 3000, 0.4, True, "as forecast for CMB-S4, 1610.02743, 1808.05955"
        ),
        CMBExperiment(
            # Channels of 93 GHz (8.0 uK', 2.2') and 145 GHz (10 uK', 1.4'), baseline: noise by
            # inverse variance, the wider beam. From l = 40: below, the atmosphere hides all.
            "so",
            float(np.hypot(1 / 8.0, 1 / 10.0)) ** -1,
            2.2,
            40,
            3000,
            0.4,
            True,
            "Simons Observatory, 1808.07445, table 1",
        ),
        CMBExperiment(
            # 2.2 uK' in polarisation, all channels together; beam at 100 GHz.
            "litebird",
            2.2 / float(np.sqrt(2)),
            30.0,
            2,
            1000,
            0.7,
            False,
            "LiteBIRD, 2202.02773",
        ),
    )
}
# LiteBIRD below, the ground above, as in 1808.05955: the two must not see the same multipoles.
L_SPLIT = 50


def cmb_experiments(names: list[str]) -> list[CMBExperiment]:
    """The experiments of these names, with multipoles split between space and ground.

    Raises
    ------
    UnknownOptionError : for a name that is not in CMB.
    HotAxionError : for two experiments that would see the same sky at the same multipoles.
    """
    for name in names:
        if name not in CMB:
            raise UnknownOptionError("CMB experiment", name, CMB)
    chosen = [CMB[name] for name in names]
    if len(chosen) < 2:
        return chosen
    if len(chosen) > 2 or len({*names}) < 2 or "litebird" not in names:
        raise HotAxionError(
            f"CMB experiments {' '.join(names)} would see the same sky; give one, or litebird and "
            "one on the ground."
        )
    return [
        replace(experiment, l_max=L_SPLIT)
        if experiment.name == "litebird"
        else replace(experiment, l_min=L_SPLIT + 1)
        for experiment in chosen
    ]


class BAOBin(NamedTuple):
    """Redshift, and covariance (2, 2) of ln(D_M/r_d) and ln(H r_d)."""

    z: float
    covariance: NDArray[np.float64]


# DESI, 14,000 square degrees, galaxies and quasars at z > 0.6: 1611.00036, table 2.3.
# z, errors of D_A/s and of H s in per cent.
_DESI = (
    (0.65, 0.82, 1.50),
    (0.75, 0.69, 1.27),
    (0.85, 0.69, 1.22),
    (0.95, 0.73, 1.22),
    (1.05, 0.89, 1.37),
    (1.15, 0.94, 1.39),
    (1.25, 0.96, 1.39),
    (1.35, 1.50, 2.02),
    (1.45, 1.59, 2.13),
    (1.55, 1.90, 2.52),
    (1.65, 2.88, 3.80),
    (1.75, 4.64, 6.30),
    (1.85, 4.71, 6.39),
)
_CORRELATION = 0.4  # of D_A/s and H s (1308.4164)

# Euclid spectroscopic, 15,000 square degrees: 1910.09273, table 3.
# z, volume [Gpc^3/h^3], density [h^3/Mpc^3], bias.
_EUCLID = (
    (1.00, 7.94, 6.86e-4, 1.46),
    (1.20, 9.15, 5.58e-4, 1.61),
    (1.40, 10.05, 4.21e-4, 1.75),
    (1.65, 16.22, 2.61e-4, 1.90),
)
BAO = {
    "desi": "DESI, 1611.00036, table 2.3",
    "euclid": "Euclid, densities of 1910.09273, table 3",
}


def bao_bins(name: str) -> list[BAOBin]:
    """Redshift bins of a survey; independent of each other.

    Raises
    ------
    UnknownOptionError : for a name that is not in BAO.
    """
    if name not in BAO:
        raise UnknownOptionError("BAO survey", name, BAO)
    if name == "euclid":
        return [BAOBin(z, bao_errors(z, *galaxies)) for z, *galaxies in _EUCLID]
    mix = np.array([[1.0, _CORRELATION], [_CORRELATION, 1.0]])
    return [BAOBin(z, 1e-4 * np.outer(errors, errors) * mix) for z, *errors in _DESI]
