"""Why this test exists: runs, minima, profiles, `post` and what looks at chains must work for any
prior, under any key, at the border of the prior, and with classes of the user wherever they lie."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from cobaya.yaml import yaml_dump

from hotaxion.analysis.cli import main
from hotaxion.analysis.running import doctor

from ..one_point import evaluate
from .changes import case, changed

# --- 3: post -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("forked_runs")
@pytest.mark.filterwarnings("ignore:The inplace keyword")  # Cobaya 3.6.2 and pandas
def test_post_adds_what_is_asked(capfd, refused):
    assert main(["run", case(3)]) == 0
    names, old = columns("chains/c")
    for suffix, added in {
        "derived": {"params": {"age": None, "S8": None}},
        "bao": {"likelihood": {"hotaxion.likelihoods.SixdF2011": None}},
        "own": {"likelihood": {"s8": "lambda sigma8: stats.norm.logpdf(sigma8, 0.8, 0.01)"}},
    }.items():
        info = {"output": "chains/c", "post": {"suffix": suffix, "add": added}}
        Path("post.yaml").write_text(yaml_dump(info))
        assert main(["run", "post.yaml"]) == 0
        new_names, new = columns(f"chains/c.post.{suffix}")
        assert len(new) == len(old)
        for name in ("H0", "omegam", "sigma8", "Y_p", "delta_neff"):
            assert new[:, new_names.index(name)] == pytest.approx(old[:, names.index(name)])
    assert main(["bounds", "chains/c.post.derived", "--params", "age", "S8"]) == 0
    assert "age" in capfd.readouterr().out
    assert "for 'hotaxion run' only" in refused("post.yaml")


def columns(prefix: str) -> tuple[list[str], np.ndarray]:
    """Names and rows of a chain."""
    with open(f"{prefix}.1.txt") as file:
        names = file.readline().lstrip("#").split()
    return names, np.loadtxt(f"{prefix}.1.txt")


# --- 5 and 7: minima ---------------------------------------------------------------------------


@pytest.mark.usefixtures("forked_runs")
@pytest.mark.parametrize("seed", [1, 2])
def test_the_minimiser_may_touch_the_border(capfd, seed):
    assert main(["run", case(5), "--minimize", "--seed", str(seed)]) == 0
    assert "Singular matrix" not in "".join(capfd.readouterr())
    names, values = columns_of_minimum("chains/c.minimum.txt")
    best = dict(zip(names, values, strict=True))
    assert 0.0 <= best["m_a"] < 1e-3
    assert best["chi2"] < 2.3


def columns_of_minimum(path: str) -> tuple[list[str], list[float]]:
    """Names and values."""
    header, row = Path(path).read_text().splitlines()[:2]
    return header.lstrip("#").split(), [float(value) for value in row.split()]


@pytest.mark.parametrize("number", [3, 5], ids=["with an emulator", "BBN"])
def test_the_border_is_the_limit(evaluated, number):
    limit, near = (evaluated(case(number), m_a=m_a) for m_a in (0.0, 1e-7))
    assert limit["chi2"] == pytest.approx(near["chi2"], abs=1e-4)
    assert limit["delta_neff"] == pytest.approx(near["delta_neff"], rel=1e-4)


def test_class_at_the_border(evaluated):
    """Exactly m_a = 0 and mnu = 0."""
    path = changed(16, params={"m_a": 0, "mnu": 0})
    near = changed(16, params={"m_a": 1e-7, "mnu": 0})
    assert evaluated(path)["rdrag"] == pytest.approx(evaluated(near)["rdrag"], abs=1e-3)


def test_the_least_chi2_is_not_above_the_grid(capfd):
    grid = ["0.0218", "0.0221", "0.0224", "0.0227"]
    argv = ["profile", case(5), "--param", "omega_b", "--grid", *grid, "-o", "p.txt", "--json"]
    assert main(argv) == 0
    found = json.loads(capfd.readouterr().out)
    rows = np.loadtxt("p.txt")
    least = found["minimum"]
    assert rows[1:3, 2].min() - 0.3 < least["chi2_data"] <= rows[:, 2].min()
    assert least["chi2"] <= rows[:, 1].min()


# --- 9 and 10: chains of any prior, under any key ----------------------------------------------


def looked_at(prefix: str, capfd, *options: str) -> str:
    """What bounds and plot say of a chain."""
    capfd.readouterr()
    assert main(["bounds", prefix, *options]) == 0
    assert main(["bounds", f"mine={prefix}", "--beside"]) == 0
    said = capfd.readouterr().out
    assert main(["plot", prefix, "-o", "figures"]) == 0
    assert list(Path("figures").glob("*.pdf"))
    return said


@pytest.mark.usefixtures("forked_runs")
@pytest.mark.parametrize(
    ("prior", "label"),
    [
        ({"dist": "loguniform", "a": 0.001, "b": 1.0}, "log-uniform on [0.001, 1] in m_a"),
        ({"dist": "halfnorm", "scale": 0.3}, "halfnorm on [0, inf) in m_a"),
        ({"dist": "expon", "scale": 0.3}, "expon"),
    ],
    ids=["loguniform", "halfnorm", "expon"],
)
def test_chains_of_any_prior(capfd, prior, label):
    path = changed(9, params={"m_a": {"prior": prior, "ref": 0.1, "proposal": 0.05}})
    assert main(["run", path]) == 0
    assert label in looked_at("chains/c", capfd)


@pytest.mark.usefixtures("forked_runs")
def test_components_by_other_keys(capfd, evaluated):
    assert evaluated(case(10))["delta_neff"] > 0.1
    assert not doctor.is_broken(doctor.examine_yaml(case(10))[0])
    assert main(["run", case(10)]) == 0
    said = looked_at("chains/c", capfd, "--priors")
    assert "flat in delta_neff on the curve" in said


# --- 22: where classes of the user lie ---------------------------------------------------------


@pytest.mark.parametrize("place", ["here", "beside the input", "python_path"])
def test_own_classes_are_found_by_every_command(place):
    path = case(22)
    if place == "beside the input":
        Path("inputs").mkdir()
        path = shutil.move(path, "inputs")
        shutil.move("own_likelihood.py", "inputs")
    elif place == "python_path":
        Path("code").mkdir()
        shutil.move("own_likelihood.py", "code")
        path = changed(22, likelihood={"own_likelihood.Few": {"python_path": "code"}})
    evaluate(path)
    grid = ["--grid", "0.01", "0.03", "0.1", "1.0"]
    assert main(["profile", path, "--param", "m_a", *grid, "-o", "p.txt"]) == 0
    assert main(["run", path, "--test"]) == 0
    assert not doctor.is_broken(doctor.examine_yaml(path)[0])
