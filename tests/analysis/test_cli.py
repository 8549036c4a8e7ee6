"""Why this test exists: the command's names, keys and exit codes are a contract (0 good, 1 failed,
2 wrong usage), and a user's mistake must give one line that says the cure, never a traceback."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hotaxion.analysis.cli import main
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.relics import error_budget
from hotaxion.theory.relics.error_budget import ErrorBudget

from ..one_point import evaluate

KEYS = [
    "m_a_ev",
    "f_a_gev",
    "delta_neff",
    "omega_a_h2",
    "temperature_ratio",
    "mean_momentum_ratio",
    "t_decoupling_mev",
    "t_half_made_mev",
]


def fails(capsys, *argv: str) -> str:
    """Run a command that must fail with code 1; returns its one line on stderr."""
    assert main(argv) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("hotaxion: error: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


# --- abundance and scan, with a stub in place of the physics --------------------------------


def test_abundance_text(capsys, stub_abundance):
    assert main(["abundance", "--m-a", "0.3"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()[3:]] == KEYS
    assert "rates gkpy" in out
    assert "MeV" in out


def test_abundance_json(capsys, stub_abundance):
    assert main(["abundance", "--m-a", "0.3", "--rates", "lo", "--solver", "number", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert list(data) == [*KEYS, "options"]
    assert data["options"]["rates"] == "lo"
    assert data["options"]["T_initial"] is None


def test_never_decoupled_is_null_in_json_and_a_word_in_text(capsys, stub_abundance):
    assert main(["abundance", "--m-a", "1e-3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["t_decoupling_mev"] is None
    assert main(["abundance", "--m-a", "1e-3"]) == 0
    assert "never" in capsys.readouterr().out


def parsed_options(*argv: str):
    from hotaxion.analysis.cli import build_parser
    from hotaxion.analysis.commands import options_of

    return options_of(build_parser().parse_args(["abundance", "--m-a", "1", *argv]))


def test_options_reach_the_calculator():
    argv = "--model dfsz1 --tan-beta 3 --gluons none --gluon-scale 2 --initial zero --T-initial 5"
    options = parsed_options(*argv.split())
    assert (options.model, options.tan_beta, options.gluons) == ("dfsz1", 3.0, "none")
    assert (options.gluon_scale, options.initial, options.T_initial) == (2.0, "zero", 5.0)
    argv = "--model generic --couplings c_mu=0.3 --couplings c_g=-1 --no-fermions --kaons data"
    options = parsed_options(*argv.split())
    assert options.couplings == {"c_mu": 0.3, "c_g": -1.0}
    assert (options.fermions, options.kaons) == (False, "data")
    options = parsed_options(*"--rates iam --lecs l1=0.2 --m-pion 0.135 --knots 0.5=1e-3".split())
    assert (options.lecs, options.m_pion) == ({"l1": 0.2}, 0.135)
    assert options.knots == {0.5: 1e-3}
    options = parsed_options(*"--step 0.01 --momenta 90 --g-star-shift -1".split())
    assert (options.step, options.momenta, options.g_star_shift) == (0.01, 90, -1.0)


def test_help_has_one_line_with_a_reference_for_each_option(capsys):
    assert main(["abundance", "--help"]) == 0
    physics = capsys.readouterr().out.split("physics (")[1].splitlines()[1:]
    assert len(physics) == 27
    for line in physics:
        assert line.startswith("  --")
        assert "[" in line
        assert "]" in line


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--m-a", "-1"], "allowed is"),
        (["--m-a", "nan"], "allowed is"),
        (["--m-a", "1", "--model", "kvsz"], "Did you mean 'ksvz'"),
    ],
)
def test_bad_physics_is_one_line(capsys, stub_abundance, argv, says):
    assert says in fails(capsys, "abundance", *argv)


def test_scan_as_csv_json_and_text(capsys, stub_abundance):
    grid = ["scan", "--m-a-min", "1e-3", "--m-a-max", "10", "--points", "5"]
    assert main([*grid, "--csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert list(rows[0]) == KEYS
    assert (float(rows[0]["m_a_ev"]), float(rows[-1]["m_a_ev"])) == (1e-3, 10.0)
    assert rows[0]["t_decoupling_mev"] == ""
    assert main([*grid, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == 5
    assert main(grid) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3 + 5


def test_bad_grid(capsys, stub_abundance):
    for grid in (["--m-a-min", "0"], ["--m-a-min", "5", "--m-a-max", "1"]):
        assert "allowed is a finite number above" in fails(capsys, "scan", *grid)
    assert "a whole number from 2" in fails(capsys, "scan", "--points", "1")


# --- the same with the real physics ---------------------------------------------------------


@pytest.mark.parametrize(("m_a", "published"), [(0.16, 0.14), (0.28, 0.23), (0.53, 0.31)])
def test_published_abundance(capsys, m_a, published):
    """arXiv:2205.07849 (two digits) with its rates and its solver."""
    argv = ["abundance", "--m-a", str(m_a), "--rates", "lo", "--solver", "number", "--json"]
    assert main(argv) == 0
    assert json.loads(capsys.readouterr().out)["delta_neff"] == pytest.approx(published, rel=0.04)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--m-a", "-1"], "1e-12 to 10 eV"),
        (["--m-a", "nan"], "1e-12 to 10 eV"),
        (["--m-a", "1e3"], "1e-12 to 10 eV"),
        (["--m-a", "1", "--model", "kvsz"], "Did you mean 'ksvz'"),
        (["--m-a", "1", "--rates", "gkpi"], "Did you mean 'gkpy'"),
        (["--m-a", "1", "--solver", "numbers"], "Did you mean 'number'"),
        (["--m-a", "1", "--gluons", "htll"], "Did you mean 'htl'"),
        (["--m-a", "1", "--gluon-scale", "-1"], "-1"),
        (["--m-a", "1", "--initial", "hot"], "thermal, zero"),
        (["--m-a", "1", "--T-initial", "1e9"], "from 0.15 to "),
        (["--m-a", "1", "--model", "dfsz1", "--tan-beta", "1e4"], "0.25 to 170"),
        (["--m-a", "1", "--couplings", "c_mu=1"], "choose model generic"),
        (["--m-a", "1", "--model", "generic", "--couplings", "c_muon=1"], "Did you mean 'c_mu'"),
        (["--m-a", "1", "--model", "generic", "--couplings", "c_mu=nan"], "from -1000 to 1000"),
        (["--m-a", "1", "--kaons", "dat"], "Did you mean 'data'"),
        (["--m-a", "1", "--kaon-scale", "-1"], "from 0 to 100"),
        (["--m-a", "1", "--pion-scale", "inf"], "from 0.01 to 100"),
        (["--m-a", "1", "--z-ud", "1.5"], "from 0.01 to 0.99"),
        (["--m-a", "1", "--T-pion", "0.3"], "from 0.08 to 0.2 GeV"),
        (["--m-a", "1", "--T-gluon", "0.5"], "from 1 to 10 GeV"),
        (["--m-a", "1", "--m-pion", "0.2"], "0.13498"),
        (["--m-a", "1", "--lecs", "l1=0.2"], "rates: iam"),
        (["--m-a", "1", "--rates", "iam", "--lecs", "l9=0.2"], "l1, l2, l3, l4"),
        (["--m-a", "1", "--knots", "3=1e-3"], "from 0.15015 to 1.998 GeV"),
        (["--m-a", "1", "--step", "0"], "0.0001 to 0.2"),
        (["--m-a", "1", "--momenta", "5"], "30 to 1000"),
        (["--m-a", "1", "--g-star-shift", "nan"], "-5 to 5"),
        (["--m-a", "1", "--f-a", "1e8"], "give either m_a or f_a"),
        (["--m-a", "1", "--model", "alp"], "independent; give"),
    ],
)
def test_real_bad_physics_is_one_line(capsys, argv, says):
    assert says in fails(capsys, "abundance", *argv)


def test_f_a_in_place_of_the_mass_and_beside_that_of_an_alp(capsys):
    for argv in (["--f-a", "5.691e7"], ["--model", "alp", "--m-a", "30", "--f-a", "5.691e7"]):
        assert main(["abundance", *argv, "--step", "0.1", "--momenta", "40", "--json"]) == 0
    qcd, alp = capsys.readouterr().out.split("}\n}\n")[:2]
    qcd, alp = (json.loads(text + "}\n}") for text in (qcd, alp))
    assert qcd["m_a_ev"] == pytest.approx(0.1)
    assert alp["m_a_ev"] == 30.0
    assert alp["delta_neff"] == qcd["delta_neff"]
    argv = ["scan", "--model", "alp", "--f-a", "1e8", "--points", "2"]
    assert main([*argv, "--step", "0.1", "--momenta", "40"]) == 0
    assert capsys.readouterr().out.count("1e+08") == 2


# --- wrong usage, help, version ------------------------------------------------------------


@pytest.mark.parametrize(
    "argv",
    [
        ["abundanc"],
        ["abundance", "--m-a", "heavy"],
        ["abundance", "--m-a", "1", "--couplings", "c_mu"],
        ["abundance", "--m-a", "1", "--lecs", "l1=x"],
        ["abundance", "--m-a", "1", "--knots", "hot=1"],
        ["abundance", "--m-a", "1", "--momenta", "6.5"],
        ["bounds"],
        ["bounds", "x", "--json", "--csv"],
        ["plot", "-o", "x"],
        ["plot", "a", "-o", "x", "--labels", "one", "two"],
    ],
)
def test_wrong_usage_is_2(capsys, argv):
    assert main(argv) == 2
    said = capsys.readouterr().err
    assert "usage: hotaxion" in said
    assert len(said.splitlines()) < 9


def test_no_command_prints_help(capsys):
    assert main([]) == 0
    out, err = capsys.readouterr()
    assert "relic axions of one mass" in out
    assert err == ""


def test_help_and_version(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for command in ("abundance", "scan", "bounds", "plot", "doctor"):
        assert command in out
        assert main([command, "--help"]) == 0
        assert "%%" not in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("hotaxion 0.")


def test_the_command_starts_light():
    """Parsing must not cost the import of Cobaya, scipy or matplotlib (seconds), but for `plot`."""
    code = (
        "import sys; from hotaxion.analysis import abundances, cli; cli.build_parser(False);"
        "heavy = ('cobaya', 'matplotlib', 'getdist', 'classy', 'scipy');"
        "sys.exit(any(name in sys.modules for name in heavy))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# --- chains ---------------------------------------------------------------------------------


def test_bounds_prints_the_exact_bound(capsys, chain, exact):
    assert main(["bounds", chain, "--json"]) == 0
    bound = json.loads(capsys.readouterr().out)["parameters"]["m_a"]
    assert abs(bound["value"] - exact["m_a"]) < 3 * bound["mc_error"]


def test_bounds_text_states_its_rule(capsys, chain):
    assert main(["bounds", chain, chain, "--params", "m_a", "omega_b"]) == 0
    out = capsys.readouterr().out
    assert out.count("95 % (5 %) quantile") == 2
    assert "flat in m_a on [0, 3]" in out
    assert "delta_neff" not in out


def test_bad_chains_are_one_line(capsys, chain):
    assert "prefixes there: run" in fails(capsys, "bounds", chain + "x")
    assert "allowed are" in fails(capsys, "bounds", chain, "--params", "H0")
    assert "burn" in fails(capsys, "bounds", chain, "--burn", "2")
    assert "no folder" in fails(capsys, "plot", "nowhere/run", "-o", "x")
    assert "no folder" in fails(capsys, "bounds", "--beside", "BBN=nowhere/run")


def test_the_least_mass_of_other_priors(capsys, joint_chain):
    """0 is a number, and refused."""
    assert "least mass = 0.0" in fails(capsys, "bounds", joint_chain, "--priors", "--m-a-cut", "0")


# --- files and CLASS ------------------------------------------------------------------------


@pytest.mark.parametrize("below", ["", "/x"])
def test_folders_that_are_none(capsys, tmp_path, below):
    (tmp_path / "file").touch()
    output = f"{tmp_path}/file{below}"
    assert output in fails(capsys, "forecast", "--bao", "desi", "-o", output)
    assert output in fails(capsys, "plot", "--kind", "history", "-o", output)


CLASS_YAML = """
theory: {hotaxion.theory.HotClassy: {axion: false, helium: class}}
likelihood: {one: }
params:
  tau_reio: {prior: [0.0001, 0.1], ref: 0.055}
  mnu: 0.06
  rdrag:
