"""Why this test exists: figures must appear as PDF and PNG, without a display, for any chain, and
the lines on them must be the numbers that they are said to be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.image import imread

from hotaxion.analysis.chains.bounds import SYMBOLS
from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.profile import header, row
from hotaxion.analysis.chains.reweight import prior_sensitivity
from hotaxion.analysis.chains.tables import quoted
from hotaxion.analysis.cli import main
from hotaxion.analysis.figures import draw, make_figure, progress, style, triangle
from hotaxion.analysis.published.papers import HISTORY
from hotaxion.theory.errors import HotAxionError, MissingDataError, UnknownOptionError


def is_drawn(path: Path) -> bool:
    """A whole file in the format that its name says: a picture with dark axes and with colours."""
    if path.suffix == ".pdf":
        data = path.read_bytes()
        return data.startswith(b"%PDF") and data.rstrip().endswith(b"%%EOF")
    red, green, blue = imread(path)[..., :3].T
    coloured = np.abs(red - blue) > 0.3
    return bool((red + green + blue < 0.3).mean() > 1e-3 and coloured.mean() > 1e-3)


def texts(figure) -> str:
    """All words on a figure's axes and legends."""
    found = [text.get_text() for axes in figure.axes for text in axes.texts]
    for axes in figure.axes:
        found += [t.get_text() for t in [*axes.get_yticklabels(), axes.xaxis.label, axes.title]]
        if axes.get_legend():
            found += [text.get_text() for text in axes.get_legend().get_texts()]
    return "\n".join(found)


def write_profile(folder: Path, name: str, values, chi2) -> Path:
    """A file of `hotaxion profile`."""
    lines = [row(x, rise, rise, []) for x, rise in zip(values, chi2, strict=True)]
    (folder / f"{name}.txt").write_text(header(name, [], "0") + "".join(lines))
    return folder / f"{name}.txt"


# --- triangle -------------------------------------------------------------------------------


def test_triangle_of_the_default_parameters(tmp_path, chain, capsys, monkeypatch):
    monkeypatch.setattr(triangle, "PARAMETERS", ("m_a", "omega_b"))
    assert main(["plot", chain, "-o", str(tmp_path / "new" / "folder")]) == 0
    files = sorted((tmp_path / "new" / "folder").iterdir())
    assert [file.name for file in files] == ["run_triangle.pdf", "run_triangle.png"]
    assert all(is_drawn(file) for file in files)
    assert str(files[0]) in capsys.readouterr().out


def test_chains_with_different_parameters_share_a_triangle(chain, joint_chain):
    _, figure = make_figure("triangle", [joint_chain, chain], labels=["joint", "BBN"])
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(shown) == 6 * 7 / 2  # m_a, mnu, delta_neff, omega_b, H0, sigma8
    bottom = [axes.get_xlabel() for axes in shown if axes.get_xlabel()]
    assert all(SYMBOLS[n] in x for n, x in zip(triangle.PARAMETERS, bottom, strict=True))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["joint", "BBN"]


def test_range_reaches_beyond_the_bound(joint_chain):
    _, figure = make_figure("triangle", joint_chain, params=["m_a", "mnu"])
    bound = Chain.load(joint_chain).bounds(["m_a"]).parameters["m_a"].value
    low, high = figure.axes[0].get_xlim()
    assert low == 0
    assert high == pytest.approx(1.6 * bound, rel=1e-6)


def test_two_chains_and_one_parameter(tmp_path, chain):
    given = {"params": ["m_a"], "labels": ["one", "two"]}
    assert all(is_drawn(file) for file in draw("triangle", tmp_path, [chain, chain], **given))
    (axes,) = make_figure("triangle", [chain, chain], **given)[1].axes
    assert len(axes.lines) == 4  # two densities, two bounds


def test_lines_of_the_triangle_are_the_bounds(joint_chain, write_joint_chain, tmp_path):
    """Of one-sided bounds, with the digits of the table, in the colour of the chain."""
    chains = [joint_chain, write_joint_chain(tmp_path, "wide", m_a_sigma=0.2)]
    _, figure = make_figure("triangle", chains, params=["m_a", "H0"])
    panels = [axes for axes in figure.axes if axes.get_visible()]
    (of_mass,) = (axes for axes in panels if axes.texts)
    for chain, colour, line, words in zip(
        chains, style.PALETTE, of_mass.lines[-2:], of_mass.texts, strict=False
    ):
        bound = Chain.load(chain).bound("m_a")
        assert line.get_xdata() == [bound.value, bound.value]
        assert line.get_color() == words.get_color() == colour
        assert words.get_text() == quoted(bound)


