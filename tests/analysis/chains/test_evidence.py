"""Why this test exists: odds of two models are quoted without a second look, and mean nothing where
the data differ or a run has no evidence."""

from __future__ import annotations

import json

import pytest

from hotaxion.analysis.chains import evidence
from hotaxion.analysis.chains.evidence import compare, to_text
from hotaxion.analysis.cli import main
from hotaxion.theory.errors import HotAxionError, MissingDataError, RangeError


@pytest.fixture(scope="module")
def folder(tmp_path_factory, write_chain, change_input):
    """Two models of one datum, and one of another datum; their evidences as nautilus has them."""
    folder = tmp_path_factory.mktemp("runs")
    runs = {"narrow": (-1.5, "paper2022"), "wide": (-2.9, "paper2022"), "other": (-1.0, "2026")}
    for name, (log, preset) in runs.items():
        prefix = write_chain(folder, name, n_chains=1, rows=100)
        change_input(prefix, likelihood={"hotaxion.likelihoods.BBN": {"preset": preset}})
        (folder / f"{name}.evidence.yaml").write_text(f"logZ: {log}\nlogZstd: 0.03\n")
    return folder


def test_ratio_to_the_first(folder, capsys):
    names = [f"{name}={folder / name}" for name in ("narrow", "wide")]
    assert main(["bounds", "--evidence", "--json", *names]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["chain"], first["ln_ratio_to_first"], first["error_of_ratio"]) == ("narrow", 0, 0)
    assert (second["ln_z"], second["error"]) == (-2.9, 0.03)
    assert second["ln_ratio_to_first"] == pytest.approx(-1.4)
    assert second["error_of_ratio"] == pytest.approx(0.03 * 2**0.5)
    assert main(["bounds", "--evidence", *names]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[3].split() == ["wide", "-2.90", "0.03", "-1.40", "0.04", "0.247"]


def test_other_data_have_no_ratio(folder, capsys, monkeypatch):
    assert main(["bounds", "--evidence", str(folder / "narrow"), str(folder / "other")]) == 1
    assert "evidences compare models on the same data" in capsys.readouterr().err
    monkeypatch.setattr(evidence, "_data", lambda _: {})
    with pytest.raises(RangeError, match="unknown data"):
        compare([("", str(folder / "narrow"))])


def test_no_evidence_is_one_sentence(folder, tmp_path, capsys):
    for file in folder.glob("narrow.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    written = tmp_path / "narrow.evidence.yaml"
    for text, error in (("logZ: 1.0\n", HotAxionError), ("logZ: x\nlogZstd: 0.1\n", RangeError)):
        written.write_text(text)
        with pytest.raises(error, match=r"narrow\.evidence\.yaml"):
            compare([("", str(tmp_path / "narrow"))])
    written.unlink()
    with pytest.raises(MissingDataError, match="--sampler nautilus"):
        compare([("", str(tmp_path / "narrow"))])
    assert main(["bounds", "--evidence", "--csv", "x"]) == 2
    assert "--evidence goes with --json alone" in capsys.readouterr().err


def test_odds_beyond_any_number():
    first = {"chain": "a", "ln_z": 0.0, "error": 0.1, "ln_ratio_to_first": 0, "error_of_ratio": 0}
    table = to_text([first, {**first, "ln_ratio_to_first": -2000.0}])
    assert "e^-2000" in table
