"""Why this test exists: `hotaxion verify` judges the emulator, so its statistics are checked where
the answer is known: an exponential posterior and a difference of ln L that is linear in m_a."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.yaml import yaml_dump
from getdist import MCSamples

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.cli import main
from hotaxion.analysis.running import run as runs
from hotaxion.analysis.running import verification
from hotaxion.theory.components.extra_args import with_defaults
from hotaxion.theory.components.record import code_version
from hotaxion.theory.components.refusals import Refusals
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.files import cut_last_line

SCALE, SLOPE = 0.08, 0.6  # posterior exp(-m/SCALE); Delta ln L = -SLOPE m / SCALE
INFO = {
    "theory": {
        "hotaxion.theory.EmulatedClassy": {"fallback": "class", "hierarchy": "degenerate"},
        "hotaxion.theory.BBN": None,
    },
    "likelihood": {"one": None},
    "params": {"m_a": {"prior": {"min": 0, "max": 10}}, "mnu": 0.06},
    "sampler": {"mcmc": None},
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    """Prefix of an exponential chain with weights 1 to 4."""
    root, rng = tmp_path_factory.mktemp("chain") / "run", np.random.default_rng(3)
    # Quantiles instead of draws: the chain has the exact bound.
    rows = rng.permutation(-SCALE * np.log((np.arange(8000) + 0.5) / 8000))[:, None]
    samples = MCSamples(
        samples=rows,
        weights=rng.integers(1, 5, len(rows)).astype(float),
        loglikes=rows[:, 0] / SCALE,
        names=["m_a"],
        labels=["m_a"],
        ranges={"m_a": (0, None)},
    )
    samples.saveAsText(str(root), make_dirs=True)
    return root


@pytest.fixture
def evaluated(monkeypatch, chain):
    """CLASS that differs from the emulator by a trend in m_a and a scatter of 0.05."""
    asked = []

    def evaluate(info, samples, rows, known, jobs):
        asked.extend(map(int, rows))
        m_a = samples.samples[rows, samples.index["m_a"]]
        scatter = 0.05 * np.random.default_rng(1).normal(size=len(rows))
        direct = -SLOPE * m_a / SCALE + scatter
        return {int(r): (0.0, float(d)) for r, d in zip(rows, direct, strict=True)}

    monkeypatch.setattr(verification, "evaluate", evaluate)
    write_input(chain, INFO)
    yield asked
    Path(f"{chain}.updated.yaml").unlink()


def write_input(chain, info):
    """Cobaya's file beside the chain."""
    Path(f"{chain}.updated.yaml").write_text(json.dumps(info))


def test_trend_moves_the_bound_as_it_must(chain, evaluated):
    """exp(-m/s) times exp(-0.6 m/s): the bound shrinks by 1.6 (3 %), whatever the scatter."""
    result = verification.verify(chain, points=100, burn=0)
    assert result.difference.std() == pytest.approx(SLOPE, rel=0.3)
    old, new = result.shifts["m_a"]
    assert old == pytest.approx(-SCALE * np.log(0.05), rel=0.03)
    assert old / new == pytest.approx(1 + SLOPE, rel=0.03)
    assert not result.good
    text = verification.to_text(result)
    assert "NOT good enough" in text
    assert "m_a" in text


def test_scatter_alone_moves_nothing(chain, evaluated, monkeypatch):
    monkeypatch.setattr(f"{__name__}.SLOPE", 0.0)
    result = verification.verify(chain, points=100, burn=0)
    old, new = result.shifts["m_a"]
    assert new == pytest.approx(old, rel=0.01)
    assert result.good
    assert result.effective_fraction == pytest.approx(1 - 0.05**2, abs=2e-3)


