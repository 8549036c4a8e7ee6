"""Why this test exists: a file that is cut, mixed up or not finite must stop a run at its start, in
one sentence with its name and what to do; never give other numbers, never a traceback."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from cobaya.log import LoggedError

import hotaxion.likelihoods
from hotaxion.likelihoods import data_files
from hotaxion.theory.components.bbn import BBN
from hotaxion.theory.components.hot_axion import HotAxion
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import DataFile
from hotaxion.theory.nuclei import nucleosynthesis
from hotaxion.theory.rates import gluons, tables
from hotaxion.theory.spectra.emulator.prediction import PACKAGED, SpectraEmulator

Arrays = dict[str, np.ndarray]
RATES = ("pions.npz", "gluons.npz", "kaons.npz", "nucleons.npz", "fermions.npz")
MOCK = "mock_ksvz_1eV_cmbs4"
BAO = "mock_ksvz_1eV_desi"
BYTES_SEEDS = range(12)


def refused(load: Callable[[], object], path: Path, cure: str) -> str:
    """The message of a refusal: one sentence with the file and the cure."""
    with pytest.raises((HotAxionError, LoggedError)) as info:
        load()
    message = str(info.value)
    assert str(path) in message
    assert re.search(cure, message)
    assert "\n" not in message
    return message


# --- damage to bytes -------------------------------------------------------------------------
def broken_bytes(whole: bytes) -> Iterator[bytes]:
    """Files that are no copy: empty, cut, foreign."""
    yield b""
    yield whole[: len(whole) // 2]
    yield whole[:-20]
    yield bytes(range(256)) * 40
    yield b"not what you think\n" * 20
    yield b"\0" * 500


def random_bytes(whole: bytes, seed: int) -> bytes:
    """Some bytes changed, left out or doubled."""
    rng, data = np.random.default_rng(seed), bytearray(whole)
    for _ in range(rng.integers(1, 4)):
        i = rng.integers(len(data) - 100)
        kind = rng.integers(3)
        if kind == 0:
            data[i] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            del data[i : i + int(rng.integers(1, 60))]
        else:
            data[i:i] = data[i : i + int(rng.integers(1, 60))]
    return bytes(data)


# --- damage to arrays ------------------------------------------------------------------------
def damaged_arrays(arrays: Arrays, rng: np.random.Generator) -> Iterator[tuple[str, Arrays]]:
    """Archives that NumPy reads well and that are wrong, with the array in question."""
    for name, array in arrays.items():
        rest = {key: value for key, value in arrays.items() if key != name}
        place = tuple(rng.integers(array.shape))
        for number in (np.nan, np.inf, -np.inf):
            broken = array.astype(float)
            broken[place] = number
            yield name, rest | {name: broken}
        yield name, rest
        yield name, rest | {f"{name}_": array}
        yield name, rest | {name: array[None]}
        yield name, rest | {name: array[:-1]}
        yield name, rest | {name: array.astype(str)}
        yield name, rest | {name: array.astype(complex)}
        yield name, rest | {name: np.zeros(0)}
        yield name, rest | {name: array.astype(object)}


@pytest.fixture
def rates(tmp_path, monkeypatch) -> Path:
    for name in RATES:
        shutil.copy(tables.FOLDER / name, tmp_path)
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", RATES)
def test_rate_tables(name, rates):
    """Exchanged nodes, too; and what the checksum of the archive lets through is what was there."""
    path, cure = rates / name, "reinstall hotaxion, or make it with: .*make_tables"
    whole, good = path.read_bytes(), tables.load_table(name)

    def load() -> Arrays:
        return tables.load_table(name)

    for data in broken_bytes(whole):
        path.write_bytes(data)
        assert "is damaged" in refused(load, path, cure)
    for seed in BYTES_SEEDS:
        path.write_bytes(random_bytes(whole, seed))
        try:
            found = load()
        except HotAxionError:
            refused(load, path, cure)
        else:
            assert all(np.array_equal(found[key], good[key]) for key in good)
    for key, arrays in damaged_arrays(good, np.random.default_rng(1)):
        np.savez(path, **arrays)
        assert key in refused(load, path, cure)
    for axis in tables.AXES[name]:
        np.savez(path, **good | {axis: np.roll(good[axis], 1)})
        assert f"{axis!r}[0]" in refused(load, path, cure)
        np.savez(path, **good | {axis: good[axis] * (1 + 1e-6)})
        refused(load, path, cure)
    (one, *_) = (key for key in good if key not in tables.AXES[name])
    np.savez(path, **good | {one: good[one] * 1e6})
    refused(load, path, cure)
    with path.open("wb") as file:
        np.save(file, good[one])
    refused(load, path, cure)


def test_damaged_rates_reach_the_user_of_cobaya(rates):
    """At set-up, not at the first point."""
    (rates / "gluons.npz").write_bytes(b"")
    gluons._gluon_table.cache_clear()
    with pytest.raises(LoggedError, match=r"gluons\.npz is damaged: .*reinstall"):
        HotAxion({})
    gluons._gluon_table.cache_clear()


# --- BBN -------------------------------------------------------------------------------------
def damaged_tables(rows: list[list[str]], rng: np.random.Generator) -> Iterator[list[list[str]]]:
    """Tables of BBN that are wrong: words, rows, columns."""
    for column in range(len(rows[0])):
        for word in ("nan", "inf", "-inf", "abc", "-1.5", "", "1e300"):
            broken = [list(row) for row in rows]
            broken[rng.integers(len(rows))][column] = word
            yield broken
    for _ in range(10):
        i, j = sorted(rng.choice(len(rows), 2, replace=False))
        yield [*rows[:i], rows[j], *rows[i + 1 : j], rows[i], *rows[j + 1 :]]
        exchanged = [list(row) for row in rows]  # the numbers alone, beneath whole nodes
        exchanged[i][4], exchanged[j][4] = rows[j][4], rows[i][4]
        yield exchanged
    digit = [list(row) for row in rows]
    digit[len(rows) // 2][4] = digit[len(rows) // 2][4].replace("e", "9e").replace(".", ".0", 1)
    yield digit
    yield rows[:-1]
    yield rows[: len(rows) // 29 * 14]  # whole blocks: a smaller grid
    yield [*rows, rows[-1]]
    yield rows[::-1]
    yield [row[:-1] for row in rows]
    yield [[*row, "1.0"] for row in rows]
    for order in ([0, 1, 4, 3, 2, 5, 6, 7], [0, 1, 3, 2, 4, 5, 6, 7], [1, 0, 2, 3, 4, 5, 6, 7]):
        yield [[row[i] for i in order] for row in rows]


@pytest.mark.parametrize("low", [False, True])
def test_bbn_tables(tmp_path, monkeypatch, low):
    packaged = [nucleosynthesis.table_path("primat", which) for which in (False, True)]
    path = tmp_path / packaged[low].name
    whole = packaged[low].read_bytes()
    if low:
        (tmp_path / packaged[0].name).write_bytes(packaged[0].read_bytes())
    monkeypatch.setattr(nucleosynthesis, "DATA_DIR", tmp_path)
    cure = "reinstall hotaxion, or make it with: .*nuclei.make_tables"

    def load() -> object:
        return nucleosynthesis.load_table("primat", low)

    for data in broken_bytes(whole):
        path.write_bytes(data)
        refused(load, path, cure)
    rows = [line.split() for line in whole.decode().splitlines() if line[0] != "#"]
    for table in damaged_tables(rows, np.random.default_rng(2)):
        path.write_text("\n".join(map(" ".join, table)) + "\n")
        refused(load, path, cure)
    nucleosynthesis._splines.cache_clear()
    with pytest.raises((LoggedError, HotAxionError), match=rf"{path.stem}\.dat is damaged"):
        BBN({}).nucleosynthesis.load(low)


# --- emulator --------------------------------------------------------------------------------
def damaged_origins(text: str) -> Iterator[object]:
    """Provenances that are wrong."""
    origin = json.loads(text)
    for key in origin:
        yield json.dumps({k: v for k, v in origin.items() if k != key})
        for value in (None, "text", -1, [], True, float("nan")):
            yield json.dumps(origin | {key: value})
    for key in origin["HotClassy"]:
        options = {k: v for k, v in origin["HotClassy"].items() if k != key}
        yield json.dumps(origin | {"HotClassy": options})
    for value in (0.0, -1.0, float("inf"), "1", None):
        accuracy = origin["accuracy"] | {"delta_chi2_per_leverage": value}
        yield json.dumps(origin | {"accuracy": accuracy})
    yield from (json.dumps(origin | {"l_max": n}) for n in (10**9, 2507, 1e400, 2508.5))
    yield from ("", "{", "[]", "null", text[:100], "[" * 100_000)
    yield from (np.array([text, text]), np.zeros(3), np.frombuffer(text.encode(), dtype=np.uint8))


def test_emulators(tmp_path):
    path, cure = tmp_path / "emulator.npz", "hotaxion train --yaml FILE -o"
    whole = PACKAGED.read_bytes()
    with np.load(PACKAGED) as file:
        good = dict(file)
    origin = good.pop("origin")
    # Rows of features are exchanged against those of the fit, numbers have the wrong sign.
    wrong = [good | {key: np.roll(good[key], 1, axis=0)} for key in ("features", "gp_inputs")]
    wrong += [good | {key: -good[key]} for key in ("envelope", "scalar_std", "gp_noise")]
    wrong += [good | {"features": np.ones_like(good["features"])}]
    wrong += [good | {"mean_tt": good["mean_tt"] * 1e6}]

    def load() -> object:
        return SpectraEmulator.load(path)

    for data in broken_bytes(whole):
        path.write_bytes(data)
        assert "is damaged" in refused(load, path, cure)
    rng = np.random.default_rng(3)
    for _, arrays in damaged_arrays(good, rng):
        if rng.random() < 0.7:  # as many as there is time for, of each kind
            continue
        np.savez(path, origin=origin, **arrays)
        refused(load, path, cure)
    for arrays in wrong:
        np.savez(path, origin=origin, **arrays)
        refused(load, path, cure)
    for text in damaged_origins(str(origin)):
        np.savez(path, origin=np.array(text), **good)
        assert "'origin'" in refused(load, path, cure) or "2507" in str(text)
    np.savez(path, **good)
    assert "no 'origin'" in refused(load, path, cure)
    with path.open("wb") as file:
        np.save(file, good["features"])
    refused(load, path, cure)


# --- mock data -------------------------------------------------------------------------------
@pytest.fixture
def mocks(tmp_path) -> Path:
    """The packaged data, cut at l = 200 to be quick."""
    for file in data_files.DATA.glob("mock_*"):
        text = file.read_text().replace("cl_lmax=3000", "cl_lmax=200")
        (tmp_path / file.name).write_text("".join(text.splitlines(keepends=True)[:201]))
    return tmp_path


def load_cmb(folder: Path, **options: object) -> object:
    return hotaxion.likelihoods.MockCMB(
        {"path": str(folder), "dataset_file": f"{MOCK}.dataset", **options}
    )


def load_bao(folder: Path) -> object:
    files = {"measurements_file": f"{BAO}_mean.txt", "cov_file": f"{BAO}_cov.txt"}
    return hotaxion.likelihoods.MockBAO({"path": str(folder), **files})


FORECAST = "make the data set again with `hotaxion forecast`"


def test_mock_dataset(mocks):
    path = mocks / f"{MOCK}.dataset"
    whole = path.read_text()
    assert load_cmb(mocks).fsky == 0.4
    for data in broken_bytes(whole.encode()):
        path.write_bytes(data)
        refused(lambda: load_cmb(mocks), path, f"{FORECAST}|allowed is")
    for key in re.findall(r"^(\w+) *=", whole, re.M):
        if key in ("dataset_format", "cl_hat_includes_noise"):  # not read; has the right default
            continue
        line = re.search(rf"^{key} *=(.*)$", whole, re.M)
        for change in ("", f"X{line[0]}", f"{key}=", f"{key}=?", f"{line[0]}\n{line[0]}"):
            path.write_text(whole.replace(line[0], change))
            refused(lambda: load_cmb(mocks), mocks, "")
    for value in ("-1", "0", "1.0001", "nan", "inf", "0.4 0.4", "T"):
        path.write_text(whole.replace("fksy=0.4", f"fksy={value}"))
        assert "fullsky_exact_fksy" in refused(lambda: load_cmb(mocks), path, "")
    path.write_text(whole)
    for changes in (
        {"fullsky_exact_fksy": -1},
        {"cl_lmax": 10**9},
        {"cl_lmax": 250},
        {"cl_lmin": 0},
    ):
        refused(lambda changes=changes: load_cmb(mocks, dataset_params=changes), mocks, "")
    assert load_cmb(mocks, dataset_params={"cl_lmax": 150}).pcl_lmax == 150


@pytest.mark.parametrize("name", [f"{MOCK}.dat", f"{MOCK}_Noise.dat"])
def test_mock_spectra(name, mocks):
    path = mocks / name
    whole = path.read_text()
    first, *rows = whole.splitlines()
    middle = rows[100].split()

    def with_row(words: list[str]) -> str:
        return "\n".join([first, *rows[:100], " ".join(words), *rows[101:]])

    broken = [with_row([*middle[:-1], word]) for word in ("nan", "inf", "x", "-1e-9", "")]
    broken += [with_row([middle[0], "-1.0", *middle[2:]]), with_row(rows[101].split())]
    broken += ["\n".join([first, *rows[:100], *rows[101:]]), "\n".join([first, *rows[:-10]])]
    broken += ["\n".join([first, *rows[20:]]), "\n".join([first, rows[1], rows[0], *rows[2:]])]
    broken += ["\n".join(rows), first, whole.replace("PP", "XX"), whole.replace("TT", "EE")]
    broken += ["\n".join([first, *(" ".join(row.split()[:-1]) for row in rows)])]
    if "Noise" not in name:  # a correlation of T and E above one; none at all
        broken += [with_row([middle[0], middle[1], "1e4", *middle[3:]])]
        broken += [whole.replace("TE", "XY")]
    for data in (*broken_bytes(whole.encode()), *map(str.encode, broken)):
        path.write_bytes(data)
        refused(lambda: load_cmb(mocks), path, FORECAST)
    path.unlink()
    refused(lambda: load_cmb(mocks), path, FORECAST)


@pytest.mark.parametrize("name", [f"{BAO}_mean.txt", f"{BAO}_cov.txt"])
def test_mock_bao(name, mocks):
    path = mocks / name
    load_bao(mocks)
    whole = path.read_text()
    rows = whole.splitlines()

    def changed(row: int, column: int, word: str) -> str:
        words = rows[row].split()
        words[column] = word
        return "\n".join([*rows[:row], " ".join(words), *rows[row + 1 :]])

    broken = [changed(3, column, word) for column in (0, 1) for word in ("nan", "inf", "x", "")]
    broken += ["\n".join(rows[:-1]), "\n".join([*rows, rows[-1]])]
    broken += ["\n".join(" ".join(row.split()[:-1]) for row in rows)]
    broken += ["\n".join(f"{row} 1.0" for row in rows)]
    broken += ["\n".join([rows[1], rows[0], *rows[2:]])]
    if name.endswith("mean.txt"):
        broken += [changed(2, 1, "-18.0"), changed(2, 2, "DM"), changed(2, 2, "7")]
        broken += ["\n".join([rows[2], rows[1], rows[0], *rows[3:]])]
        broken += ["\n".join([rows[0], rows[0], *rows[2:]])]
    else:
        broken += [changed(2, 2, "-1.0"), changed(2, 3, "9.0"), changed(2, 2, "0.0")]
        broken += ["\n".join([" ".join(["1.0"] * len(rows))] * len(rows))]
    for data in (*broken_bytes(whole.encode()), *map(str.encode, broken)):
        path.write_bytes(data)
        # Where the two files contradict each other, either may be named.
        refused(lambda: load_bao(mocks), mocks, FORECAST)


# --- the machine -----------------------------------------------------------------------------
def test_faults_that_are_not_of_the_file(tmp_path):
    """A folder in its place is not a reason to install again."""
    with pytest.raises(HotAxionError, match=r"cannot be read \(Is a directory\)"):
        DataFile(tmp_path, "rate table", "reinstall").content()
    for name in ("absent", "absent/beneath", "a\0b"):
        with pytest.raises(FileNotFoundError, match="is missing; reinstall"):
            DataFile(tmp_path / name, "rate table", "reinstall").content()
