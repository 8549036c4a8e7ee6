"""Why this test exists: a chain must tell with which tables it was sampled; the hash must follow
their content, and be the one that Cobaya records."""

from __future__ import annotations

import logging
import re
import subprocess
from importlib import metadata
from pathlib import Path

import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model

from hotaxion.theory import HotAxion
from hotaxion.theory.components import record
from hotaxion.theory.components.record import (
    code_version,
    data_hash,
    hash_of,
    other_code,
    require_recorded_data,
    with_data,
    with_files,
)

KSVZ = {"model": "ksvz", "gluons": "htl", "kaons": "none", "nucleons": "none", "fermions": True}
OPTIONS = {"HotAxion": KSVZ, "BBN": {"rates": "primat"}, "EmulatedClassy": {"emulator": None}}


def test_hash_follows_the_content(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in (("a", b"one"), ("b", b"one"), ("c", b"two")):
        Path(name).write_bytes(content)
    first, second, third = (data_hash("EmulatedClassy", {"emulator": name}) for name in "abc")
    assert first == second != third
    assert len(first) == 8


def test_each_theory_has_its_own_files():
    hashes = {data_hash(theory, options) for theory, options in OPTIONS.items()}
    assert len(hashes) == 3
    assert data_hash("BBN", {"rates": "parthenope3"}) not in hashes
    assert data_hash("HotClassy", {}) == ""


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, ["gluons", "pions"]),
        ({"gluons": "none", "fermions": False, "model": "generic"}, ["pions"]),
        ({"kaons": "data", "model": "dfsz1"}, ["gluons", "pions", "kaons", "fermions"]),
        ({"nucleons": "delta"}, ["gluons", "pions", "nucleons"]),
    ],
)
def test_only_tables_that_are_read_count(changes, names):
    """A new table of kaons must not spoil chains without them, nor appear in `doctor`."""
    files = record.files_of("HotAxion", KSVZ | changes)
    assert [file.stem for file in files] == names


def test_a_file_that_is_not_there():
    with pytest.raises(FileNotFoundError):
        data_hash("EmulatedClassy", {"emulator": "absent.npz"})


def test_cobaya_records_it():
    info = {
        "theory": {"hotaxion.theory.HotAxion": None, "hotaxion.theory.BBN": {"rates": "primat"}},
        "likelihood": {"one": None},
        "params": {"m_a": 0.1, "omega_b": 0.0224, "Y_p": None},
    }
    model = get_model(info)
    recorded = model.info()["theory"]
    model.close()
    for theory in ("HotAxion", "BBN"):
        expected = with_data(code_version(), theory, OPTIONS[theory])
        assert recorded[f"hotaxion.theory.{theory}"]["version"] == expected


def test_versions_with_and_without_files(tmp_path):
    files = [tmp_path / name for name in ("one", "two")]
    for file in files:
        file.write_text(file.name)
    assert with_files("1.2", files) == f"1.2+{hash_of(files)}"
    assert hash_of(files) != hash_of(files[::-1])
    assert with_files("1.2", []) == "1.2"
    assert hash_of([]) == ""


class Component:
    """As much of a component of Cobaya as counts."""

    log = logging.getLogger("component")

    def __init__(self, version: object, here: str | None):
        self.version, self.here = version, here

    def get_version(self) -> str | None:
        return self.here


@pytest.mark.parametrize(
    "recorded",
    [None, "", "0.1.0", 3, "0.0.9+12345678", "0.1.0+12345678", "0.2.0+g1a2b3c4d.c5e6f7a8b"],
)
def test_the_same_data_go_on(recorded):
    """Of a version without a hash nothing is known; another version with the same data may do."""
    require_recorded_data(Component(recorded, "0.1.0+12345678"))


@pytest.mark.parametrize("here", ["0.1.0+87654321", "0.1.0", None])
def test_other_data_do_not(here):
    with pytest.raises(LoggedError, match=r"other data \(version 0\.1\.0\+12345678, here"):
        require_recorded_data(Component("0.1.0+12345678", here))


def test_version_names_the_commit_and_the_code():
    """In a checkout: that of its last commit; the hash follows the code, committed or not."""
    release, _, local = code_version().partition("+")
    commit, _, code = local.rpartition(".")
    root = Path(record.__file__).resolve().parents[2]
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "rev-parse", "--short=8", "HEAD"]
        found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        assert commit == f"g{found}"
    assert release == metadata.version("hotaxion").partition("+")[0]
    assert re.fullmatch("c[0-9a-f]{8}", code)


def test_hash_of_the_code(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "_PACKAGE", tmp_path)
    path = tmp_path / "theory" / "physics.py"
    path.parent.mkdir()
    hashes = set()
    for line in ("STEP = 0.1", "STEP = 0.01", "STEP = 0.001"):
        path.write_text(line)
        record.code_version.cache_clear()
        hashes.add(record.code_version())
    record.code_version.cache_clear()
    assert len(hashes) == 3


def test_without_git_the_version_is_that_of_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "_PACKAGE", tmp_path)
    monkeypatch.setattr(record.metadata, "version", lambda name: "0.2.0+g0badcafe.d20261126")
    (tmp_path / "theory").mkdir()
    (tmp_path / "theory" / "physics.py").write_text("STEP = 0.1")
    try:
        record.code_version.cache_clear()
        assert record.code_version().startswith("0.2.0+g0badcafe.c")
        (tmp_path / ".git").mkdir()  # and git says that it is none
        record.code_version.cache_clear()
        assert record.code_version().startswith("0.2.0+g0badcafe.c")
    finally:
        record.code_version.cache_clear()


def test_chain_of_other_code_is_named():
    here = code_version()
    theory = {"axions": {"class": "hotaxion.theory.HotAxion", "version": f"{here}.12345678"}}
    likelihood = {"one": None, "hotaxion.likelihoods.DesiDR2": {"version": here}}
    assert other_code({"theory": theory, "likelihood": likelihood}) == ""
    theory["hotaxion.theory.BBN"] = {"version": "0.1.0+12345678"}
    theory["hotaxion.theory.HotClassy"] = {"version": "3.4.1"}
    said = other_code({"theory": theory, "likelihood": likelihood})
    assert said == f"made by other code than the one here, {here}: BBN 0.1.0"
    likelihood["hotaxion.likelihoods.BBN"] = {}
    assert other_code({"theory": {}, "likelihood": likelihood}).endswith(": BBN unknown")


def test_commits_have_no_order():
    """Cobaya refuses to resume with an older version: that of the release counts alone."""
    older = HotAxion.compare_versions("0.2.0+gffffffff.c1", "0.2.0+g00000000.c2", equal=False)
    assert not older
    assert HotAxion.compare_versions("0.3.0+g00000000", "0.2.0+gffffffff", equal=False)
