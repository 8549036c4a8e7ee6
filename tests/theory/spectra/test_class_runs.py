"""Why this test exists: CLASS holds state, files and memory; samplers stress all three.

Products for any likelihood, each sampler of Cobaya, fork, MPI, revisited points, memory.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
import yaml
from cobaya.likelihood import Likelihood
from cobaya.model import get_model
from cobaya.run import run

from ...forked import run_python
from ..cosmology_stubs import FAST_CLASS, FASTEST_CLASS, Asks, Axion

POINT = {"omega_b": 0.0224, "omega_cdm": 0.12, "H0": 67.0}
SPECTRA = {"A_s": 2.1e-9, "n_s": 0.966, "tau_reio": 0.055}
NAME = "hotaxion.theory.HotClassy"
FINE_STEPS = {"perturbations_sampling_stepsize": 0.1}


def model_with(wants, params=None, **options):
    return get_model(
        {
            "theory": {
                NAME: {"helium": "class", "neutrino_nodes": 3, "axion_nodes": 3, **options},
                "axion": {"external": Axion},
            },
            "likelihood": {"asks": {"external": Asks, "wants": wants}},
            "params": {
                **POINT,
                "H0": {"prior": [60, 80]},
                "m_a": 0.3,
                "amplitude": 1.0,
                "mnu": 0.06,
                **(params or SPECTRA),
            },
        }
    )


# --- products --------------------------------------------------------------------------------
REDSHIFTS = [0.0, 0.5, 1.0]
PRODUCTS = {
    "Cl": dict.fromkeys(["tt", "te", "ee", "bb", "pp"], 6000),
    "unlensed_Cl": {"tt": 3000},
    "Pk_grid": {"z": REDSHIFTS, "k_max": 10.0, "nonlinear": (True, False)},
    "Pk_interpolator": {
        "z": REDSHIFTS,
        "k_max": 10.0,
        "nonlinear": (True, False),
        "vars_pairs": [("delta_tot",) * 2, ("delta_nonu",) * 2, ("Weyl",) * 2],
    },
    "fsigma8": {"z": REDSHIFTS[1:]},
    "sigma8_z": {"z": REDSHIFTS},
    "Hubble": {"z": REDSHIFTS},
    "angular_diameter_distance": {"z": REDSHIFTS[1:]},
    "comoving_radial_distance": {"z": REDSHIFTS[1:]},
    "angular_diameter_distance_2": {"z_pairs": [(0.5, 1.0)]},
    **dict.fromkeys(["rdrag", "sigma8", "omegam", "YHe", "age", "theta_s_100", "zrei"]),
}


def test_everything_that_a_likelihood_may_ask_for():
    """One run to l = 6000 and k = 10/Mpc, linear and not, with neutrinos and axion."""
    # CAMB's names, as the inputs of the ACT and SPT likelihoods have them.
    params = {"logA": 3.05, "ns": 0.966, "tau": 0.055, "ombh2": 0.0224, "omch2": 0.12}
    info = {
        "theory": {
            NAME: {
                "helium": "class",
                "neutrino_nodes": 3,
                "axion_nodes": 3,
                # The redshifts of P(k) follow from the steps in time.
                "extra_args": {**FAST_CLASS, "non_linear": "halofit", **FINE_STEPS},
            },
            "axion": {"external": Axion},
        },
        "likelihood": {"asks": {"external": Asks, "wants": PRODUCTS}},
        "params": {"H0": {"prior": [60, 80]}, "m_a": 0.3, "amplitude": 1.0, "mnu": 0.06, **params},
    }
    model = get_model(info)
    assert np.isfinite(model.logposterior({"H0": 67.0}).logpost)
    get = model.provider
    spectra = get.get_Cl(ell_factor=True)
    assert spectra["ell"][-1] == 6000
    for name in ("tt", "ee", "bb", "pp"):
        assert spectra[name].shape == (6001,)
        assert np.isfinite(spectra[name]).all()
    assert (spectra["tt"][2:3000] > 0).all()
    assert (spectra["pp"][2:] > 0).all()
    assert 4000 < spectra["tt"][150:300].max() < 7000
    assert np.isfinite(spectra["te"]).all()
    k, z, nonlinear = get.get_Pk_grid(nonlinear=True)
    linear = get.get_Pk_grid(nonlinear=False)[2]
    assert k[-1] == pytest.approx(10.0, rel=0.05)
    assert (min(z), max(z)) == (pytest.approx(0.0, abs=1e-9), pytest.approx(1.0, abs=0.5))
    today = np.argmin(z)
    assert nonlinear[today, -1] > 3 * linear[today, -1]
    assert linear[today, 0] == pytest.approx(nonlinear[today, 0], rel=0.01)
    total = get.get_Pk_interpolator(nonlinear=False).P(0.0, 1.0)
    cold = get.get_Pk_interpolator(("delta_nonu", "delta_nonu"), nonlinear=False).P(0.0, 1.0)
    assert 1.005 < cold / total < 1.1  # neutrinos and axions do not cluster there
    # Poisson: k^2 (phi + psi)/2 = 3/2 Omega_m H0^2 delta today.
    weyl = get.get_Pk_interpolator(("Weyl", "Weyl"), nonlinear=False).P(0.0, 0.1)
    poisson = 1.5 * get.get_param("omegam") * (67.0 / 299792.458) ** 2
    matter = get.get_Pk_interpolator(nonlinear=False).P(0.0, 0.1)
    assert weyl == pytest.approx(poisson**2 * matter, rel=0.03)
    assert 0.3 < get.get_fsigma8(0.5) < 0.55
    assert get.get_sigma8_z(0.0) == pytest.approx(get.get_param("sigma8"), rel=2e-3)
    for product in ("Hubble", "angular_diameter_distance", "comoving_radial_distance"):
        assert np.isfinite(getattr(get, f"get_{product}")(0.5))
    assert get.get_angular_diameter_distance_2([(0.5, 1.0)]) > 0
    assert 0.2 < get.get_param("omegam") < 0.4


def test_revisited_points_are_bit_identical():
    """With C_l, from another point in between, and after a failed one."""
    model = model_with(
        {"Cl": {"tt": 400, "pp": 400}, "rdrag": None},
        {**SPECTRA, "tau_reio": {"prior": [0.0001, 0.1]}},
        extra_args=FASTEST_CLASS,
    )

    def spectra(h0, tau):
        # Not from Cobaya's cache:
        model.logposterior({"H0": h0, "tau_reio": tau}, cached=False)
        return model.provider.get_Cl()

    first = spectra(67.0, 0.055)
    other = spectra(67.1, 0.055)
    assert model.logposterior({"H0": 67.0, "tau_reio": 2e-4}, cached=False).logpost == -np.inf
    again = spectra(67.0, 0.055)
    assert not np.array_equal(first["tt"], other["tt"])
    assert {"tt", "pp"} <= first.keys()
    for name, values in first.items():
        assert np.array_equal(values, again[name]), name


# --- samplers --------------------------------------------------------------------------------
class Ruler(Likelihood):
    """A Gaussian in the sound horizon and in a nuisance parameter that CLASS does not see."""

    params = {"shift": None}  # noqa: RUF012

    def get_requirements(self):
        return {"rdrag": None}

    def logp(self, **params):
        r = self.provider.get_param("rdrag") + params["shift"]
        return -0.5 * ((r - 146.0) / 3.0) ** 2 - 0.5 * params["shift"] ** 2


def ruler(sampler):
    return {
        "theory": {
            NAME: {"helium": "class", "speed": 1},
            "axion": {"external": Axion},
        },
        "likelihood": {"ruler": {"external": Ruler, "speed": 100}},
        "params": {
            "omega_b": 0.0224,
            "H0": 67.0,
            "mnu": 0.06,
            "amplitude": 1.0,
            "omega_cdm": {"prior": [0.1, 0.14], "ref": 0.121, "proposal": 0.002},
            "m_a": {"prior": [0, 1], "ref": 0.2, "proposal": 0.1},
            "shift": {"prior": [-2, 2], "ref": 0.1, "proposal": 0.3},
            "delta_neff": None,
        },
        "sampler": sampler,
    }


@pytest.mark.parametrize("drag", [False, True])
def test_mcmc(drag):
    options = {
        "max_samples": 2,
        "seed": 1,
        "drag": drag,
        "measure_speeds": False,
        "oversample_power": 0,
    }
    _, sampler = run(ruler({"mcmc": {**options, "learn_proposal": False}}))
    assert len(sampler.products()["sample"]) >= 2


def test_evaluate():
    _, sampler = run(ruler({"evaluate": None}))
    assert np.isfinite(sampler.products()["sample"]["minuslogpost"]).all()


def test_minimize():
    options = {"max_evals": 60, "ignore_prior": True, "best_of": 1, "seed": 1}
    info = ruler({"minimize": options})
    info["params"]["m_a"], info["params"]["shift"] = 0.2, 0.0
    _, sampler = run(info)
    assert float(sampler.products()["minimum"]["minuslogpost"]) < 0.05


def test_post(tmp_path):
    """A likelihood is exchanged: CLASS runs again at each sample and finds the same."""
    info = ruler({"mcmc": {"max_samples": 4, "seed": 1, "learn_proposal": False}})
    info["sampler"]["mcmc"]["measure_speeds"] = False
    info["output"] = str(tmp_path / "chain")
    run(info)
    added = {"theory": info["theory"], "likelihood": {"again": {"external": Ruler}}}
    post = {
        "output": info["output"],
        "post": {"suffix": "again", "add": added, "remove": {"likelihood": {"ruler": None}}},
    }
    _, products = run(post)
    (sample,) = products.products()["sample"]
    column = (tmp_path / "chain.1.txt").read_text().splitlines()[0].split().index("chi2__ruler")
    before = np.loadtxt(tmp_path / "chain.1.txt")[:, column - 1]
    assert np.allclose(sample["chi2__again"], before, rtol=1e-3)


# --- processes -------------------------------------------------------------------------------
BACKGROUND = f"""
import logging, os, sys
logging.disable(logging.CRITICAL)
sys.stdout, out = open(os.devnull, "w"), sys.stdout
from cobaya.model import get_model
model = get_model({{
    "theory": {{"{NAME}": {{"helium": "class"}},
               "hotaxion.theory.HotAxion": {{"solver": "number", "table": False}}}},
    "likelihood": {{"one": None}},
    "params": {{"omega_cdm": {{"prior": [0.1, 0.14]}}, "m_a": {{"prior": [0, 1]}}, "mnu": 0.06,
               "tau_reio": {{"prior": [1e-4, 0.1]}}, "omega_b": 0.0224, "H0": 67.0,
               "rdrag": None, "z_reio": None}}}})
