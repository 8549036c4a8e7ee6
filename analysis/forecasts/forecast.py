"""Mock data of future experiments around a fiducial cosmology, and a Cobaya input that uses them.

The mock holds the theory itself, without scatter: at the fiducial point chi^2 is 0, and a chain
shows how well the experiment would constrain each parameter. CMB: Cobaya's exact likelihood
(T, E, and the reconstructed lensing potential); BAO: D_M/r_d and H r_d.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.analysis.inputs.session import cobaya_session
from hotaxion.analysis.inputs.theories import AXION, DIRECT, NUCLEI
from hotaxion.likelihoods.surveys import BAO, CMBExperiment, bao_bins, cmb_experiments
from hotaxion.likelihoods.write_mocks import write_bao, write_cmb
from hotaxion.theory.checks import number, whole_number
from hotaxion.theory.constants import PLANCK_2018
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.files import write_whole
from hotaxion.theory.spectra.neutrinos import HIERARCHY

# Of the first covariance.
_WIDTHS = {
    "logA": 0.005,
    "n_s": 0.002,
    "theta_s_100": 0.0001,
    "omega_b": 0.00005,
    "omega_cdm": 0.0005,
    "tau_reio": 0.003,
    "mnu": 0.02,
}
# Of Planck 2018, 1807.06209, as priors where no experiment sees low multipoles, or there is no CMB.
_TAU_ERROR, _OMEGA_B_ERROR = 0.0073, 0.00015
_L_REIONISATION = 20
_ONLY_FOR_SPECTRA = ("logA", "n_s", "tau_reio", "sigma8")
_MNU_MAX_EV, _M_A_MAX_EV, _DELTA_NEFF_MAX = 2.0, 10.0, 1.0  # ends of the priors
_DERIVED = ("m_a", "delta_neff", "f_a", "omega_axion", "YHe", "H0", "sigma8")
# Finer multipoles than CLASS's own: its jumps between two grids would count for these experiments.
EXTRA_ARGS = {"non_linear": "halofit", "l_linstep": 10}


@dataclass(frozen=True)
class Forecast:
    """What was asked for.

    Attributes
    ----------
    experiments, bao : of `surveys`; bao None for no BAO.
    m_a_ev : mass of the KSVZ axion of the fiducial [eV]; 0: no axions at all.
    extra_args : of CLASS; None: EXTRA_ARGS for a CMB experiment.
    """

    experiments: tuple[CMBExperiment, ...]
    bao: str | None = None
    m_a_ev: float = 0.0
    extra_args: Mapping[str, Any] | None = None

    @classmethod
    def of_names(
        cls, names: list[str], bao: str | None, l_max: int | None = None, **options: Any
    ) -> Forecast:
        """Look up the experiments, cut at `l_max`, and check the options.

        Raises
        ------
        UnknownOptionError, HotAxionError : see `surveys`; or neither CMB nor BAO is asked for.
        RangeError : l_max leaves nothing of an experiment, or m_a lies outside 0 to 10 eV.
        """
        if l_max is not None:
            l_max = whole_number("l_max", l_max, 2, 20_000)
        forecast = cls(cmb_experiments(names, l_max), bao, **options)
        if not forecast.experiments and bao is None:
            raise HotAxionError("no experiment is chosen; give --experiment, --bao or both.")
        if bao is not None:
            bao_bins(bao)  # refuses unknown names
        number("m_a", forecast.m_a_ev, 0.0, _M_A_MAX_EV, "eV (0: no axions)")
        return forecast

    @property
    def axion_parameter(self) -> tuple[str, float]:
        """What is sampled, and its fiducial value: delta_neff without axions, else m_a."""
        return ("m_a", self.m_a_ev) if self.m_a_ev > 0 else ("delta_neff", 0.0)

    @property
    def derived(self) -> list[str]:
        """Derived parameters that the theory has for it."""
        left_out = {self.axion_parameter[0], *(() if self.experiments else _ONLY_FOR_SPECTRA)}
        return [name for name in _DERIVED if name not in left_out]


def make_forecast(forecast: Forecast, output: str | Path) -> Path:
    """Write the mock data and `forecast.yaml` into `output`; returns the path of the latter.

    One run of CLASS. Existing files of the same names are replaced.
    """
    folder = Path(output).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with cobaya_session():
        from cobaya.model import get_model
        from cobaya.yaml import yaml_dump

        info = cobaya_input(forecast, folder)
        fiducial = PLANCK_2018 | dict([forecast.axion_parameter])
        mock = {
            "theory": info["theory"],
            "likelihood": {"one": None},
            "params": fiducial | dict.fromkeys(forecast.derived),
        }
        with get_model(mock, stop_at_error=True) as model:
            model.add_requirements(_requirements(forecast))
            if not np.isfinite(model.logposterior({}).logpost):
                raise HotAxionError(f"CLASS refuses the fiducial cosmology {fiducial}.")
            # Written beside and then renamed: a full disk leaves no half of a data set.
            with tempfile.TemporaryDirectory(prefix=".mock_", dir=folder) as beside:
                for experiment in forecast.experiments:
                    write_cmb(experiment, model.provider.get_Cl(ell_factor=True), Path(beside))
                if forecast.bao:
                    write_bao(bao_bins(forecast.bao), model.provider, Path(beside, forecast.bao))
                for file in sorted(Path(beside).iterdir()):
                    file.replace(folder / file.name)
        path = folder / "forecast.yaml"
        write_whole(path, _header(forecast) + yaml_dump(info))
    return path


# --- the Cobaya input --------------------------------------------------------------------


def cobaya_input(forecast: Forecast, folder: Path) -> dict[str, Any]:
    """Cobaya input that samples the fiducial's parameters on the mock data in `folder`."""
    likelihood: dict[str, Any] = {
        experiment.name: {
            "class": "hotaxion.likelihoods.MockCMB",
            "dataset_file": str(folder / f"{experiment.name}.dataset"),
        }
        for experiment in forecast.experiments
    }
    if forecast.bao:
        likelihood[forecast.bao] = {
            "class": "hotaxion.likelihoods.MockBAO",
            "path": str(folder),
            "measurements_file": f"{forecast.bao}_mean.txt",
            "cov_file": f"{forecast.bao}_cov.txt",
        }
    classy: dict[str, Any] = {"hierarchy": HIERARCHY}
    if forecast.extra_args is not None or forecast.experiments:
        given = forecast.extra_args
        classy["extra_args"] = dict(EXTRA_ARGS if given is None else given)
    return {
        "theory": {
            AXION: {"model": "ksvz"},
            NUCLEI: {"rates": "primat"},
            DIRECT: classy,
        },
        "likelihood": likelihood,
        "params": _parameters(forecast),
        "sampler": {"mcmc": _block("mcmc_joint")},
        "output": str(folder / "chains" / "forecast"),
    }


