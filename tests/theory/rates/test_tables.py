"""Why this test exists: the committed tables are the rates that everybody uses; they must be those
of the formulae, small, and made again by one command."""

from __future__ import annotations

import numpy as np
import pytest

from hotaxion.theory.particle.running import QUARK_MASSES_GEV, alpha_s, running_mass
from hotaxion.theory.rates import fermions, gluons, kaons, make_tables, nucleons, pions
from hotaxion.theory.rates.pipi import AXION_WAVES
from hotaxion.theory.rates.tables import FOLDER, load_table

LIMIT_BYTES = 600_000
ENTRIES = 6  # of each array
CONTENT = {
    "pions.npz": ("ln_t", "ln_x", *AXION_WAVES),
    "gluons.npz": ("ln_t", "ln_x", "htl"),
    "kaons.npz": ("ln_t", "ln_x", "isovector", "isoscalar", "mass", "cross"),
    "nucleons.npz": ("ln_t", "ln_x", "delta"),
    "fermions.npz": (
        *("ln_r", "ln_x", "annihilation", "compton", "ln_t", "ln_g_s_squared"),
        *(f"ln_m_{name}" for name in QUARK_MASSES_GEV),
    ),
}


def entries(content: dict[str, np.ndarray], seed: int, row: str = "ln_t"):
    """Indices (i, j) and values (T or r, x) of random entries."""
    rng = np.random.default_rng(seed)
    for _ in range(ENTRIES):
        i, j = rng.integers(content[row].size), rng.integers(content["ln_x"].size)
        yield (i, j), (float(np.exp(content[row][i])), float(np.exp(content["ln_x"][j])))


def test_every_table_is_known_and_small():
    files = sorted(FOLDER.glob("*.npz"))
    assert [file.name for file in files] == sorted(CONTENT)
    assert sum(file.stat().st_size for file in files) < LIMIT_BYTES
    for name, keys in CONTENT.items():
        content = load_table(name)
        assert sorted(content) == sorted(keys)
        assert all(np.isfinite(array).all() for array in content.values())


@pytest.mark.parametrize("rates", AXION_WAVES)
def test_random_entries_of_the_pions(rates):
    content = load_table("pions.npz")
    for index, (t, x) in entries(content, seed=1):
        assert content[rates][index] == pytest.approx(pions.log_scaled_loss(x, t, rates), abs=1e-9)


def test_random_entries_of_the_gluons():
    content = load_table("gluons.npz")
    for index, (t, x) in entries(content, seed=2):
        assert content["htl"][index] == pytest.approx(gluons.log_scaled_rate(x, t), abs=1e-9)


def test_random_entries_of_the_kaons():
    """Single precision: 2e-5 absolute in logarithms of up to 100."""
    content = load_table("kaons.npz")
    for index, (t, x) in entries(content, seed=3):
        stored = [content[name][index] for name in ("isovector", "isoscalar", "mass", "cross")]
        assert stored == pytest.approx(kaons.log_scaled_losses(x, t), abs=2e-5)


def test_random_entries_of_the_nucleons():
    content = load_table("nucleons.npz")
    for index, (t, x) in entries(content, seed=6):
        assert content["delta"][index] == pytest.approx(nucleons.log_scaled_loss(x, t), abs=2e-5)


def test_random_entries_of_the_fermions():
    content = load_table("fermions.npz")
    for index, (r, x) in entries(content, seed=4, row="ln_r"):
        stored = [content[name][index] for name in ("annihilation", "compton")]
        assert stored == pytest.approx(np.log(fermions.scaled_losses(x, r)), abs=2e-5)
    for (i, _), (t, _) in entries(content, seed=5):
        scale = 2.0 * np.pi * t
        assert np.exp(content["ln_g_s_squared"][i]) == pytest.approx(4 * np.pi * alpha_s(scale))
        for name in QUARK_MASSES_GEV:
            mass = running_mass(name, scale)
            assert np.exp(content[f"ln_m_{name}"][i]) == pytest.approx(mass, rel=1e-9)


def test_one_command_makes_them_with_a_progress_bar(monkeypatch, tmp_path, capsys):
    """The same code on a few nodes: the files, their arrays, and a bar for each table."""
    x = np.geomspace(0.5, 5.0, 2)
    for module, name, nodes in (
        (make_tables, "X_NODES", x),
        (make_tables, "PION_T_GEV", np.array([0.1, 0.15])),
        (make_tables, "GLUON_T_GEV", np.array([2.0, 5.0])),
        (fermions, "X_NODES", x),
        (fermions, "R_NODES", np.array([0.5, 2.0])),
        (kaons, "X_NODES", x),
        (kaons, "T_NODES_GEV", np.array([0.1, 0.15])),
        (nucleons, "X_NODES", x),
        (nucleons, "T_NODES_GEV", np.array([0.1, 0.15])),
    ):
        monkeypatch.setattr(module, name, nodes)
    make_tables.make(tmp_path, processes=1)
    for name, keys in CONTENT.items():
        with np.load(tmp_path / name) as content:
            assert sorted(content.files) == sorted(keys)
    err = capsys.readouterr().err
    for name in (*AXION_WAVES, "htl", "fermions", "kaons", "nucleons"):
        assert f"{name:10s} [{'#' * 40}] 2/2" in err
