"""Thermal QCD axions and massive neutrinos as hot dark matter, for Cobaya.

    from hotaxion import Abundance

The Cobaya classes are `hotaxion.theory.HotAxion`, `BBN`, `HotClassy`, `EmulatedClassy` and those of
`hotaxion.likelihoods`. The folders of this package are links to those at the top of the repository.
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotaxion.theory.relics.abundance import Abundance as Abundance

__all__ = ["Abundance", "__version__"]
__version__ = metadata.version("hotaxion")


def __getattr__(name: str) -> object:
    """`Abundance` on demand: importing the package loads neither NumPy nor tables."""
    if name == "Abundance":
        from hotaxion.theory.relics.abundance import Abundance

        return Abundance
    raise AttributeError(f"module 'hotaxion' has no attribute {name!r}")
