"""Why this test exists: the doctor must find what breaks silently (CLASS that does not get a
parameter, MPI without a library, absent data) and must not cry wolf."""

from __future__ import annotations

import re
import sys

import pytest
from cobaya.yaml import yaml_load

from hotaxion.analysis.cli import main
from hotaxion.analysis.running import doctor, launch

from ...likelihoods.stubs import official_packages

INPUT = """
theory: {hotaxion.theory.HotAxion: null, hotaxion.theory.BBN: null}
likelihood: {hotaxion.likelihoods.BBN: {preset: 2026}}
params:
  m_a: {prior: {min: 0.01, max: 5}, ref: 0.2}
  omega_b: {prior: {min: 0.02, max: 0.025}, ref: 0.0224}
  delta_neff: null
"""


def statuses(checks):
    return {check.name: check.status for check in checks}


def test_parameters_reach_class():
    """Four evaluations of CLASS, background only, with every theory present."""
    check = doctor.check_class_gets_parameters()
    assert check.status == doctor.OK, check.text
    for name in ("omega_b", "omega_cdm", "H0", "m_a"):
        assert name in check.text


def test_a_parameter_that_does_not_reach_class_is_found(monkeypatch):
    moves = {"omega_b": 0.0, "omega_cdm": -2.5, "m_a": 1.2, "H0": -0.4}
    monkeypatch.setattr(doctor, "_probe", lambda: moves)
    check = doctor.check_class_gets_parameters()
    assert check.status == doctor.BROKEN
    assert "does not see omega_b:" in check.text


def test_a_crash_of_the_probe_is_a_finding(monkeypatch):
    def crash():
        raise RuntimeError("CLASS\nis gone")

    monkeypatch.setattr(doctor, "_probe", crash)
    assert doctor.check_class_gets_parameters().text == "RuntimeError: CLASS is gone"


def test_versions():
    assert set(statuses(doctor.check_versions()).values()) == {doctor.OK}


@pytest.mark.parametrize(
    ("mpi", "status", "text"),
    [
        (launch.Mpi(("mpirun",), ""), doctor.OK, "mpirun, mpi4py 4.1.0"),
        (launch.Mpi((), "no mpirun"), doctor.NOTE, "one chain at a time: no mpirun"),
    ],
)
def test_mpi_is_what_run_finds(monkeypatch, mpi, status, text):
    monkeypatch.setattr(launch, "find_mpi", lambda: mpi)
    monkeypatch.setattr(doctor.metadata, "version", lambda name: "4.1.0")
    check = doctor.check_mpi()
    assert (check.status, check.text) == (status, text)