@pytest.mark.parametrize(("slope", "good"), [(0.1, True), (0.2, False)])
def test_the_verdict_is_about_the_bound(chain, evaluated, monkeypatch, slope, good):
    """An error whose trend moves the bound by a sixth or more is not good, though its mean is zero
    and reweighting would leave nearly all points: neither of these would say so."""

    def trend(info, samples, rows, known, jobs):
        reduced = samples.samples[rows, samples.index["m_a"]] / SCALE
        return {int(r): (0.0, float(slope * (1 - x))) for r, x in zip(rows, reduced, strict=True)}

    monkeypatch.setattr(verification, "evaluate", trend)
    result = verification.verify(chain, points=2000, burn=0)
    old, new = result.shifts["m_a"]
    assert old / new == pytest.approx(1 + slope, rel=0.02)
    assert abs(result.difference.mean()) < 0.02
    assert result.effective_fraction > 0.95
    assert result.good == good == (abs(old / new - 1) < 1 / 6)


def test_other_code_is_named(chain, evaluated):
    """A chain of an earlier version is verified, and said to be one."""
    for version, words in {
        f"{code_version()}.01234567": "",
        "0.1.0+g01234567.c89abcdef": "the chain was made by other code than the one here",
    }.items():
        theories = INFO["theory"] | {"hotaxion.theory.BBN": {"version": version}}
        info = {**INFO, "theory": theories}
        write_input(chain, info)
        said = verification.to_text(verification.verify(chain, points=30, burn=0))
        assert words in said
        assert (f"BBN {version}" in said) == bool(words)


def test_reweighted_chain(chain, evaluated, tmp_path):
    """The points with their weights, read back as independent samples: same bound as by theory."""
    result = verification.verify(chain, points=4000, burn=0)
    files = verification.write_reweighted(result, tmp_path / "out" / "again")
    assert (tmp_path / "out" / "again.txt") in files
    reweighted = Chain.load(tmp_path / "out" / "again")
    assert reweighted.samples.numrows == 4000
    bound = reweighted.bound("m_a")
    assert bound.value == pytest.approx(-SCALE * np.log(0.05) / (1 + SLOPE), rel=0.06)
    assert abs(bound.value + SCALE * np.log(0.05) / (1 + SLOPE)) < 4 * bound.mc_error
    with pytest.raises(HotAxionError, match="give another"):
        verification.write_reweighted(result, tmp_path / "out" / "again")
    with pytest.raises(HotAxionError, match="give another"):  # it would hide the chain itself
        verification.check_unused(chain)


def test_points_that_class_refuses_have_weight_zero(chain, evaluated, monkeypatch):
    monkeypatch.setattr(f"{__name__}.SLOPE", 0.0)
    all_points = verification.evaluate

    def refuse_some(*task):
        results = all_points(*task)
        return dict(list(results.items())[: len(results) - 6])

    monkeypatch.setattr(verification, "evaluate", refuse_some)
    result = verification.verify(chain, points=100, burn=0)
    assert result.refused == 6
    assert result.effective_fraction == pytest.approx(0.94 * (1 - 0.05**2), abs=2e-3)
    assert not result.good
    assert "CLASS refused 6 points" in verification.to_text(result)


def test_few_points_say_nothing_of_bounds(chain, evaluated):
    result = verification.verify(chain, points=6, burn=0)
    assert result.shifts == {}
    assert "Shifts of bounds need 30 points" in verification.to_text(result)


def test_rows_are_drawn_by_weight_and_nested(chain):
    samples = Chain.load(chain, 0).samples
    short, long = (verification.draw_rows(samples, n) for n in (50, 2000))
    assert long[:50].tolist() == short.tolist()
    assert len(set(long.tolist())) == 2000
    assert samples.weights[long].mean() > samples.weights.mean() + 0.2
    tail = verification.draw_rows(samples, 50, "m_a")
    assert samples.samples[tail, 0].min() >= samples.confidence(0, 0.05, upper=True)
    with pytest.raises(HotAxionError, match="ask for fewer"):
        verification.draw_rows(samples, 100000)


KEY, OTHER = "0123456789abcdef", "fedcba9876543210"
WHOLE = f"{KEY} -500.100000 -500.200000\n"