def at(omega_cdm, m_a, tau_reio=0.05):
    point = {{"omega_cdm": omega_cdm, "m_a": m_a, "tau_reio": tau_reio}}
    return model.logposterior(point, cached=False)
"""
PIECES = {
    # Parent and two children, at different and at equal points.
    "fork": """
first = at(0.12, 0.2).derived[0]
readers = []
for i in range(2):
    r, w = os.pipe()
    if os.fork() == 0:
        values = [at(0.11 + 0.01 * i, 0.1 * j).derived[0] for j in (1, 2, 3)]
        os.write(w, repr([*values, at(0.12, 0.2).derived[0]]).encode())
        os._exit(0)
    os.close(w)
    readers.append(r)
mine = [at(0.12, 0.3).derived[0], at(0.12, 0.2).derived[0]]
print(repr([first, mine, *(eval(os.read(r, 10000)) for r in readers)]), file=out, flush=True)
""",
    "memory": """
import ctypes
fields = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
class MallInfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in fields.split()]
libc = ctypes.CDLL(None)
libc.mallinfo2.restype = MallInfo
def memory():  # what is allocated and not freed; pages of the process may be used again
    held = libc.mallinfo2()
    return (held.uordblks + held.hblkhd) / 2**20
def measure(n, f):
    f(0)
    start = memory()
    for i in range(n):
        f(i)
    return (memory() - start) / n
