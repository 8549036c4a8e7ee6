"""Chains of the analyses that `hotaxion reproduce` knows, written without sampling anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from numbers import Real
from pathlib import Path

import numpy as np
from cobaya.yaml import yaml_dump
from scipy.stats import halfnorm

from hotaxion.analysis.inputs.session import cobaya_session
from hotaxion.analysis.published.jobs import Job, Options, input_of, make_job
from hotaxion.analysis.published.rows import Kind, Row
from hotaxion.theory.components.record import code_version

NAME = "deramo2022_bbn_omegab_ksvz"
# 2205.07849, abstract (KSVZ, 95 %): delta_neff, m_a [eV], f_a [GeV], sum of neutrino masses [eV].
ABSTRACT = {
    "deramo2022_bbn_ksvz": (0.31, 0.53, 1.07e7, None),
    "deramo2022_bbn_omegab_ksvz": (0.14, 0.16, 3.56e7, None),
    "deramo2022_planck_bao2018_ksvz": (0.23, 0.28, 2.02e7, 0.16),
}
M_A_SIGMA = 0.25  # eV, of the synthetic chains: half a Gaussian in m_a
M_A_BOUND = M_A_SIGMA * float(halfnorm.ppf(0.95))
EXACT = {"m_a": M_A_BOUND, "delta_neff": 0.5 * M_A_BOUND, "f_a": 5.691e6 / M_A_BOUND}


def chain_of(name: str = NAME, variant: str | None = None, **options) -> Job:
    """A chain in the working folder."""
    return make_job(name, variant, Options(output=Path(), **options), input_of(name))


def full_input(info: Mapping) -> dict:
    """An input with its defaults, as Cobaya writes it into updated.yaml."""
    from cobaya.input import update_info

    with cobaya_session(quiet=True):
        full = update_info(dict(info))
    for likelihood in full["likelihood"].values():
        likelihood.pop("params", None)
    return full


def write_files(chain, converged: bool = True, rows: int = 1500, seed: int = 1) -> None:
    """A synthetic chain where Cobaya would have written that of an analysis."""
    full = full_input(chain.info)
    for block in ("theory", "likelihood"):
        for name, options in full[block].items():
            if not name.endswith("Classy"):  # has a version of its own
                full[block][name] = {**(options or {}), "version": code_version()}
    params = {k: v for k, v in full["params"].items() if isinstance(v, Mapping)}
    params = {k: v for k, v in params.items() if not isinstance(v.get("value"), Real)}  # fixed
    sampled = [name for name, entry in params.items() if "prior" in entry]
    derived = [name for name in params if name not in sampled and name != "tan_beta"]
    priors = [f"minuslogprior__{name}" for name in (0, *(full.get("prior") or ()))]
    names = [*sampled, *derived, "minuslogprior", *priors, "chi2"]
    names += [f"chi2__{name}" for name in full["likelihood"]]
    rng = np.random.default_rng(seed)
    m_a, omega_b, mnu = np.abs(rng.normal(size=(3, rows)) * [[M_A_SIGMA], [0.01], [0.05]])
    known = {"m_a": m_a, "omega_b": 0.0224 + 0.01 * omega_b, "mnu": mnu}
    known |= {"delta_neff": 0.5 * m_a, "f_a": 5.691e6 / m_a, "ln_m_a": np.log(m_a + 0.05)}
    columns = [known.get(name, 0.7 + 0.01 * rng.normal(size=rows)) for name in names]
    chain.prefix.parent.mkdir(exist_ok=True)
    table = np.column_stack([np.ones(rows), np.ones(rows), *columns])
    header = " ".join(["weight", "minuslogpost", *names])
    np.savetxt(f"{chain.prefix}.1.txt", table, header=header, fmt="%.8g")
    Path(f"{chain.prefix}.updated.yaml").write_text(yaml_dump(full))
    mcmc = {"converged": converged, "Rminus1_last": 0.004, "burn_in": 0, "mpi_size": 0}
    Path(f"{chain.prefix}.checkpoint").write_text(json.dumps({"sampler": {"mcmc": mcmc}}) + "\n")


def row_of(reproduced, quantity, variant=None, analysis=NAME, kind=Kind.CHAIN) -> Row:
    """The one row of a quantity in a result of `reproduce`."""
    (row,) = (
        r
        for r in reproduced.rows
        if (r.analysis, r.variant, r.quantity, r.kind) == (analysis, variant, quantity, kind)
    )
    return row
