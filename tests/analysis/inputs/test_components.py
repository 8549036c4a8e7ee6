"""Why this test exists: "which data did this run use?" must have an answer that cannot be wrong.

Files are caught where Python opens them, products where Cobaya has assigned them.
"""

from __future__ import annotations

import functools
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from cobaya.likelihood import Likelihood
from cobaya.model import get_model
from cobaya.theory import Theory

from hotaxion.analysis.inputs import components
from hotaxion.analysis.inputs.components import describe_files, files_read, product_table


class Source(Theory):
    """Gives spectra and a number; asks for a product only if lensing is wanted."""

    params = {"a": None}  # noqa: RUF012

    def get_can_provide(self):
        return ["Cl", "other"]

    def get_can_provide_params(self):
        return ["b"]

    def must_provide(self, **requirements):
        return {"window": None} if "pp" in (requirements.get("Cl") or {}) else {}

    def get_version(self):
        return {"one": "1.2", "two": "3.4"}

    def get_Cl(self):
        return None

    def calculate(self, state, want_derived=True, **params):
        state["derived"] = {"b": 2 * params["a"]}


class Window(Theory):
    """Has no version."""

    params = {"a": None}  # noqa: RUF012

    def get_can_provide(self):
        return ["window"]


class Asks(Likelihood):
    wants: object = None

    def get_requirements(self):
        return self.wants

    def logp(self, **params):
        return 0.0


def test_products_versions_and_multipoles():
    model = get_model(
        {
            "theory": {"source": {"external": Source}, "window": {"external": Window}},
            "likelihood": {
                "high": {"external": Asks, "wants": {"Cl": {"TT": 3000, "pp": 500}}},
                "low": {"external": Asks, "wants": {"Cl": {"tt": 29, "ee": 29}, "a": None}},
                "names": {"external": Asks, "wants": ["b"]},
                "pairs": {"external": Asks, "wants": [("Cl", {"te": 10}), ("b", None)]},
            },
            "params": {"a": {"prior": [0, 1]}},
        }
    )
    head, *rows = product_table(model)
    assert head == ["component", "version", "gets", "gives"]
    table = {name: (version, gets, gives) for name, version, gets, gives in rows}
    assert table["high"] == ("-", "Cl(tt pp to 3000)", "-")
    assert table["low"] == ("-", "Cl(tt ee to 29)", "-")  # `a` is an input, no product
    assert table["names"] == ("-", "b", "-")
    assert table["pairs"] == ("-", "Cl(te to 10), b", "-")
    assert table["source"] == ("1.2, 3.4", "-", "Cl(tt pp ee te to 3000), b")
    assert table["window"] == ("-", "-", "window")


# --- files -----------------------------------------------------------------------------------
@pytest.fixture
def folder(tmp_path):
    (tmp_path / "numbers.txt").write_text("1 2 3\n")
    (tmp_path / "code.py").write_text("x = 1\n")
    (tmp_path / "METADATA").write_text("Name: x\n")
    np.savez(tmp_path / "array.npz", x=np.zeros(3))
    return tmp_path


def test_files_that_are_read_are_seen(folder):
    with files_read() as outer:
        np.loadtxt(folder / "numbers.txt")
        with files_read() as inner, np.load(folder / "array.npz") as file:
            assert file["x"].size == 3
        (folder / "code.py").read_text()
        (folder / "METADATA").read_text()
        (folder / "written.txt").write_text("new")
        with open("/proc/self/statm") if sys.platform == "linux" else open(folder / "code.py"):
            pass
    np.loadtxt(folder / "numbers.txt")
    assert inner == {str(folder / "array.npz")}
    assert outer == {str(folder / "array.npz"), str(folder / "numbers.txt")}


def test_recording_stops_after_an_error(folder):
    with pytest.raises(RuntimeError), files_read() as seen:
        raise RuntimeError
    np.loadtxt(folder / "numbers.txt")
    assert seen == set()
    assert components._recording == []


def test_tables_in_memory_are_read_again(folder, monkeypatch):
    @functools.lru_cache
    def table():
        return np.loadtxt(folder / "numbers.txt")

    monkeypatch.setitem(
        sys.modules, "hotaxion.theory.invented", SimpleNamespace(table=table, other=1)
    )
    table()
    with files_read() as seen:
        table()
    assert seen == {str(folder / "numbers.txt")}


def test_description_of_files(folder):
    many = folder / "many"
    many.mkdir()
    for i in range(12):
        (many / f"{i:02}.dat").write_bytes(b"0" * 1000)
    paths = {str(path) for path in (*many.iterdir(), folder / "numbers.txt", folder / "absent")}
    assert describe_files(paths).splitlines() == [
        f"{many}: 00.dat (1.0 kB), 01.dat (1.0 kB), 02.dat (1.0 kB), 9 more (9.0 kB)",
        f"{folder}: numbers.txt (0.0 kB)",
    ]
    assert describe_files(set()) == ""