def test_a_pair_on_a_curve_is_drawn_as_a_curve(chain):
    """delta_neff = m_a / 2 in this chain: a filled region would be smoothing only."""
    _, figure = make_figure("triangle", chain, params=["m_a", "delta_neff", "omega_b"])
    axes = {(a.get_xlabel(), a.get_ylabel()): a for a in figure.axes}
    on_curve = next(a for (_, y), a in axes.items() if "Delta N" in y)
    assert not on_curve.collections
    samples = Chain.load(chain).samples
    _, *regions = on_curve.lines
    for line, outside in zip(regions, (0.05, 0.32), strict=True):
        x, y = line.get_data()
        assert y == pytest.approx(x / 2, abs=1e-6)
        end = samples.confidence(samples.index["m_a"], outside, upper=True)
        assert x[-1] == pytest.approx(end, rel=0.05)


def test_parameters_must_exist(tmp_path, chain, monkeypatch):
    with pytest.raises(UnknownOptionError, match="Did you mean 'omega_b'"):
        make_figure("triangle", chain, params=["omegab"])
    monkeypatch.setattr(triangle, "PARAMETERS", ("H0",))
    with pytest.raises(HotAxionError, match=r"choose with --params from: .*m_a"):
        make_figure("triangle", chain)


def test_folder_that_cannot_be_made(tmp_path, chain):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(HotAxionError, match="cannot write"):
        draw("triangle", tmp_path / "file", [chain], params=["m_a"])


# --- the other pictures of chains -----------------------------------------------------------


def test_plane_of_masses_has_the_floors(joint_chain):
    _, figure = make_figure("masses", joint_chain, labels="Planck")
    (axes,) = figure.axes
    floors = sorted(line.get_ydata()[0] for line in axes.lines)
    assert floors == pytest.approx([0.0588, 0.0989], abs=1e-4)
    assert "normal hierarchy: 0.0588 eV" in texts(figure)
    assert "Planck" in texts(figure)
    assert axes.get_xlim()[0] == axes.get_ylim()[0] == 0
    # Independent half-Gaussians: at mnu = 0 the 95 % region ends at sigma sqrt(-2 ln 0.05).
    outline = np.concatenate([p.vertices for p in axes.collections[2].get_paths()])
    exact = 0.1 * np.sqrt(-2 * np.log(0.05))
    assert outline[:, 0].max() == pytest.approx(exact, rel=0.08)


def test_a_wide_region_does_not_cover_a_narrow_one(joint_chain, write_joint_chain, tmp_path):
    """In the triangle the narrow chain is drawn last, the legend stays as given."""
    wide = write_joint_chain(tmp_path, "wide", m_a_sigma=0.2)
    prefixes, names = [joint_chain, wide], ["narrow", "wide"]
    _, figure = make_figure("triangle", prefixes, labels=names, params=["m_a", "mnu"])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == names
    density = next(axes for axes in figure.axes if axes.lines)
    lines = [to_hex(line.get_color()).upper() for line in density.lines[:2]]
    assert lines == [style.PALETTE[1], style.PALETTE[0]]


def test_only_the_first_chain_fills_the_plane_of_masses(joint_chain, write_joint_chain, tmp_path):
    prefixes = [joint_chain, write_joint_chain(tmp_path, "wide", m_a_sigma=0.2)]
    (axes,) = make_figure("masses", prefixes, labels=["narrow", "wide"])[1].axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["narrow", "wide"]
    *of_first, outline = axes.collections
    filled = [part.get_facecolor()[0] for part in of_first if len(part.get_facecolor())]
    assert {to_hex(colour).upper() for colour in filled} == {style.BLUE}
    assert len(outline.get_facecolor()) == 0
    assert to_hex(outline.get_edgecolor()[0]).upper() == style.VERMILION
    reach = max(path.vertices[:, 0].max() for path in outline.get_paths())
    assert axes.get_xlim()[1] > reach > 2 * 0.2


def test_plane_of_masses_needs_both(chain):
    with pytest.raises(UnknownOptionError, match="mnu"):
        make_figure("masses", chain)


