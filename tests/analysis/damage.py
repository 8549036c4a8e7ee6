"""The accidents that happen to files, at random."""

from __future__ import annotations

import random


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
