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

from hotaxion.theory.checks import choice, number
from hotaxion.theory.relics.distribution import RelicPSD
from hotaxion.theory.spectra import momenta as class_momenta
from hotaxion.theory.spectra.momenta import Distribution
from hotaxion.theory.spectra.neutrinos import T_NU_RATIO, NeutrinoSector

_DELTA_NEFF_MIN = 1e-8  # below: no axion species (CLASS would divide by zero)
_AUTOMATIC, _GAUSS_LAGUERRE = 0, 1  # ncdm_quadrature_strategy
# In place of m = 0, where CLASS 3.4.1 finds a density today that is up to 8e-4 too high.
_MASSLESS_EV = 1e-9
DELTA_NEFF_EXTRA_MAX = 10.0
STATISTICS = ("fermion", "boson")
_RELIC_RANGES = {"mass_ev": (0.0, 1e9), "temperature_ratio": (1e-6, 10.0), "degrees": (1e-6, 1e4)}
# Mass over tail temperature today (0.17 meV times the ratio) up to which so many nodes give
# delta C_l < 1e-4; the transition to non-relativistic moves before recombination above.
_NODES_BY_MASS_EV = ((0.2, 3), (0.8, 4), (2.0, 5))
_NODES_OF_HEAVY = 6
DEFAULT_NEUTRINO_NODES = 5


def automatic_nodes(psd: RelicPSD) -> int:
    """Fewest momenta of the axion with an error of C_l below 1e-4 (docs/class.md)."""
    mass = psd.mass_ev / class_momenta.tail_temperature_ratio(psd)
    return next((n for limit, n in _NODES_BY_MASS_EV if mass <= limit), _NODES_OF_HEAVY)


@dataclass(frozen=True)
class ThermalRelic:
    """A generic hot species besides neutrinos and axion.

    Attributes
    ----------
    mass_ev : mass [eV], 0 to 1e9.
    temperature_ratio : its temperature over that of the photons, today; 1e-6 to 10.
    degrees : internal degrees of freedom (2 for a neutrino family, 1 for a real scalar); 1e-6 to
        1e4.
    statistics : "fermion" or "boson".

    Raises
    ------
    UnknownOptionError, RangeError : for a name or number not on offer.
    """

    mass_ev: float
    temperature_ratio: float
    degrees: float = 2.0
    statistics: str = "fermion"

    def __post_init__(self) -> None:
        choice("statistics of a relic", self.statistics, STATISTICS)
        for name, (low, high) in _RELIC_RANGES.items():
            value = number(f"{name} of a thermal relic", getattr(self, name), low, high)
            object.__setattr__(self, name, value)

    @property
    def delta_neff(self) -> float:
        """Contribution to N_eff while relativistic."""
        fermions = self.degrees / 2.0 * (1.0 if self.statistics == "fermion" else 8.0 / 7.0)
        return fermions * self.temperature_ratio**4 * (11.0 / 4.0) ** (4.0 / 3.0)


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


@lru_cache(maxsize=32)
def _thermal_lines(nodes: int, degrees: float, statistics: str) -> tuple[float, str]:
    """The same for a thermal gas at temperature 1; it does not change from point to point."""
    return _lines(class_momenta.thermal_distribution(1.0, degrees, statistics), nodes)


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
    psd: RelicPSD | None,
    nodes: int,
    neutrino_nodes: int | None,
    relics: Sequence[ThermalRelic],
) -> list[_Species]:
    species = []
    for mass, degeneracy in zip(sector.masses_ev, sector.degeneracies, strict=True):
        if neutrino_nodes is None:
            species.append(_Species(mass, degeneracy, T_NU_RATIO))
        else:
            t, text = _thermal_lines(neutrino_nodes, 2.0, "fermion")
            species.append(_Species(mass, degeneracy, t * T_NU_RATIO, text, neutrino_nodes))
    for relic in relics:
        n = neutrino_nodes or DEFAULT_NEUTRINO_NODES
        t, text = _thermal_lines(n, float(relic.degrees), relic.statistics)
        species.append(_Species(relic.mass_ev, 1, t * relic.temperature_ratio, text, n))
    # `not <=` so that a NaN density, which only another theory can give, is refused by the table.
    if psd is not None and not psd.delta_neff <= _DELTA_NEFF_MIN:
        t, text = _lines(class_momenta.axion_distribution(psd), nodes)
        species.append(_Species(float(psd.mass_ev), 1, t, text, nodes))
    return species


def massless(sector: NeutrinoSector, delta_neff_extra: float) -> float:
    """N_eff of all that is massless.

    Raises
    ------
    RangeError : it is negative, or not a number.
    """
    extra = number("delta_neff_extra", delta_neff_extra, -sector.n_ur, DELTA_NEFF_EXTRA_MAX)
    return sector.n_ur + extra


@contextmanager
def class_species(
    sector: NeutrinoSector,
    psd: RelicPSD | None,
    nodes: int | None = None,
    neutrino_nodes: int | None = DEFAULT_NEUTRINO_NODES,
    relics: Sequence[ThermalRelic] = (),
    delta_neff_extra: float = 0.0,
) -> Iterator[dict[str, Any]]:
    """CLASS input for all hot species; valid while the context lasts (it owns files).

    Parameters
    ----------
    sector : the neutrinos, from `neutrino_sector`.
    psd : the axion; None, or a density that vanishes, for none.
    nodes : momenta of the axion; None: `automatic_nodes`.
    neutrino_nodes : momenta of each neutrino (and relic); None: CLASS's own sampling.
    relics : more species; in CLASS they stand between neutrinos and axion.
    delta_neff_extra : massless radiation besides, as Delta N_eff.

    Raises
    ------
    RangeError : if the axion's distribution would make CLASS crash, or less than no radiation is
        left.
    """
    n_ur = massless(sector, delta_neff_extra)
    if nodes is None:
        nodes = automatic_nodes(psd) if psd is not None and psd.f.any() else _NODES_OF_HEAVY
    species = _all_species(sector, psd, nodes, neutrino_nodes, relics)
    if not species:
        yield {"N_ur": n_ur}
        return
    from_file = [s for s in species if s.text]
    strategies = [_GAUSS_LAGUERRE if s.text else _AUTOMATIC for s in species]
    with ExitStack() as stack:
        texts = dict.fromkeys(s.text for s in from_file)
        paths = {text: stack.enter_context(_file_with(text)) for text in texts}
        settings = {
            "N_ur": n_ur,
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
                "ncdm_N_momentum_bins": _row([s.nodes or nodes for s in species]),
            }
        yield settings


@dataclass(frozen=True)
class SpeciesReport:
    """What CLASS itself found: N_eff at early times, and omega = Omega h^2 of each species."""

    n_eff: float
    omega_ncdm: tuple[float, ...]  # neutrinos first, the axion last


def species_report(cosmo: Any) -> SpeciesReport:
    """Read the hot species back from a computed `classy.Class`."""
    background = cosmo.get_background()
    factor = cosmo.h() ** 2 / background["(.)rho_crit"][-1]
    densities: list[float] = []
    while (key := f"(.)rho_ncdm[{len(densities)}]") in background:
        densities.append(float(background[key][-1] * factor))
    return SpeciesReport(n_eff=cosmo.Neff(), omega_ncdm=tuple(densities))
