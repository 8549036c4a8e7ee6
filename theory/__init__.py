"""Physics of QCD axions, and the Cobaya theories HotAxion, BBN, HotClassy, EmulatedClassy, ...

The Cobaya classes are imported only when they are asked for, so that the physics can be used
without Cobaya and CLASS.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_COBAYA_CLASSES = {
    "HotAxion": "components.hot_axion",
    "HotRelic": "components.hot_relic",
    "BBN": "components.bbn",
    "HotClassy": "components.hot_classy",
    "EmulatedClassy": "components.emulated_classy",
    "AxionCouplings": "components.axion_couplings",
    "ColdAxion": "searches.components.cold_axion",
}
__all__ = sorted(_COBAYA_CLASSES)


def __getattr__(name: str) -> Any:
    if name in _COBAYA_CLASSES:
        return getattr(import_module(f"hotaxion.theory.{_COBAYA_CLASSES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
