"""Why this test exists: a figure can lose a curve, a colour or a limit while every number that was
given to it is right. All kinds of figures are drawn from fixed numbers, so that no physics and no
CLASS decides here, and compared with the images in `baseline/`. Its README says when these may be
made anew, and by which command.

Tolerance: 2 (root mean square of the difference, of 255). Measured with matplotlib 3.9.4, 3.10.3
and 3.11.2 (FreeType 2.6.1, 2.6.1, 2.14.3): 0 in all figures. One curve or chain moved by 1 % gives
2.5 (triangle) to 14 (profile), by 3 % between 4.7 (history) and 17: seen in all of them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import matplotlib
import pytest
from matplotlib.testing.compare import compare_images
from matplotlib.testing.decorators import remove_ticks_and_titles

from hotaxion.analysis.figures import KINDS

from .picture_stubs import PICTURES, without_words

BASELINE = Path(__file__).parent / "baseline"
DPI = 64
TOLERANCE = 2.0
MOVE = 1.03


@pytest.mark.mpl_image_compare(
    style="default", remove_text=True, tolerance=TOLERANCE, savefig_kwargs={"dpi": DPI}
)
@pytest.mark.parametrize("kind", PICTURES)
def test_picture(kind, tmp_path):
    return without_words(PICTURES[kind](tmp_path, 1.0))


@pytest.mark.parametrize("kind", ["abundance", "history", "masses", "profile"])
def test_a_moved_curve_is_seen(kind, tmp_path):
    """Three per cent are well beyond the tolerance, also of a line and of a filled region."""
    with matplotlib.style.context("default", after_reset=True):
        figure = without_words(PICTURES[kind](tmp_path, MOVE))
        remove_ticks_and_titles(figure)
        figure.savefig(tmp_path / "moved.png", dpi=DPI)
    stored = shutil.copy(BASELINE / f"test_picture_{kind}.png", tmp_path)
    found = compare_images(stored, str(tmp_path / "moved.png"), TOLERANCE, in_decorator=True)
    assert found["rms"] > 2 * TOLERANCE


def test_every_kind_has_a_small_image():
    assert set(KINDS) < set(PICTURES)
    sizes = {path.stem: path.stat().st_size for path in BASELINE.glob("*.png")}
    assert set(sizes) == {f"test_picture_{kind}" for kind in PICTURES}
    assert max(sizes.values()) < 40_000


def test_comparison_is_on(pytestconfig):
    """Without --mpl, pytest-mpl draws the figures and compares nothing."""
    options = pytestconfig.option
    assert options.mpl or options.mpl_generate_path
