"""Why this test exists: a bound is only as good as the rule that made it, and must name it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import gammaincinv, xlogy

from hotaxion.analysis.cli import main
from hotaxion.analysis.limits import figure, registry, rules
from hotaxion.analysis.limits.rows import curve, mass_grid
from hotaxion.theory.errors import HotAxionError, RangeError

from ...theory.reference_values_companions import (
    CAST_BOUNDS,
    IAXO_REACHES,
    SN1987A_BOUND,
    TIP_BOUND,
)


class Toy:
    """Counts of 5e20 coupling**2 above a background, or a signal that is trapped."""

    mass_name, mass_unit, coupling_name, coupling_unit = "m", "eV", "g", ""
    signal_power = 2
    threshold = 1.0

    def __init__(self, rule: str, counts: float = 0.0, background: float = 0.0):
        self.limit_rule, self.counts, self.background = rule, counts, background

    def signal(self, mass, coupling):
        """Rises as the square; falls again as the axions are trapped."""
        return 5e20 * np.asarray(coupling) ** 2 * np.exp(-np.asarray(coupling) / (mass * 1e-8))

    def loglike(self, mass, coupling):
        expected = 5e20 * np.asarray(coupling) ** 2 + self.background
        return xlogy(self.counts, expected) - expected


def test_posterior_of_zero_events():
    """The strength's bound is -ln 0.05 = 2.9957, whatever the background."""
    found = rules.limit(Toy("posterior", background=3.0), 1.0, 0.95)
    assert 5e20 * found**2 == pytest.approx(-np.log(0.05), rel=1e-5)


def test_posterior_of_counts_is_that_of_a_gamma_function():
    found = rules.limit(Toy("posterior", counts=7.0), 1.0, 0.9)
    assert 5e20 * found**2 == pytest.approx(gammaincinv(8.0, 0.9), rel=1e-5)


@pytest.mark.parametrize(("background", "signal"), [(1e-9, 1.92073), (4.0, 5.29229)])
def test_asimov(background, signal):
    """2 [s - B ln(1 + s/B)] = 3.84; without background s = 1.92."""
    found = rules.limit(Toy("asimov", background, background), 1.0, 0.95)
    s = 5e20 * found**2
    assert 2.0 * (s - background * np.log1p(s / background)) == pytest.approx(3.8415, rel=1e-4)
    assert s == pytest.approx(signal, rel=1e-3)


def test_threshold_closes_above_and_may_not_be_met():
    low, high = rules.limit(Toy("threshold"), 1.0, 0.95)
    toy = Toy("threshold")
    assert toy.signal(1.0, low) == pytest.approx(1.0) == pytest.approx(toy.signal(1.0, high))
    assert low < 2e-8 < high  # the signal is greatest at 2e-8
    assert rules.limit(Toy("threshold"), 1e-3, 0.95) is None


@pytest.mark.parametrize("rule", ["posterior", "asimov"])
def test_bounds_close_where_decays_hide_the_signal(rule):
    """Open below the weakest coupling that is seen, and above the strongest; what is between
    is excluded. Strong couplings may be excluded again, by another effect."""
    toy = Toy(rule)
    toy.loglike = lambda mass, coupling: -toy.signal(mass, coupling)
    low, high = rules.limit(toy, 3.0, 0.95)
    s = toy.signal(3.0, np.array([low, high]))
    assert s[1] == pytest.approx(s[0], rel=1e-9)
    assert low < 6e-8 < high  # the signal is greatest there
    alone = rules.limit(Toy(rule), 3.0, 0.95)  # without decays
    assert low == pytest.approx(alone, rel=0.01)
    toy.loglike = lambda mass, g: -toy.signal(mass, g) - (np.asarray(g) / 1e-3) ** 4
    (low, high), (again,) = rules.limit(toy, 3.0, 0.95)
    assert (again / 1e-3) ** 4 == pytest.approx(s[0], rel=0.01)
    assert rules.limit(toy, 1e-3, 0.95) == pytest.approx(again, rel=0.2)  # no well there


def test_no_limit_where_nothing_falls():
    flat = Toy("posterior")
    flat.loglike = lambda mass, coupling: np.zeros_like(np.asarray(coupling, dtype=float))
    assert rules.limit(flat, 1.0, 0.95) is None
    flat.loglike = lambda mass, coupling: np.full_like(np.asarray(coupling, dtype=float), np.nan)
    with pytest.raises(RangeError, match="ln L is not a number"):
        rules.limit(flat, 1.0, 0.95)


# --- the searches ----------------------------------------------------------------------------
def bound(name: str, mass: float, **options) -> float:
    return curve(name, [mass], options).rows[0][1]


@pytest.mark.parametrize(("mass", "value", "error"), CAST_BOUNDS)
def test_cast(mass, value, error):
    assert bound("cast", mass) == pytest.approx(value, rel=error)


@pytest.mark.parametrize(("setup", "mass", "tuned", "value", "error"), IAXO_REACHES)
def test_iaxo(setup, mass, tuned, value, error):
    options = {"pitch": "tuned"} if tuned else {}
    assert bound(setup, mass, **options) == pytest.approx(value, rel=error)


def test_stars():
    assert bound("tip_rgb", 0.1) == pytest.approx(TIP_BOUND, rel=1e-3)
    assert bound("sn1987a", 0.1) == pytest.approx(SN1987A_BOUND, rel=1e-3)
    # Flat in g^2; at Delta chi^2 = 4 it is 0.648.
    assert bound("hb", 0.1) == pytest.approx(0.690e-10, rel=2e-3)


