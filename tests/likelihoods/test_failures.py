"""Why this test exists: Cobaya takes an exception inside a component as likelihood zero, unsaid.

A fault of the machine, a mistake in a program and ln L = NaN must stop the run and name the
likelihood; an option of the wrong type must get one sentence before the first point.
"""

from __future__ import annotations

import errno

import numpy as np
import pytest
from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError
from cobaya.model import get_model

import hotaxion.likelihoods
from hotaxion.likelihoods import MockBAO, MockCMB
from hotaxion.likelihoods.checked import Checked

from .stubs import Distances, Spectra, official_packages
from .test_machine import ON_DEMAND, PACKAGED_MOCKS

CMB = [*(f"Planck{n}" for n in ("2018", "LiteTTTEEE", "LowlTT", "LowlEE", "Lensing")), "MockCMB"]
GROUND = ["PlanckCut", "ActDR6Lite", "ActDR6Lensing", "PACT"]
# The spectra at hand end at l = 2508, those of the mock data at 3000.
MOCKS = PACKAGED_MOCKS | {
    "ActDR6Lite": {"l_max": 2508},
    "ActDR6Lensing": {},
    "PACT": {"l_max": 2508},
    "MockCMB": PACKAGED_MOCKS["MockCMB"] | {"dataset_params": {"cl_lmax": 2000}},
}
BAO = ["BAO2018", "SixdF2011", "SdssMGS", "BossDR12", "DesiDR2", "MockBAO"]


class Failing(Spectra, Distances):
    """Spectra or distances, until `fault` is set: then they fail, or are NaN for `nan`."""

    fault: type[Exception] | str | None = None
    params = {"amplitude": None, "H0": None, "omegam": None, "rdrag_in": None}  # noqa: RUF012

    def get_can_provide(self):
        return ["Cl", "angular_diameter_distance", "Hubble", "rdrag"]

    def must_provide(self, **requirements):
        pass

    def calculate(self, state, want_derived=True, **params):
        state["params"] = params
        state["Cl"] = {name: params["amplitude"] * dl for name, dl in self.dl.items()}

    def get_Cl(self, ell_factor=False, units="FIRASmuK2"):
        self._fail()
        spectra = super().get_Cl(ell_factor, units)
        if self.fault == "nan":
            return {name: np.full_like(dl, np.nan) for name, dl in spectra.items()}
        return spectra

    def get_Hubble(self, z, units="km/s/Mpc"):
        self._fail()
        return super().get_Hubble(z, units) * (np.nan if self.fault == "nan" else 1.0)

    def _fail(self):
        if self.fault is OSError:
            raise OSError(errno.EMFILE, "Too many open files")
        if self.fault not in (None, "nan"):
            raise self.fault("some reason")


def model(name: str, **options):
    info = {
        "params": {
            "amplitude": {"prior": [0, 2]},
            **{"H0": 68.5, "omegam": 0.297, "rdrag_in": 147.6},
        },
        "theory": {"theory": {"external": Failing}},
        "likelihood": {f"hotaxion.likelihoods.{name}": MOCKS.get(name, {}) | options},
        "packages_path": official_packages() if options else None,
    }
    built = get_model(info)
    assert np.isfinite(
        built.loglike({"amplitude": 0.99} | calibration(built), return_derived=False)
    )
    return built, built.theory["theory"]


def calibration(built) -> dict[str, float]:
    sampled = built.parameterization.sampled_params()
    return {name: 1.0 for name in ("A_planck", "A_act", "P_act") if name in sampled}


@pytest.mark.parametrize("fault", [OSError, MemoryError])
@pytest.mark.parametrize("name", [*CMB, *GROUND, *BAO])
def test_fault_of_the_machine_stops(name, fault):
    built, theory = model(name)
    theory.fault = fault
    reason = {OSError: "Too many open files", MemoryError: "some reason"}[fault]
    with pytest.raises(LoggedError, match=f"fault of the machine, .*{fault.__name__}: .*{reason}"):
        built.loglike({"amplitude": 1.0} | calibration(built))


@pytest.mark.parametrize("name", ["Planck2018", "BAO2018", "PlanckLensing", "DesiDR2"])
def test_other_exceptions_stop(name):
    """Cobaya's own words and a traceback: a mistake in a program."""
    built, theory = model(name)
    theory.fault = ValueError
    with pytest.raises(ValueError, match="some reason"):
        built.loglike({"amplitude": 1.0} | calibration(built))


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Cobaya 3.6.2 leaves a file open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("files", ["packaged", "official"])
@pytest.mark.parametrize("name", [*CMB, *GROUND, *BAO])
def test_nan_is_never_silent(name, files, caplog):
    if name in MOCKS and files == "official":
        pytest.skip("these data have one form")
    built, theory = model(name, **({"files": files} if files == "official" else {}))
    theory.fault = "nan"
    with pytest.raises(LoggedError, match=r"ln L is not a number at amplitude = 1, H0 = 68\.5"):
        built.loglike({"amplitude": 1.0} | calibration(built))
    first = {"Planck2018": "PlanckLiteTTTEEE", "BAO2018": "SixdF2011", "PACT": "PlanckCut"}
    first = first.get(name, name)
    assert first.lower() in caplog.records[-1].name