def test_priors_are_points_at_the_bounds(joint_chain):
    results = prior_sensitivity(Chain.load(joint_chain), ["m_a"])
    (axes,) = make_figure("priors", joint_chain)[1].axes
    points = [c.lines[0].get_xdata()[0] for c in axes.containers]
    assert points == pytest.approx([r.parameters["m_a"].value for r in results])
    numbers = [text.get_text() for text in axes.texts]
    assert numbers == [quoted(r.parameters["m_a"]) for r in results]
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names[0] == "flat in $m_a$"
    assert names[1] == "flat in log $m_a$, $m_a$ > 0.01 eV"


def test_profile_beside_the_posterior(joint_chain, tmp_path):
    values = np.linspace(0, 0.4, 12)
    rise = (values / 0.1) ** 2
    profile = write_profile(tmp_path, "m_a", values, 5 + rise)
    (axes,) = make_figure("profile", joint_chain, profile=profile)[1].axes
    points, posterior = axes.lines[1:3]
    assert points.get_ydata() == pytest.approx(rise, abs=1e-5)  # digits of the file
    x, y = posterior.get_data()
    inside = (x > 0.05) & (x < 0.2)
    assert y[inside] == pytest.approx((x[inside] / 0.1) ** 2, abs=0.6)  # of 8400 samples
    assert sorted(line.get_ydata()[0] for line in axes.lines[3:]) == [2.71, 3.84]


def test_more_chains_than_colours_are_all_there(write_joint_chain, tmp_path):
    """Eight: the colours begin again, in lines with other dashes."""
    many = [write_joint_chain(tmp_path, n_chains=1, rows=300)] * 8
    names = [f"chain {number}" for number in range(8)]
    (axes,) = make_figure("masses", many, labels=names)[1].axes
    legend = axes.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == names
    looks = [
        (to_hex(line.get_color()).upper(), line.get_linestyle()) for line in legend.get_lines()
    ]
    assert [colour for colour, _ in looks] == [*style.PALETTE[1:], *style.PALETTE[:2]]
    assert len(set(looks)) == 7
    values = np.linspace(0, 0.4, 12)
    rise = (values / 0.1) ** 2
    profile = write_profile(tmp_path, "m_a", values, rise)
    _, figure = make_figure("profile", many, labels=names, profile=profile)
    lines = figure.axes[0].lines[2:10]
    assert [line.get_label() for line in lines] == [f"posterior: {name}" for name in names]
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 8


def test_profile_shows_only_where_it_is_low(tmp_path):
    values = np.linspace(60, 76, 33)
    rise = (values - 68) ** 2
    profile = write_profile(tmp_path, "H0", values, rise)
    (axes,) = make_figure("profile", profile=profile)[1].axes
    assert axes.get_xlim() == pytest.approx((65, 71))  # points from 65.5 to 70.5, and a tenth


def test_history_by_year(chain):
    figure = make_figure("history", chain, labels="BBN")[1]
    (axes,) = figure.axes
    places = [tuple(line.get_xydata()[0]) for line in axes.lines]
    ours = Chain.load(chain).bounds(["m_a"]).parameters["m_a"].value
    assert [y for _, y in places] == pytest.approx([*(entry.m_a for entry in HISTORY), ours])
    years = [x for x, _ in places]
    assert years == sorted(years)
    assert places[1] == pytest.approx((2022 + 4.5 / 12, 0.53))  # 2205.07849
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names[:2] == ["Giarè et al. 2021", "D'Eramo et al. 2022"]
    assert f"{ours:.2g}: BBN" in texts(figure)
    assert "0.16: CMB + BAO + BBN" in texts(figure)


# --- a running chain ------------------------------------------------------------------------

PROGRESS = """#       N                  timestamp acceptance_rate         Rminus1      Rminus1_cl
100.000000 2026-01-01T00:00:00.000000  0.5  0.8  NaN
200.000000 2026-01-01T00:01:00.000000  0.4  0.02  0.3
300.000000 2026-01-01T00:02:00.000000  0.4  0.01  NaN
"""


@pytest.fixture
def running(tmp_path) -> Path:
    """A run that is writing its next line."""
    (tmp_path / "run.progress").write_text(PROGRESS + "400.000 2026-01-01T00:03:00.000000 0.")
    sampler = {"mcmc": {"Rminus1_stop": 0.02, "Rminus1_cl_stop": 0.1}}
    (tmp_path / "run.updated.yaml").write_text(json.dumps({"sampler": sampler}))
    return tmp_path / "run"