def test_every_entry_is_a_search():
    for name, entry in registry.ENTRIES.items():
        search = registry.search(name, registry.options_for(name, {}))
        assert search.limit_rule in ("posterior", "asimov", "threshold")
        assert entry.text.split(":")[0] in ("data", "estimate", "forecast"), name
        assert np.isfinite(search.signal(entry.grid[0], 1e-11)), name
        assert name in registry.listing()


# --- the command -----------------------------------------------------------------------------
KEYS = {"name", "mass", "mass_unit", "coupling", "limit", "rule", "options"}


def test_json_and_csv_say_the_same(capsys):
    words = ["limits", "hb", "sn1987a", "--mass", "0.1", "1", "--option", "helium=0.25"]
    assert main([*words, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == ["hb", "hb", "sn1987a", "sn1987a"]
    assert set(rows[0]) >= KEYS
    assert rows[0]["options"] == {"helium": 0.25}
    assert rows[2]["options"] == {}
    assert main([*words, "--csv"]) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row["limit"]) for row in table] == [row["limit"] for row in rows]
    assert main(words) == 0
    text = capsys.readouterr().out
    assert "95 % of a posterior flat in g_agamma^2" in text
    assert "no probability" in text


def test_no_limit_is_null(capsys):
    assert main(["limits", "cast_gas", "--mass", "0.01", "0.1", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first["limit"] is None
    assert second["limit"] == pytest.approx(2.2e-10, rel=1e-4)


def test_list(capsys):
    assert main(["limits", "--list"]) == 0
    assert "data: helioscope in vacuum" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        ("", 2, "give NAME, or --list"),
        ("cst", 1, "Did you mean 'cast'?"),
        ("cast --mass -1", 1, "mass = -1.0; allowed is a finite number from 0 eV on"),
        ("cast --mass nan", 1, "mass = nan"),
        ("cast --mass 1e9", 1, "m_a = 1000000000.0; allowed is a number from 0 to"),
        ("cast --grid 1 0.1 5", 1, "HIGH of --grid = 0.1"),
        ("cast --grid 0.1 one 5", 2, "--grid: invalid float value: 'one'"),
        ("cast --option pitch=x", 1, "allowed are 'constant', {pitch_m: METRES}"),
        ("cast --option pich=1", 1, "Did you mean 'pitch'?"),
        ("hb --option helium", 2, "give KEY=VALUE"),
        ("hb --option helium=bbn", 1, "needs the Y_p of a chain"),
        ("tip_rgb --option helium=0.2", 1, "tip_rgb has none"),
        ("sn1987a --level 0.9", 1, "is no probability; leave it out"),
        ("cast --level 95", 1, "--level = 95.0; allowed is a number from 0.5 to 0.9999"),
        ("cast --curve x", 2, "--curve goes with --plot"),
        ("hb --plot x.gif", 1, "unknown form of a figure 'gif'; allowed are: pdf, png, svg"),
        ("hb --mass 1 --plot x.png", 1, "two masses or more"),
        ("hb tip_rgb --plot x.png", 1, "draw them one by one"),
        ("hb --plot x.png --curve nowhere", 1, "--curve nowhere"),
        ("hb --plot /dev/null/x.png", 1, "cannot write '/dev/null/x.png'"),
    ],
)
def test_one_sentence_for_each_mistake(words, status, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["limits", *words.split()]) == status
    out, err = capsys.readouterr()
    assert sentence in err
    assert not out


def test_figure_has_the_axion_the_cosmology_and_what_is_published(tmp_path):
    published = tmp_path / "old.csv"
    published.write_text("# mass, coupling\n0.001,1e-10\n1,2e-10\n")
    curves = [curve(name, mass_grid(1e-3, 1.0, 5)) for name in ("hb", "cast_gas")]
    drawn = figure.draw(curves, [f"earlier={published}"])
    (axes,) = drawn.axes
    labels = [line.get_label() for line in axes.lines]
    assert labels[:3] == ["hb (estimate)", "cast_gas (estimate)", "earlier"]
    assert labels[3:5] == ["KSVZ", "DFSZ-I, tan β = 3"]
    line = axes.lines[-1]
    assert line.get_label() == "cosmology, KSVZ: $m_a$ < 0.114 eV"
    assert line.get_xdata()[0] == figure.cosmological_bound() == pytest.approx(0.114, abs=0.002)
    for name in ("x.png", "x.pdf"):
        figure.write(curves, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 5000
    published.write_text("0.001\n")
    with pytest.raises(HotAxionError, match="two columns"):
        figure.draw(curves, [str(published)])


@pytest.mark.parametrize("page", ["docs/companions.md", "docs/README.md"])
@pytest.mark.parametrize("paper", registry.PAPERS)
def test_papers_have_one_status_everywhere(page, paper):
    """That of `hotaxion limits --list` stands in the row of the paper."""
    status, _ = registry.PAPERS[paper]
    text = (Path(__file__).parents[3] / page).read_text(encoding="utf-8")
    (row,) = [
        line
        for line in text.splitlines()
        if line.startswith("|")
        and paper in line
        and ("searches/" in line or "facilities.md" in line or "reproduce.md" in line)
    ]
    assert f"| {status}" in row
    assert paper in registry.listing()