@pytest.mark.parametrize(
    "broken",
    [
        *(
            "",
            "\n",
            " \n\n",
            "\r\n",
            "# a comment\n",
            f"{OTHER}\n",
            "a b c\n",
            "1 2 3\n",
            "\0\xff\n",
        ),
        *(f"{OTHER} -499.000000 -499.100000"[:cut] for cut in (1, 16, 17, 20, 28, 29, 39)),
        *(f"{OTHER} nan -499.100000\n", f"{OTHER} -499.000000 -inf\n", f"{WHOLE[:-1]} 4\n"),
        f"{OTHER} -499.0{WHOLE}",
    ],
)
def test_known_points_survive_what_is_broken(broken, tmp_path):
    """A line that a kill cut in two may look whole, and is not taken; the others stay."""
    known = tmp_path / "run.verify.txt"
    assert verification.read_known(known) == {}
    for content in (WHOLE + broken, broken.removesuffix("\n") + "\n" + WHOLE):
        known.write_text(content, encoding="latin-1")
        assert verification.read_known(known) == {KEY: (-500.1, -500.2)}
    known.write_text(WHOLE + broken, encoding="latin-1")
    cut_last_line(known)
    with known.open("ab") as file:
        file.write(f"{OTHER} -1.000000 -2.000000\n".encode())
    assert verification.read_known(known) == {KEY: (-500.1, -500.2), OTHER: (-1.0, -2.0)}


def test_known_values_belong_to_a_point_not_to_a_row(chain, tmp_path, monkeypatch):
    """A chain that was run anew is evaluated anew; the same one is not, and neither twice."""
    samples, known = Chain.load(chain, 0).samples, tmp_path / "run.verify.txt"
    evaluated = []

    class Pool:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def imap_unordered(self, _, tasks):
            evaluated.append(len(tasks))
            return [(row, 0.0, -point["m_a"], "") for _, row, point in tasks]

    monkeypatch.setattr(verification, "worker_pool", lambda jobs: Pool())
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    rows = verification.draw_rows(samples, 5)
    first = verification.evaluate(INFO, samples, rows, known, 1)
    again = verification.evaluate(INFO, samples, rows, known, 1)
    assert again.keys() == first.keys()
    assert evaluated == [5]
    samples.samples[:, 0] += 1e-3  # another chain, the same numbers of rows
    second = verification.evaluate(INFO, samples, rows, known, 1)
    assert evaluated == [5, 5]
    for row in rows:
        assert second[row][1] == pytest.approx(first[row][1] - 1e-3, abs=1e-6)


def test_with_class_replaces_the_emulator():
    direct = runs.with_class(INFO)
    assert list(direct["theory"]) == ["hotaxion.theory.HotClassy", "hotaxion.theory.BBN"]
    options = direct["theory"]["hotaxion.theory.HotClassy"]
    assert options["hierarchy"] == "degenerate"
    assert with_defaults(options.get("extra_args")) == with_defaults(None)
    assert not {"fallback", "emulator", "tolerance"} & set(options)
    assert "hotaxion.theory.EmulatedClassy" in INFO["theory"]


def test_the_emulator_is_known_by_its_class(chain, evaluated):
    """Under any key; and the known points belong to its file, wherever the input names it."""
    options = {"class": "hotaxion.theory.EmulatedClassy"}
    info = {**INFO, "theory": {"spectra": options}}
    write_input(chain, info)
    assert verification.verify(chain, points=30, burn=0).difference.size == 30
    local = {**info, "theory": {"spectra": options | {"emulator": "forecast_cmbs4_desi_ksvz"}}}
    keys = {verification.point_key(each, {"m_a": 0.1}) for each in (INFO, info, local)}
    assert len(keys) == 3


