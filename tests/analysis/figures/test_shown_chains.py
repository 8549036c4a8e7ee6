"""Why this test exists: a picture outlives the table that says "not converged"; it must say so
itself, must be there whole or not at all, and must leave the session that drew it as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.profile import header, row
from hotaxion.analysis.figures import abundance, draw, make_figure, style
from hotaxion.analysis.figures.shown_chains import ShownChains
from hotaxion.analysis.figures.style import save
from hotaxion.analysis.inputs.theories import options_of_input
from hotaxion.theory.errors import HotAxionError

from ...forked import run_python
from ..conftest import JOINT_YAML, write_joint_chain_files

# --- chains that have not converged ---------------------------------------------------------


@pytest.fixture(scope="module")
def short_chain(tmp_path_factory) -> str:
    """Some 45 independent samples: a bound, but none to quote."""
    folder = tmp_path_factory.mktemp("short")
    return write_joint_chain_files(folder, "short", n_chains=2, rows=300, seed=3)


@pytest.fixture(scope="module")
def tiny_chain(tmp_path_factory) -> str:
    """Fewer than 20: no bound at all."""
    folder = tmp_path_factory.mktemp("tiny")
    return write_joint_chain_files(folder, "tiny", n_chains=1, rows=60, seed=4)


@pytest.fixture(scope="module")
def profile(tmp_path_factory) -> Path:
    """A file of `hotaxion profile`."""
    file = tmp_path_factory.mktemp("profile") / "m_a.txt"
    lines = [row(x, 100 * x**2, 100 * x**2, []) for x in (0.0, 0.1, 0.2, 0.3)]
    file.write_text(header("m_a", [], "0") + "".join(lines))
    return file


@pytest.fixture
def quick_abundance(monkeypatch, stub_abundance):
    def rows(options, masses):
        return [{"m_a_ev": m, "delta_neff": 1.0, "low": 0.9 * m, "high": 1.1 * m} for m in masses]

    monkeypatch.setattr(abundance, "scan_with_band", rows)


FIGURES = [
    ("triangle", {"params": ["m_a", "H0"]}),
    ("triangle", {"params": ["m_a"]}),
    ("masses", {}),
    ("priors", {}),
    ("profile", {"profile": "FILE"}),
    ("abundance", {"points": 5}),
    ("history", {}),
]


def shown(kind, options, chains, profile):
    """A figure of chains."""
    options = {name: profile if given == "FILE" else given for name, given in options.items()}
    return make_figure(kind, chains, **options)[1]


@pytest.mark.parametrize(("kind", "options"), FIGURES)
def test_a_chain_that_has_not_converged_is_named_in_the_corner(
    kind, options, joint_chain, short_chain, tiny_chain, profile, quick_abundance
):
    figure = shown(kind, options, [joint_chain, short_chain, tiny_chain], profile)
    assert figure.get_suptitle() == "not converged: short, tiny"
    figure.canvas.draw()
    words = figure._suptitle.get_window_extent()
    panels = [axes.get_window_extent() for axes in figure.axes if axes.get_visible()]
    assert words.y0 >= max(panel.y1 for panel in panels)
    assert words.x0 >= 0
    assert words.y1 <= figure.bbox.y1


@pytest.mark.parametrize(("kind", "options"), FIGURES)
def test_a_chain_that_has_converged_carries_no_mark(
    kind, options, joint_chain, profile, quick_abundance
):
    assert shown(kind, options, [joint_chain], profile).get_suptitle() == ""


def test_history_withholds_digits_and_marks(joint_chain, short_chain, tiny_chain):
    (axes,) = make_figure("history", [joint_chain, short_chain, tiny_chain])[1].axes
    good, short = axes.lines[-2:]  # none of tiny
    assert good.get_markerfacecolor() == style.BLACK
    assert short.get_markerfacecolor() == "white"
    value = Chain.load(short_chain).bounds(["m_a"]).parameters["m_a"].value
    assert short.get_ydata()[0] == pytest.approx(value)
    said = [words for text in axes.texts if (words := text.get_text())]
    assert said[-2:] == [f"{value:.1g}, not converged: short", "not converged: tiny"]


def test_a_triangle_has_no_line_where_nothing_may_be_quoted(joint_chain, short_chain):
    (axes,) = make_figure("triangle", [joint_chain, short_chain], params=["m_a"])[1].axes
    assert len(axes.lines) == 2 + 1  # two densities, the bound of the first
    assert len(axes.texts) == 1


def test_excluded_ranges_withhold_digits(short_chain, tiny_chain, quick_abundance):
    _, without = make_figure("abundance", points=5)
    _, figure = make_figure("abundance", [short_chain, tiny_chain], points=5)
    assert len(figure.axes[0].patches) == len(without.axes[0].patches) + 1
    value = Chain.load(short_chain).bounds(["m_a"]).parameters["m_a"].value
    said = "".join(text.get_text() for text in figure.legends[0].get_texts())
    assert f"$m_a$/eV > {value:.1g}, not converged\n(short)" in said
    assert "tiny" not in said


def test_priors_say_which_bound_is_missing(tiny_chain):
    (axes,) = make_figure("priors", [tiny_chain])[1].axes
    assert "tiny: too few samples: refused" in {text.get_text() for text in axes.texts}


def test_a_bound_for_another_model_says_so(joint_chain, quick_abundance):
    from hotaxion.theory.relics.options import AxionOptions

    dfsz = AxionOptions(model="dfsz1", tan_beta=3.0)
    name, figure = make_figure("abundance", [joint_chain], axion=dfsz, points=5)
    assert name == "delta_neff_dfsz1"
    said = [text.get_text() for text in figure.axes[0].texts]
    assert any(text.startswith("joint (KSVZ axion): <") for text in said)
    name, figure = make_figure("abundance", [joint_chain], points=5)
    assert name == "delta_neff"
    said = [text.get_text() for text in figure.legends[0].get_texts()]
    assert any(text.endswith("(joint)") for text in said)


# --- names ----------------------------------------------------------------------------------


def test_names():
    def names(prefixes, labels=None):
        return ShownChains(prefixes, labels=labels).names

    assert names("chains/run") == ["run"]
    assert names(["a/b$c$d"]) == [r"b\$c\$d"]  # no TeX
    assert names(["x", "y"], ["$m_a$", "100 %"]) == ["$m_a$", "100 %"]
    assert names("x", "a name") == ["a name"]
    assert names(["_x"]) == [r"$\_$x"]  # legends leave out what begins with _


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ([], "0 labels for 1 chains"),
        (["a", "b"], "2 labels for 1 chains"),
        ([r"$\nonsense$"], "cannot be drawn"),
        (["$x^$"], "cannot be drawn"),
        (["x" * 100_000], "at most 200 characters"),
    ],
)
def test_names_that_cannot_be_drawn(labels, says, joint_chain):
    with pytest.raises(HotAxionError, match=says):
        make_figure("history", [joint_chain], labels=labels)


def test_tex_of_a_chain_that_cannot_be_drawn(tmp_path):
    """The name stands for it."""
    prefix = write_joint_chain_files(tmp_path, n_chains=1, rows=300)
    info = JOINT_YAML | {"params": json.loads(json.dumps(JOINT_YAML["params"]))}
    info["params"]["ln_m_a"]["latex"] = r"\nonsense{"
    (tmp_path / "joint.updated.yaml").write_text(json.dumps(info))
    _, figure = make_figure("triangle", prefix, params=["ln_m_a"])
    assert figure.axes[-1].get_xlabel() == r"$\mathrm{ln\_m\_a}$"
    assert save(figure, tmp_path, "figure")


# --- files and the session ------------------------------------------------------------------


def test_fonts_that_journals_take(tmp_path):
    pdf, _ = draw("history", tmp_path)
    assert b"/CIDFontType2" in pdf.read_bytes()
    assert b"/Type3" not in pdf.read_bytes()


def test_a_full_disk_leaves_the_old_files(tmp_path):
    """The limit of 20 kB for a file stands for it."""
    for name in ("history.pdf", "history.png"):
        (tmp_path / name).write_text("as before")
    code = (
        "import resource, signal, sys; from hotaxion.analysis.cli import main;"
        "import matplotlib.font_manager; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); sys.exit(main(sys.argv[1:]))"
    )
    run = run_python(["-c", code, "plot", "--kind", "history", "-o", str(tmp_path)])
    assert run.returncode == 1
    assert run.stderr.startswith("hotaxion: error: cannot write")
    assert run.stderr.count("\n") == 1
    assert {file.name for file in tmp_path.iterdir()} == {"history.pdf", "history.png"}
    assert all(file.read_text() == "as before" for file in tmp_path.iterdir())


def test_a_backend_that_does_not_exist(tmp_path):
    argv = [sys.executable, "-m", "hotaxion.analysis.cli", "plot", "--kind", "history"]
    environment = os.environ | {"MPLBACKEND": "nonsense"}
    argv += ["-o", str(tmp_path / "out")]
    run = subprocess.run(argv, capture_output=True, text=True, env=environment)
    assert run.returncode == 1
    assert "unset MPLBACKEND" in run.stderr
    assert run.stderr.count("\n") == 1


def test_the_backend_of_a_notebook_is_left_alone(short_chain):
    """getdist itself would choose one without a display, and pyplot would show its figures."""
    code = (
        "import sys, matplotlib; from hotaxion.analysis.figures import make_figure;"
        "make_figure('triangle', sys.argv[1], params=['m_a', 'H0']); make_figure('history');"
        "from matplotlib import pyplot;"
        "assert matplotlib.get_backend() == 'svg', matplotlib.get_backend();"
        "assert pyplot.get_fignums() == []; assert pyplot.figure().number == 1"
    )
    environment = os.environ | {"MPLBACKEND": "svg"}
    environment.pop("DISPLAY", None)
    run = subprocess.run([sys.executable, "-c", code, short_chain], env=environment)
    assert run.returncode == 0


def test_options_of_a_chain_whose_axion_goes_by_another_name():
    info = {"theory": {"axions": {"class": "hotaxion.theory.HotAxion", "rates": "lo"}}}
    assert options_of_input(info).rates == "lo"
