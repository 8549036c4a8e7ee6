"""Why this test exists: `hotaxion convert` answers in names and units; a published bound must
become the mass that our curve has there, and files must appear only where -o says."""

from __future__ import annotations

import json

import pytest

from hotaxion.analysis import conversions
from hotaxion.analysis.cli import main
from hotaxion.likelihoods.neff_data import published
from hotaxion.theory.relics.error_budget import ErrorBudget
from hotaxion.theory.relics.inversion import ATTRIBUTES

COARSE = ["--step", "0.1", "--momenta", "40"]


def run(capsys, *words: str) -> str:
    assert main(["convert", *words]) == 0
    return capsys.readouterr().out


def refused(capsys, *words: str, code: int = 1) -> str:
    assert main(["convert", *words]) == code
    out, err = capsys.readouterr()
    assert out == ""
    return err


@pytest.fixture
def narrow_band(monkeypatch):
    """10 % on Delta N_eff, in place of a dozen variations."""

    def budget(masses, options):
        abundance = conversions.Abundance(options.production)
        curve = conversions.np.array([abundance(float(m)).delta_neff for m in masses])
        shifts = {"pions": conversions.np.array([-0.1 * curve, 0.1 * curve])}
        return ErrorBudget(conversions.np.asarray(masses), curve, shifts)

    monkeypatch.setattr(conversions, "error_budget", budget)


def test_there_and_back(capsys):
    there = json.loads(run(capsys, "f_a=5e7", "--model", "dfsz1", "--tan-beta", "3", "--json"))
    assert list(there) == ["given", *ATTRIBUTES, "options"]
    assert there["given"] == {"f_a": 5e7}
    assert there["options"]["tan_beta"] == 3.0
    word = f"delta_neff={there['delta_neff']!r}"
    back = json.loads(run(capsys, word, "--model", "dfsz1", "--tan-beta", "3", "--json"))
    assert back["m_a"] == pytest.approx(there["m_a"], rel=1e-9)


def test_text_has_a_line_for_each_quantity(capsys):
    lines = run(capsys, "m_a=0.01", *COARSE).splitlines()
    assert lines[1] == "given: m_a = 0.01"
    assert [line.split()[0] for line in lines[4:]] == [*ATTRIBUTES]
    assert lines[-1].split()[1] == "never"


def test_band(capsys, narrow_band):
    """At a mass that of delta_neff, at a delta_neff that of the mass; f_a goes against m_a."""
    at_mass = json.loads(run(capsys, "m_a=0.1", "--band", "--json", *COARSE))
    ends = [0.9 * at_mass["delta_neff"], 1.1 * at_mass["delta_neff"]]
    assert at_mass["band"] == {"delta_neff": pytest.approx(ends)}
    found = json.loads(run(capsys, "delta_neff=0.2", "--band", "--json", *COARSE))
    (low, high), f_a = found["band"]["m_a"], found["band"]["f_a"]
    assert low < found["m_a"] < high
    assert [low * f_a[1], high * f_a[0]] == pytest.approx([found["m_a"] * found["f_a"]] * 2)
    alp = json.loads(
        run(capsys, "m_a=1", "delta_neff=0.2", "--model", "alp", "--band", "--json", *COARSE)
    )
    assert alp["band"] == {"f_a": pytest.approx(f_a, rel=1e-6)}
    assert "low" in run(capsys, "delta_neff=0.2", "--band", *COARSE)


def test_table_of_published_bounds(capsys):
    rows = {
        row["key"]: row for row in json.loads(run(capsys, "--table", "--json", *COARSE))["rows"]
    }
    assert list(rows) == [*published()]
    # chains/reference/reproduced.md; coarse steps take 0.3 %.
    assert rows["goldstein2026"]["m_a"] == pytest.approx(0.0953, rel=5e-3)
    assert rows["calabrese2025"]["m_a"] == pytest.approx(0.143, rel=5e-3)
    assert rows["goldstein2026"]["source"].endswith("arXiv:2603.13226")
    weak = ["--model", "generic", "--couplings", "c_g=0.01"]
    text = run(capsys, "--table", *weak, *COARSE)
    assert "- delta_neff = 0.39 is not reached" in text
    assert "* not quoted" in text


def test_table_of_an_alp_and_with_band(capsys, narrow_band):
    text = run(capsys, "--table", "m_a=1", "--model", "alp", "--band", *COARSE)
    assert "theory band of f_a" in text
    assert all("= 1 " in line for line in text.splitlines()[3:-1])
    assert "m_a given with the table" in refused(capsys, "--table", "m_a=1", *COARSE)
    assert "nothing given with the table" in refused(capsys, "--table", "--model", "alp", *COARSE)


def test_input_of_class_where_it_is_asked_for(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words in (["m_a=0.1"], ["--table"], ["m_a=0.1", "--for", "classpp"]):
        assert run(capsys, *words, *COARSE)
    assert "give -o FILE.ini" in refused(capsys, "m_a=0.1", "--for", "class", *COARSE)
    assert not [*tmp_path.iterdir()]
    ini = ["--for", "class", "--mnu", "0.1", "--hierarchy", "normal", "-o", "a.ini"]
    printed = run(capsys, "m_a=0.1", *ini, *COARSE)
    names = ("a_psd1.dat", "a_psd2.dat", "a.ini")  # all neutrinos share one distribution
    assert printed.splitlines() == [f"written: {tmp_path / name}" for name in names]
    text = (tmp_path / "a.ini").read_text()
    assert "# Neutrinos: 0.1 eV in all, normal." in text
    assert f"ncdm_psd_filenames = {tmp_path}/a_psd1.dat," in text
    nowhere = refused(capsys, "m_a=0.1", "--for", "class", "-o", "no/a.ini", *COARSE)
    assert f"'{tmp_path / 'no'}': no such folder" in nowhere or "'no': no such folder" in nowhere
    run(capsys, "m_a=0.1", "--for", "classpp", "-o", "b.ini", *COARSE)
    assert "ax.type = ncdm_axion" in (tmp_path / "b.ini").read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "give QUANTITY=VALUE, one of m_a"),
        (["--table", "--for", "class"], "leave out --table"),
        (["m_a=0.1", "--for", "class", "--json"], "leave out --json"),
        (["m_a=0.1", "--mnu", "0.1"], "go with --for"),
        (["m_a=0.1", "-o", "x.ini"], "go with --for"),
    ],
)
def test_wrong_usage(capsys, words, says):
    assert says in refused(capsys, *words, code=2)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["delta_neff"], "'delta_neff': give QUANTITY=VALUE"),
        (["m_a=0.1", "m_a=0.2"], "each QUANTITY once"),
        (["m_a=light"], "m_a = 'light' is not a number"),
        (["delta_nef=0.1"], "Did you mean 'delta_neff'"),
        (["delta_neff=0.01"], "is not reached"),
        (["m_a=0.1", "--for", "classpp", "--mnu", "0.01", "--hierarchy", "inverted"], "inverted"),
    ],
)
def test_wrong_values_get_one_line(capsys, words, says):
    err = refused(capsys, *words, *COARSE)
    assert says in err
    assert err.count("\n") == 1
