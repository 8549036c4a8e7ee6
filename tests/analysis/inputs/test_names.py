"""Why this test exists: who installed by pip has no folder of chains, only their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.names import (
    analyses,
    find_chain,
    reference_folder,
    references,
    searches,
)


@pytest.mark.parametrize("name", references())
def test_posteriors_of_the_package_are_chains(name, tmp_path, monkeypatch):
    """With independent rows and the input that they are of."""
    monkeypatch.chdir(tmp_path)
    chain = Chain.load(name)
    assert chain.independent
    assert 500 < len(chain.samples.weights) < 12_500  # small files: the package holds them
    assert chain.prior("mnu").startswith("flat in mnu")


def test_bounds_of_a_posterior_by_its_name(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["bounds", "reference/hotaxion2026_ksvz", "--params", "m_a"]) == 0
    assert "< 0.114" in capsys.readouterr().out


def test_a_folder_of_ones_own_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_chain("reference/hotaxion2026_ksvz") == reference_folder() / "hotaxion2026_ksvz"
    for own in ("chains/reference/hotaxion2026_ksvz", "reference/mine", "mine", tmp_path / "mine"):
        assert find_chain(own) == Path(own)
    Path("reference").mkdir()
    assert find_chain("reference/hotaxion2026_ksvz") == Path("reference/hotaxion2026_ksvz")


@pytest.mark.parametrize("name", [*analyses(), *searches()])
def test_an_analysis_is_described_by_one_whole_line(name):
    text = (analyses() | searches())[name]
    assert text.endswith(".")
    assert 20 < len(text) <= 102


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "input",
        "doctor",
        "profile --param m_a -o x.profile --grid 0.1 0.2 0.3 0.4 --packages-path .",
        "train -o x.npz --yaml",
    ],
)
def test_every_command_with_an_input_looks_for_names(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COBAYA_NOMPI", "1")
    assert main([*command.split(), "bbn_kszv"]) in (1, 2)
    said = capsys.readouterr().err
    assert "Did you mean 'bbn_ksvz'? 'hotaxion run --list' shows all." in said
    assert "hotaxion2026_ksvz" not in said  # nor the other names, which fill a screen
    assert not list(tmp_path.iterdir())