@pytest.mark.parametrize("name", hotaxion.likelihoods.__all__)
def test_every_likelihood_is_checked(name):
    assert issubclass(getattr(hotaxion.likelihoods, name), Checked)


def test_zero_likelihood_stays_possible():
    """Outside the published curve of the main galaxies: a statement about the point."""
    built, _ = model("SdssMGS")
    info = {"H0": 40.0, "omegam": 0.297, "rdrag_in": 147.6, "amplitude": 1.0}
    built.provider.set_current_input_params(info)
    likelihood: Likelihood = built.likelihood["hotaxion.likelihoods.SdssMGS"]
    built.theory["theory"].check_cache_and_compute(dict(info), cached=False)
    assert likelihood.check_cache_and_compute({}, cached=False)
    assert likelihood.current_logp == -np.inf


# --- options ---------------------------------------------------------------------------------
WRONG_NUMBERS = ["abc", "1.0", True, float("nan"), float("inf"), 0, -1.0, [1.0], {"a": 1}]


@pytest.mark.parametrize("value", WRONG_NUMBERS, ids=repr)
@pytest.mark.parametrize("option", ["rs_rescale", "rs_fid"])
@pytest.mark.parametrize("name", ["SixdF2011", "DesiDR2", "MockBAO"])
def test_wrong_scale(name, option, value):
    other = {"rs_rescale": "rs_fid", "rs_fid": "rs_rescale"}[option]
    options = {option: value, other: None} | PACKAGED_MOCKS.get(name, {})
    with pytest.raises(
        LoggedError, match=rf"^{option} = .*; allowed is a finite number above 0\.$"
    ):
        getattr(hotaxion.likelihoods, name)(options)


def test_one_scale_at_a_time():
    """Cobaya would ignore one of the two."""
    with pytest.raises(LoggedError, match=r"rs_fid = 147\.8 has no effect beside rs_rescale = 1;"):
        hotaxion.likelihoods.DesiDR2({"rs_fid": 147.8})
    with pytest.raises(LoggedError, match="set one of them to null"):
        hotaxion.likelihoods.BossDR12({"rs_rescale": 0.01})


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        ("DesiDR2", "path", "elsewhere"),
        ("DesiDR2", "measurements_file", "mine.txt"),
        ("PlanckLiteTTTEEE", "dataset_file", "mine.dataset"),
        ("BossDR12", "cov_file", "mine.txt"),
        ("BossDR12", "grid_file", 3),
        ("SixdF2011", "data", [0.106, 0.4, 0.015, "rs_over_DV"]),
        ("SdssMGS", "prob_dist_bounds", [0.5, 2.0]),
        ("SdssMGS", "prob_dist", "mine.txt"),
    ],
)
def test_options_that_would_be_ignored_are_refused(name, option, value):
    for files in ("packaged", "official"):
        with pytest.raises(LoggedError, match=f"option {option} = .* are fixed; remove it, or use"):
            getattr(hotaxion.likelihoods, name)({option: value, "files": files})


@pytest.mark.parametrize(
    "name_option", ["MockBAO grid_file", "MockBAO redshift", "MockCMB map_separator"]
)
def test_mocks_read_their_own_files_alone(name_option):
    name, option = name_option.split()
    with pytest.raises(LoggedError, match=f"option {option} = 3 of {name}, which reads"):
        getattr(hotaxion.likelihoods, name)(PACKAGED_MOCKS[name] | {option: 3})


@pytest.mark.parametrize("value", [3, True, ["a"], {"a": 1}, float("nan"), ""], ids=repr)
@pytest.mark.parametrize(
    ("cls", "option"),
    [(MockBAO, o) for o in ("path", "measurements_file", "cov_file")]
    + [(MockCMB, o) for o in ("path", "dataset_file")],
)
def test_wrong_text(cls, option, value):
    options = PACKAGED_MOCKS[cls.__name__] | {option: value}
    with pytest.raises(LoggedError, match=rf"^{option} = .* is not a text; give one such as "):
        cls(options)


@pytest.mark.parametrize("value", [3, True, ["a"], "cl_lmax=2000"], ids=repr)
def test_wrong_dataset_params(value):
    with pytest.raises(LoggedError, match=r"^dataset_params = .*; give names with values, such"):
        MockCMB(PACKAGED_MOCKS["MockCMB"] | {"dataset_params": value})


@pytest.mark.parametrize("name", ON_DEMAND)
def test_typing_errors_are_found_by_cobaya(name):
    info = {
        "likelihood": {f"hotaxion.likelihoods.{name}": {"flies": "packaged"}},
        "params": {"x": [0, 1]},
    }
    with pytest.raises(LoggedError, match="does not recognize some options"):
        get_model(info)
