"""All parts, for the test of the suite and for benchmarks/reliability.py."""

from __future__ import annotations

from . import chains, data, inputs, kills, models, options
from .outcome import Part

PARTS: list[Part] = [
    part for module in (options, models, inputs, chains, data, kills) for part in module.PARTS
]
