"""Running an input: Cobaya as a child, MPI, nautilus, resuming, profiles, CLASS at its points."""

from __future__ import annotations

from typing import Any

__all__ = ["Nautilus"]


def __getattr__(name: str) -> Any:
    """`Nautilus`, where it is asked for: it needs Cobaya's samplers."""
    if name != "Nautilus":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from hotaxion.analysis.running.nested.sampler import Nautilus

    return Nautilus