@pytest.mark.parametrize("name", ["run[1]", "a*b", "ü ?", "{run}"])
def test_any_name_of_a_chain(name, chain, evaluated, tmp_path):
    """Its files are named, never patterns."""
    result = verification.verify(chain, points=30, burn=0)
    (tmp_path / "run1.txt").touch(), (tmp_path / "axb.txt").touch()
    files = verification.write_reweighted(result, tmp_path / name)
    assert {file.name.removeprefix(name) for file in files} >= {".txt", ".paramnames"}
    # Nothing that was written beside is left.
    assert len(list(tmp_path.iterdir())) == len(files) + 2


def test_reweighted_chain_is_whole_or_absent(chain, evaluated, tmp_path, monkeypatch):
    result = verification.verify(chain, points=30, burn=0)

    def disk_full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(MCSamples, "saveTextMetadata", disk_full)
    with pytest.raises(OSError, match="No space"):
        verification.write_reweighted(result, tmp_path / "again")
    assert list(tmp_path.iterdir()) == []


def test_only_emulated_chains(chain):
    with pytest.raises(HotAxionError, match="nothing to verify"):
        verification.verify(chain)


@pytest.mark.parametrize(
    "given",
    [{"points": 1}, {"points": 2.5}, {"points": True}, {"points": "30"}, {"jobs": 0}],
)
def test_wrong_numbers_of_points_and_processes(given, chain, evaluated):
    with pytest.raises(RangeError, match="allowed is a whole number from"):
        verification.verify(chain, **given)
    assert evaluated == []


def _work(monkeypatch, models):
    monkeypatch.setattr(verification, "_models", lambda text: models)
    return verification._work((yaml_dump(INFO), 7, {"m_a": 0.1}))


class Model:
    """A posterior that raises, or has the given ln L."""

    def __init__(self, answer, reason=None):
        self.answer = answer
        self.theory = {"CLASS": SimpleNamespace(refusals=Refusals())}
        if reason:
            self.theory["CLASS"].refusals.refuse(logging.getLogger("test"), reason)

    def loglikes(self, point, return_derived):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_fault_of_the_machine_is_no_refused_point(monkeypatch):
    """What CLASS refuses has weight zero; without memory or files nothing is known of a point."""
    good = Model([-1.0, -2.0])
    assert _work(monkeypatch, [good, good]) == (7, -3.0, -3.0, "")
    silent, said = Model([-np.inf]), Model([-np.inf], "CLASS fails: too early")
    assert _work(monkeypatch, [good, silent])[3] == "ln L = [-3.0, -inf]; no theory says why"
    words = "ln L = [-3.0, -inf]; 1 times: CLASS fails: too early"
    assert _work(monkeypatch, [good, said])[3] == words
    assert _work(monkeypatch, [good, said])[3].endswith("no theory says why")  # not again
    refused = LoggedError(logging.getLogger("test"), "CLASS refused its input.")
    assert _work(monkeypatch, [good, Model(refused)])[3] == "CLASS refused its input."
    for fault in (OSError(24, "Too many open files"), MemoryError()):
        with pytest.raises(type(fault)):
            _work(monkeypatch, [good, Model(fault)])
        told = LoggedError(logging.getLogger("test"), "a fault of the machine")
        told.__cause__ = fault
        with pytest.raises(HotAxionError, match="a fault of the machine"):
            _work(monkeypatch, [good, Model(told)])


def test_input_that_cannot_be_set_up_is_one_sentence():
    """Not one warning for each point."""
    info = {**INFO, "likelihood": {"nowhere.Likelihood": None}}
    with pytest.raises(HotAxionError, match=r"cannot be set up here: .*nowhere\.Likelihood"):
        verification._work((yaml_dump(info), 0, {"m_a": 0.1}))


def test_command(chain, evaluated, capsys):
    """Exit code 1 where the emulator is not good enough."""
    assert main(["verify", str(chain), "--points", "30", "--burn", "0", "-j", "1"]) == 1
    assert "effective sample size" in capsys.readouterr().out


def test_unknown_parameter_of_the_tail(chain, capsys):
    assert main(["verify", str(chain), "--tail", "m_b"]) == 1
    assert "Did you mean 'm_a'" in capsys.readouterr().err
