"""Thermal QCD axions and massive neutrinos as hot dark matter, for Cobaya.

    from hotaxion import Abundance, AxionOptions

The Cobaya classes are `hotaxion.theory.HotAxion`, `BBN`, `HotClassy`, `EmulatedClassy` and those of
`hotaxion.likelihoods`. The folders of this package are links to those at the top of the repository.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotaxion.theory.relics.abundance import Abundance as Abundance
    from hotaxion.theory.relics.options import AxionOptions as AxionOptions

__all__ = ["Abundance", "AxionOptions", "__version__"]
__version__: str  # release, commit and hash of the code, as a chain records them


def __getattr__(name: str) -> object:
    """On demand: importing the package loads neither NumPy nor tables."""
    if name == "Abundance":
        from hotaxion.theory.relics.abundance import Abundance

        return Abundance
    if name == "AxionOptions":
        from hotaxion.theory.relics.options import AxionOptions

        return AxionOptions
    if name == "__version__":
        from hotaxion.theory.components.record import code_version

        return code_version()
    raise AttributeError(f"module 'hotaxion' has no attribute {name!r}")
