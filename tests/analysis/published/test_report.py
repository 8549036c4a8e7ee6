"""Why this test exists: the report holds us against published numbers in public: tables, sentences
and figures must be those of the chains."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from cobaya.model import get_model
from cobaya.yaml import yaml_dump, yaml_load_file

from hotaxion.analysis.inputs.session import cobaya_session
from hotaxion.analysis.inputs.theories import options_of_input
from hotaxion.analysis.published import plan as reproduce
from hotaxion.analysis.published import report as reproduce_report
from hotaxion.analysis.published.analyses import ANALYSES
from hotaxion.theory.components.record import code_version
from hotaxion.theory.relics.options import AxionOptions

from ..reproduce_stubs import NAME, chain_of, row_of, write_files


def test_report_has_tables_sentences_and_names_of_figures(reproduced):
    text = reproduced.report.read_text()
    row = row_of(reproduced, "m_a")
    line = next(line for line in text.splitlines() if line.startswith(f"| {NAME} | m_a [eV] |"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[2:5] == ["< 0.16", row.shown(), f"{row.ratio:.3f}"]
    assert "↳ primat | m_a [eV]" in text
    assert "* `primat`: nuclear rates of PRIMAT instead of PArthENoPE" in text
    assert "↳ on our curve" in text
    assert "full plik" in text.lower()
    assert f"* chains/{NAME}: converged\n" in text
    assert "mean nothing" not in text
    pictures = re.findall(r"\]\((figures/\w+\.png)\)", text)
    assert pictures == [f"figures/{name}.png" for name in ("triangle", "masses")]
    for table in re.findall(r"(?:^\|.*\n)+", text, re.M):
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_figures_are_of_joint_chains(reproduced):
    """What of, and under which names; one is drawn from the chain of test_plan.py."""
    assert list(reproduced.asked) == ["triangle", "masses"]
    _, prefixes, burn, labels = reproduced.asked["masses"]
    assert reproduced.asked["triangle"][1:] == (prefixes, burn, labels)
    joint = [job.prefix for job in reproduced.jobs if job.joint and job.variant is None]
    assert prefixes == joint
    assert labels == [ANALYSES[path.name].label for path in joint]


def test_reference_table_is_compact(reproduced):
    text = reproduced.table.read_text()
    assert reproduced.table.parts[-3:] == ("chains", "reference", "reproduced.md")
    assert reproduce_report.main_table(reproduced) in text
    assert "](" not in text
    assert "/home" not in text


def test_versions_are_those_that_the_chains_have(work_folder):
    """Not those of today: a chain of another version may be there."""
    chain, other = chain_of(), chain_of("bbn_ksvz")
    for one in (chain, other):
        write_files(one, rows=100)
    path = Path(f"{other.prefix}.updated.yaml")
    info = yaml_load_file(str(path))
    info["theory"]["hotaxion.theory.BBN"]["version"] = "0.0.9"
    path.write_text(yaml_dump(info | {"version": "3.5.0"}))
    result = reproduce.Reproduction(reproduce.Options(output=Path("out")), [chain, other])
    text = reproduce_report.write_table(result).read_text()
    here = code_version().partition("+")[0]  # other code is marked row by row
    versions = f"Cobaya 3.5.0 and unknown, HotAxion {here}, BBN 0.0.9 and {here} (eight digits"
    assert versions in text
    path.write_text("[1, 2")  # broken in this call: it must not cost the table
    assert f"BBN {here} (eight digits" in reproduce_report.write_table(result).read_text()
    assert f"read with hotaxion {metadata.version('hotaxion')}, getdist" in text


def test_a_chain_of_other_code_is_marked(work_folder):
    chain = chain_of("bbn_ksvz")
    write_files(chain)
    path = Path(f"{chain.prefix}.updated.yaml")
    path.write_text(path.read_text().replace(code_version(), "0.1.0+g0000000.c00000000"))
    options = reproduce.Options(output=Path("out"), variants=False)
    result = reproduce.reproduce(["bbn_ksvz"], options, lambda line: None)
    *table, note = reproduce_report.to_text(result).splitlines()
    assert all(line.split("  ")[0] == "bbn_ksvz" and "†" in line for line in table[2:])
    assert note.startswith("† made by other code than the one here")
    assert "HotAxion, BBN 0.1.0+g0000000.c00000000" in note
    assert note in reproduce_report.write_table(result).read_text()


def test_an_alp_and_a_relic_beside_their_papers(work_folder, monkeypatch):
    """Rows of their own parameters; no plane of masses, of which they have one or none."""
    names = ["caloni2022_planck_bao2018_alp", "sterile2018_planck_bao2018"]
    for name in names:
        write_files(chain_of(name), rows=1000)
    options = reproduce.Options(output=Path("out"), variants=False)
    result = reproduce.reproduce(names, options, lambda line: None)
    assert not result.problems
    found = {(row.analysis, row.quantity): row.published for row in result.rows if not row.name}
    assert found == {
        (names[0], "delta_neff"): None,
        (names[0], "f_a"): 1.86e7,
        (names[1], "meff_sterile"): 0.23,
        (names[1], "delta_neff_sterile"): 0.294,
    }
    asked = []
    monkeypatch.setattr(reproduce_report, "make_figure", lambda *given, **_: (given[0], given))
    monkeypatch.setattr(reproduce_report, "save", lambda given, *_: asked.append(given[0]))
    reproduce_report.write_report(result)
    assert asked == ["triangle"]


def test_text_table_has_a_line_for_each_row(reproduced):
    text = reproduce_report.to_text(reproduced)
    assert len(text.splitlines()) == 2 + len(reproduced.rows)
    assert max(map(len, text.splitlines())) < 125


def test_every_option_of_an_input_reaches_the_curve():
    """As the theory itself hands them to `Abundance`; Cobaya's own options are left aside."""
    given = {
        "model": "generic",
        "couplings": {"c_g": 1.0, "c_mu": 0.3},
        "initial": "zero",
        "T_initial": 0.4,
        "T_pion": 0.14,
        "T_gluon": 1.5,
        "fermions": False,
        "knots": {0.5: 1.2e-3},
        "momenta": 40,
    }
    axion = "hotaxion.theory.HotAxion"
    params = {"m_a": 0.1, "gluon_scale": 15, "z_ud": {"value": 0.5}}
    info = {"theory": {axion: given}, "likelihood": {"one": None}, "params": params}
    options = options_of_input({**info, "theory": {axion: {**given, "speed": 3, "table": False}}})
    with cobaya_session(quiet=True):
        model = get_model({**info, "theory": {axion: {**given, "table": False}}})
        theory = AxionOptions.of(model.theory[axion]._options, {"gluon_scale": 15, "z_ud": 0.5})
        model.close()
    assert options == theory