def test_progress_of_runs(running, tmp_path):
    """The second is in its first steps, without an input beside it."""
    (tmp_path / "other.progress").write_text("".join(PROGRESS.splitlines(keepends=True)[:2]))
    prefixes = [running, tmp_path / "other"]
    top, bottom = make_figure("progress", prefixes, labels=["a", "b"])[1].axes
    lines = {line.get_label(): list(line.get_ydata()) for line in top.lines}
    assert lines["a: means"] == [0.8, 0.02, 0.01]
    assert lines["a: bounds"][1] == 0.3
    assert lines["b: means"] == [0.8]
    assert lines["means: stop at 0.02"] == [0.02, 0.02]
    assert lines["bounds: stop at 0.1"] == [0.1, 0.1]
    assert top.get_yscale() == "log"
    assert [list(line.get_ydata()) for line in bottom.lines[:2]] == [[0.5, 0.4, 0.4], [0.5]]
    ends = [line.get_xdata() for line in bottom.lines[2:]]
    assert np.ravel(ends) == pytest.approx([90, 90, 30, 30])  # 30 % of 300 and 100 steps
    colours = [line.get_color() for line in bottom.lines]
    assert colours[:2] == colours[2:]
    assert list(bottom.lines[0].get_xdata()) == [100, 200, 300]


def test_progress_leaves_the_file_alone(running):
    """Cobaya's own reader would cut it: the last R - 1 of the bounds is missing."""
    file = running.with_name("run.progress")
    before = file.read_bytes()
    progress.read_progress(running)
    assert file.read_bytes() == before


@pytest.mark.parametrize("damage", ["400 x y z NaN", "\xff\xfe", "1 2 3 4 5 6 7 8", "", "#"])
def test_progress_without_its_damaged_lines(tmp_path, damage):
    (tmp_path / "run.progress").write_text(PROGRESS + damage + "\n", encoding="latin-1")
    assert list(progress.read_progress(tmp_path / "run").N) == [100, 200, 300]


def test_progress_of_nothing(tmp_path):
    with pytest.raises(MissingDataError, match="after its first check"):
        progress.read_progress(tmp_path / "absent")
    for content in (PROGRESS.splitlines()[0] + "\n", "", "# a b\n1 2\n"):
        (tmp_path / "run.progress").write_text(content)
        with pytest.raises(HotAxionError, match="no check of convergence yet"):
            progress.read_progress(tmp_path / "run")


# --- the command ----------------------------------------------------------------------------


def test_names_of_pictures_of_chains(tmp_path, joint_chain, running, capsys):
    profile = write_profile(tmp_path, "m_a", [0.0, 0.1, 0.2, 0.3], [4.0, 5.0, 8.0, 13.0])
    out = str(tmp_path / "figures")
    common = ["-o", out, "--labels", "a name"]
    assert main(["plot", str(running), "--kind", "progress", *common]) == 0
    argv = ["plot", joint_chain, "--kind", "profile", "--profile", str(profile), *common]
    assert main(argv) == 0
    names = {file.stem for file in (tmp_path / "figures").iterdir()}
    expected = {"run_progress", "m_a_profile"}
    assert names == expected
    assert all(is_drawn(file) for file in (tmp_path / "figures").iterdir())
    assert len(capsys.readouterr().out.split()) == 2 * len(expected)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--kind", "pie"], "unknown kind"),
        (["--kind", "masses"], "needs a CHAIN"),
        (["x", "--kind", "spectra"], "takes no CHAIN"),
        (["--kind", "profile"], "needs --profile"),
        (["x", "--profile", "y"], "does not use --profile; leave it out (it is for: profile)"),
        (["x", "--labels", "a", "b"], "2 labels for 1 chains"),
    ],
)
def test_what_does_not_go_together(argv, says, capsys):
    assert main(["plot", *argv, "-o", "unused"]) == 2
    assert says in capsys.readouterr().err
    assert not Path("unused").exists()


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["CHAIN", "--kind", "priors", "--m-a-cut", "0"], "m_a_cut = 0.0; allowed"),
        (["--kind", "light-elements", "--omega-b", "0"], "omega_b"),
        (["--kind", "spectra", "--l-max", "0"], "l_max = 0"),
    ],
)
def test_zero_is_a_number_and_no_default(argv, says, joint_chain, tmp_path, capsys):
    argv = [joint_chain if word == "CHAIN" else word for word in argv]
    assert main(["plot", *argv, "-o", str(tmp_path / "out")]) == 1
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_colours_differ_also_in_grey():
    """Okabe & Ito's colours differ in lightness, too; lines have dashes besides."""
    assert len(set(style.PALETTE)) == len(style.PALETTE) == 6
    assert len(set(style.DASHES)) == 4
