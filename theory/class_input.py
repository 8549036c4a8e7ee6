"""What CLASS is told of the hot species, and what it answers: no Cobaya, no CLASS import here.

Each choice below cures something measured with classy 3.4.1: NaN or a one-row file is a
segmentation fault, descending momenta make the axion contribute nothing without a word, and
automatic momentum sampling of a file recurses until the memory is full.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.theory.errors import RangeError
from hotaxion.theory.neutrinos import T_NU_RATIO, NeutrinoSector
from hotaxion.theory.relic import T_NCDM_RATIO, AxionPSD

N_TABLE = 160  # rows of the file: interpolation error 2e-6 in density
_X_MIN, _X_MAX = 1e-2, 60.0  # momentum range of the file, in units of the tail temperature
_X_TILT = 20.0  # the tilt of f stays constant above
_DELTA_NEFF_MIN = 1e-8  # below: no axion species (CLASS would divide by zero)
_GAUSS_LAGUERRE = 1  # ncdm_quadrature_strategy; 0 is automatic


def tail_temperature_ratio(psd: AxionPSD) -> float:
    """Temperature (units of T_NCDM_RATIO T_CMB) of the Bose-Einstein gas of equal <p>.

    CLASS's T_ncdm is T_NCDM_RATIO times this. f must fall like e^-q for few Gauss-Laguerre
    nodes to be accurate; high momenta decouple last, so their temperature lies above the one
    that gives the number density, and <p> follows them.
    """
    return psd.temperature_ratio * psd.mean_momentum_ratio


def _closing_tilt(psd: AxionPSD, nodes: int) -> tuple[float, float]:
    """(a, b) of the factor a + b min(q, _X_TILT) for which CLASS's few nodes close.

    Gauss-Laguerre with 4 nodes misses the number or energy density of a distorted f by up to
    4e-3; tilted, both come out exact: two linear conditions for two numbers. At CLASS's momenta
    the factor is within 2 % of 1 for a thermal start, up to 1.2 for a start without axions at
    0.3 GeV. Should it get near zero (nothing known does), f is only rescaled in energy.
    """
    q, weights = np.polynomial.laguerre.laggauss(nodes)
    temperature = tail_temperature_ratio(psd)
    sampled = weights * np.exp(q) * q**2 * psd.occupation(q * temperature)
    tilt = np.minimum(q, _X_TILT)
    moments = [[np.sum(sampled * q**k), np.sum(sampled * q**k * tilt)] for k in (0, 1)]
    exact = [float(np.dot(psd.weights, psd.q**k * psd.f)) / temperature ** (k + 1) for k in (2, 3)]
    a, b = np.linalg.solve(moments, exact)
    if min(a, a + b * _X_TILT) < 0.2:
        return exact[1] / float(moments[1][0]), 0.0
    return float(a), float(b)


def axion_table(psd: AxionPSD, nodes: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The file for CLASS: q = p_0/(T_ncdm T_CMB) ascending, and occupation/(2 pi)^3.

    Raises
    ------
    RangeError : if f is not finite or negative anywhere.
    """
    u = np.linspace(math.asinh(_X_MIN / 0.3), math.asinh(_X_MAX / 0.3), N_TABLE)
    q = 0.3 * np.sinh(u)
    broken = (
        f"axion phase-space distribution at m_a = {psd.m_a_ev} eV is not finite and >= 0 "
        "everywhere; CLASS would crash on it."
    )
    if not (np.isfinite(psd.f).all() and (psd.f >= 0.0).all()):
        raise RangeError(broken)
    try:
        a, b = _closing_tilt(psd, nodes)
        f = psd.occupation(q * tail_temperature_ratio(psd)) * (a + b * np.minimum(q, _X_TILT))
    except ValueError as error:  # overflow in the interpolation
        raise RangeError(broken) from error
    if not (np.isfinite(f).all() and (f >= 0.0).all()):
        raise RangeError(broken)
    return q, f / (2.0 * math.pi) ** 3


@contextmanager
def _file_with(text: str) -> Iterator[str]:
    """A file that holds `text` while the context lasts; in memory where the system can."""
    data = text.encode()
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("axion_psd")
        try:
            os.write(descriptor, data)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
    else:
        # Not deleted on closing: some systems cannot open the file twice.
        with tempfile.NamedTemporaryFile(prefix=f"axion_psd_{os.getpid()}_", delete=False) as file:
            file.write(data)
        try:
            yield file.name
        finally:
            os.unlink(file.name)


def _row(values: list[Any]) -> str:
    return ",".join(f"{v:.12g}" if isinstance(v, float) else str(v) for v in values)


@contextmanager
def class_species(
    sector: NeutrinoSector, psd: AxionPSD | None, nodes: int = 4
) -> Iterator[dict[str, Any]]:
    """CLASS input for neutrinos and axion; valid while the context lasts (it owns a file).

    Parameters
    ----------
    sector : the neutrinos, from `neutrino_sector`.
    psd : the axion; None, or a density that vanishes, for neutrinos only.
    nodes : Gauss-Laguerre momenta of the axion.

    Raises
    ------
    RangeError : if the axion's distribution would make CLASS crash.
    """
    masses: list[Any] = list(sector.masses_ev)
    degeneracies: list[Any] = list(sector.degeneracies)
    temperatures: list[Any] = [T_NU_RATIO] * len(masses)
    species: dict[str, Any] = {"N_ur": sector.n_ur}
    # `not <=` so that a NaN density goes on to the table, which refuses it.
    if psd is None or psd.delta_neff <= _DELTA_NEFF_MIN:
        yield species | _ncdm(masses, degeneracies, temperatures)
        return
    table = "\n".join(f"{q:.12e} {f:.12e}" for q, f in zip(*axion_table(psd, nodes), strict=True))
    neutrinos = [0] * len(masses)
    masses.append(float(psd.m_a_ev))
    degeneracies.append(1)
    temperatures.append(T_NCDM_RATIO * tail_temperature_ratio(psd))
    with _file_with(table + "\n") as path:
        yield (
            species
            | _ncdm(masses, degeneracies, temperatures)
            | {
                "use_ncdm_psd_files": _row([*neutrinos, 1]),
                "ncdm_psd_filenames": path,
                "ncdm_quadrature_strategy": _row([*neutrinos, _GAUSS_LAGUERRE]),
                "ncdm_N_momentum_bins": _row([nodes] * len(masses)),
            }
        )


def _ncdm(masses: list[Any], degeneracies: list[Any], temperatures: list[Any]) -> dict[str, Any]:
    """CLASS input that all non-cold species share; empty if there is none."""
    if not masses:
        return {}
    return {
        "N_ncdm": len(masses),
        "m_ncdm": _row(masses),
        "deg_ncdm": _row(degeneracies),
        "T_ncdm": _row(temperatures),
    }


@dataclass(frozen=True)
class SpeciesReport:
    """What CLASS itself found: N_eff at early times, and omega = Omega h^2 of each species."""

    n_eff: float
    omega_ncdm: tuple[float, ...]  # neutrinos first, the axion last


def species_report(cosmo: Any) -> SpeciesReport:
    """Read the hot species back from a computed `classy.Class`."""
    background = cosmo.get_background()
    factor = cosmo.h() ** 2 / background["(.)rho_crit"][-1]
    densities = []
    while (key := f"(.)rho_ncdm[{len(densities)}]") in background:
        densities.append(float(background[key][-1] * factor))
    return SpeciesReport(n_eff=cosmo.Neff(), omega_ncdm=tuple(densities))
