"""Why this exists: chains whose exact quantiles are known, and an axion that needs no physics."""

from __future__ import annotations

import json
import math
import os
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import halfnorm

from hotaxion.analysis.figures import all_kinds
from hotaxion.theory.errors import RangeError

M_A_SIGMA = 0.25  # eV, of the half-Gaussian in m_a
OMEGA_B, OMEGA_B_SIGMA = 0.0224, 1.5e-4

UPDATED_YAML = {
    "theory": {"hotaxion.theory.HotAxion": {"model": "ksvz", "rates": "lo", "solver": "number"}},
    "likelihood": {"hotaxion.likelihoods.BBN": {"preset": "paper2022"}},
    "params": {
        "m_a": {"prior": {"min": 0, "max": 3}, "latex": r"m_\mathrm{a}"},
        "omega_b": {"prior": {"dist": "norm", "loc": 0.0224, "scale": 0.00015}, "latex": "ob"},
        "delta_neff": {"derived": True, "latex": r"\Delta N", "min": 0},
        "f_a": {"derived": True, "latex": "f_a"},
    },
    "sampler": {"mcmc": {}},
}


def correlated_gaussians(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """AR(1) series of unit variance with correlation 0.8: nine rows make one independent one."""
    noise = 0.6 * rng.standard_normal((rows, columns))
    noise[0] /= 0.6  # stationary from the start
    return lfilter([1], [1, -0.8], noise, axis=0)


def write_cobaya_chain(folder, name="run", n_chains=4, rows=3000, seed=1) -> str:
    """Write a chain as Cobaya does (NAME.1.txt, ..., NAME.updated.yaml); returns its prefix."""
    rng = np.random.default_rng(seed)
    names = ["m_a", "omega_b", "delta_neff", "f_a"]
    names += ["minuslogprior", "minuslogprior__0", "chi2", "chi2__hotaxion.likelihoods.BBN"]
    for number in range(1, n_chains + 1):
        unit = correlated_gaussians(rng, rows, 2)
        m_a = np.abs(M_A_SIGMA * unit[:, 0])
        omega_b = OMEGA_B + OMEGA_B_SIGMA * unit[:, 1]
        chi2 = np.sum(unit**2, axis=1)
        one, zero = np.ones(rows), np.zeros(rows)
        values = [m_a, omega_b, 0.5 * m_a, 5.691e6 / m_a, zero, zero, chi2, chi2]
        table = np.column_stack([one, chi2 / 2, *values])
        header = " ".join(["weight", "minuslogpost", *names])
        np.savetxt(folder / f"{name}.{number}.txt", table, header=header, fmt="%.8g")
    (folder / f"{name}.updated.yaml").write_text(json.dumps(UPDATED_YAML))  # JSON is YAML
    return str(folder / name)


@pytest.fixture(scope="session")
def write_chain():
    """The function `write_cobaya_chain`."""
    return write_cobaya_chain


@pytest.fixture(scope="session")
def exact() -> dict[str, float]:
    """What the bounds of the chain must be; f_a falls with m_a, so their quantiles correspond."""
    m_a = float(halfnorm.ppf(0.95)) * M_A_SIGMA
    return {"m_a": m_a, "delta_neff": 0.5 * m_a, "f_a": 5.691e6 / m_a, "omega_b": OMEGA_B}


@pytest.fixture(scope="session")
def chain(tmp_path_factory) -> str:
    """Prefix of four Cobaya chains: half-Gaussian m_a, Gaussian omega_b, derived the rest."""
    return write_cobaya_chain(tmp_path_factory.mktemp("chains"))


JOINT_YAML = {
    "theory": {"hotaxion.theory.HotAxion": {"model": "ksvz", "input_params": ["m_a"]}},
    "likelihood": {"hotaxion.likelihoods.PlanckLiteTTTEEE": None},
    "prior": {"flat_in_m_a": "lambda ln_m_a: ln_m_a"},
    "params": {
        "ln_m_a": {"prior": [math.log(0.05), math.log(10.05)], "drop": True},
        "m_a": {"value": "lambda ln_m_a: np.exp(ln_m_a) - 0.05", "min": 0, "max": 10},
        "mnu": {"prior": {"min": 0, "max": 2}},
        "omega_b": {"prior": {"min": 0.018, "max": 0.027}},
        "H0": {"derived": True},
        "sigma8": {"derived": True},
        "delta_neff": {"derived": True},
        "f_a": {"derived": True},
    },
    "sampler": {"mcmc": {"Rminus1_stop": 0.02}},
}


def write_joint_chain_files(folder, name="joint", n_chains=4, rows=3000, seed=5, m_a_sigma=0.1):
    """A chain like that of a joint analysis: m_a sampled through ln_m_a; returns its prefix."""
    rng = np.random.default_rng(seed)
    for number in range(1, n_chains + 1):
        unit = correlated_gaussians(rng, rows, 5)
        m_a, mnu = np.abs(m_a_sigma * unit[:, 0]), np.abs(0.05 * unit[:, 1])
        delta_neff = 0.03 + 0.6 * np.tanh(2 * m_a) ** 2
        omega_b = OMEGA_B + OMEGA_B_SIGMA * unit[:, 2]
        h0 = 68 + 0.5 * unit[:, 3] + 3 * delta_neff - 5 * mnu
        sigma8 = 0.815 + 0.007 * unit[:, 4] - 0.3 * mnu - 0.05 * m_a
        chi2 = np.sum(unit**2, axis=1)
        ln_m_a = np.log(m_a + 0.05)
        columns = [np.ones(rows), chi2 / 2, ln_m_a, mnu, omega_b, m_a, h0, sigma8, delta_neff]
        columns += [5.691e6 / m_a, -ln_m_a, np.zeros(rows), -ln_m_a, chi2, chi2]
        names = "weight minuslogpost ln_m_a mnu omega_b m_a H0 sigma8 delta_neff f_a minuslogprior"
        names += " minuslogprior__0 minuslogprior__flat_in_m_a chi2 chi2__Planck"
        path = folder / f"{name}.{number}.txt"
        np.savetxt(path, np.column_stack(columns), header=names, fmt="%.10g")
    (folder / f"{name}.updated.yaml").write_text(json.dumps(JOINT_YAML))
    return str(folder / name)


@pytest.fixture(scope="session")
def write_joint_chain():
    """The function `write_joint_chain_files`."""
    return write_joint_chain_files


@pytest.fixture(scope="session")
def joint_chain(tmp_path_factory) -> str:
    """Prefix of four chains of a joint analysis: half-Gaussian m_a (0.1 eV) and mnu (0.05 eV)."""
    return write_joint_chain_files(tmp_path_factory.mktemp("joint"))


def change_updated_yaml(prefix: str, **blocks) -> None:
    """Replace blocks of a chain's updated.yaml; entries of `params` are merged."""
    path = Path(f"{prefix}.updated.yaml")
    info = json.loads(path.read_text())
    info["params"] |= blocks.pop("params", {})
    path.write_text(json.dumps(info | blocks))


@pytest.fixture(scope="session")
def change_input():
    """The function `change_updated_yaml`."""
    return change_updated_yaml


class StubAbundance:
    """As `hotaxion.theory.relics.abundance.Abundance`, with invented numbers."""

    def __init__(self, options):
        self.options = options

    def __call__(self, m_a_ev: float, f_a: float | None = None) -> SimpleNamespace:
        assert f_a is None
        if not 1e-4 <= m_a_ev <= 10:
            raise RangeError(f"m_a = {m_a_ev} eV given; allowed is 1e-4 to 10 eV.")
        return SimpleNamespace(
            m_a_ev=m_a_ev,
            f_a_gev=5.691e6 / m_a_ev,
            delta_neff=0.6 * math.tanh(m_a_ev),
            omega_a_h2=m_a_ev / 150,
            temperature_ratio=0.7,
            mean_momentum_ratio=1.01,
            t_decoupling_mev=None if m_a_ev < 1e-2 else 60 / m_a_ev,
            t_half_made_mev=None if m_a_ev < 1e-2 else 70 / m_a_ev,
        )


@pytest.fixture
def stub_abundance(monkeypatch):
    """Put the stub where the command line finds the real calculator."""
    # Whoever imports these first would find the stub, and keep it.
    for module in ("theory.components.hot_axion", "theory.relics.error_budget"):
        import_module(f"hotaxion.{module}")
    all_kinds()
    monkeypatch.setattr("hotaxion.theory.relics.abundance.Abundance", StubAbundance)


@pytest.fixture
def work_folder(tmp_path, monkeypatch):
    """A working folder of its own, without MPI."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COBAYA_NOMPI", "1")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    return tmp_path


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory):
    """A report of `reproduce` on synthetic chains: BBN with variants, and a joint analysis.

    Its figures are not drawn: `asked` is what of, by name. `folder` is where the chains are.
    """
    from hotaxion.analysis.published import plan as reproduce
    from hotaxion.analysis.published import report as reproduce_report
    from hotaxion.analysis.published.analyses import ANALYSES

    from .reproduce_stubs import NAME, chain_of, write_files

    joint = "notari2022_planck_bao2018_ksvz"
    here, folder, asked = Path.cwd(), tmp_path_factory.mktemp("report"), {}
    os.chdir(folder)
    try:
        for name in (NAME, joint):
            for variant in (None, *ANALYSES[name].variants):
                write_files(chain_of(name, variant))
        found = reproduce.reproduce([NAME, joint], reproduce.Options(), lambda line: None)
        assert not found.outcomes  # a chain that is forgotten above would be sampled, for minutes
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reproduce_report, "make_figure", lambda *given, **_: (given[0], given))
            patch.setattr(
                reproduce_report, "save", lambda given, *_: asked.update({given[0]: given})
            )
            found.report = reproduce_report.write_report(found).absolute()
        found.table = reproduce_report.write_table(found).absolute()
    finally:
        os.chdir(here)
    found.asked, found.folder = asked, folder
    return found
