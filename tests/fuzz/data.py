"""Files of numbers, damaged: tables of rates and of BBN, emulators, data of likelihoods."""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

import hotaxion.likelihoods
from hotaxion.likelihoods import data_files
from hotaxion.theory.nuclei import nucleosynthesis
from hotaxion.theory.rates import tables
from hotaxion.theory.spectra.emulator.prediction import PACKAGED, SpectraEmulator

from .damage import damage, damaged_archive
from .outcome import Part, require, require_finite
from .seeded import seeded

_BBN_POINTS = ((0.0224, 0.0), (0.0171, 0.83), (0.0283, -1.21), (0.0224, -2.1))
_BBN_ACCURACY = 2e-3  # to which a table that is accepted must agree with the packaged one
_MOCK_CMB = "mock_ksvz_1eV_cmbs4"
_MOCK_BAO = "mock_ksvz_1eV_desi"


def rate_tables(rng: random.Random, folder: Path) -> None:
    """What is accepted is what was there."""
    name = rng.choice(sorted(tables.AXES))
    good = tables.load_table(name)
    (folder / name).write_bytes(damaged_archive((tables.FOLDER / name).read_bytes(), rng))
    with mock.patch.object(tables, "FOLDER", folder):
        found = tables.load_table(name)
    require(all(np.array_equal(found[key], good[key]) for key in good), f"{name} has changed")


def bbn_tables(rng: random.Random, folder: Path) -> None:
    """What is accepted gives the abundances that it gave."""
    rates = rng.choice(sorted(nucleosynthesis.RATE_SETS))
    good = nucleosynthesis.Nucleosynthesis(rates=rates)
    paths = [nucleosynthesis.table_path(rates, low) for low in (False, True)]
    damaged = rng.choice(paths)
    for path in paths:
        content = path.read_bytes()
        (folder / path.name).write_bytes(damage(content, rng) if path == damaged else content)
    with mock.patch.object(nucleosynthesis, "DATA_DIR", folder):
        nucleosynthesis._splines.cache_clear()
        try:
            found = nucleosynthesis.Nucleosynthesis(rates=rates)
        finally:
            nucleosynthesis._splines.cache_clear()
    for point in _BBN_POINTS:
        one, other = (vars(table.abundances(*point)) for table in (found, good))
        for name, value in one.items():
            same = abs(value / other[name] - 1) < _BBN_ACCURACY
            require(same, f"{name} = {value} instead of {other[name]}")


@lru_cache
def _prediction() -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, float]]:
    emulator = SpectraEmulator.load(PACKAGED)
    features = emulator.arrays["features"].mean(axis=0)
    prediction = emulator(features)
    return features, prediction.cl, prediction.scalars


def emulators(rng: random.Random, folder: Path) -> None:
    """What is accepted predicts what it predicted."""
    path = folder / "emulator.npz"
    path.write_bytes(damaged_archive(PACKAGED.read_bytes(), rng))
    emulator = SpectraEmulator.load(path)
    features, cl, scalars = _prediction()
    found = emulator(features)
    for name, good in (cl | scalars).items():
        value = (found.cl | found.scalars)[name]
        require(np.allclose(value, good, rtol=1e-9, atol=0), f"{name} has changed")


def _copied(names: list[str], folder: Path, rng: random.Random) -> None:
    """Copies of packaged data files, one of them damaged."""
    damaged = rng.choice(names)
    for name in names:
        content = (data_files.DATA / name).read_bytes()
        if name == damaged:
            change = damaged_archive if name.endswith(".npz") else damage
            content = change(content, rng)
        (folder / name).write_bytes(content)


@lru_cache
def _files_of(name: str) -> list[str]:
    cls = getattr(hotaxion.likelihoods, name)
    return [file.name for file in cls.data_files(cls.get_defaults(), None)]


@lru_cache
def _likelihoods() -> list[str]:
    names = [name for name in hotaxion.likelihoods.__all__ if not name.startswith("Mock")]
    return [name for name in names if _files_of(name)]


def likelihood_data(rng: random.Random, folder: Path) -> None:
    """What is accepted holds finite numbers; of archives, those that were there."""
    name = rng.choice(_likelihoods())
    _copied(_files_of(name), folder, rng)
    with mock.patch.object(data_files, "DATA", folder):
        found = getattr(hotaxion.likelihoods, name)()
    _require_finite_data(found)


def _require_finite_data(likelihood: Any) -> None:
    left = ("timer", "_magnet")  # the pitch of a constant field is infinite
    for piece in getattr(likelihood, "pieces", {"": likelihood}).values():
        require_finite({name: value for name, value in vars(piece).items() if name not in left})


def mock_data(rng: random.Random, folder: Path) -> None:
    """As the others; cut at l = 200, to be quick."""
    kind = rng.choice(("MockCMB", "MockBAO"))
    if kind == "MockCMB":
        names = [f"{_MOCK_CMB}{ending}" for ending in (".dataset", ".dat", "_Noise.dat")]
        options = {"dataset_file": names[0], "path": str(folder)}
    else:
        names = [f"{_MOCK_BAO}_mean.txt", f"{_MOCK_BAO}_cov.txt"]
        options = dict(zip(("measurements_file", "cov_file"), names, strict=True))
        options["path"] = str(folder)
    for name in names:
        text = (data_files.DATA / name).read_text().replace("cl_lmax=3000", "cl_lmax=200")
        (folder / name).write_text("".join(text.splitlines(keepends=True)[:201]))
    path = folder / rng.choice(names)
    path.write_bytes(damage(path.read_bytes(), rng))
    _require_finite_data(getattr(hotaxion.likelihoods, kind)(options))


PARTS = [
    Part("rate tables", seeded("rate table", rate_tables), 60, 500),
    Part("BBN tables", seeded("BBN table", bbn_tables), 60, 500),
    Part("emulator files", seeded("emulator", emulators), 25, 300),
    Part("packaged data of likelihoods", seeded("data", likelihood_data), 40, 300),
    Part("mock data", seeded("mock data", mock_data), 60, 500),
]
