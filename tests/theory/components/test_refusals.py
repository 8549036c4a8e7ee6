"""Why this test exists: a point of likelihood zero looks like any other point of a chain. How many
were refused, and why, must be said at the end; what says nothing of the point must stop the run."""

from __future__ import annotations

import errno
import logging
import sys
from contextlib import contextmanager

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model

from hotaxion.analysis.cli import main
from hotaxion.theory.components.hot_axion import HotAxion
from hotaxion.theory.components.refusals import Refusals
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.relics import boltzmann

from ...forked import run_python

AXION, NUCLEI = "hotaxion.theory.HotAxion", "hotaxion.theory.BBN"
CLASS, EMULATED = "hotaxion.theory.HotClassy", "hotaxion.theory.EmulatedClassy"
BBN, DESI = "hotaxion.likelihoods.BBN", "hotaxion.likelihoods.DesiDR2"
NUMBER = {"solver": "number"}  # as exact as is needed here, and quicker
COSMOLOGY = {
    **{"omega_cdm": 0.119, "logA": 3.045, "n_s": 0.9665, "theta_s_100": 1.0419},
    **{"tau_reio": 0.055, "mnu": 0.06},
}


# --- the counter -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refused", "points", "level"), [(0, 100, None), (1, 100, "INFO"), (2, 100, "WARNING")]
)
def test_more_than_one_percent_is_a_warning(caplog, refused, points, level):
    log, refusals = logging.getLogger("theory"), Refusals()
    for number in range(points):
        refusals.point()
        if number < refused:
            assert refusals.refuse(log, f"m_a = {10 + number} eV") is False
    with caplog.at_level(logging.INFO):
        refusals.report(log)
    assert [record.levelname for record in caplog.records] == ([level] if level else [])
    if level:
        assert f"{refused} of 100 points ({refused} %) had likelihood zero" in caplog.text
        assert f"{refused} times: m_a = {9 + refused} eV" in caplog.text  # the last one
    caplog.clear()
    refusals.report(log)
    assert not caplog.records  # said once


def test_reasons_are_counted_by_kind(caplog):
    log, refusals = logging.getLogger("theory"), Refusals()
    for reason in ("CLASS fails: a", "m_a = 11", "m_a = 12", "CLASS fails:\n  b", "m_a = 13"):
        refusals.refuse(log, reason)
    with caplog.at_level(logging.INFO):
        refusals.report(log)
    assert caplog.text.strip().endswith("3 times: m_a = 13 | 2 times: CLASS fails: b")


# --- every theory ----------------------------------------------------------------------------


@contextmanager
def model_of(theories: dict, likelihood: str, params: dict):
    info = {"theory": theories, "likelihood": {likelihood: None}, "params": params}
    model = get_model(info)
    try:
        yield model
    finally:
        model.close()


def refusing(name: str) -> tuple[dict, str, dict, dict, dict]:
    """Theories, likelihood, parameters; a good point; one that the theory of this name refuses."""
    ln_m_a = {
        "ln_m_a": {"prior": [-10, 10], "ref": 0, "drop": True},
        "m_a": "lambda ln_m_a: np.exp(ln_m_a)",
    }
    baryons = {"omega_b": {"prior": [0.001, 0.05], "ref": 0.0224}}
    light = {AXION: NUMBER, NUCLEI: None}
    if name == AXION:
        return light, BBN, {**ln_m_a, "omega_b": 0.0224}, {"ln_m_a": -2.0}, {"ln_m_a": 3.0}
    if name == NUCLEI:
        return light, BBN, {**baryons, "m_a": 0.1}, {"omega_b": 0.022}, {"omega_b": 0.04}
    mnu = {"mnu": {"prior": [0, 1], "ref": 0.1}}
    theories = {**light, name: {"hierarchy": "normal"}}
    params = {**COSMOLOGY, **mnu, "m_a": 0.1, "omega_b": 0.0224}
    return theories, DESI, params, {"mnu": 0.1}, {"mnu": 0.01}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (AXION, "m_a = 20.08"),
        (NUCLEI, "omega_b = 0.04"),
        (CLASS, "mnu = 0.01 eV; the normal hierarchy"),
        (EMULATED, "mnu = 0.01 eV; the normal hierarchy"),
    ],
)
def test_refused_points_are_told_at_the_end(caplog, name, reason):
    theories, likelihood, params, good, bad = refusing(name)
    with caplog.at_level(logging.INFO), model_of(theories, likelihood, params) as model:
        assert np.isfinite(model.logposterior(good).logpost)
        for _ in range(2):
            assert model.logposterior(bad, cached=False).logpost == -np.inf
        assert "had likelihood zero" not in caplog.text
    (said,) = [record for record in caplog.records if "had likelihood zero" in record.getMessage()]
    assert said.levelname == "WARNING"
    assert name.lower() in said.name.lower()
    assert "2 of 3 points (66.7 %)" in said.getMessage()
    assert reason in said.getMessage()


