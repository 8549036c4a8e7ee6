"""Why this test exists: figures must appear as PDF and PNG, without a display, for any chain."""

from __future__ import annotations

import pytest

from hotaxion.analysis import plots
from hotaxion.analysis.cli import main
from hotaxion.theory.errors import HotAxionError, UnknownOptionError


def is_drawn(path) -> bool:
    """A figure with something in it, in the format that its name says."""
    data = path.read_bytes()
    start = {"pdf": b"%PDF", "png": b"\x89PNG"}[path.suffix[1:]]
    return data.startswith(start) and len(data) > 5000


def test_triangle_of_the_default_parameters(tmp_path, chain, capsys):
    assert main(["plot", chain, "-o", str(tmp_path / "new" / "folder")]) == 0
    files = sorted((tmp_path / "new" / "folder").iterdir())
    assert [file.name for file in files] == ["run_triangle.pdf", "run_triangle.png"]
    assert all(is_drawn(file) for file in files)
    assert str(files[0]) in capsys.readouterr().out


def test_two_chains_and_one_parameter(tmp_path, chain):
    files = plots.triangle([chain, chain], tmp_path, ["m_a", "omega_b"], labels=["one", "two"])
    assert all(is_drawn(file) for file in files)
    files = plots.triangle([chain], tmp_path, ["m_a"])
    assert all(is_drawn(file) for file in files)


def test_a_pair_on_a_curve_is_drawn_as_a_curve(chain, monkeypatch, tmp_path):
    """delta_neff = m_a / 2 in this chain: a filled region would be smoothing only."""
    figures = []
    monkeypatch.setattr(plots, "_save", lambda figure, folder, name: figures.append(figure))
    plots.triangle([chain], tmp_path, ["m_a", "delta_neff", "omega_b"])
    axes = {(a.get_xlabel(), a.get_ylabel()): a for a in figures[0].axes}
    on_curve = next(a for (_, y), a in axes.items() if "Delta N" in y)
    assert len(on_curve.lines) == 2
    assert not on_curve.collections
    x, y = on_curve.lines[0].get_data()
    assert y == pytest.approx(x / 2, abs=1e-6)


def test_parameters_must_exist(tmp_path, chain):
    with pytest.raises(UnknownOptionError, match="Did you mean 'omega_b'"):
        plots.triangle([chain], tmp_path, ["omegab"])


def test_chain_without_our_parameters(tmp_path, chain, monkeypatch):
    monkeypatch.setattr(plots, "TRIANGLE_PARAMETERS", ("H0",))
    with pytest.raises(HotAxionError, match=r"choose with --params from: .*m_a"):
        plots.triangle([chain], tmp_path)


def test_folder_that_cannot_be_made(tmp_path, chain):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(HotAxionError, match="cannot write the figure"):
        plots.triangle([chain], tmp_path / "file", ["m_a"])


def test_abundance_curve(tmp_path, stub_abundance, capsys):
    assert main(["plot", "--abundance", "-o", str(tmp_path), "--points", "20"]) == 0
    assert is_drawn(tmp_path / "delta_neff.pdf")
    assert is_drawn(tmp_path / "delta_neff.png")
