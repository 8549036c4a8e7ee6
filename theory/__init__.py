"""Physics of thermal QCD axions, and the Cobaya theories HotAxion, BBN, HotClassy, EmulatedClassy.

The Cobaya classes are imported only when they are asked for, so that the physics can be used
without Cobaya and CLASS.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_COBAYA_CLASSES = {
    "HotAxion": "hot_axion",
    "BBN": "bbn",
    "HotClassy": "hot_classy",
    "EmulatedClassy": "emulated_classy",
}
__all__ = ["BBN", "EmulatedClassy", "HotAxion", "HotClassy"]


def __getattr__(name: str) -> Any:
    if name in _COBAYA_CLASSES:
        return getattr(import_module(f"hotaxion.theory.components.{_COBAYA_CLASSES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
