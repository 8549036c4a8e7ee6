"""Why this test exists: an array job trains with processes that know of each other only through a
folder. Every point must be there at the end, whichever of them dies, and few be computed twice."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import threading
import time
from functools import partial
from multiprocessing.pool import ThreadPool
from types import SimpleNamespace

import numpy as np
import pytest
from cobaya import mpi

from hotaxion.analysis.cli import main
from hotaxion.analysis.forecasts.training import jobs_of_this_rank
from hotaxion.analysis.running import launch
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.processes import worker_pool
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.relics.distribution import RelicPSD, bose_einstein
from hotaxion.theory.spectra.emulator.features import (
    FEATURES,
    PARAMETERS,
    SCALARS,
    SPECTRA,
    feature_vector,
)
from hotaxion.theory.spectra.emulator.prediction import PACKAGED, SpectraEmulator
from hotaxion.theory.spectra.training import design, fisher, runs
from hotaxion.theory.spectra.training import stages as train_module
from hotaxion.theory.spectra.training.design import Target, planck
from hotaxion.theory.spectra.training.folder import (
    CHECKS,
    PROVENANCE,
    load_points,
    point_path,
    prepare,
)
from hotaxion.theory.spectra.training.sensitivity import CMBMaps, Sensitivity

POINTS = [{"number": float(i)} for i in range(60)]
CLASS_TIME_S = 0.004
L_MAX = 20
ORIGIN = {"HotClassy": {}, "l_max": L_MAX}


def whole_point(number: float) -> dict[str, np.ndarray]:
    """A training point with all its arrays."""
    row = {name: np.zeros(L_MAX + 1) for name in SPECTRA}
    row["scalars"] = np.ones(len(SCALARS) + len(CHECKS))
    row["point"] = np.full(len(PARAMETERS), float(number))
    return row | {"features": np.ones(len(FEATURES)), "axion": np.ones(3)}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A training folder whose CLASS is a nap; `calls` counts the points, by number."""
    calls: list[int] = []

    def runner(point):
        calls.append(int(point["number"]))
        time.sleep(CLASS_TIME_S)
        return whole_point(point["number"])

    for name in ("OMP_NUM_THREADS", "COBAYA_NOMPI"):  # which threads would take from each other
        monkeypatch.setenv(name, "1")
    monkeypatch.setattr(runs, "_runner", lambda origin: runner)
    threads = SimpleNamespace(Pool=ThreadPool)
    monkeypatch.setattr(multiprocessing, "get_context", lambda method: threads)
    prepare(tmp_path, ORIGIN)
    return SimpleNamespace(path=tmp_path, calls=calls)


def work(folder, rank: int, ranks: int) -> None:
    failed = runs.run_points(folder.path, POINTS, "star", 1, rank, ranks, help_others=True)
    assert failed == []


def numbers(folder) -> list[float]:
    return load_points(folder.path, "star")["point"][:, 0].tolist()


def test_own_share_first_then_what_is_left():
    tasks = list(range(10))
    for rank in range(3):
        order = runs.share(tasks, rank, 3, help_others=True)
        assert order[: len(tasks[rank::3])] == tasks[rank::3]
        assert sorted(order) == tasks
        assert runs.share(tasks, rank, 3, help_others=False) == tasks[rank::3]
    left = [runs.share(list(range(60)), rank, 3, True)[20:] for rank in range(3)]
    assert all(a != b for a, b in itertools.combinations(left, 2))


def test_one_of_many_does_everything_if_the_others_are_dead(folder):
    work(folder, 2, 4)
    assert numbers(folder) == list(range(60))
    assert sorted(folder.calls) == list(range(60))
    assert folder.calls[:15] == list(range(2, 60, 4))