def test_mpi4py_without_a_library_names_the_cure(monkeypatch, tmp_path):
    """No failure: `hotaxion run` copes. Cobaya alone does not."""
    (tmp_path / "mpi4py").mkdir()
    (tmp_path / "mpi4py" / "__init__.py").write_text(
        "raise RuntimeError('cannot load MPI library')"
    )
    monkeypatch.delenv("COBAYA_NOMPI", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    check = doctor.check_mpi()
    assert check.status == doctor.NOTE
    assert "cannot load MPI library" in check.text
    assert "COBAYA_NOMPI=1" in check.text


def test_packages_path(monkeypatch, tmp_path):
    monkeypatch.setenv("COBAYA_PACKAGES_PATH", str(tmp_path))
    assert doctor.check_packages_path().status == doctor.OK
    monkeypatch.setenv("COBAYA_PACKAGES_PATH", str(tmp_path / "absent"))
    check = doctor.check_packages_path()
    assert check.status == doctor.NOTE
    assert "does not exist" in check.text
    # A folder that was asked for must be there.
    assert doctor.check_packages_path(tmp_path).status == doctor.OK
    assert doctor.check_packages_path(tmp_path / "typo").status == doctor.BROKEN


def test_products_versions_files_and_routes(tmp_path):
    """Who gets and gives what; a table that is in memory already is listed, too."""
    path = tmp_path / "input.yaml"
    path.write_text(INPUT)
    for _ in range(2):
        checks, text = doctor.examine_yaml(path)
        assert not doctor.is_broken(checks), doctor.to_text(checks)
        products, _, routes = text.split("\n\n")
        lines = {line.split()[0]: line for line in products.splitlines()}
        likelihood = lines["hotaxion.likelihoods.BBN"]
        assert re.search(r"\d+\.\d+\.\d+\S+ +DH, Y_p, bbn_theory_error +-$", likelihood)
        assert lines["hotaxion.theory.BBN"].endswith("DH, Y_p, bbn_theory_error")
        assert "bbn_primat" in text
        assert re.search(r"\bpions\.npz\b", text)
        assert "parthenope" not in text
        lines = {line.split()[0]: line for line in routes.splitlines()}
        assert "sampled" in lines["omega_b"]
        assert "hotaxion.theory.BBN" in lines["omega_b"]
        assert "derived" in lines["delta_neff"]
        assert "hotaxion.theory.HotAxion" in lines["delta_neff"]


def test_files_of_a_packages_folder(tmp_path):
    """Official files are used only if the input says so; else the doctor says that they are there.

    The folder comes by option, or in the input.
    """
    folder = official_packages()
    text = """
theory: {hotaxion.theory.HotClassy: {axion: false, helium: class}}
likelihood:
  hotaxion.likelihoods.PlanckLowlTT: {files: official}
  hotaxion.likelihoods.DesiDR2: {files: official}
params: {H0: {prior: [60, 80]}, omega_b: 0.0224, omega_cdm: 0.12, mnu: 0.06}
"""
    path = tmp_path / "input.yaml"
    path.write_text(text.replace("official", "packaged"))
    _, packaged = doctor.examine_yaml(path)
    checks, unused = doctor.examine_yaml(path, folder)
    assert unused == packaged
    assert "planck_2018_lowl.TT, which are not used" in doctor.to_text(checks)
    path.write_text(text)
    _, by_option = doctor.examine_yaml(path, folder)
    path.write_text(f"{text}packages_path: {folder}\n")
    _, by_input = doctor.examine_yaml(path)
    for shown in (by_option, by_input):
        assert f"{folder}/data/planck_2018_lowT_native: cl2x_1.txt" in shown
        assert "desi_gaussian_bao_ALL_GCcomb_mean.txt" in shown
    assert str(folder) not in packaged
    assert "desi_dr2_mean.txt" in packaged
    # The two bins of the shipped low-l TT stand in the code.
    assert "lowT_native" not in packaged


def test_data_of_other_packages(tmp_path):
    """Where they lie; better files are named for the likelihoods of the input alone."""
    path, folder = tmp_path / "input.yaml", official_packages()
    path.write_text("""
theory: {hotaxion.theory.HotClassy: {axion: false, helium: class}}
likelihood: {planck_2018_lowl.EE_sroll2: , sn.union3: , hotaxion.likelihoods.PlanckLensing: }
params: {H0: {prior: [60, 80]}, omega_b: 0.0224, omega_cdm: 0.12, mnu: 0.06, A_planck: 1}
""")
    checks, text = doctor.examine_yaml(path, folder)
    assert "which are not used" not in doctor.to_text(checks)
    (others,) = (part for part in text.split("\n\n") if "data of another package" in part)
    rows = [line.split() for line in others.splitlines()[2:]]
    names = {"planck_2018_lowl.EE_sroll2": "planck_sroll2_lowE_native", "sn.union3": "sn_data"}
    assert rows == [[name, f"{folder}/data/{place}"] for name, place in names.items()]
    assert "planck_lensing_2018_consext8.npz" in text


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("preset: 2026", "helium: aver2051", "aver2015"),
        ("hotaxion.likelihoods.BBN", "hotaxion.likelihoods.BNB", "hotaxion.likelihoods.BNB"),
    ],
)
def test_model_that_cannot_be_built(old, new, said, tmp_path):
    path = tmp_path / "input.yaml"
    path.write_text(INPUT.replace(old, new))
    checks, routes = doctor.examine_yaml(path)
    assert statuses(checks) == {"model": doctor.BROKEN}
    assert said in doctor.to_text(checks)
    assert routes == ""


OTHERS = """
theory:
  classy: {extra_args: {N_ur: 2.0328, N_ncdm: 1}}
likelihood:
  mine: {external: "lambda omega_b: -0.5 * ((omega_b - 0.0224) / 1e-4) ** 2"}
  hotaxion.likelihoods.DesiDR2:
params: {omega_b: {prior: [0.02, 0.025]}, omega_cdm: 0.12, H0: 67.5, m_ncdm: 0.06}
"""