def test_an_expansion_that_does_not_settle_is_told(caplog, monkeypatch):
    """With too few passes for a heavy axion, enough for a light one."""
    monkeypatch.setattr(boltzmann, "_MOST_PASSES", 2)
    theories = {AXION: {"gluons": "none", "table": False}, NUCLEI: None}
    params = {"m_a": {"prior": [1e-3, 5], "ref": 0.1}, "omega_b": 0.0224}
    with caplog.at_level(logging.INFO), model_of(theories, BBN, params) as model:
        assert np.isfinite(model.logposterior({"m_a": 2e-3}).logpost)
        assert model.logposterior({"m_a": 3.0}).logpost == -np.inf
    assert "1 of 2 points (50 %) had likelihood zero" in caplog.text
    assert "ln a still moves by" in caplog.text


def test_points_that_class_fails_at_are_told(caplog):
    """With CLASS's own words; a failure at the first point would be the set-up."""
    theories, likelihood, params, _, _ = refusing(CLASS)
    params = {**params, "mnu": 0.06, "theta_s_100": {"prior": [0.5, 50], "ref": 1.04}}
    with caplog.at_level(logging.INFO), model_of(theories, likelihood, params) as model:
        assert np.isfinite(model.logposterior({"theta_s_100": 1.0419}).logpost)
        assert model.logposterior({"theta_s_100": 40.0}).logpost == -np.inf
    assert "1 of 2 points (50 %) had likelihood zero" in caplog.text
    assert "CLASS fails: " in caplog.text


def test_a_run_tells_it_to_its_user(tmp_path, monkeypatch, capfd, forked_runs):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COBAYA_NOMPI", "1")
    (tmp_path / "beyond.yaml").write_text(
        f"theory: {{{AXION}: {{solver: number}}, {NUCLEI}: }}\n"
        f"likelihood: {{{BBN}: }}\n"
        "params:\n"
        "  ln_m_a: {prior: [-3, 8], ref: 1, proposal: 1.5, drop: true}\n"
        "  m_a: 'lambda ln_m_a: np.exp(ln_m_a)'\n"
        "  omega_b: 0.0224\n"
        "sampler: {mcmc: {max_samples: 40, measure_speeds: false, seed: 1}}\n"
        "output: chains/beyond\n"
    )
    assert main(["run", "beyond.yaml"]) == 0
    said = "".join(capfd.readouterr())
    assert "points" in said
    assert "had likelihood zero; the last of each kind: " in said
    assert "allowed is a number from 0 to 10" in said


# --- what says nothing of the point ----------------------------------------------------------

FAULTS = [OSError(errno.EMFILE, "Too many open files"), MemoryError("no room")]


@pytest.mark.parametrize("fault", FAULTS, ids=["handles", "memory"])
@pytest.mark.parametrize("name", [AXION, NUCLEI, CLASS, EMULATED, BBN, DESI])
def test_a_fault_of_the_machine_stops_each_component(monkeypatch, caplog, name, fault):
    """No likelihood zero, which the sampler would take for an answer."""

    def fail(*_args, **_options):
        raise fault

    theories, likelihood, params, good, _ = refusing({BBN: AXION, DESI: EMULATED}.get(name, name))
    with caplog.at_level(logging.INFO), model_of(theories, likelihood, params) as model:
        if name == AXION:
            monkeypatch.setattr(HotAxion, "_relics", fail)
        elif name == NUCLEI:
            monkeypatch.setattr(Nucleosynthesis, "abundances", fail)
        elif name == CLASS:
            monkeypatch.setattr(model.theory[CLASS], "set", fail)
        elif name == EMULATED:
            monkeypatch.setattr(model.theory[EMULATED], "_predict", fail)
        else:
            monkeypatch.setattr(model.likelihood[name], "logp", fail)
        with pytest.raises(LoggedError, match=r"a fault of the machine.*-r"):
            model.logposterior(good)
    assert "had likelihood zero" not in caplog.text


NO_HANDLES = """
import contextlib, os, resource, sys
import numpy as np
from cobaya.model import get_model

model = get_model({
    "theory": {"hotaxion.theory.HotAxion": {"solver": "number"}, "hotaxion.theory.BBN": None,
               "hotaxion.theory.HotClassy": None},
    "likelihood": {"hotaxion.likelihoods.DesiDR2": None},
    "params": {"m_a": {"prior": [0, 1], "ref": 0.1}, "omega_b": 0.0224, "omega_cdm": 0.119,
               "H0": 68.0, "mnu": 0.06},
})
assert np.isfinite(model.logposterior({"m_a": 0.1}).logpost)
in_use = len(os.listdir("/proc/self/fd")) - 1  # without that of the listing
resource.setrlimit(resource.RLIMIT_NOFILE, (in_use, in_use))
with contextlib.suppress(OSError):  # numbers below the limit that are free
    while True:
        os.open(os.devnull, os.O_RDONLY)
print("ln posterior =", model.logposterior({"m_a": 0.2}).logpost)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts handles in /proc")
def test_without_handles_class_stops_the_run():
    """The axion goes to CLASS through a file in memory."""
    done = run_python(["-c", NO_HANDLES])
    assert done.returncode == 1
    said = done.stdout + done.stderr  # Cobaya logs to the former
    assert "ln posterior" not in said
    assert "a fault of the machine, not of the point, stops the run" in said
    assert "Too many open files" in said
