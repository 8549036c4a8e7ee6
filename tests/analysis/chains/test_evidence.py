"""Why this test exists: odds of two models are quoted without a second look, and mean nothing where
the data differ or a run has no evidence."""

from __future__ import annotations

import json

import numpy as np
import pytest
from cobaya.run import run
from scipy.stats import norm

from hotaxion.analysis.chains.evidence import Evidence, compare, to_text
from hotaxion.analysis.cli import main
from hotaxion.theory.errors import HotAxionError, MissingDataError, RangeError

NAUTILUS = {"seed": 1, "n_live": 100, "n_eff": 500, "f_live": 0.1, "n_networks": 0}
WIDTH, MEAN = 0.1, 0.3


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two models of one datum: `a` in [0, 1] or in [0, 4]; and one of another datum."""
    folder = tmp_path_factory.mktemp("runs")
    for name, width, end in (("narrow", WIDTH, 1.0), ("wide", WIDTH, 4.0), ("other", 0.2, 1.0)):
        info = {
            "likelihood": {"one": f"lambda a, b: -0.5*((a - {MEAN})/{width})**2 - 0.5*b**2"},
            "params": {
                "a": {"prior": [0, end], "ref": MEAN, "proposal": 0.1},
                "b": {"prior": [-5, 5], "ref": 0},
            },
            "sampler": {"hotaxion.analysis.running.Nautilus": NAUTILUS},
            "output": str(folder / name),
        }
        run(info)
    return folder


def test_ratio_is_that_of_the_prior_ranges(folder, capsys):
    """Z = integral of the Gaussian over the range: exactly known, ln 4 but for the tail."""
    names = [f"{name}={folder / name}" for name in ("narrow", "wide")]
    assert main(["bounds", "--evidence", "--json", *names]) == 0
    first, second = json.loads(capsys.readouterr().out)

    def exact(end: float) -> float:
        inside = norm.cdf((end - MEAN) / WIDTH) - norm.cdf(-MEAN / WIDTH)
        b = np.sqrt(2 * np.pi) * (norm.cdf(5) - norm.cdf(-5)) / 10
        return np.log(np.sqrt(2 * np.pi) * WIDTH * inside / end * b)

    assert (first["chain"], first["ln_ratio_to_first"], first["error_of_ratio"]) == ("narrow", 0, 0)
    for found, end in ((first, 1.0), (second, 4.0)):
        assert found["ln_z"] == pytest.approx(exact(end), abs=4 * found["error"])
    assert second["ln_ratio_to_first"] == pytest.approx(
        -np.log(4), abs=4 * second["error_of_ratio"]
    )
    assert main(["bounds", "--evidence", *names]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[3].split()[0] == "wide"
    assert float(rows[3].split()[-1]) == pytest.approx(0.25, abs=0.05)


def test_other_data_have_no_ratio(folder, capsys):
    assert main(["bounds", "--evidence", str(folder / "narrow"), str(folder / "other")]) == 1
    assert "evidences compare models on the same data" in capsys.readouterr().err
    unknown = Evidence("x", 0.0, 0.1, {})
    with pytest.raises(RangeError, match="unknown data"):
        compare([unknown])


def test_no_evidence_is_one_sentence(folder, tmp_path, capsys):
    for file in folder.glob("narrow.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    written = tmp_path / "narrow.evidence.yaml"
    for text, error in (("logZ: 1.0\n", HotAxionError), ("logZ: x\nlogZstd: 0.1\n", RangeError)):
        written.write_text(text)
        with pytest.raises(error, match=r"narrow\.evidence\.yaml"):
            Evidence.load(tmp_path / "narrow")
    written.unlink()
    with pytest.raises(MissingDataError, match="--sampler nautilus"):
        Evidence.load(tmp_path / "narrow")
    assert main(["bounds", "--evidence", "--csv", "x"]) == 2
    assert "--evidence goes with --json alone" in capsys.readouterr().err


def test_odds_beyond_any_number():
    data = {"one": {}}
    table = to_text([Evidence("a", 0.0, 0.1, data), Evidence("b", -2000.0, 0.1, data)])
    assert "e^-2000" in table