def _block(name: str) -> dict[str, Any]:
    """One of the blocks that the inputs of the package are made of."""
    return dict(read_yaml(inputs_folder() / "blocks" / f"{name}.yaml"))


def _parameters(forecast: Forecast) -> dict[str, Any]:
    """Priors of the package's inputs; each reference point is the fiducial, where chi^2 is 0."""
    axion, value = forecast.axion_parameter
    widths = _WIDTHS | {axion: 0.1 * value or 0.02}
    params = _block("lcdm") | _block("mnu") | _block("delta_neff") | _block("m_a")
    for name, top in (("mnu", _MNU_MAX_EV), ("m_a", _M_A_MAX_EV), ("delta_neff", _DELTA_NEFF_MAX)):
        params[name] = {"prior": {"min": 0.0, "max": top}, "latex": params[name]["latex"]}
    gaussian = {}
    if not forecast.experiments:  # distances need little, and know nothing of omega_b
        gaussian = {"omega_b": _OMEGA_B_ERROR}
    elif all(experiment.l_min > _L_REIONISATION for experiment in forecast.experiments):
        gaussian = {"tau_reio": _TAU_ERROR}
    found: dict[str, Any] = {}
    for name, centre in (PLANCK_2018 | {axion: value}).items():
        entry = {**params[name], "ref": centre, "proposal": widths[name]}
        if name in gaussian:
            entry["prior"] = {"dist": "norm", "loc": centre, "scale": gaussian[name]}
        fixed = name in _ONLY_FOR_SPECTRA and not forecast.experiments
        found[name] = centre if fixed else entry
    latex = params | _block("derived_of_m_a") | _block("derived_cosmology")
    latex["YHe"] = {"latex": r"Y_\mathrm{He}"}
    return found | {name: {"latex": latex[name]["latex"]} for name in forecast.derived}


def _header(forecast: Forecast) -> str:
    lines = ["Forecast made by `hotaxion forecast`; chi^2 is 0 at the reference point. Mock data:"]
    lines += [
        f"  {e.name}: {e.noise_ukarcmin:.3g} uK' (x 1.41 in polarisation), {e.beam_arcmin:g}', "
        f"l = {e.l_min} to {e.l_max}, f_sky = {e.f_sky:g}"
        f"{', lensing' if e.lensing else ''} ({e.source})"
        for e in forecast.experiments
    ]
    if forecast.bao:
        lines.append(f"  {forecast.bao}: BAO ({BAO[forecast.bao]})")
    (name, value) = forecast.axion_parameter
    lines.append(f"Fiducial: Planck 2018 with {name} = {value:g}.")
    lines.append("Run: cobaya-run forecast.yaml (the paths below are absolute)")
    return "".join(f"# {line}\n" for line in lines)


# --- the data ----------------------------------------------------------------------------


def _requirements(forecast: Forecast) -> dict[str, Any]:
    """What the likelihoods themselves will ask for: the same l_max, or chi^2 would not be 0."""
    wanted: dict[str, Any] = {}
    if forecast.experiments:
        l_max = max(experiment.l_max for experiment in forecast.experiments)
        wanted["Cl"] = dict.fromkeys(("tt", "te", "ee"), l_max)
        # B modes only enter the noise of the reconstruction.
        if any(experiment.lensing for experiment in forecast.experiments):
            wanted["Cl"] |= {"pp": l_max, "bb": l_max}
    if forecast.bao:
        z = np.array([b.z for b in bao_bins(forecast.bao)])
        wanted |= {"angular_diameter_distance": {"z": z}, "Hubble": {"z": z}, "rdrag": None}
    return wanted
