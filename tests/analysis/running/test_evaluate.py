"""Why this test exists: chi^2 by data set is how a user judges a point; it must be Cobaya's number,
and a mistake in the input must stay one line."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from hotaxion.analysis.cli import main
from hotaxion.analysis.running import evaluate
from hotaxion.theory.errors import HotAxionError, MissingDataError, UnknownOptionError

INPUT = """
likelihood:
  first: {external: "lambda x: -0.5 * x**2"}
  second: {external: "lambda x, y: -0.5 * (x - y)**2 / 0.01"}
params:
  x: {prior: {min: -10, max: 10}, ref: 1.0}
  y: {prior: {min: 0, max: 4}, ref: 1.2}
  twice: {derived: "lambda x: 2 * x"}
"""


@pytest.fixture
def yaml_file(tmp_path):
    path = tmp_path / "input.yaml"
    path.write_text(INPUT)
    return path


def test_chi2_of_each_likelihood(yaml_file):
    result = evaluate.evaluate(yaml_file)
    assert result.chi2 == pytest.approx({"first": 1.0, "second": 4.0})
    assert result.total_chi2 == pytest.approx(5.0)
    assert result.sampled == {"x": 1.0, "y": 1.2}
    assert result.derived == {"twice": 2.0}
    assert result.log_prior == pytest.approx(-4.382, abs=1e-3)  # -ln(20 * 4)


def test_point_of_the_input_and_of_the_command(yaml_file, capsys):
    yaml_file.write_text(
        INPUT + "sampler: {evaluate: {override: {x: 3, y: 3}}}\noutput: kept/out\n"
    )
    assert main(["evaluate", str(yaml_file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["chi2"] == pytest.approx({"first": 9, "second": 0})
    assert main(["evaluate", str(yaml_file), "--set", "x=2", "y=2"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[2].split() == ["first", "4.00"]
    assert "total" in out
    assert not (yaml_file.parent / "kept").exists()


def test_nothing_of_cobaya_stays_behind(yaml_file):
    before = list(logging.root.handlers), logging.root.level, sys.excepthook
    evaluate.evaluate(yaml_file)
    assert (list(logging.root.handlers), logging.root.level, sys.excepthook) == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("likelihood: {a: b", "cannot be read as YAML"),
        ("- 1\n", "holds no names with values"),
        (INPUT.replace("first:", "no.such.Likelihood:").replace("external", "e"), "Cobaya:"),
        (INPUT.replace("ref: 1.0", "ref: 20.0"), "hotaxion: error: Cobaya: "),
    ],
)
def test_a_mistake_in_the_input_is_one_line(tmp_path, capsys, text, says):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    assert main(["evaluate", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err.splitlines()[-1]
    assert "Traceback" not in err


def test_missing_file_and_unknown_parameter(yaml_file):
    with pytest.raises(MissingDataError, match="no file"):
        evaluate.evaluate("nowhere.yaml")
    with pytest.raises(UnknownOptionError, match="sampled parameter 'z'; allowed are: x, y"):
        evaluate.evaluate(yaml_file, {"z": 1.0})
    with pytest.raises(HotAxionError, match=r"prior zero: .*--set"):
        evaluate.evaluate(yaml_file, {"x": 11.0})


def test_bbn_of_the_package(tmp_path):
    """The real theories: chi^2 of BBN alone at delta_neff near 0.2 is a few."""
    path = tmp_path / "bbn.yaml"
    path.write_text(
        "theory: {hotaxion.theory.HotAxion: {table: false}, hotaxion.theory.BBN: null}\n"
        "likelihood: {hotaxion.likelihoods.BBN: {preset: 2026}}\n"
        "params:\n"
        "  m_a: {prior: {min: 0.01, max: 5}, ref: 0.2}\n"
        "  omega_b: {prior: {min: 0.02, max: 0.025}, ref: 0.0224}\n"
        "  delta_neff: null\n  Y_p: null\n  DH: null\n"
    )
    result = evaluate.evaluate(path)
    assert 0 < result.total_chi2 < 30
    assert 0.1 < result.derived["delta_neff"] < 0.3
    assert 0.24 < result.derived["Y_p"] < 0.26
