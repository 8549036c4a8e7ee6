"""Why this test exists: chains come from other machines, half copied, edited, or of other codes.
Each damage gives a right answer or one sentence that names the place; never a traceback, a warning
or a number that is not there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.cli import main
from hotaxion.theory.errors import HotAxionError

FILES = ("run.1.txt", "run.2.txt")


@pytest.fixture
def small(tmp_path, write_chain) -> str:
    """Prefix of two chains of 60 rows."""
    return write_chain(tmp_path, n_chains=2, rows=60)


def replace_cell(path: Path, row: int, column: int, text: str) -> None:
    """Row 0 is the header."""
    lines = path.read_text().split("\n")
    cells = lines[row].split()
    cells[column] = text
    lines[row] = " ".join(cells)
    path.write_text("\n".join(lines))


# --- numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["nan", "inf", "-inf", "1e300", "1e400", "abc", "0x10", "1_0", "١"]
)
@pytest.mark.parametrize("file", FILES)
def test_bad_number_is_named_by_its_place(small, text, file):
    path = Path(small).parent / file
    replace_cell(path, 33, 3, text)
    with pytest.raises(
        HotAxionError, match=rf"{file}', line 34, column omega_b: .*remove that row"
    ):
        Chain.load(small)


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        (0, "-1", r"line 34, column weight: '-1' given.*not negative"),
        (0, "nan", r"line 34, column weight"),
        (1, "inf", r"line 34, column minuslogpost"),
        (2, "-0.3", r"line 34, column m_a: '-0.3' given.*not negative"),
        (5, "-1e7", r"line 34, column f_a: '-1e7' given.*not negative"),
    ],
)
def test_numbers_without_a_meaning(small, column, text, says):
    replace_cell(Path(f"{small}.1.txt"), 33, column, text)
    with pytest.raises(HotAxionError, match=says):
        Chain.load(small)


def test_rows_of_wrong_length(small):
    path = Path(f"{small}.2.txt")
    lines = path.read_text().split("\n")
    path.write_text("\n".join([*lines[:20], lines[20] + " 1.0", *lines[21:]]))
    with pytest.raises(HotAxionError, match=r"run.2.txt', line 21: 11 columns where there are 10"):
        Chain.load(small)


def test_binary_is_named(small):
    path = Path(f"{small}.2.txt")
    data = path.read_bytes()
    path.write_bytes(data[:2000] + b"\xff\x00\xfe" + data[2000:])
    with pytest.raises(HotAxionError, match=r"run.2.txt', line \d+: this is no text"):
        Chain.load(small)


def test_last_row_without_its_end_is_left_out(small):
    """As a sampler leaves it that is writing, or was killed."""
    path = Path(f"{small}.2.txt")
    whole = Chain.load(small, 0).samples
    path.write_text(path.read_text() + "  1  2.3  0.1")
    again = Chain.load(small, 0).samples
    assert np.array_equal(again.samples, whole.samples)


def test_empty_file_beside_a_good_one(small, tmp_path):
    """One process has not written yet; all of them: no chain."""
    alone = Chain.load(small, 0).samples.samples[:60]
    Path(f"{small}.2.txt").write_text("")
    assert np.array_equal(Chain.load(small, 0).samples.samples, alone)
    Path(f"{small}.1.txt").write_text("")
    with pytest.raises(HotAxionError, match="0 rows"):
        Chain.load(small)


def test_columns_are_taken_by_their_names(small):
    """A file whose columns stand in another order than in updated.yaml."""
    expected = Chain.load(small).samples.samples
    for number in (1, 2):
        path = Path(f"{small}.{number}.txt")
        names, table = path.read_text().split("\n")[0][1:].split(), np.loadtxt(path)
        order = [0, 1, *range(len(names) - 1, 1, -1)]
        header = " ".join(names[i] for i in order)
        np.savetxt(path, table[:, order], header=header, fmt="%.8g")
    assert np.array_equal(Chain.load(small).samples.samples, expected)


def test_files_of_another_chain_are_refused(small, change_input):
    change_input(small, params={"H0": {"derived": True}})
    with pytest.raises(HotAxionError, match=r"missing: \['H0'\]; not known there: \[\]"):
        Chain.load(small)


# --- columns that say nothing ---------------------------------------------------------------


def set_column(prefix: str, column: int, value: float) -> None:
    for number in (1, 2):
        path = Path(f"{prefix}.{number}.txt")
        header, table = path.read_text().split("\n")[0][1:], np.loadtxt(path)
        table[:, column] = value
        np.savetxt(path, table, header=header, fmt="%.8g")


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        (2, 0.1, "not shown: m_a, 0.1 in every row"),
        (4, np.nan, "not shown: delta_neff, no number in any row (never computed)"),
        (5, np.inf, "not shown: f_a, inf in every row"),
    ],
)
def test_column_that_vanishes_is_mentioned(small, column, value, says, capsys):
    set_column(small, column, value)
    assert main(["bounds", small, "--burn", "0"]) == 0
    assert says in capsys.readouterr().out
    assert main(["bounds", small, "--burn", "0", "--json"]) == 0
    name = says.split()[2].rstrip(",")
    constant = json.loads(capsys.readouterr().out)["constant"]
    assert constant == {name: value if np.isfinite(value) else None}
    with pytest.raises(HotAxionError, match="in every row"):
        Chain.load(small).bounds([name])


def test_column_that_is_constant_in_one_chain_alone_stays(small):
    path = Path(f"{small}.1.txt")
    header, table = path.read_text().split("\n")[0][1:], np.loadtxt(path)
    table[:, 2] = 0.1
    np.savetxt(path, table, header=header, fmt="%.8g")
    found = Chain.load(small, 0).bounds()
    assert "m_a" in found.parameters
    assert not found.verdict.converged


# --- updated.yaml ---------------------------------------------------------------------------

GOOD_PARAMS = "m_a: {prior: [0, 3]}, omega_b: {prior: [0, 1]}, delta_neff: {derived: true}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no names with values"),
        ("- 1\n- 2\n", "holds no names with values"),
        ("text", "holds no names with values"),
        ("params: [1, 2\n", "cannot be read as YAML"),
        ("params: {m_a: {prior: [0, 3]}", "cannot be read as YAML"),
        ("a: 2020-13-45\n", "cannot be read as YAML"),
        ("x: !defaults [y]\n", "takes the block 'y' from beside it"),
        ("x: !!python/object/apply:os.getcwd []\n", "would run code"),
        ("likelihood: {one: }\n", "no block 'params'"),
        ("params: [m_a, omega_b]\n", "the block 'params' is"),
        ("params: {1: {prior: [0, 1]}}\n", "the block 'params' is"),
        (f"params: {{{GOOD_PARAMS}}}\nlikelihood: [one]\n", "the block 'likelihood' is"),
        (f"params: {{{GOOD_PARAMS}}}\nsampler: mcmc\n", "the block 'sampler' is"),
        (f"params: {{{GOOD_PARAMS}}}\ntheory: 3\n", "the block 'theory' is"),
        (f"params: {{{GOOD_PARAMS}}}\n", "missing: []; not known there: ['f_a'"),
    ],
)
@pytest.mark.parametrize("form", [[], ["--beside"]], ids=["bounds", "beside"])
def test_damaged_input(small, text, says, form, capsys):
    Path(f"{small}.updated.yaml").write_text(text)
    assert main(["bounds", small, *form]) == 1
    captured = capsys.readouterr()
    assert says in captured.err
    assert "run.updated.yaml" in captured.err or "run.1.txt" in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


@pytest.mark.parametrize("file", ["post.p.updated.yaml", "post.p.input.yaml"])
def test_input_that_runs_code_is_not_read(small, tmp_path, file):
    """Neither the input that Cobaya updated nor the one in which `post` says what it skipped."""
    mark = tmp_path / "ran"
    for number in (1, 2):
        Path(f"{small}.{number}.txt").rename(tmp_path / f"run.post.p.{number}.txt")
    updated = Path(f"{small}.updated.yaml")
    (tmp_path / "run.post.p.updated.yaml").write_text(updated.read_text())
    code = f"!!python/object/apply:os.mkdir [{mark}]"
    (tmp_path / f"run.{file}").write_text(f"x: {code}\n")
    with pytest.raises(HotAxionError, match=rf"run\.{file}.*would run code"):
        Chain.load(f"{small}.post.p")
    assert not mark.exists()


def test_getdist_files_that_are_damaged(tmp_path):
    from getdist import MCSamples

    rng = np.random.default_rng(3)
    names = ["x", "y"]
    MCSamples(samples=rng.normal(1, 2, (200, 2)), names=names).saveAsText(str(tmp_path / "g"))
    assert list(Chain.load(tmp_path / "g", 0).bounds().parameters) == names
    for ending, data in {
        "ranges": b"x a b\n",
        "properties.ini": b"burn_removed=perhaps\n",
        "paramnames": b"x\nx\n",
    }.items():
        path = tmp_path / f"g.{ending}"
        before = path.read_bytes() if path.exists() else None
        for damaged in (data, b"\xff\xfe"):
            path.write_bytes(damaged)
            with pytest.raises(HotAxionError, match=r"files beside the chain|columns"):
                Chain.load(tmp_path / "g").bounds()
        path.unlink() if before is None else path.write_bytes(before)