files = len(os.listdir("/proc/self/fd"))
for i in range(10):
    at(0.12, 0.01 * i)
good = measure(30, lambda i: at(0.11 + 1e-4 * i, 1e-3 * i))
bad = measure(5, lambda i: at(0.11 + 1e-4 * i, 0.1, 2e-4))
from classy import Class, CosmoComputationError
cosmo = Class()
def plain(i):  # no species, no Cobaya: CLASS by itself
    cosmo.empty()
    cosmo.set({"omega_b": 0.0224, "omega_cdm": 0.11 + 1e-4 * i, "H0": 67.0, "tau_reio": 2e-4})
    try:
        cosmo.compute(["thermodynamics"])
    except CosmoComputationError:
        cosmo.struct_cleanup()
lost_by_class = measure(5, plain)
left_open = len(os.listdir("/proc/self/fd")) - files
print(repr([good, bad, lost_by_class, left_open]), file=out, flush=True)
""",
}


def process_of_its_own(piece: str):
    environment = {**os.environ, "COBAYA_NOMPI": "1", "OMP_NUM_THREADS": "1"}
    done = run_python(["-c", BACKGROUND + PIECES[piece]], env=environment)
    assert done.returncode == 0, done.stderr
    return eval(done.stdout)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_after_fork():
    first, mine, one, two = process_of_its_own("fork")
    assert mine[1] == one[3] == two[3] == first  # bit by bit
    assert two[2] == pytest.approx(mine[0], rel=1e-6)  # 3 * 0.1 is not 0.3
    assert len({*one[:3], *two[:3]}) == 6


@pytest.mark.skipif(
    not (shutil.which("mpirun") and importlib.util.find_spec("mpi4py")), reason="no MPI here"
)
def test_two_processes_of_mpi(tmp_path):
    """Each with its own files; two chains of the length asked for."""
    info = ruler({"mcmc": {"max_samples": 2, "seed": 1, "measure_speeds": False}})
    info["likelihood"] = {"hotaxion.likelihoods.DesiDR2": None}
    info["theory"] = {NAME: {"helium": "class"}, "hotaxion.theory.HotAxion": None}
    del info["params"]["amplitude"], info["params"]["shift"]
    info["output"] = str(tmp_path / "chain")
    path = tmp_path / "run.yaml"
    path.write_text(yaml.safe_dump(info))
    command = ["mpirun", "-n", "2", "--allow-run-as-root", "--oversubscribe", sys.executable]
    environment = {k: v for k, v in os.environ.items() if k != "COBAYA_NOMPI"}
    done = subprocess.run(
        [*command, "-m", "cobaya", "run", str(path)],
        capture_output=True,
        text=True,
        env={**environment, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for i in (1, 2):
        assert len(np.loadtxt(tmp_path / f"chain.{i}.txt", ndmin=2)) >= 2


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="memory is counted by mallinfo2 of glibc"
)
def test_memory_and_files():
    """Megabytes per point: nothing for good ones, at failed ones what CLASS loses by itself."""
    good, bad, lost_by_class, files = process_of_its_own("memory")
    assert good < 0.001
    assert 1.0 < lost_by_class < 8.0
    assert bad < 1.1 * lost_by_class
    assert files == 0
