"""Why this test exists: an array job trains with processes that know of each other only through a
folder. Every point must be there at the end, whichever of them dies, and few be computed twice."""

from __future__ import annotations

import itertools
import multiprocessing
import threading
import time
from multiprocessing.pool import ThreadPool
from types import SimpleNamespace

import numpy as np
import pytest

from hotaxion.analysis.cli import main
from hotaxion.theory.emulator import train as train_module
from hotaxion.theory.emulator import training
from hotaxion.theory.errors import RangeError

POINTS = [{"number": float(i)} for i in range(60)]
CLASS_TIME_S = 0.004


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A training folder whose CLASS is a nap; `calls` counts the points, by number."""
    calls: list[int] = []

    def runner(point):
        calls.append(int(point["number"]))
        time.sleep(CLASS_TIME_S)
        return {"point": np.array([point["number"]])}

    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # run_points sets it
    monkeypatch.setattr(training, "_runner", [runner])
    threads = SimpleNamespace(Pool=ThreadPool)
    monkeypatch.setattr(multiprocessing, "get_context", lambda method: threads)
    training.prepare(tmp_path, {"l_max": 1000})
    return SimpleNamespace(path=tmp_path, calls=calls)


def work(folder, rank: int, ranks: int) -> None:
    failed = training.run_points(folder.path, POINTS, "star", 1, rank, ranks, help_others=True)
    assert failed == []


def numbers(folder) -> list[float]:
    return training.load_points(folder.path, "star")["point"][:, 0].tolist()


def test_own_share_first_then_what_is_left():
    tasks = list(range(10))
    for rank in range(3):
        order = training.share(tasks, rank, 3, help_others=True)
        assert order[: len(tasks[rank::3])] == tasks[rank::3]
        assert sorted(order) == tasks
        assert training.share(tasks, rank, 3, help_others=False) == tasks[rank::3]
    left = [training.share(list(range(60)), rank, 3, True)[20:] for rank in range(3)]
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


def test_a_share_does_not_fit(folder, monkeypatch):
    monkeypatch.setattr(train_module, "fit", lambda *_: pytest.fail("a share must not fit"))
    monkeypatch.setattr(train_module.design, "star", lambda hierarchy: POINTS[:3])
    monkeypatch.setattr(train_module.design.Ridge, "from_star", lambda points: None)
    monkeypatch.setattr(train_module.design, "sobol_points", lambda *_: POINTS[:8])
    monkeypatch.setattr(train_module, "provenance", lambda *_: {"l_max": 1000})
    output = folder.path / "out.npz"
    assert train_module.train({}, folder.path, output, points=90, share=(2, 4)) is None
    assert len(list(folder.path.glob("star_*.npz"))) == 3
    assert len(list(folder.path.glob("sobol_*.npz"))) == 8
    assert not output.exists()


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
        assert "invalid I/N value" in capsys.readouterr().err
