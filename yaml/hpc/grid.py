"""Table of models by data for cobaya-grid: every cell is a chain, made from the named analyses.

cobaya-grid-create GRID grid.py, then cobaya-grid-run GRID --job-template grid_job.sh (on a cluster)
or cobaya-grid-run GRID --noqueue 2 (here, two at a time); cobaya-grid-list GRID --converge 0.02.
"""

from typing import Any

from cobaya.yaml import yaml_load_file

from hotaxion.analysis.inputs.names import inputs_folder


def _model(name: str) -> dict[str, Any]:
    """Theory, parameters, priors and sampler of a named analysis, without its data."""
    info = yaml_load_file(str(inputs_folder() / f"{name}.yaml"))
    return {key: info[key] for key in ("theory", "params", "prior", "sampler")}


def _data(*names: str) -> dict[str, Any]:
    return {"likelihood": {f"hotaxion.likelihoods.{name}": None for name in names}}


# Tags, joined by _, become the names of folders and chains.
models = {
    "ksvz": _model("hotaxion2026_ksvz"),
    "ksvz_normal": _model("hotaxion2026_normal_ksvz"),
    "ksvz_inverted": _model("hotaxion2026_inverted_ksvz"),
    "ksvz_marginalised": _model("hotaxion2026_marginalised_ksvz"),
    "dfsz": _model("hotaxion2026_dfsz"),
}
datasets = {
    "planck_bao2018": _data("Planck2018", "BAO2018"),
    "planck_desi": _data("Planck2018", "DesiDR2"),
    "planck_desi_bbn": _data("Planck2018", "DesiDR2", "BBN"),
}
groups = {"hotaxion": {"models": list(models), "datasets": list(datasets)}}
