"""Compton-like scattering of a massive vector, γ'e → γe, polarisation by polarisation.

The vector couples to the electron's charge with strength ε; the electron is at rest. The amplitude
is QED's of tree level (two diagrams), its square a numerical trace of 4×4 matrices: no formula of a
paper. Not in: binding of electrons (below a keV), radiative corrections, double Compton.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number
from hotaxion.theory.constants import ALPHA_EM, HBAR_C_EV_M, LEPTON_MASSES_GEV
from hotaxion.theory.quadrature import unit_nodes

M_ELECTRON_MEV = 1e3 * LEPTON_MASSES_GEV["e"]
HBAR_C_MEV_CM = 1e-4 * HBAR_C_EV_M
_NODES = 64
_METRIC = np.diag([1.0, -1.0, -1.0, -1.0])


class CrossSections(NamedTuple):
    """Over ε² [cm²]: of a transverse vector (mean of both polarisations), of a longitudinal one."""

    transverse: float
    longitudinal: float


def klein_nishina(omega: float) -> float:
    """Total Compton cross-section of a photon [cm²] on an electron at rest (Klein & Nishina 1929).

    Parameters
    ----------
    omega : energy [MeV].

    Raises
    ------
    RangeError : for an energy that is not positive.
    """
    x = number("omega", omega, 0.0, unit="MeV", above=True) / M_ELECTRON_MEV
    log = math.log1p(2.0 * x)
    radius2 = (ALPHA_EM * HBAR_C_MEV_CM / M_ELECTRON_MEV) ** 2
    first = (1.0 + x) / x**2 * (2.0 * (1.0 + x) / (1.0 + 2.0 * x) - log / x)
    return 2.0 * math.pi * radius2 * (first + log / (2.0 * x) - (1.0 + 3.0 * x) / (1 + 2 * x) ** 2)


def cross_sections(mass: float, omega: float) -> CrossSections:
    """Cross-sections of γ'e → γe over ε² [cm²].

    The longitudinal polarisation is taken as (k, 0, 0, ω)/m minus k^μ/m, which adds nothing to a
    conserved current and does not cancel for light vectors: −m (1, 0, 0, −1)/(ω + k).

    Parameters
    ----------
    mass : of the vector [MeV], from 0 on, below omega.
    omega : its energy [MeV].

    Raises
    ------
    RangeError : for numbers out of range.
    """
    mass, momentum = _kinematics(mass, omega)
    squared = angular(mass, omega, _polarisations(mass, omega, momentum))
    x, y, longitudinal = (integrated(one) for one in squared)
    return CrossSections(0.5 * (x + y), longitudinal)


def integrated(density: Array) -> float:
    """The integral over the photon's angles of dσ/dΩ at the nodes of `cosines` [cm²]."""
    t, weights = unit_nodes(_NODES)
    return float(2.0 * math.pi * np.sum(weights * 4.0 * t * density))


def cosines() -> Array:
    """cos θ of the photon at the nodes, 1 − 2t²: dense in the forward direction."""
    t, _ = unit_nodes(_NODES)
    return 1.0 - 2.0 * t**2


def angular(mass: float, omega: float, polarisations: Array) -> Array:
    """dσ/dΩ over ε² [cm²] at the angles of `cosines`, averaged over the electron's spin.

    Parameters
    ----------
    mass, omega : [MeV].
    polarisations : contravariant, (n, 4); the vector moves along the third axis.

    Returns
    -------
    (n, angles), for a photon in the plane of the first axis.
    """
    mass, momentum = _kinematics(mass, omega)
    cosine = cosines()
    energy = photon_energy(mass, omega, cosine)
    amplitudes, electron = _amplitudes(mass, omega, momentum, energy, cosine, polarisations)
    squared = _spin_sum(amplitudes, electron)
    couplings = (4.0 * math.pi * ALPHA_EM * HBAR_C_MEV_CM) ** 2
    phase_space = energy / (M_ELECTRON_MEV + omega - momentum * cosine)
    return couplings * squared * phase_space / (64.0 * math.pi**2 * M_ELECTRON_MEV * momentum)


def photon_energy(mass: float, omega: float, cosine: Array) -> Array:
    """Energy of the photon [MeV] at an angle."""
    _, momentum = _kinematics(mass, omega)
    m_e = M_ELECTRON_MEV
    return (mass**2 + 2.0 * m_e * omega) / (2.0 * (m_e + omega - momentum * cosine))


def _kinematics(mass: float, omega: float) -> tuple[float, float]:
    """Mass and momentum [MeV], checked."""
    omega = number("omega", omega, 0.0, unit="MeV", above=True)
    mass = number("mass of the vector", mass, 0.0, omega * (1.0 - 1e-12), unit="MeV")
    return mass, math.sqrt(omega**2 - mass**2)


def _polarisations(mass: float, omega: float, momentum: float) -> Array:
    """Both transverse ones, and the longitudinal one without its part along the momentum."""
    along = -mass / (omega + momentum)
    return np.array([[0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [along, 0.0, 0.0, -along]])


def _gammas() -> Array:
    """γ^μ in the representation of Dirac, (4, 4, 4)."""
    sigma = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
    gamma = np.zeros((4, 4, 4), dtype=complex)
    gamma[0] = np.diag([1, 1, -1, -1])
    gamma[1:, :2, 2:], gamma[1:, 2:, :2] = sigma, -sigma
    return gamma


_GAMMA = _gammas()
_ONE = np.eye(4)


def _slash(vector: Array) -> Array:
    """γ·v of contravariant vectors (..., 4)."""
    return np.einsum("...m,mij->...ij", vector @ _METRIC, _GAMMA)


def _amplitudes(
    mass: float, omega: float, momentum: float, energy: Array, cosine: Array, polarisations: Array
) -> tuple[Array, Array]:
    """What stands between the spinors, over 4πα ε: (n, angles, μ, 4, 4); and p' (angles, 4)."""
    m_e = M_ELECTRON_MEV
    sine = np.sqrt(1.0 - cosine**2)
    rest = np.array([m_e, 0.0, 0.0, 0.0])
    vector = np.array([omega, 0.0, 0.0, momentum])
    photon = energy[:, None] * np.stack([np.ones_like(sine), sine, 0.0 * sine, cosine], axis=-1)
    first = (_slash(rest + vector) + m_e * _ONE) / (mass**2 + 2.0 * m_e * omega)
    second = (_slash(rest - photon) + m_e * _ONE) / (-2.0 * m_e * energy[:, None, None])
    e = _slash(np.asarray(polarisations, dtype=float))
    absorbed = np.einsum("mij,jk,nkl->nmil", _GAMMA, first, e)[:, None]
    emitted = np.einsum("nij,ajk,mkl->namil", e, second, _GAMMA)
    return absorbed + emitted, rest + vector - photon


def _spin_sum(amplitudes: Array, electron: Array) -> Array:
    """½ Σ over spins and the photon's polarisations (−g_μν) of |ū' O u|²: (n, angles)."""
    m_e = M_ELECTRON_MEV
    gamma0 = _GAMMA[0]
    bars = gamma0 @ np.conj(np.swapaxes(amplitudes, -1, -2)) @ gamma0
    after = _slash(electron) + m_e * _ONE
    before = m_e * (gamma0 + _ONE)
    left = after[None, :, None] @ amplitudes @ before
    trace = np.einsum("namij,namji,m->na", left, bars, -np.diag(_METRIC))
    return 0.5 * trace.real