"""


def test_where_class_fails(tmp_path):
    """Less reionisation than what is left from recombination."""
    path = tmp_path / "input.yaml"
    path.write_text(CLASS_YAML)
    with pytest.raises(HotAxionError, match=r"^CLASS fails at this point.*low value of tau_reio"):
        evaluate(path, tau_reio=0.0002)


def test_bounds_beside_the_published(capsys, chain):
    assert main(["bounds", f"BBN = flat m_a={chain}", chain, "--beside"]) == 0
    ours, unnamed, *published, _, made_by = capsys.readouterr().out.splitlines()[2:]
    assert ours.startswith("BBN = flat m_a  ")
    assert unnamed.startswith(chain)
    assert ours.split()[-3:] == unnamed.split()[-3:]
    assert made_by.startswith(f"{chain}: made by other code")
    assert len(published) == 3
    assert all(line.startswith("arXiv:2205.07849: ") for line in published)
    for bound in ("< 0.31", "< 0.53", "< 0.14", "< 0.16", "< 0.23", "< 0.28"):
        assert any(bound in line for line in published)
    assert main(["bounds", chain, "--beside", "--params", "m_a"]) == 2


def test_labels_of_bounds(capsys, chain, tmp_path):
    """In all forms; a name with = that files have is no label."""
    for form in ([], ["--csv"]):
        assert main(["bounds", f"my chain={chain}", *form]) == 0
        assert "my chain" in capsys.readouterr().out
    assert main(["bounds", f"my chain={chain}", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["label"], found["chain"]) == ("my chain", chain)
    for file in Path(chain).parent.glob("run.*"):
        (tmp_path / f"a=b{file.name.removeprefix('run')}").write_bytes(file.read_bytes())
    assert main(["bounds", str(tmp_path / "a=b")]) == 0


@pytest.fixture
def asked(monkeypatch):
    """What error budgets are asked for, without their ten seconds; all errors are of the pions."""
    asked = []

    def budget(masses, options):
        asked.append((list(masses), options.model))
        shifts = np.array([[-0.01], [0.02]]) + 0 * np.asarray(masses)
        return ErrorBudget(masses, 0.2 + 0 * masses, {"pions": shifts})

    monkeypatch.setattr(error_budget, "error_budget", budget)
    return asked


def test_scan_with_band(capsys, asked):
    """Each row: a band around delta_neff and the shift from every source."""
    assert main(["scan", "--band", "--points", "2", "--m-a-min", "0.1", "--csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert len(rows) == 2
    for row in rows:
        assert (float(row["low"]), float(row["high"])) == pytest.approx((0.19, 0.22))
        assert float(row["pions %"]) == pytest.approx(10.0)  # the larger of the two
    assert asked == [([pytest.approx(0.1), pytest.approx(10.0)], "ksvz")]


def test_scan_of_an_alp_with_band(capsys, asked):
    """The budget is that of the QCD axion of its f_a, once, whatever the mass."""
    argv = ["scan", "--band", "--model", "alp", "--points", "2", "--csv"]
    assert main([*argv, "--f-a", "5.691e7"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["m_a_ev"] for row in rows] == ["0.01", "10.0"]
    assert [float(row["high"]) for row in rows] == pytest.approx([0.22, 0.22])
    assert asked == [([pytest.approx(0.1)], "alp")]
    assert "independent; give m_a and f_a" in fails(capsys, *argv)
    assert "f_a = 100000.0; allowed" in fails(capsys, *argv, "--m-a-max", "0.1", "--f-a", "1e5")
    assert "give either m_a or f_a" in fails(capsys, "scan", "--band", "--f-a", "1e8")