def test_parameter_that_misses_a_code_of_others(tmp_path):
    """Cobaya's own classy, none of our theories: omega_b goes to the likelihood alone."""
    path = tmp_path / "input.yaml"
    path.write_text(OTHERS)
    checks, _ = doctor.examine_yaml(path)
    (broken,) = [check for check in checks if check.status == doctor.BROKEN]
    assert "omega_b does not reach classy" in broken.text
    path.write_text(OTHERS.replace("classy: {", "classy: {requires: [omega_b], "))
    checks, _ = doctor.examine_yaml(path)
    assert not doctor.is_broken(checks), doctor.to_text(checks)


@pytest.mark.parametrize(
    ("sampler", "text"),
    [
        ("{mcmmc: {}}", "mcmmc"),
        ("{mcmc: {burnin: 3}}", "did you mean 'burn_in'"),
        ("{mcmc: {covmat: nowhere.covmat}}", "no file 'nowhere.covmat'"),
        ("{minimize: {best_off: 3}}", "did you mean 'best_of'"),
        ("{mcmc: {Rminus1_stop: often}}", "'Rminus1_stop' must be a float, got str"),
        ("{mcmc: {measure_speeds: 1}}", "'measure_speeds' must be boolean"),
        ("{mcmc: {max_samples: 0.5}}", "'max_samples' must be an integer"),
        ("{mcmc: {learn_every: [40]}}", "must be a number or string"),
        ("{minimize: {override_bobyqa: 3}}", "override_bobyqa"),
        ("{evaluate: {override: [0.1]}}", "override"),
    ],
)
def test_sampler(sampler, text):
    ((name, options),) = yaml_load(sampler).items()
    check = doctor.check_sampler(name, options)
    assert check.status == doctor.BROKEN
    assert text in check.text


def test_the_sampler_of_an_input_is_looked_at(tmp_path):
    path = tmp_path / "input.yaml"
    path.write_text("{likelihood: {one: }, sampler: {mcmmc: }, params: {a: {prior: [0, 1]}}}")
    assert statuses(doctor.examine_yaml(path)[0])["sampler mcmmc"] == doctor.BROKEN


@pytest.mark.parametrize(
    "sampler",
    [
        "{mcmc: {max_samples: 1e5, burn_in: 20d, learn_every: 40, covmat: auto, drag: true}}",
        "{mcmc: {Rminus1_stop: 1, blocking: [[1, [m_a]], [2, [omega_b]]], oversample_power: 0}}",
        "{minimize: {method: scipy, override_scipy: {tol: 1e-3}, max_evals: 100d}}",
        "{evaluate: {override: {m_a: 0.1}, N: 2}}",
        "{evaluate: }",
    ],
)
def test_values_that_cobaya_takes_pass(sampler):
    ((name, options),) = yaml_load(sampler).items()
    check = doctor.check_sampler(name, options)
    assert check.status == doctor.OK, check.text


@pytest.mark.parametrize(("status", "code"), [(doctor.NOTE, 0), (doctor.BROKEN, 1)])
def test_exit_code(monkeypatch, capsys, status, code):
    monkeypatch.setattr(
        doctor, "examine", lambda given=None: [doctor.Check("thing", status, "why")]
    )
    assert main(["doctor"]) == code
    assert status in capsys.readouterr().out


def test_command_with_a_packages_folder(monkeypatch, tmp_path, capsys):
    path = tmp_path / "input.yaml"
    path.write_text(INPUT)
    seen = []

    def examine_yaml(*arguments):
        seen.append(arguments)
        return [doctor.Check("model", doctor.OK, "")], "tables"

    monkeypatch.setattr(
        doctor, "examine", lambda given=None: [doctor.Check("thing", doctor.OK, "")]
    )
    monkeypatch.setattr(doctor, "examine_yaml", examine_yaml)
    assert main(["doctor", str(path), "-p", "somewhere"]) == 0
    assert seen == [(str(path), "somewhere")]
    assert capsys.readouterr().out.endswith("tables\n")


def test_doctor_of_a_missing_file(monkeypatch, capsys):
    monkeypatch.setattr(
        doctor, "examine", lambda given=None: [doctor.Check("thing", doctor.OK, "")]
    )
    hook = sys.excepthook
    assert main(["doctor", "nowhere.yaml"]) == 1
    assert "missing file 'nowhere.yaml'" in capsys.readouterr().err
    assert sys.excepthook is hook
