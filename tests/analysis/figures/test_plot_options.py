"""Why this test exists: an option that a picture does not use must be refused, not ignored: the
reader of "--kind spectra --rates lo" takes what is drawn for what was asked."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from hotaxion.analysis import figures
from hotaxion.analysis.cli import build_parser, main
from hotaxion.analysis.figures import kind_named
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.relics.options import AxionOptions

# Name in the namespace -> words of the command; where there is a default, these say the default.
OPTIONS = {
    "burn": ["--burn", "0.3"],
    "labels": ["--labels", "a name"],
    "params": ["--params", "m_a"],
    "profile": ["--profile", "file"],
    "preset": ["--preset", "2026"],
    "omega_b": ["--omega-b", "0.02236"],
    "masses": ["--masses", "0.1", "0.3", "1"],
    "l_max": ["--l-max", "2500"],
    "m_a_cut": ["--m-a-cut", "0.01"],
    "m_a_min": ["--m-a-min", "0.01"],
    "m_a_max": ["--m-a-max", "10"],
    "points": ["--points", "60"],
    "model": ["--model", "ksvz"],
    "tan_beta": ["--tan-beta", "3"],
    "couplings": ["--couplings", "c_g=1"],
    "rates": ["--rates", "gkpy"],
    "pion_scale": ["--pion-scale", "1"],
    "m_pion": ["--m-pion", "0.13804"],
    "lecs": ["--lecs", "l1=0.1"],
    "z_ud": ["--z-ud", "0.472"],
    "kaons": ["--kaons", "none"],
    "kaon_scale": ["--kaon-scale", "1"],
    "nucleons": ["--nucleons", "none"],
    "gluons": ["--gluons", "htl"],
    "gluon_scale": ["--gluon-scale", "1"],
    "fermions": ["--no-fermions"],
    "T_quarks": ["--T-quarks", "1"],
    "T_pion": ["--T-pion", "0.15"],
    "T_gluon": ["--T-gluon", "2"],
    "crossover": ["--crossover", "0.5"],
    "knots": ["--knots", "0.5=1e-3"],
    "g_star_shift": ["--g-star-shift", "0"],
    "solver": ["--solver", "momentum"],
    "initial": ["--initial", "thermal"],
    "T_initial": ["--T-initial", "100"],
    "T_reheat": ["--T-reheat", "0.1"],
    "reheating": ["--reheating", "integrated"],
    "step": ["--step", "0.02"],
    "momenta": ["--momenta", "60"],
    "xi_kick": ["--xi-kick", "1.5"],
    "r_kick": ["--r-kick", "0.2"],
}
PAIRS = [(kind, name) for kind in figures.KINDS for name in OPTIONS]


@pytest.fixture
def drawn(monkeypatch) -> list:
    """Arguments of `figures.draw`, which draws nothing here."""
    calls = []
    monkeypatch.setattr(
        figures, "draw", lambda *given, **options: calls.append((given, options)) or []
    )
    return calls


def words(kind: str, *names: str) -> list[str]:
    """A command for a kind, with a chain if it takes one, and options."""
    chain = [] if kind_named(kind).chains == "none" else ["chain"]
    given = dict.fromkeys([*kind_named(kind).needs, *names])
    options = [word for name in given for word in OPTIONS[name]]
    return ["plot", *chain, "-o", "unused", "--kind", kind, *options]


def test_every_option_of_the_command_is_of_some_kind():
    """Besides those that every kind has."""
    names = vars(build_parser().parse_args(["plot", "-o", "unused"]))
    common = {"version", "completion", "command", "run", "parser", "chain", "output", "kind"}
    used = set().union(*(kind.used for kind in figures.all_kinds().values()))
    assert set(names) - common == set(OPTIONS) == used


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, name in PAIRS if name not in kind_named(kind).used]
)
def test_an_option_that_the_kind_does_not_use_is_refused(kind, name, drawn, capsys):
    """Also where it says what is the default."""
    assert main(words(kind, name)) == 2
    out, err = capsys.readouterr()
    sentence = err.splitlines()[-1]
    assert f"the kind {kind} does not use {OPTIONS[name][0]};" in sentence
    others = sentence.rpartition("it is for: ")[2].rstrip(")").split(", ")
    assert set(others) == {other for other in figures.KINDS if name in kind_named(other).used}
    assert out == ""
    assert not drawn


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, name in PAIRS if name in kind_named(kind).used]
)
def test_an_option_that_the_kind_uses_reaches_it(kind, name, drawn):
    assert main(words(kind, name)) == 0
    ((called, _, chains), options) = drawn[0]
    assert called == kind
    assert bool(chains) == (kind_named(kind).chains != "none")
    expected = "axion" if name in kind_named(kind).axion else name
    assert set(options) == {expected, *kind_named(kind).needs}


def test_options_of_the_abundance_keep_their_defaults(drawn):
    assert (
        main(["plot", "-o", "unused", "--kind", "spectra", "--rates", "lo", "--no-fermions"]) == 0
    )
    expected = AxionOptions(rates="lo", fermions=False)
    assert drawn[0][1] == {"axion": expected}


def test_options_of_the_abundance_reach_the_theory():
    """As `hotaxion plot --kind spectra` hands them to Cobaya."""
    from hotaxion.analysis.figures.spectra import for_cobaya
    from hotaxion.analysis.inputs.theories import options_of_input
    from hotaxion.theory import HotAxion

    given = AxionOptions(
        **dict(model="dfsz2", tan_beta=3.0, rates="iam", gluons="htl", gluon_scale=2.0),
        **dict(pion_scale=1.1, z_ud=0.48, solver="number", initial="zero", T_initial=50.0),
        **dict(T_pion=0.14, T_gluon=2.5, fermions=False, kaons="data", kaon_scale=0.9),
        **dict(m_pion=0.135, lecs={"l1": 0.1}, knots={0.5: 1e-3}, g_star_shift=-1.0),
        **dict(step=0.01, momenta=90, T_reheat=0.2, reheating="sudden", nucleons="delta"),
        **dict(T_quarks=1.5),
    )
    inputs, theory = for_cobaya(given)
    assert set(theory) <= set(HotAxion.get_defaults())
    info = {"theory": {"hotaxion.theory.HotAxion": theory}, "params": inputs}
    assert options_of_input(info) == given


@pytest.mark.parametrize(
    "kind", [kind for kind in figures.KINDS if kind_named(kind).chains == "possible"]
)
@pytest.mark.parametrize("name", ["burn", "labels"])
def test_options_of_chains_need_a_chain(kind, name, drawn, capsys):
    assert main([word for word in words(kind, name) if word != "chain"]) == 2
    assert "no CHAIN is given" in capsys.readouterr().err
    assert not drawn


@pytest.mark.parametrize("name", figures.KINDS)
def test_every_kind_is_explained_and_says_what_it_takes(name):
    kind = kind_named(name)
    assert kind.text
    assert kind.chains in ("needed", "possible", "none")
    assert set(kind.needs) <= set(kind.options)
    keywords = set(inspect.signature(kind.draw).parameters) - {"chains", "_"}
    assert keywords == {*kind.options, *(["axion"] if kind.axion else [])}


def test_options_that_python_gives_are_checked_as_well(joint_chain):
    with pytest.raises(UnknownOptionError, match="option of the figure triangle 'parms'"):
        figures.make_figure("triangle", joint_chain, parms=["m_a"])
    with pytest.raises(UnknownOptionError, match="kind of figure 'pie'"):
        figures.make_figure("pie")
    with pytest.raises(RangeError, match="points = 1; allowed is a whole number from 2"):
        figures.make_figure("abundance", points=1)


def test_a_kind_is_imported_when_it_is_asked_for():
    """Other commands do not wait for the modules of figures."""
    code = (
        "import sys; from hotaxion.analysis.cli import main; main(['scan', '--points', '0']);"
        "found = {m for m in sys.modules if m.startswith('hotaxion.analysis.figures.')};"
        "assert not found - {'hotaxion.analysis.figures.style'}, found;"
        "main(['plot', '-o', 'unused', '--kind', 'pie']);"
        "assert 'hotaxion.analysis.figures.spectra' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


NUMBERS = ["nan", "inf", "-1", "0", "1e300"]


@pytest.mark.parametrize("value", NUMBERS)
@pytest.mark.parametrize(
    ("kind", "flag"),
    [
        ("light-elements", "--omega-b"),
        ("spectra", "--masses"),
        ("spectra", "--pion-scale"),
        ("abundance", "--m-a-min"),
        ("abundance", "--m-a-max"),
        ("light-elements", "--step"),
        ("priors", "--m-a-cut"),
        ("triangle", "--burn"),
    ],
)
def test_numbers_without_meaning(kind, flag, value, joint_chain, tmp_path, capsys):
    if (flag, value) == ("--burn", "0"):
        return  # has one
    chain = [joint_chain] if kind_named(kind).chains == "needed" else []
    argv = ["plot", *chain, "-o", str(tmp_path / "out"), "--kind", kind, f"{flag}={value}"]
    assert main(argv) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("hotaxion: error: ")
    assert err.count("\n") == 1
    assert not Path(tmp_path / "out").exists()


@pytest.mark.parametrize("value", ["0", "1", "-3", "100000000000"])
@pytest.mark.parametrize(("kind", "flag"), [("abundance", "--points"), ("spectra", "--l-max")])
def test_whole_numbers_out_of_range(kind, flag, value, tmp_path, capsys):
    argv = ["plot", "-o", str(tmp_path / "out"), "--kind", kind, f"{flag}={value}"]
    assert main(argv) == 1
    assert "allowed is a whole number from" in capsys.readouterr().err
