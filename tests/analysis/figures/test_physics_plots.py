"""Why this test exists: pictures of the physics carry numbers; curves and marks must lie where
theory and published values are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.contour import QuadContourSet

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.figures import abundance, light_elements, make_figure, spectra, style
from hotaxion.analysis.published import papers
from hotaxion.analysis.published.papers import DELTA_NEFF_BOUNDS
from hotaxion.theory.errors import RangeError, UnknownOptionError
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.options import AxionOptions

from ...theory.cosmology_stubs import FAST_CLASS

# --- Delta N_eff(m_a) -----------------------------------------------------------------------


@pytest.fixture
def flat_band(monkeypatch):
    """A band of 10 % without the dozen solutions that the real one costs at each mass."""

    def rows(options, masses):
        return [{"m_a_ev": m, "delta_neff": m, "low": 0.9 * m, "high": 1.1 * m} for m in masses]

    monkeypatch.setattr(abundance, "scan_with_band", rows)


def test_abundance_figure(stub_abundance, flat_band, chain):
    _, figure = make_figure("abundance", [chain], labels=["BBN"], points=20)
    (axes,) = figure.axes
    for line in axes.lines[:2]:
        assert line.get_ydata() == pytest.approx(0.6 * np.tanh(line.get_xdata()))
    points = {tuple(xy) for line in axes.lines[2:4] for xy in line.get_xydata()}
    assert points == {(0.53, 0.31), (0.16, 0.14), (0.28, 0.23), (0.24, 0.19)}
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words[2:4] == ["bounds of D'Eramo et al. 2022", "bounds of Notari et al. 2022"]
    bound = Chain.load(chain).bounds(["m_a"]).parameters["m_a"].value
    excluded, edge = axes.patches[-1], axes.lines[4]
    assert excluded.get_x() == edge.get_xdata()[0] == pytest.approx(bound)
    assert words[-1] == f"excluded at 95 %: $m_a$/eV > {bound:.2g}\n(BBN)"
    heights = [line.get_ydata()[0] for line in axes.lines[5:]]
    assert sorted(heights) == pytest.approx(sorted([*DELTA_NEFF_BOUNDS.values(), 0.06, 0.1]))
    band = axes.collections[0].get_paths()[0].vertices
    assert band[:, 1].max() == pytest.approx(1.1 * 0.6 * np.tanh(10))  # at 10 eV
    assert axes.get_xlim() == (0.01, 10)
    (above,) = axes.child_axes
    figure.draw_without_rendering()
    # m_a f_a = 5.691e6 eV GeV
    place = above.transData.transform((5.691e7, 0.0))[0]
    assert place == pytest.approx(axes.transData.transform((0.1, 0.0))[0], abs=0.1)


def test_every_chain_has_its_range(stub_abundance, flat_band, chain):
    names = [f"chain {number}" for number in range(6)]
    figure = make_figure("abundance", [chain] * 6, labels=names, points=5)[1]
    words = "".join(text.get_text() for text in figure.legends[0].get_texts())
    assert all(name in words for name in names)


def test_older_rates_need_no_second_curve(stub_abundance, flat_band):
    """Nor do constants of "iam", which do not belong to them, reach them."""
    older = AxionOptions(rates="lo", solver="number")
    for axion, curves in ((older, 1), (AxionOptions(rates="iam", lecs={"l1": 0.2}), 2)):
        figure = make_figure("abundance", axion=axion, points=5)[1]
        words = [text.get_text() for text in figure.legends[0].get_texts()]
        assert len([one for one in words if "bounds" not in one]) == curves


def test_words_on_lines_do_not_cover_each_other(stub_abundance, flat_band, monkeypatch):
    bounds = {"a": 0.107, "b": 0.108, "c": 0.3}
    monkeypatch.setattr(papers, "DELTA_NEFF_BOUNDS", bounds)
    (axes,) = make_figure("abundance", points=5)[1].axes
    places = sorted(text.xy[1] for text in axes.texts)
    least = 0.04 * axes.get_ylim()[1]
    assert np.all(np.diff(places) > least)
    assert places[0] == 0.06


def test_words_stand_below_a_line_where_the_next_is_near():
    places = abundance._places([0.06, 0.1, 0.107, 0.137, 0.14, 0.2], 0.02)
    assert places == pytest.approx([0.06, 0.08, 0.107, 0.137, 0.157, 0.2])


def test_words_cover_no_published_point(stub_abundance, flat_band):
    """The point of 2205.07849 at (0.53 eV, 0.31) lies at the line of Planck 2018, 0.3."""
    options = {"m_a_min": 0.02, "m_a_max": 2.0, "points": 5}
    figure = make_figure("abundance", **options)[1]
    (axes,) = figure.axes
    figure.draw_without_rendering()
    points = axes.transData.transform([(bound.m_a, bound.delta_neff) for bound in papers.POINTS])
    boxes = [text.get_window_extent() for text in axes.texts]
    assert not any(box.contains(*point) for box in boxes for point in points)
    ends = {text.get_text(): text.get_ha() for text in axes.texts}
    assert ends.pop("Planck Collaboration 2018: < 0.3") == "left"
    assert set(ends.values()) == {"right"}


def test_published_lines():
    """1807.06209, 2503.14454 without and with BBN, 2603.13226: likelihoods/data/neff.yaml."""
    lines = [0.3, 0.162, 0.137, 0.107]
    assert list(DELTA_NEFF_BOUNDS.values()) == pytest.approx(lines, abs=1e-9)


def test_no_published_points_for_another_model(stub_abundance, flat_band):
    dfsz = AxionOptions(model="dfsz1", tan_beta=3.0)
    _, figure = make_figure("abundance", axion=dfsz, points=5)
    (axes,) = figure.axes
    assert len(axes.lines) == 2 + len(DELTA_NEFF_BOUNDS) + 2  # of surveys to come
    assert r"DFSZ1 axion, $\tan\beta = 3$" in axes.get_title()


# --- Y_p and D/H ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plane():
    return make_figure("light-elements")[1]


def test_track_is_the_theory():
    track = light_elements.axion_track("parthenope3", AxionOptions())
    bbn, delta_neff = Nucleosynthesis(rates="parthenope3"), Abundance()(0.3).delta_neff
    expected = bbn.abundances(0.02236, delta_neff)
    mark = track.marks[light_elements.MARKED_EV.index(0.3)]
    assert mark == pytest.approx((1e5 * expected.dh, expected.y_p), rel=1e-9)
    dh, y_p = track.line[1].T
    assert np.interp(mark[1], y_p, dh) == pytest.approx(mark[0], rel=2e-4)  # it lies on the line
    none = bbn.abundances(0.02236, 0.0)
    assert tuple(track.none) == (1e5 * none.dh, none.y_p)
    # Deuterium falls with omega_b: the first row has less of it.
    assert np.all(np.diff(track.line[..., 0], axis=0) < 0)


def test_boxes_are_the_measurements(plane):
    """2026: Y_p = 0.2458(13), 10^5 D/H = 2.510(28); errors of one and of two sigma."""
    two, one = plane.axes[0].patches[:2]
    for box, n in ((one, 1), (two, 2)):
        assert box.get_x() == pytest.approx(2.510 - n * 0.028)
        assert box.get_y() == pytest.approx(0.2458 - n * 0.0013)
        assert box.get_width() == pytest.approx(2 * n * 0.028)
        assert box.get_height() == pytest.approx(2 * n * 0.0013)


def test_measurements_have_their_names(plane):
    words = [text.get_text() for text in plane.legends[0].get_texts()]
    assert any(one.startswith("LBT 2026, Pettini & Cooke 2025 (") for one in words)


def test_everything_lies_inside(plane):
    (axes,) = plane.axes
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    for line in axes.lines:
        x, y = (np.asarray(data) for data in line.get_data())
        assert np.all((x > left) & (x < right) & (y > low) & (y < high))
    names = {text.get_text() for text in axes.texts}
    assert names == {"no axion", "0.03 eV", "0.1 eV", "0.2 eV", "0.3 eV", "1 eV"}


def test_masses_are_named_on_both_tracks(plane):
    """In the colours of the tracks."""
    named = [(text.get_text(), text.get_color()) for text in plane.axes[0].texts]
    words = {text for text, _ in named}
    assert set(named) == {(text, colour) for text in words for colour in style.PALETTE[:2]}
    assert len(named) == 2 * 6


def test_a_chain_adds_its_region(chain, tmp_path, monkeypatch):
    """Two independent Gaussians: the 95 % region ends at sqrt(-2 ln 0.05) = 2.45 sigma."""
    unit = np.random.default_rng(1).standard_normal((40_000, 2))
    columns = [np.ones(len(unit)), (unit**2).sum(axis=1) / 2]
    columns += [2.53e-5 + 3e-7 * unit[:, 0], 0.247 + 5e-4 * unit[:, 1]]
    np.savetxt(tmp_path / "two.txt", np.column_stack(columns), fmt="%.6e")  # as getdist does
    (tmp_path / "two.paramnames").write_text("DH D/H\nY_p Y_p\n")
    points = np.array([[2.46, 0.247], [2.52, 0.25]])
    track = light_elements.Track(np.array([points] * 3), points[[0, 1, 0, 1, 0]], points[0])
    monkeypatch.setattr(light_elements, "axion_track", lambda *_: track)
    figure = make_figure("light-elements", tmp_path / "two", labels="here")[1]
    (outline,) = [c for c in figure.axes[0].collections if isinstance(c, QuadContourSet)]
    vertices = np.concatenate([path.vertices for path in outline.get_paths()])
    spread = np.sqrt(-2 * np.log(0.05)) * np.array([0.03, 5e-4])
    assert np.ptp(vertices, axis=0) == pytest.approx(2 * spread, rel=0.1)
    assert vertices.mean(axis=0) == pytest.approx([2.53, 0.247], rel=2e-3)
    assert "here (68 %, 95 %)" in [text.get_text() for text in figure.legends[0].get_texts()]
    with pytest.raises(UnknownOptionError, match="'DH'"):
        make_figure("light-elements", chain)


def test_unknown_preset():
    with pytest.raises(UnknownOptionError, match="paper2022"):
        make_figure("light-elements", preset="paper2023")


# --- C_l and P(k) ---------------------------------------------------------------------------


def invented(factor: float, m_a: float) -> spectra.Spectra:
    ells = np.arange(1001.0)
    cl = {"tt": 4.0 / (ells + 1), "te": 1.0 / (ells + 1), "ee": 1.0 / (ells + 1)}
    cl["pp"] = 1e-7 / (ells + 1) ** 4
    scaled = {name: factor * values for name, values in cl.items()}
    return spectra.Spectra(m_a, scaled, factor * spectra.K_PER_MPC**-2)


def test_residuals_in_units_of_cosmic_variance():
    without, with_axion = invented(1.0, 0.0), invented(0.9, 0.3)
    for name in ("tt", "ee", "pp"):
        ells, values = spectra.residual(with_axion, without, name)
        assert values == pytest.approx(-0.1 * np.sqrt((2 * ells + 1) / 2))
    ells, values = spectra.residual(with_axion, without, "te")
    assert values == pytest.approx(-0.1 * np.sqrt((2 * ells + 1) / 5))  # C_TT C_EE = 4 C_TE^2


def test_spectra_figure():
    heavier = replace(invented(0.95, 0.0), mnu_ev=0.1)
    found = [invented(1.0, 0.0), invented(0.99, 0.1), invented(0.9, 1.0), heavier]
    figure = spectra.spectra_figure(found, AxionOptions())
    panels = figure.axes
    assert len(panels) == 6  # TT, TE, EE, lensing, P(k), names
    assert panels[0].lines[0].get_ydata()[0] == pytest.approx(-0.01 * np.sqrt(5 / 2))
    assert panels[4].lines[1].get_ydata() == pytest.approx(0.9)
    legend = [text.get_text() for text in panels[5].get_legend().get_texts()]
    neutrinos = r"no axions, $\Sigma m_\nu = 0.1$ eV"
    assert legend == ["$m_a = 0.1$ eV", "$m_a = 1$ eV", neutrinos]


def test_every_mass_has_its_line():
    """Nine masses: more than there are colours, each with another look."""
    masses = [0.1 * number for number in range(1, 10)]
    found = [invented(1.0, 0.0), *(invented(0.9, m) for m in masses)]
    figure = spectra.spectra_figure(found, AxionOptions())
    lines = figure.axes[0].lines[:9]
    assert [line.get_label() for line in lines] == [f"$m_a = {m:g}$ eV" for m in masses]
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 9
    assert len(figure.axes[4].lines) == 9 + 1


def test_bad_requests_for_spectra():
    with pytest.raises(RangeError, match="needed is at least one"):
        make_figure("spectra", masses=[])
    with pytest.raises(RangeError, match="l_max = 100; allowed is a whole number from 1000"):
        make_figure("spectra", masses=[0.1], l_max=100)


def test_spectra_through_class():
    """Two runs of CLASS, linear, to l = 1000: small at large scales, suppressed at small ones.

    1 eV in KSVZ: Omega_a h^2 = 4.92e-3, f_a = 3.4 % of matter; fully free-streaming it suppresses
    P(k) by about 8 f_a = 27 % (Hu, Eisenstein & Tegmark astro-ph/9712057) against the horizon.
    """
    without, with_axion = spectra.compute_spectra([1.0], AxionOptions(), 1000, FAST_CLASS)
    assert (without.m_a_ev, with_axion.m_a_ev) == (0.0, 1.0)
    assert without.cl["tt"].size == 1001
    ratio = with_axion.pk / without.pk
    assert 0.18 < 1 - ratio[-1] / ratio[0] < 0.36
    ells, residual = spectra.residual(with_axion, without, "tt")
    assert np.abs(residual[ells < 500]).max() < 1
    assert np.abs(residual).max() > 0.1
    # What clusters less lenses less, by no more than P(k) loses.
    lensing = with_axion.cl["pp"][2:] / without.cl["pp"][2:]
    assert ratio[-1] / ratio[0] < lensing[-1] < 0.98
    assert lensing[-1] < lensing[100]