def test_together_they_compute_few_points_twice(folder):
    """Each can at most repeat what the others have in hand."""
    threads = [threading.Thread(target=work, args=(folder, rank, 3)) for rank in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(folder) == list(range(60))
    assert 60 <= len(folder.calls) <= 60 + 12
    assert list(folder.path.glob("*.tmp")) == []


DAMAGES = {
    "empty": lambda path: path.write_bytes(b""),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "binary": lambda path: path.write_bytes(bytes(range(256))),
    "one byte": lambda path: path.write_bytes(_with_one_byte_changed(path.read_bytes())),
    "an array": lambda path: np.save(open(path, "wb"), np.ones(3)),
    "no features": lambda path: np.savez(path, **_without("features")),
    "another l_max": lambda path: np.savez(path, **whole_point(3) | {"tt": np.zeros(5)}),
    "NaN": lambda path: np.savez(path, **whole_point(3) | {"ee": np.full(L_MAX + 1, np.nan)}),
    "text": lambda path: np.savez(path, **whole_point(3) | {"axion": np.array(["a"])}),
    "objects": lambda path: np.savez(path, **whole_point(3) | {"axion": np.array([{}, None])}),
}


def _with_one_byte_changed(content: bytes) -> bytes:
    middle = content.index(b"NUMPY") + 140  # inside the numbers: the checksum of the zip tells
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def _without(name: str) -> dict[str, np.ndarray]:
    return {key: array for key, array in whole_point(3).items() if key != name}


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of the damage by numpy
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_point_is_computed_again(folder, damage):
    work(folder, 0, 1)
    path = point_path(folder.path, "star", 3)
    before = {file: file.read_bytes() for file in folder.path.iterdir()}
    DAMAGES[damage](path)
    with pytest.raises(HotAxionError, match=r"star_0003.npz' is no whole training point"):
        load_points(folder.path, "star")
    folder.calls.clear()
    work(folder, 0, 1)
    assert folder.calls == [3]
    assert numbers(folder) == list(range(60))
    assert {file: file.read_bytes() for file in folder.path.iterdir() if file != path} == {
        file: content for file, content in before.items() if file != path
    }


@pytest.mark.parametrize(
    "content", [b"", b'{"HotClassy": {', b"[1, 2]", b"\xff\x00", b"null", b"{}", b"[" * 10**5]
)
def test_a_damaged_record_of_a_training_is_named(folder, content):
    (folder.path / PROVENANCE).write_bytes(content)
    for use in (
        lambda: prepare(folder.path, ORIGIN),
        lambda: runs.run_points(folder.path, POINTS, "star", 1),
    ):
        with pytest.raises(HotAxionError, match=r"training.json' is damaged.* another folder"):
            use()


def test_environment_is_that_of_the_workers_alone(monkeypatch):
    monkeypatch.delenv("COBAYA_NOMPI", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    with worker_pool(1) as pool:
        inside = [pool.apply(os.getenv, (name,)) for name in ("OMP_NUM_THREADS", "COBAYA_NOMPI")]
    assert inside == ["1", "1"]
    assert os.getenv("OMP_NUM_THREADS") == "7"
    assert "COBAYA_NOMPI" not in os.environ


@pytest.mark.parametrize("fails", [True, False])
def test_all_ranks_stop_when_one_fails(fails, monkeypatch, tmp_path):
    """A rank that raises tells the others before they wait for it."""
    told: list[bool] = []

    def run_points(*_):
        if fails:
            raise OSError("disk full")
        return []

    def allgather(failed):  # of two ranks; the other one fails in the second stage
        told.append(failed)
        return [failed, len(told) == 2]

    monkeypatch.setattr(mpi, "allgather", allgather)
    monkeypatch.setattr(train_module, "run_points", run_points)
    error, message = (OSError, "disk full") if fails else (HotAxionError, "another MPI process")
    with pytest.raises(error, match=message):
        train_module.train({}, tmp_path, tmp_path / "x.npz")
    assert told == [False, fails]


def test_l_max_of_nothing_is_refused(capsys, tmp_path):
    assert main(["train", "-o", str(tmp_path / "x.npz"), "--l-max", "0"]) == 1
    assert "l_max = 0; allowed is a whole number from 1000" in capsys.readouterr().err


def test_ranks_divide_the_cores_that_they_have_in_common(monkeypatch):
    monkeypatch.setattr(launch, "cores", lambda: 16)
    for same, elsewhere, jobs in ((4, 0, 4), (1, 3, 16), (40, 0, 1)):
        everywhere = lambda here, n=same, m=elsewhere: [here] * n + [None] * m  # noqa: E731
        monkeypatch.setattr(mpi, "allgather", everywhere)
        assert jobs_of_this_rank() == jobs


def test_a_share_does_not_fit(folder, monkeypatch):
    monkeypatch.setattr(train_module, "fit", lambda *_: pytest.fail("a share must not fit"))
    monkeypatch.setattr(Target, "star", lambda target: POINTS[:3])
    monkeypatch.setattr(Target, "fisher", lambda target, points: None)
    monkeypatch.setattr(Target, "points", lambda *_: POINTS[:8])
    monkeypatch.setattr(train_module, "provenance", lambda *_: ORIGIN)
    output = folder.path / "out.npz"
    assert train_module.train({}, folder.path, output, points=90, share=(2, 4)) is None
    assert len(list(folder.path.glob("star_*.npz"))) == 3
    assert len(list(folder.path.glob("sobol_*.npz"))) == 8
    assert not output.exists()


class Gas:
    """In place of `Abundance`: thermal axions, so that a training takes seconds."""

    def __init__(self, scale: float = 1.0):
        self.scale = scale

    def scaled(self, scale: float) -> Gas:
        return Gas(scale)

    def __call__(self, m_a: float) -> SimpleNamespace:
        temperature = 0.9 * (self.scale**0.1 * m_a / (m_a + 0.2)) ** 0.25
        q, weights = momentum_grid(40, 40.0)
        psd = RelicPSD(m_a, q, bose_einstein(q, temperature), weights)
        return SimpleNamespace(psd=psd, delta_neff=psd.delta_neff)


def from_the_packaged_emulator(l_max: int):
    """Stands for `runs.ClassRunner`."""
    emulator = SpectraEmulator.load(PACKAGED)

    def runner(point):
        psd = Gas(point["pion_scale"])(point["m_a"]).psd
        features = feature_vector(point, [psd])
        found = emulator(features)
        row = {name: found.cl[name][: l_max + 1] for name in SPECTRA}
        row["scalars"] = np.array([*(found.scalars[name] for name in SCALARS), 67.0, 13.8, 0.31])
        row["point"] = np.array([point[name] for name in PARAMETERS])
        row["axion"] = np.array([psd.mass_ev, psd.delta_neff, psd.omega_h2])
        return row | {"features": features}

    return lambda origin: runner


def around_a_forecast(l_max: int) -> Target:
    maps = CMBMaps(("t", "e"), np.full((l_max - 29, 2), 1e-18), 30, l_max, 0.4)
    centre = {**planck(l_max).centre, "m_a": 0.5, "mnu": 0.1}
    ranges = {"mnu": (0.0, 0.3), "m_a": (0.3, 0.7)}
    return Target(centre, ranges, Sensitivity(("mock",), (maps,), (), {"tau_reio": 0.007}))


@pytest.mark.parametrize("local", [False, True], ids=["planck", "local"])
def test_a_whole_training_with_an_emulator_in_place_of_class(local, folder, monkeypatch, tmp_path):
    """Star, points, fits, file: it predicts what it was trained with, and says with what."""
    l_max, options = 1000, {"hierarchy": "degenerate", "extra_args": {"non_linear": "halofit"}}
    monkeypatch.setattr(runs, "_runner", from_the_packaged_emulator(l_max))
    for module in (design, fisher):
        monkeypatch.setattr(module, "Abundance", Gas)
    quadratic = partial(train_module.fit_emulator, process=False)  # learns enough, at once
    monkeypatch.setattr(train_module, "fit_emulator", quadratic)
    target, output = around_a_forecast(l_max) if local else None, tmp_path / "trained.npz"
    errors = train_module.train(options, tmp_path / "points", output, 90, l_max, 1, None, target)
    trained, packaged = SpectraEmulator.load(output), SpectraEmulator.load(PACKAGED)
    assert errors.experiment == ("mock" if local else "Planck-like")
    assert (trained.origin["points"], trained.l_max) == (21 + 90, l_max)
    assert ("target" in trained.origin) == local
    assert len(trained.arrays["gp_beta"]) == (11 if local else 66)
    values = {**planck(l_max).centre, "mnu": 0.1, "YHe": 0.249}
    features = feature_vector(values, [Gas()(0.5).psd])
    assert trained.outside(features, 5.0) is None
    seen, true = trained(features), packaged(features)
    assert seen.cl["tt"][2:] == pytest.approx(true.cl["tt"][2 : l_max + 1], rel=0.02)
    assert seen.scalars["rs_d"] == pytest.approx(true.scalars["rs_d"], rel=1e-3)


@pytest.mark.parametrize("share", [(0, 4), (5, 4)])
def test_share_outside_its_range(share, tmp_path):
    with pytest.raises(RangeError, match="give I/N"):
        train_module.train({}, tmp_path, tmp_path / "x.npz", share=share)


def test_share_on_the_command_line(capsys, tmp_path):
    output = str(tmp_path / "x.npz")
    assert main(["train", "-o", output, "--share", "3/2"]) == 1
    assert "share 3/2" in capsys.readouterr().err
    for wrong in ("3", "a/b", "1/2/3"):
        assert main(["train", "-o", output, "--share", wrong]) == 2
        assert "give I/N, e.g. 1/8" in capsys.readouterr().err
