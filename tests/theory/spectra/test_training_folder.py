"""Why this test exists: points of one emulator must be of one code and one set of options, and a
commit that touches neither must not cost hours of CLASS."""

from __future__ import annotations

import pytest

from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.spectra.training import folder as folders


def test_a_commit_alone_does_not_make_another_training(tmp_path):
    origin = folders.provenance({}, 1000)
    folders.prepare(tmp_path, origin)
    later = {**origin["versions"], "hotaxion": "0.9.9+g1234567", "numpy": "9.9"}
    folders.prepare(tmp_path, {**origin, "versions": later})
    assert folders.read_provenance(tmp_path) == origin


@pytest.mark.parametrize(
    "changed", [{"code": "00000000"}, {"l_max": 1001}, {"versions": {"classy": "3.2"}}]
)
def test_other_code_or_another_class_does(tmp_path, changed):
    origin = folders.provenance({}, 1000)
    folders.prepare(tmp_path, origin)
    with pytest.raises(HotAxionError, match=f"with other {next(iter(changed))}"):
        folders.prepare(tmp_path, {**origin, **changed})


def test_the_hash_is_that_of_what_makes_the_points(tmp_path, monkeypatch):
    before = folders.provenance({}, 1000)["code"]
    for shelf in ("relics", "emulator"):
        (tmp_path / shelf).mkdir()
    (tmp_path / "relics" / "one.py").write_text("x = 1\n")
    monkeypatch.setattr(folders, "_THEORY", tmp_path)
    made = folders.provenance({}, 1000)["code"]
    (tmp_path / "emulator" / "one.py").write_text("x = 1\n")
    assert folders.provenance({}, 1000)["code"] == made != before
