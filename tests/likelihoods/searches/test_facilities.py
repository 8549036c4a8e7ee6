"""Why this test exists: detectors' masses stand once, in a catalogue, each with a reference."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from hotaxion.likelihoods import data_files
from hotaxion.likelihoods.searches import facilities
from hotaxion.likelihoods.searches.facilities import REFERENCE, Facility, facility
from hotaxion.theory.errors import HotAxionError, UnknownOptionError

ROWS = facilities.facilities()
PAGE = Path(__file__).parents[3] / "docs" / "facilities.md"
WANTED = """jsns2 jsns2_ii neon neos_ii reno juno tao super_k hyper_k kamiokande_ii imb nd280
dune_nd dune_fd sbnd microboone icarus coherent ccm isodar kno ship faser_nu""".split()


def test_all_are_there_once():
    assert list(ROWS) == WANTED
    names = [row.name for row in ROWS.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("key", ROWS)
def test_schema(key):
    row = ROWS[key]
    assert REFERENCE.fullmatch(row.reference)
    assert row.channels
    assert len(set(row.channels)) == len(row.channels)
    assert set(row.checked) <= {field.name for field in fields(Facility)}
    assert all(getattr(row, name) is not None for name in row.checked)
    assert row.electrons > 0.0
    # A beam or a reactor has a place; the sky has none.
    assert row.kind in ("atmospheric", "supernova") or row.baseline_m or key == "ship"
    assert (row.kind == "reactor") <= (row.power_mw is not None and row.power_mw > 1e3)
    assert row.baseline_m is None or 1.0 < row.baseline_m < 2e6  # metres, not kilometres
    assert row.energy_gev is None or 0.01 < row.energy_gev < 1e4


def test_numbers_that_likelihoods_read():
    masses = {"imb": 6.8, "kamiokande_ii": 2.14, "super_k": 32.5, "hyper_k": 220.0, "juno": 20.0}
    for key, kilotons in masses.items():
        assert facility(key).mass_t == 1e3 * kilotons
    assert facility("imb").live == 0.87
    assert facility("kamiokande_ii").live == 1.0
    assert facility("juno").hydrogen == 0.1201
    assert facility("juno").protons == pytest.approx(1.435e33, rel=1e-3)
    assert facility("juno").resolution == 0.03


def test_unknown_name_gets_the_nearest():
    with pytest.raises(UnknownOptionError, match=r"Did you mean 'juno'\?"):
        facility("junno")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("mass_t: 17.0", "mass_t: heavy", "jsns2: mass_t = 'heavy' is not a number"),
        ("live: 0.87", "live: 1.87", r"imb: live = 1\.87"),
        ("arXiv:2104.13169", "a talk", "jsns2: reference 'a talk'"),
        ("kind: beam", "kind: laser", "unknown kind of hyper_k 'laser'"),
        ("neon:", "jsns2:", "Duplicate key jsns2"),
        ("status: running", "state: running", "state"),
        ("jsns2:", "jsns2: [", "Error in your input file"),
    ],
)
def test_damaged_catalogue_is_one_sentence(old, new, said, tmp_path, monkeypatch):
    content = (data_files.DATA / facilities.FILE).read_text()
    (tmp_path / facilities.FILE).write_text(content.replace(old, new, 1))
    monkeypatch.setattr(data_files, "DATA", tmp_path)
    with pytest.raises(HotAxionError, match=rf"facilities\.yaml is damaged: .*{said}"):
        facilities.facilities()


def test_page_is_that_of_the_file():
    """docs/facilities.md: a line for each row, with its numbers and its reference."""
    lines = [line for line in PAGE.read_text().splitlines() if re.match(r"\| `", line)]
    assert lines == facilities.table().splitlines()[2:]
