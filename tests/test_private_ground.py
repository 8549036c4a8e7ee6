"""Why this test exists: parts of Cobaya and getdist that they do not promise to keep are used.

This is the whole list of them. Where an upgrade has changed one, its test says which, and the third
column who needs it; pyproject.toml holds the versions for which the list was made.
"""

from __future__ import annotations

import importlib
import inspect

import numpy as np
import pytest
from cobaya.model import get_model

_BASE = "cobaya.likelihoods.base_classes"

# (module, object, who needs it): arguments that it must have, None for what is no function
FUNCTIONS: dict[tuple[str, str, str], tuple[str, ...] | None] = {
    ("cobaya.theories.classy", "classy._get_Cl", "EmulatedClassy"): (
        "self", "ell_factor", "units", "lensed",
    ),
    ("cobaya.theories.classy", "classy._get_z_dependent", "EmulatedClassy"): (
        "self", "quantity", "z", "pool",
    ),
    ("cobaya.theories.classy", "classy._get_derived_all", "HotClassy"): (
        "self", "derived_requested",
    ),
    ("cobaya.theories.classy", "classy.translate_param", "HotClassy"): ("self", "p"),
    ("cobaya.component", "CobayaComponent.compare_versions", "CheckedOptions"): (
        "version_a", "version_b", "equal",
    ),
    ("cobaya.component", "CobayaComponent.validate_info", "CheckedOptions"): (
        "self", "name", "value", "annotations",
    ),
    ("cobaya.component", "CobayaComponent.validate_attributes", "CheckedOptions"): (
        "self", "annotations",
    ),
    ("cobaya.component", "ComponentCollection.get_helper_theory_collection", "guards"): ("self",),
    ("cobaya.theory", "Theory.get_modified_defaults", "Checked"): ("defaults", "input_options"),
    (_BASE, "PlanckPlikLite._fast_chi_squared", "PlanckLiteTTTEEE"): None,
    (_BASE, "PlanckPlikLite.get_chi_squared", "PlanckLiteTTTEEE"): (
        "self", "L0", "ctt", "cte", "cee", "A_planck",
    ),
    (_BASE, "CMBlikes.init_params", "PlanckLensing, MockCMB"): (
        "self", "ini",
    ),
    (_BASE, "CMBlikes.read_cl_array", "PlanckLensing"): (
        "self", "ini", "file_stem", "return_full",
    ),
    (_BASE, "CMBlikes.read_bin_windows", "PlanckLensing"): (
        "self", "ini", "file_stem",
    ),
    (_BASE, "CMBlikes.ReadCovmat", "PlanckLensing"): ("self", "ini"),
    (_BASE, "CMBlikes.UseString_to_cols", "PlanckLensing"): ("self", "L"),
    (_BASE, "CMBlikes.UseString_to_Cl_i_j", "PlanckLensing"): (
        "self", "S", "used_index",
    ),
    (_BASE, "CMBlikes.get_theory_map_cls", "MockCMB"): (
        "self", "Cls", "data_params",
    ),
    ("cobaya.likelihoods.base_classes.cmblikes", "BinWindows", "PlanckLensing"): (
        "lmin", "lmax", "nbins", "ncl",
    ),
    ("cobaya.likelihoods.base_classes.cmblikes", "make_forecast_cmb_dataset", "forecast"): None,
    ("cobaya.likelihoods.planck_2018_lowl.EE", "EE.log_likelihood", "PlanckLowlEE"): (
        "self", "cls_EE", "calib",
    ),
    (_BASE + ".cmblikes", "last_top_comment", "mock data"): None,
    ("cobaya.component", "HasDefaults.get_associated_file_content", "DeclaredOptions"): None,
    ("cobaya.theories.classy", "classy.set_cl_reqs", "HotClassy"): ("self", "reqs"),
    ("cobaya.theories.classy", "classy.set", "HotClassy"): ("self", "params_values_dict"),
    ("cobaya.prior", "ExternalPrior.params", "foreign"): None,
    ("cobaya.parameterization", "expand_info_param", "priors"): None,
    ("cobaya.tools", "get_scipy_1d_pdf", "priors"): None,
    ("cobaya.input", "is_equal_info", "reproduce"): (
        "info_old", "info_new", "strict", "print_not_log",
    ),
    ("getdist.chains", "WeightedSamples.initParamConfidenceData", "bounds"): (
        "self", "paramVec", "start", "end", "weights",
    ),
    ("getdist.chains", "WeightedSamples.confidence", "bounds"): (
        "self", "paramVec", "limfrac", "upper", "start", "end", "weights",
    ),
    ("getdist.chains", "WeightedSamples.get_norm", "bounds"): ("self", "where"),
    ("getdist.chains", "WeightedSamples.getCorrelationLength", "bounds"): None,
    ("getdist.chains", "Chains.getGelmanRubinEigenvalues", "bounds"): None,
    ("getdist.chains", "chainFiles", "bounds"): None,
    ("getdist.chains", "WeightedSamples.random_single_samples_indices", "thin"): None,
    ("getdist", "cobaya_interface", "bounds"): None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("where", "arguments"), FUNCTIONS.items(), ids=[f"{m}.{o}" for m, o, _ in FUNCTIONS]
)
def test_function(where, arguments):
    module, name, _ = where
    found = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    if arguments is not None:
        assert tuple(inspect.signature(found).parameters)[: len(arguments)] == arguments


def test_attributes_of_getdist():
    """`chain_offsets` cuts a chain into those that it was made of; weights can be redrawn."""
    from getdist import MCSamples

    samples = MCSamples(samples=[np.arange(60.0).reshape(30, 2)] * 2, names=["a", "b"])
    assert list(samples.chain_offsets) == [0, 30, 60]
    data = samples.initParamConfidenceData(0)
    assert {"indexes", "cumsum", "norm"} <= set(data._fields)


def test_attributes_of_cobaya():
    """`collectors`, `derived_extra`, `current_state`, `_must_provide`, `_dependencies`."""
    info = {
        "theory": {"classy": {"extra_args": {"N_ur": 3.044}}},
        "likelihood": {"one": None},
        "params": {"H0": 68.0, "omega_b": 0.022, "omega_cdm": 0.12, "sigma8": None},
    }
    with get_model(info) as model:
        theory = model.theory["classy"]
        model.add_requirements({"Hubble": {"z": [0.0, 1.0]}})
        assert list(theory.collectors["Hubble"].z_pool.values) == [0.0, 1.0]
        assert theory._must_provide["Hubble"]["z"] is not None
        assert isinstance(theory.derived_extra, list)
        assert isinstance(model._dependencies, dict)
        assert isinstance(theory.extra_args, dict)
        assert model.parameterization.input_params()
