"""Hot species as input files of Boltzmann codes, for those who run them without Cobaya.

For CLASS: its `.ini` lines and the files of the distributions that these name, as `HotClassy` gives
them to CLASS. For CLASS++ (github.com/AarhusCosmology/CLASSpp_public): its species `ncdm_axion`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotaxion.theory.errors import RangeError
from hotaxion.theory.relics.distribution import T_NCDM_RATIO, RelicPSD
from hotaxion.theory.spectra.neutrinos import NeutrinoSector
from hotaxion.theory.spectra.species import class_species

_NAMES = "ncdm_psd_filenames"
# CLASS takes commas and spaces apart, ends a line at #, and keeps 256 characters of a name.
_NO_PATH, _LONGEST = re.compile(r"[\s,#=]"), 255


@dataclass(frozen=True)
class ThermalShape:
    """The Bose-Einstein distribution of `deg` degrees of freedom that has <p> and n of a relic.

    Density and mean momentum, hence Delta N_eff, and Omega h^2 up to (p/m)^2, are then those of the
    relic; higher moments are not.

    temperature_ratio : over that of the photons, today.
    degrees : of freedom, 1 for a real scalar that was once in equilibrium at one temperature.
    """

    temperature_ratio: float
    degrees: float

    @classmethod
    def of(cls, psd: RelicPSD) -> ThermalShape:
        """That of a relic; n ~ degrees T^3."""
        tail = psd.temperature_ratio * psd.mean_momentum_ratio
        return cls(T_NCDM_RATIO * tail, (psd.temperature_ratio / tail) ** 3)


def class_files(
    psd: RelicPSD, sector: NeutrinoSector, ini: Path, head: str = ""
) -> dict[Path, str]:
    """Input of CLASS for neutrinos and one relic: paths with what belongs there, the `.ini` last.

    The momenta of both are those of `HotClassy` by default.

    Parameters
    ----------
    ini : where the `.ini` will lie; the files of distributions beside it, named by whole paths.
    head : comment above its lines.

    Raises
    ------
    RangeError : a path that CLASS cannot read; as `class_species`.
    """
    ini = ini.absolute()
    with class_species(sector, [psd]) as settings:
        temporary = dict.fromkeys(str(settings[_NAMES]).split(","))
        files = {
            name: (ini.with_name(f"{ini.stem}_psd{number}.dat"), Path(name).read_text())
            for number, name in enumerate(temporary, 1)
        }
        names = [str(files[name][0]) for name in str(settings[_NAMES]).split(",")]
        lines: dict[str, Any] = {**settings, _NAMES: ",".join(names)}
    for name in names:
        if _NO_PATH.search(name) or len(name) > _LONGEST:
            raise RangeError(
                f"'{name}': CLASS reads no path with spaces, commas, = or #, or of more than "
                f"{_LONGEST} characters; give another file."
            )
    return {**dict(files.values()), ini: _text(lines, head)}


def classpp_text(psd: RelicPSD, sector: NeutrinoSector, head: str = "") -> str:
    """Input of CLASS++ for neutrinos and one relic, which becomes a `ThermalShape` of it.

    Known gap: written from the sources of its species `ncdm_axion` and `ncdm_standard` (commits
    381839e and 7200c06), not run with CLASS++.
    """
    shape = ThermalShape.of(psd)
    lines: dict[str, Any] = {
        "ax.type": "ncdm_axion",
        "ax.m": float(psd.mass_ev),
        "ax.T": shape.temperature_ratio,
        "ax.deg": shape.degrees,
        "N_ur": sector.n_ur,
    }
    for number, (mass, degeneracy) in enumerate(
        zip(sector.masses_ev, sector.degeneracies, strict=True), 1
    ):
        name = f"nu{number}"
        lines |= {f"{name}.type": "ncdm_standard", f"{name}.m": float(mass)}
        lines |= {f"{name}.deg": degeneracy, f"{name}.T": sector.temperature_ratio}
    return _text(lines, head)


def _text(lines: Mapping[str, Any], head: str) -> str:
    comment = "".join(f"# {line}\n" for line in head.splitlines())
    values = {k: f"{v:.12g}" if isinstance(v, float) else str(v) for k, v in lines.items()}
    return comment + "".join(f"{name} = {value}\n" for name, value in values.items())
