"""Small Cobaya theories that stand for CLASS and for the BBN theory, and where the data are."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from cobaya.model import Model, get_model
from cobaya.theory import Theory

HERE = Path(__file__).parent


class Spectra(Theory):
    """Fixed CMB spectra; ``amplitude`` multiplies them all. Records what was asked of it."""

    params = {"amplitude": None}  # noqa: RUF012
    file = "class_spectra.npz"
    cosmology = "bestfit"

    def initialize(self) -> None:
        with np.load(HERE / self.file) as file:
            self.dl = {
                name.removeprefix(f"{self.cosmology}_"): file[name].astype(float)
                for name in file
                if name.startswith(self.cosmology)
            }
        self.asked = []

    def get_can_provide(self):
        return ["Cl"]

    def must_provide(self, **requirements):
        self.asked.append(requirements["Cl"])

    def calculate(self, state, want_derived=True, **params):
        state["Cl"] = {name: params["amplitude"] * dl for name, dl in self.dl.items()}

    def get_Cl(self, ell_factor=False, units="FIRASmuK2"):
        assert ell_factor
        return self.current_state["Cl"]


class Distances(Theory):
    """Flat ΛCDM distances from H0, Ω_m and r_drag."""

    params = {"H0": None, "omegam": None, "rdrag_in": None}  # noqa: RUF012

    def get_can_provide(self):
        return ["angular_diameter_distance", "Hubble", "rdrag"]

    def calculate(self, state, want_derived=True, **params):
        state["params"] = params

    def get_Hubble(self, z, units="km/s/Mpc"):
        p = self.current_state["params"]
        hubble = p["H0"] * np.sqrt(p["omegam"] * (1 + np.atleast_1d(z)) ** 3 + 1 - p["omegam"])
        return hubble / (1.0 if units == "km/s/Mpc" else 299792.458)

    def get_angular_diameter_distance(self, z):
        nodes, weights = np.polynomial.legendre.leggauss(40)
        z = np.atleast_1d(z)
        grid = 0.5 * z[:, None] * (nodes + 1)
        inverse = 1 / self.get_Hubble(grid, units="1/Mpc")
        return 0.5 * z * (inverse @ weights) / (1 + z)

    def get_param(self, name):
        assert name == "rdrag"
        return self.current_state["params"]["rdrag_in"]


class Abundances(Theory):
    """Y_p and D/H as given, with errors of the theory like those of PRIMAT's rates."""

    params = {"Y": None, "D": None}  # noqa: RUF012
    errors = {"sigma_Y_p": 1.05e-4, "sigma_DH_rel": 0.0105, "correlation": -0.15}  # noqa: RUF012

    def get_can_provide(self):
        return ["bbn_theory_error"]

    def get_can_provide_params(self):
        return ["Y_p", "DH"]

    def calculate(self, state, want_derived=True, **params):
        state["derived"] = {"Y_p": params["Y"], "DH": params["D"]}

    def get_bbn_theory_error(self):
        return self.errors


class Published(Spectra):
    """Those that belong to published test values of likelihoods: make_published_spectra.py."""

    file = "published_spectra.npz"


def spectra_model(
    likelihoods: dict,
    cosmology: str,
    packages_path: str | None = None,
    spectra: type[Spectra] = Spectra,
    params: dict | None = None,
) -> Model:
    """Return a Cobaya model of CMB ``likelihoods`` on the fixed spectra of ``cosmology``."""
    return get_model(
        {
            "params": {"amplitude": {"prior": {"min": 0, "max": 2}}, **(params or {})},
            "theory": {"spectra": {"external": spectra, "cosmology": cosmology}},
            "likelihood": likelihoods,
            "packages_path": packages_path,
        }
    )


def chi2s(model: Model, **point: float) -> dict[str, float]:
    """Return −2 ln L for each likelihood of ``model`` at ``point``, by the class's short name."""
    values = model.loglikes(point, as_dict=True, return_derived=False)
    return {name.removeprefix("hotaxion.likelihoods."): -2 * v for name, v in values.items()}


def packages_folder() -> str | None:
    """Return a Cobaya packages folder with the official files, if there is one."""
    # Besides the two variables, a folder `cobaya_packages` kept near the repository is found.
    repository = HERE.parents[1]
    candidates = [os.environ.get("HOTAXION_PACKAGES"), os.environ.get("COBAYA_PACKAGES_PATH")]
    candidates += sorted(repository.parent.glob("*/data/cobaya_packages"))
    for folder in candidates:
        if folder and (Path(folder) / "data").is_dir():
            return str(folder)
    return None


def official_packages() -> str:
    """Return a Cobaya packages folder with the official files, or skip the test."""
    if folder := packages_folder():
        return folder
    pytest.skip("official data files absent: set HOTAXION_PACKAGES to a Cobaya packages folder")


def add_packages(info: dict) -> None:
    """Name the packages folder in an input whose data are not all in this package; or skip."""
    if any(not name.startswith("hotaxion.") for name in info["likelihood"]):
        info["packages_path"] = official_packages()
