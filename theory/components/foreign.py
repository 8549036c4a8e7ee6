"""Likelihoods of other packages: what they leave to the input, refused or said once at set-up.

Cobaya runs them by their standard names; what each of them needs is in docs/data.md. Found here is
what would not stop a run but change its result: priors that candl drops or counts a second time,
windows that make CLASS compute multipoles of no weight, and the covariance of ACT's lensing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from hotaxion.theory.components.checked_options import CheckedOptions
from hotaxion.theory.components.overlaps import ACT, PLANCK, PLANCK_LOW_EE, SPT, observed

# candl's name of a parameter, and those that an input may have for it.
_SAME = {"tau": ("tau", "tau_reio")}
_ACT_LENSING = "act_dr6_lenslike"
# Multipoles without weight that are not worth a word; ACT DR6 lite has 2176 of them.
_IDLE_MULTIPOLES = 500


def foreign_complaints(model: Any) -> list[str]:
    """One sentence with the cure for each prior that a likelihood of candl would count again.

    Parameters
    ----------
    model : of Cobaya, its likelihoods set up.
    """
    low, complaints = _measuring_tau(model), []
    for name, likelihood in _of_candl(model):
        for parameter in sorted(_kept(likelihood)):
            cure = f"say 'clear_specific_priors: [{parameter}]' in the block of {name}"
            if _informative(model, parameter):
                complaints.append(
                    f"{name} counts candl's own prior on {parameter}, and the input has one: "
                    f"{cure}, or leave that of the input flat."
                )
            elif parameter == "tau" and low:
                complaints.append(
                    f"{name} counts candl's own prior on tau, a measurement of Planck's EE at "
                    f"l < 30, which {low[0]} counts: {cure}."
                )
    return complaints


def foreign_notes(model: Any) -> list[str]:
    """One sentence with the cure for what is allowed, but seldom meant.

    Parameters
    ----------
    model : of Cobaya, its likelihoods set up.
    """
    notes = []
    for name, likelihood in _of_candl(model):
        notes += _dropped_priors(model, name, likelihood)
        notes += _idle_windows(name, likelihood.candl_like)
    for name, likelihood in model.likelihood.items():
        if _is_act_lensing(likelihood) and getattr(likelihood, "lens_only", False):
            notes += _marginalised_lensing(model, name)
    return notes


def say_notes(component: Any) -> None:
    """Warn of `foreign_notes`, if this is the first theory of ours in its model: once in a run."""
    model = component.provider.model
    ours = [theory for theory in model.theory.values() if isinstance(theory, CheckedOptions)]
    if component.get_name() == ours[0].get_name():
        for note in foreign_notes(model):
            component.mpi_warning("%s", note)


def _of_candl(model: Any) -> Iterator[tuple[str, Any]]:
    return (item for item in model.likelihood.items() if hasattr(item[1], "candl_like"))


def _measuring_tau(model: Any) -> list[str]:
    """Names of the likelihoods of polarisation at low multipoles."""
    return [name for name, one in model.likelihood.items() if PLANCK_LOW_EE in observed(one)]


def _kept(likelihood: Any) -> set[str]:
    """Parameters on which a likelihood of candl counts its own prior."""
    return {name for prior in likelihood.candl_like.priors for name in _names(prior)}


def _names(prior: Any) -> Collection[str]:
    """Parameters of a prior of candl, as text also where candl has them as one."""
    names = prior["par_names"] if isinstance(prior, Mapping) else prior.par_names
    return [names] if isinstance(names, str) else [str(name) for name in names]


def _sampled(model: Any, parameter: str) -> str | None:
    """The name by which the run samples a parameter of candl; None if it does not."""
    sampled = model.parameterization.sampled_params()
    return next((name for name in _SAME.get(parameter, (parameter,)) if name in sampled), None)


def _informative(model: Any, parameter: str) -> bool:
    """Whether the input gives a sampled parameter a prior that is not flat, or a joint one."""
    name = _sampled(model, parameter)
    if name is None:
        return False
    one = model.prior.pdf[model.prior.params.index(name)]
    joint = (prior.params for prior in model.prior.external.values())
    return one.dist.name != "uniform" or any(name in names for names in joint)


def _dropped_priors(model: Any, name: str, likelihood: Any) -> list[str]:
    """What candl knows well, has let go, and the run samples without a prior."""
    kept = _kept(likelihood)
    low, notes = _measuring_tau(model), []
    for prior in likelihood.candl_like.data_set_dict.get("priors") or []:
        means = np.atleast_1d(prior["central_value"])
        sigmas = np.sqrt(np.diag(np.atleast_2d(prior["prior_covariance"])))
        for parameter, mean, sigma in zip(_names(prior), means, sigmas, strict=True):
            if parameter in kept or (parameter == "tau" and low):
                continue
            if _sampled(model, parameter) and not _informative(model, parameter):
                notes.append(
                    f"{name}: candl clears its own prior on {parameter}, and that of the input is "
                    f"flat; as the data's authors have it: '{parameter}: {{prior: {{dist: norm, "
                    f"loc: {mean:g}, scale: {sigma:.2g}}}}}', or 'clear_internal_priors: false'."
                )
    return notes


def _idle_windows(name: str, data: Any) -> list[str]:
    """Multipoles that are asked for beyond the last with a weight."""
    windows = [np.abs(np.asarray(window)).sum(axis=1) for window in data.window_functions]
    last = data.ell_min + max(np.flatnonzero(window)[-1] for window in windows)
    if data.ell_max - last < _IDLE_MULTIPOLES:
        return []
    return [
        f"{name} asks for C_l to l = {data.ell_max}, its windows end at l = {last}: CLASS computes "
        "all of it, up to three times as long; hotaxion.likelihoods.ActDR6Lite has the same data "
        "and an option l_max."
    ]


def _is_act_lensing(likelihood: Any) -> bool:
    return type(likelihood).get_qualified_class_name().startswith(_ACT_LENSING)


def _marginalised_lensing(model: Any, name: str) -> list[str]:
    """ACT's lensing with the covariance for a run without CMB spectra, beside such spectra."""
    primary = {PLANCK, ACT, SPT}
    beside = [one for one, other in model.likelihood.items() if primary & {*observed(other)}]
    if not beside:
        return []
    return [
        f"{name}: 'lens_only: true' has a covariance for unknown CMB spectra, which {beside[0]} "
        "measures: a little wider than it need be. 'lens_only: false' needs the folder like_corrs "
        "of the release."
    ]
