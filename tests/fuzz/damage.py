"""The accidents that happen to files, at random."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping

import numpy as np


def damage(data: bytes, rng: random.Random) -> bytes:
    """One of the accidents that happen to files."""
    place = rng.randrange(len(data) + 1)
    lines = data.split(b"\n")
    row = rng.randrange(len(lines))
    cells = lines[row].split(b" ")
    cell = rng.randrange(len(cells))
    words = [
        b"nan",
        b"inf",
        b"1e300",
        b"1e400",
        b"-1",
        b"abc",
        b"",
        b"0",
        b"null",
        b"[",
        b"{",
        b":",
    ]

    def with_row(new: bytes) -> bytes:
        return b"\n".join([*lines[:row], new, *lines[row + 1 :]])

    return rng.choice(
        [
            lambda: data[:place],
            lambda: data[:place] + rng.randbytes(rng.randrange(1, 20)) + data[place:],
            lambda: data[:place] + bytes(rng.randrange(1, 5000)) + data[place:],
            lambda: data[:place] + data[place + rng.randrange(1, 400) :],
            lambda: with_row(b" ".join([*cells[:cell], rng.choice(words), *cells[cell + 1 :]])),
            lambda: with_row(lines[row] + b" " + rng.choice(words)),
            lambda: with_row(b""),
            lambda: with_row(lines[row] + b"\n" + lines[row]),
            lambda: data.replace(b"m_a", b"mass", 1),
            lambda: data.replace(b"{", b"[", 1),
            lambda: data.replace(b"prior", b"value"),
            lambda: b"",
        ]
    )()


def damage_arrays(arrays: Mapping[str, np.ndarray], rng: random.Random) -> dict[str, np.ndarray]:
    """An archive that NumPy reads well, with one array of it absent, reshaped or not finite."""
    name = rng.choice(sorted(name for name, one in arrays.items() if one.dtype.kind in "fiu"))
    array, rest = arrays[name], {key: one for key, one in arrays.items() if key != name}
    kinds = [str, complex, object]

    def with_number(number: float) -> np.ndarray:
        broken = array.astype(float)
        broken[tuple(rng.randrange(n) for n in array.shape)] = number
        return broken

    return rng.choice(
        [
            lambda: rest,
            lambda: rest | {f"{name}_": array},
            lambda: rest | {name: with_number(rng.choice([np.nan, np.inf, -np.inf]))},
            lambda: rest | {name: array[None]},
            lambda: rest | {name: array.ravel()[:-1]},
            lambda: rest | {name: array.astype(rng.choice(kinds))},
            lambda: rest | {name: np.zeros(0)},
        ]
    )()


def damaged_archive(content: bytes, rng: random.Random) -> bytes:
    """An `.npz` file with its bytes or its arrays damaged."""
    if rng.random() < 0.5:
        return damage(content, rng)
    with np.load(io.BytesIO(content)) as file:
        arrays = dict(file)
    new = io.BytesIO()
    np.savez(new, **damage_arrays(arrays, rng))
    return new.getvalue()
