"""Why this test exists: a number from a chain that has not converged is copied into a paper unless
every form that it is printed in says so, and keeps back the digits that are not known."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from hotaxion.analysis.chains.bounds import ParameterBound, judge
from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.tables import quoted, quoted_with_error
from hotaxion.analysis.cli import main


@pytest.mark.parametrize(
    ("r_means", "r_bound", "effective", "refused", "reason"),
    [
        (0.88, None, 11, True, "R-1 of the means 0.88 > 0.05, 11 effective samples of m_a < 100"),
        (0.26, 0.1, 1000, True, "R-1 of the means 0.26 > 0.05"),
        (0.24, 0.1, 1000, False, "R-1 of the means 0.24 > 0.05"),
        (0.051, 0.1, 1000, False, "R-1 of the means 0.051 > 0.05"),
        (float("nan"), 0.1, 1000, True, "R-1 of the means nan > 0.05"),
        (0.049, 0.51, 1000, False, "R-1 of the bound of m_a 0.51 > 0.5"),
        (None, None, 99, False, "99 effective samples of m_a < 100"),
        (None, None, 19, True, "19 effective samples of m_a < 100"),
    ],
)
def test_thresholds(r_means, r_bound, effective, refused, reason):
    verdict = judge(r_means, {"m_a": r_bound}, {"m_a": effective})
    assert not verdict.converged
    assert verdict.text == f"NOT converged: {reason}: do not quote"
    assert verdict.refused == refused


def test_good_chains_are_good(chain, joint_chain):
    assert judge(0.049, {"m_a": 0.49, "H0": None}, {"m_a": 100.0}).converged
    for prefix in (chain, joint_chain):
        found = Chain.load(prefix)
        verdict = found.verdict(["m_a", "delta_neff"])
        assert verdict.converged
        assert verdict.text == "converged"
        assert found.bounds().verdict.converged


def bound(kind: str, value: float, sigma: float, effective: float) -> ParameterBound:
    return ParameterBound("x", kind, value, sigma / 20, sigma, effective, None)


@pytest.mark.parametrize(
    ("kind", "value", "sigma", "good", "doubtful"),
    [
        ("upper95", 0.1213, 0.05, "< 0.121", "< 0.1"),
        ("upper95", 63.2, 20, "< 63", "< 60"),
        ("lower95", 5.12e7, 2e7, "> 5.1e+07", "> 5e+07"),
        ("mean", 0.022361, 0.000153, "0.02236 ± 0.00015", "0.0224 ± 0.0002"),
    ],
)
def test_digits(kind, value, sigma, good, doubtful):
    assert quoted(bound(kind, value, sigma, 400)) == good
    assert quoted(bound(kind, value, sigma, 50)) == doubtful
    assert quoted_with_error(bound(kind, value, sigma, 50)) == f"{doubtful} (not converged)"
    assert quoted(bound(kind, value, sigma, 11)) == "not converged"
    data = bound(kind, value, sigma, 50).as_dict()
    assert float(doubtful.strip("<> ").split(" ")[0]) == pytest.approx(data["value"], rel=1e-12)
    refused = bound(kind, value, sigma, 11).as_dict()
    assert (refused["value"], refused["mc_error"], refused["sigma"]) == (None, None, None)
    assert bound(kind, value, sigma, 400).as_dict()["value"] == value


@pytest.fixture(params=[60, 600], ids=["refused", "doubtful"])
def short(request, tmp_path, write_chain) -> tuple[str, bool]:
    """Prefix of one chain of correlated rows: R-1 of the means is 0.6, or 0.1."""
    return write_chain(tmp_path, n_chains=1, rows=request.param), request.param == 60


def test_text_and_stderr(short, capsys):
    prefix, refused = short
    assert main(["bounds", prefix, "--params", "m_a", "f_a"]) == 0
    captured = capsys.readouterr()
    assert f"hotaxion: warning: chain {prefix}: NOT converged: " in captured.err
    assert ": do not quote" in captured.err
    lines = captured.out.splitlines()
    assert lines[1].startswith("NOT converged: ")
    for line in lines[-2:]:
        shown = line.split("  ")[1:]
        assert (
            next(cell for cell in shown if cell)
            .strip()
            .endswith("not converged" if refused else "(not converged)")
        )


def test_json(short, capsys):
    prefix, refused = short
    main(["bounds", prefix, "--json"])
    data = json.loads(capsys.readouterr().out)
    assert data["converged"] is False
    assert data["verdict"].startswith("NOT converged")
    m_a = data["parameters"]["m_a"]
    assert m_a["converged"] is False
    assert m_a["value"] is None if refused else m_a["value"] == float(f"{m_a['value']:.1g}")


def test_csv(short, capsys):
    prefix, refused = short
    main(["bounds", prefix, "--csv"])
    row = next(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert (row["parameter"], row["converged"]) == ("m_a", "false")
    assert row["verdict"].startswith("NOT converged")
    assert (row["value"] == "") == refused
    assert len(row["value"]) < 5


def test_converged_chain_has_no_mark(chain, capsys):
    for form in ([], ["--json"], ["--csv"]):
        assert main(["bounds", chain, "--params", "m_a", *form]) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        assert "onverged:" not in captured.out


def test_beside(short, chain, capsys):
    prefix, refused = short
    assert main(["bounds", f"short={prefix}", f"long={chain}", "--beside"]) == 0
    captured = capsys.readouterr()
    assert captured.err.count("NOT converged") == 1
    row = next(line for line in captured.out.splitlines() if line.startswith("short "))
    assert row.count("not converged") == 2
    assert ("(not converged)" in row) != refused
    row = next(line for line in captured.out.splitlines() if line.startswith("long "))
    assert "not converged" not in row


def test_priors_by_reweighting_of_a_short_chain(short, capsys):
    prefix, _ = short
    main(["bounds", prefix, "--priors", "--params", "m_a"])
    table = capsys.readouterr().out.split("prior, by reweighting")[1].splitlines()[2:]
    assert len(table) == 4
    for line in table:
        assert "not converged" in line or "refused" in line


# --- burn-in that `post` has removed --------------------------------------------------------


@pytest.mark.parametrize("skip", [0.3, 200])
def test_post_has_skipped_the_start(tmp_path, write_chain, skip, capsys):
    """All rows count, unless the user asks; Cobaya 3.6 keeps the block in .input.yaml."""
    prefix = Path(write_chain(tmp_path, name="run.post.more", n_chains=1, rows=500))
    (tmp_path / "run.post.more.input.yaml").write_text(json.dumps({"post": {"skip": skip}}))
    assert Chain.load(prefix).samples.numrows == 500
    assert Chain.load(prefix, 0.2).samples.numrows == 400
    main(["bounds", str(prefix), "--params", "m_a"])
    assert f"burn-in = 0 (post has skipped {skip} of the chain)" in capsys.readouterr().out


def test_post_of_a_post_and_post_that_skipped_nothing(tmp_path, write_chain):
    prefix = write_chain(tmp_path, name="run.post.a.post.b", n_chains=1, rows=500)
    first, second = (tmp_path / f"run.post.{name}.input.yaml" for name in ("a", "a.post.b"))
    second.write_text(json.dumps({"post": {"thin": 2}}))
    assert Chain.load(prefix).samples.numrows == 350
    first.write_text(json.dumps({"post": {"skip": 0.3}}))
    assert Chain.load(prefix).samples.numrows == 500


def test_real_post(tmp_path, write_chain):
    """Cobaya's own: the rows of the new chain are those after its skip, and all are counted."""
    from cobaya.run import run

    x = {"prior": {"min": -3, "max": 3}, "ref": 0.0, "proposal": 1.0}
    prefix = str(tmp_path / "toy")
    info = {"likelihood": {"toy": "lambda x: -x**2 / 2"}, "params": {"x": x}, "output": prefix}
    run(info | {"sampler": {"mcmc": {"max_samples": 200, "seed": 1}}}, no_mpi=True)
    more = {"likelihood": {"more": "lambda x: -x / 10"}}
    run({"output": prefix, "post": {"suffix": "p", "skip": 0.3, "add": more}}, no_mpi=True)
    before, after = Chain.load(prefix), Chain.load(f"{prefix}.post.p")
    assert (after.burn, after.cut) == (0.0, "post has skipped 0.3 of the chain")
    assert np.array_equal(after.column("x"), before.column("x"))


def test_terminals_without_plus_minus(chain, monkeypatch, capsys):
    import io

    for form, sign in (([], "+-"), (["--json"], "u00b1")):
        stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdout", stream)
            assert main(["bounds", chain, "--params", "m_a", "omega_b", *form]) == 0
        stream.flush()
        assert sign in stream.buffer.getvalue().decode("ascii")
