"""What CLASS is told of the hot species, and what it answers: no Cobaya, no CLASS import here.

Each choice below cures something measured with classy 3.4.1: NaN or a one-row file is a
segmentation fault, descending momenta make the axion contribute nothing without a word, and
automatic momentum sampling of a file recurses until the memory is full.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hotaxion.theory.errors import RangeError
from hotaxion.theory.relics.distribution import RelicPSD
from hotaxion.theory.relics.shapes import thermal
from hotaxion.theory.spectra import momenta as class_momenta
from hotaxion.theory.spectra.momenta import Distribution
from hotaxion.theory.spectra.neutrinos import NeutrinoSector

DELTA_NEFF_MIN = 1e-8  # below: no species (CLASS would divide by zero)
_AUTOMATIC, _GAUSS_LAGUERRE = 0, 1  # ncdm_quadrature_strategy
# In place of m = 0, where CLASS 3.4.1 finds a density today that is up to 8e-4 too high.
_MASSLESS_EV = 1e-9
# Mass over tail temperature today (0.17 meV times the ratio) up to which so many nodes give
# delta C_l < 1e-4; the transition to non-relativistic moves before recombination above.
_NODES_BY_MASS_EV = ((0.2, 3), (0.8, 4), (2.0, 5))
_NODES_OF_HEAVY = 6
# Largest misfit of so many nodes: of the density, and Delta N_eff times that of density and
# pressure at any epoch (2.5e-3 in the worst row of the axion in docs/class.md).
_DENSITY_MISFIT, _MISFIT_TIMES_NEFF = 5e-5, 3e-3
DEFAULT_NEUTRINO_NODES = 5
# Above this mass CLASS warns of halofit, which is made for cold dark matter. Such relics as a fifth
# of the dark matter, 0.12 in all, make it lift C_l of the lensing potential at l = 100 by 8 %
# (20 eV), as three tenths by 8 to 13 % (100, 20 eV), as all by 71 % (100 eV); without by 0.2 %.
_WARM_EV, _WARM_OMEGA_H2 = 10.0, 0.024


def too_warm(relics: Sequence[RelicPSD]) -> str:
    """Why halofit and HMcode do not go with these relics; empty if they do."""
    omega_h2 = sum(relic.omega_h2 for relic in relics if relic.mass_ev > _WARM_EV)
    if omega_h2 <= _WARM_OMEGA_H2:
        return ""
    return (
        f"Omega h^2 = {omega_h2:.3g} of relics above {_WARM_EV:g} eV; halofit and HMcode, which "
        f"take matter for cold, are allowed up to {_WARM_OMEGA_H2:g}: give 'extra_args: "
        "{non_linear: none}', or keep the prior off such relics."
    )


def automatic_nodes(psd: RelicPSD) -> int:
    """Fewest momenta of a relic with an error of C_l below 1e-4 (docs/class.md).

    Raises
    ------
    RangeError : no number of momenta in NODES_RANGE has its density and pressure.
    """
    if not psd.delta_neff > DELTA_NEFF_MIN:
        return _NODES_OF_HEAVY
    mass = psd.mass_ev / psd.tail_temperature_ratio
    least = next((n for limit, n in _NODES_BY_MASS_EV if mass <= limit), _NODES_OF_HEAVY)
    species = class_momenta.distribution(psd)
    for nodes in range(least, class_momenta.NODES_RANGE[1] + 1):
        density, largest = class_momenta.misfit(species, nodes)
        if density < _DENSITY_MISFIT and largest * psd.delta_neff < _MISFIT_TIMES_NEFF:
            return nodes
    raise RangeError(
        f"the phase-space distribution of a hot species is too narrow or uneven: {nodes} momenta, "
        f"the most that CLASS gets, miss its density by {density:.1g} and its pressure by "
        f"{largest:.1g}. Smooth it, or split it into several relics."
    )


@contextmanager
def _file_with(text: str) -> Iterator[str]:
    """A file that holds `text` while the context lasts; in memory where the system can."""
    data = text.encode()
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("hot_species")
        try:
            os.write(descriptor, data)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
    else:
        # Not deleted on closing: some systems cannot open the file twice.
        with tempfile.NamedTemporaryFile(prefix=f"hot_species_{os.getpid()}_", delete=False) as f:
            f.write(data)
        try:
            yield f.name
        finally:
            os.unlink(f.name)


def _row(values: Sequence[Any]) -> str:
    return ",".join(f"{v:.12g}" if isinstance(v, float) else str(v) for v in values)


def _lines(distribution: Distribution, nodes: int) -> tuple[float, str]:
    """T_ncdm and the text of the file."""
    t_ncdm, q, f = class_momenta.table(distribution, nodes)
    return t_ncdm, "\n".join(f"{a:.12e} {b:.12e}" for a, b in zip(q, f, strict=True)) + "\n"


@lru_cache(maxsize=16)
def _neutrino_lines(nodes: int) -> tuple[float, str]:
    """The same for a family of neutrinos at temperature 1; it does not change between points."""
    gas = thermal("fermion")
    family = Distribution(1.0, lambda y: 2.0 * gas.occupation(y), gas.y, 2.0 * gas.f, gas.weights)
    return _lines(family, nodes)


@dataclass(frozen=True)
class _Species:
    """One entry of each of CLASS's lists; without `text`, CLASS's own Fermi-Dirac."""

    mass_ev: float
    degeneracy: int
    t_ncdm: float
    text: str = ""
    nodes: int = 0


def _all_species(
    sector: NeutrinoSector,
    relics: Sequence[RelicPSD],
    nodes: int | None,
    neutrino_nodes: int | None,
) -> list[_Species]:
    species, t_nu = [], sector.temperature_ratio
    for mass, degeneracy in zip(sector.masses_ev, sector.degeneracies, strict=True):
        if neutrino_nodes is None:
            species.append(_Species(mass, degeneracy, t_nu))
        else:
            t, text = _neutrino_lines(neutrino_nodes)
            species.append(_Species(mass, degeneracy, t * t_nu, text, neutrino_nodes))
    for psd in relics:
        # `not <=` so that a NaN density, which only another theory can give, is refused below.
        if not psd.delta_neff <= DELTA_NEFF_MIN:
            n = nodes or automatic_nodes(psd)
            t, text = _lines(class_momenta.distribution(psd), n)
            species.append(_Species(float(psd.mass_ev), 1, t, text, n))
    return species


@contextmanager
def class_species(
    sector: NeutrinoSector,
    relics: Sequence[RelicPSD] = (),
    nodes: int | None = None,
    neutrino_nodes: int | None = DEFAULT_NEUTRINO_NODES,
) -> Iterator[dict[str, Any]]:
    """CLASS input for all hot species; valid while the context lasts (it owns files).

    Parameters
    ----------
    sector : the neutrinos and massless radiation, from `neutrino_sector`.
    relics : the axion and others, in CLASS behind the neutrinos; those whose density vanishes are
        left out.
    nodes : momenta of each relic; None: `automatic_nodes`.
    neutrino_nodes : momenta of each neutrino; None: CLASS's own sampling.

    Raises
    ------
    RangeError : if the distribution of a relic would make CLASS crash, or miss its density.
    """
    species = _all_species(sector, relics, nodes, neutrino_nodes)
    if not species:
        yield {"N_ur": sector.n_ur}
        return
    from_file = [s for s in species if s.text]
    strategies = [_GAUSS_LAGUERRE if s.text else _AUTOMATIC for s in species]
    with ExitStack() as stack:
        texts = dict.fromkeys(s.text for s in from_file)
        paths = {text: stack.enter_context(_file_with(text)) for text in texts}
        settings = {
            "N_ur": sector.n_ur,
            "N_ncdm": len(species),
            "m_ncdm": _row([max(float(s.mass_ev), _MASSLESS_EV) for s in species]),
            "deg_ncdm": _row([s.degeneracy for s in species]),
            "T_ncdm": _row([s.t_ncdm for s in species]),
        }
        if from_file:
            settings |= {
                "use_ncdm_psd_files": _row([int(bool(s.text)) for s in species]),
                "ncdm_psd_filenames": ",".join(paths[s.text] for s in from_file),
                "ncdm_quadrature_strategy": _row(strategies),
                "ncdm_N_momentum_bins": _row([s.nodes or DEFAULT_NEUTRINO_NODES for s in species]),
            }
        yield settings


@dataclass(frozen=True)
class SpeciesReport:
    """What CLASS itself found: N_eff at early times, and omega = Omega h^2 of each species."""

    n_eff: float
    omega_ncdm: tuple[float, ...]  # neutrinos first, then relics


def species_report(cosmo: Any) -> SpeciesReport:
    """Read the hot species back from a computed `classy.Class`."""
    background = cosmo.get_background()
    factor = cosmo.h() ** 2 / background["(.)rho_crit"][-1]
    densities: list[float] = []
    while (key := f"(.)rho_ncdm[{len(densities)}]") in background:
        densities.append(float(background[key][-1] * factor))
    return SpeciesReport(n_eff=cosmo.Neff(), omega_ncdm=tuple(densities))
