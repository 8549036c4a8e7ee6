"""What an experiment sees: noise, multipoles and sky of CMB maps, errors of BAO, Gaussian priors.

It places the points of a design, and judges the emulator by the experiment that it is meant for:
one like Planck, or the mock data of a forecast. Gaussian fields on a fraction of the sky: of small
changes, the Kullback-Leibler divergence to second order is
Delta chi^2 = sum_l f_sky (2l + 1)/2 Tr[(C_tot^-1 dC)^2]. The lensing potential counts as
independent of T and E, as in `hotaxion.likelihoods.MockCMB`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import SPEED_OF_LIGHT_KM_S, T_CMB_K
from hotaxion.theory.spectra.emulator.background import Background

T_CMB_UK = 1e6 * T_CMB_K
# Spectra of two fields; those that are not here are zero.
_SPECTRUM = {("t", "t"): "tt", ("t", "e"): "te", ("e", "e"): "ee", ("p", "p"): "pp"}


def white_noise(ell: Array, noise_ukarcmin: float, beam_arcmin: float) -> Array:
    """C_l [uK^2] of white noise, a Gaussian beam of this full width at half maximum divided out."""
    radian = np.pi / 180 / 60
    beam = np.exp(ell * (ell + 1) * (beam_arcmin * radian) ** 2 / (8 * np.log(2)))
    return np.asarray((noise_ukarcmin * radian) ** 2 * beam, dtype=np.float64)


@dataclass(frozen=True)
class CMBMaps:
    """Maps of one experiment.

    Attributes
    ----------
    fields : of t, e, p.
    noise : (l_max - l_min + 1, fields), spectra of the noise: raw C_l without unit, beam divided
        out.
    l_min, l_max : multipoles seen.
    f_sky : fraction of the sky.
    l_polarisation : below, changes of E do not count as information: a prior of tau stands for
        the reionisation bump.
    """

    fields: tuple[str, ...]
    noise: Array
    l_min: int
    l_max: int
    f_sky: float
    l_polarisation: int = 0

    def _matrices(self, cl: Mapping[str, Array]) -> Array:
        """Spectra (..., n_l) from l = 0 as (..., l_max - l_min + 1, fields, fields)."""
        seen = slice(self.l_min, self.l_max + 1)
        size = len(self.fields)
        matrix = np.zeros((*cl["tt"][..., seen].shape, size, size))
        for i, first in enumerate(self.fields):
            for j, second in enumerate(self.fields):
                name = _SPECTRUM.get((first, second)) or _SPECTRUM.get((second, first))
                if name:
                    matrix[..., i, j] = cl[name][..., seen]
        return matrix

    def _weighted(self, centre: Mapping[str, Array], changes: Array) -> Array:
        """C_tot^-1 dC, times the root of the number of modes over two."""
        total = self._matrices(centre)
        diagonal = np.arange(len(self.fields))
        total[:, diagonal, diagonal] += self.noise
        modes = 0.5 * self.f_sky * (2.0 * np.arange(self.l_min, self.l_max + 1) + 1.0)
        root = np.sqrt(modes)[:, None, None]
        return root * (np.linalg.inv(total) @ changes)

    def fisher(self, centre: Mapping[str, Array], slopes: Mapping[str, Array]) -> Array:
        """Information (p, p) on the parameters by which `slopes` (p, n_l) derive."""
        changes = self._matrices(slopes)
        if self.l_min < self.l_polarisation and "e" in self.fields:
            e, below = self.fields.index("e"), slice(0, self.l_polarisation - self.l_min)
            changes[:, below, e, :] = changes[:, below, :, e] = 0.0
        weighted = self._weighted(centre, changes)
        return np.einsum("alij,blji->ab", weighted, weighted, optimize=True)

    def divergence(self, centre: Mapping[str, Array], change: Mapping[str, Array]) -> float:
        """Delta chi^2 of a small change of the spectra, to second order."""
        weighted = self._weighted(centre, self._matrices(change))
        return float(np.einsum("lij,lji->", weighted, weighted))


@dataclass(frozen=True)
class Distances:
    """BAO data: `kinds` of DM_over_rs, DH_over_rs, DV_over_rs or Hz_rs at `z`, with covariance."""

    z: Array
    kinds: tuple[str, ...]
    covariance: Array

    def observables(self, background: Background, rs_d: float) -> Array:
        """What the data measure, with a sound horizon of rs_d [Mpc]; Hz_rs in km/s."""
        transverse = background.comoving_distance(self.z) / rs_d
        radial = 1.0 / background.hubble(self.z) / rs_d
        values = {
            "DM_over_rs": transverse,
            "DH_over_rs": radial,
            "DV_over_rs": np.cbrt(self.z * transverse**2 * radial),
            "Hz_rs": SPEED_OF_LIGHT_KM_S / radial,
        }
        return np.array([values[kind][i] for i, kind in enumerate(self.kinds)])


@dataclass(frozen=True)
class Sensitivity:
    """Everything that constrains the parameters around a fiducial.

    Attributes
    ----------
    names : of the likelihoods, for the provenance.
    maps, distances : the data.
    prior_errors : standard deviations of Gaussian priors, by parameter.
    """

    names: tuple[str, ...]
    maps: tuple[CMBMaps, ...]
    distances: tuple[Distances, ...] = ()
    prior_errors: Mapping[str, float] = field(default_factory=dict)

    @property
    def spectra(self) -> tuple[str, ...]:
        """Names of the spectra that the maps need."""
        fields = {name for each in self.maps for name in each.fields}
        return tuple(name for pair, name in _SPECTRUM.items() if fields.issuperset(pair))

    @property
    def l_max(self) -> int:
        """Greatest multipole seen."""
        return max(each.l_max for each in self.maps)

    def fisher(self, centre: Mapping[str, Array], slopes: Mapping[str, Array]) -> Array:
        """Information of the maps alone, see `CMBMaps.fisher`."""
        return np.sum([each.fisher(centre, slopes) for each in self.maps], axis=0)

    def divergence(self, centre: Mapping[str, Array], change: Mapping[str, Array]) -> float:
        """Delta chi^2 of all maps together, see `CMBMaps.divergence`."""
        return sum(each.divergence(centre, change) for each in self.maps)

    def describe(self) -> dict[str, object]:
        """For the provenance: plain numbers and strings."""
        return {
            "likelihoods": list(self.names),
            "cmb": [
                {
                    "fields": "".join(each.fields),
                    "l_min": each.l_min,
                    "l_max": each.l_max,
                    "f_sky": each.f_sky,
                    "noise_at_l_min": [float(f"{n:.4g}") for n in each.noise[0]],
                }
                for each in self.maps
            ],
            "bao_points": sum(each.z.size for each in self.distances),
            "priors": dict(self.prior_errors),
        }


def planck_like(l_max: int) -> Sensitivity:
    """T and E of the 143 GHz channel (1807.06205, table 4), and tau from low multipoles."""
    maps = _maps((33.0, 70.0), 7.2, 2, min(l_max, 2508), f_sky=0.6)
    return Sensitivity(("Planck-like",), (maps,), prior_errors={"tau_reio": 0.0073})  # 1807.06209


def planck_and_act_like(l_max: int) -> Sensitivity:
    """The same, and T and E of ACT DR6: 10 uK arcmin on a quarter of the sky, above l = 600.

    Depth and sky of 2503.14451 in round numbers. Foregrounds count as 300 uK^2 of D_l at l = 3000
    with the spectrum of points: so, changes of the spectra count 2.5 times (median of 43 held-out
    points) what they do for the released band powers, marginalised over foregrounds; without, 35
    times. The sky that both see counts twice.
    """
    planck = planck_like(l_max)
    act = _maps((10.0, 14.0), 1.4, 600, max(l_max, 601), f_sky=0.25, points=300.0)
    return Sensitivity(
        ("Planck- and ACT-like",), (*planck.maps, act), prior_errors=planck.prior_errors
    )


def _maps(
    noise: tuple[float, float],
    beam: float,
    l_min: int,
    l_max: int,
    f_sky: float,
    points: float = 0.0,
) -> CMBMaps:
    """T and E with white noise [uK arcmin] and a Gaussian beam [arcmin].

    `points` : D_l [uK^2] at l = 3000 of point sources, noise of T.
    """
    ell = np.arange(l_min, l_max + 1.0)
    spectra = np.column_stack([white_noise(ell, each, beam) for each in noise])
    spectra[:, 0] += 2.0 * np.pi * points / (3000.0 * 3001.0)
    return CMBMaps(("t", "e"), spectra / T_CMB_UK**2, l_min, l_max, f_sky, l_polarisation=30)
