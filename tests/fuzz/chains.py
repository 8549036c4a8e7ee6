"""Chains, what lies beside them, profiles and trainings, damaged: all that is read back."""

from __future__ import annotations

import contextlib
import json
import math
import random
import tempfile
import warnings
from functools import lru_cache
from pathlib import Path

import numpy as np
from cobaya.run import run
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.profile import header, read_profile, row
from hotaxion.analysis.chains.profile import to_text as profile_to_text
from hotaxion.analysis.chains.reading import MIN_ROWS
from hotaxion.analysis.chains.reweight import log_density, mass_input, prior_sensitivity
from hotaxion.analysis.chains.tables import to_text
from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.analysis.inputs.session import cobaya_session
from hotaxion.analysis.running import resume
from hotaxion.analysis.running.verification import read_known
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.spectra.emulator.features import PARAMETERS, SCALARS, SPECTRA
from hotaxion.theory.spectra.training import folder as training

from .damage import damage, damaged_archive
from .outcome import Part, require, require_finite
from .seeded import seeded

_ROWS = 60


@lru_cache
def _chain() -> dict[str, bytes]:
    """The files that Cobaya writes for a short chain, and a second one of the same rows."""
    info = yaml_load_file(str(inputs_folder() / "bbn_omegab_ksvz.yaml"))
    info["theory"]["hotaxion.theory.HotAxion"]["solver"] = "number"
    info["sampler"]["mcmc"].update(max_samples=_ROWS, output_every=1, learn_every=10, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        with warnings.catch_warnings(action="ignore"), cobaya_session(quiet=True):
            run(info | {"output": f"{folder}/c"}, no_mpi=True)
        found = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    return found | {"c.2.txt": found["c.1.txt"]}


def _lay_out(folder: Path, names: set[str]) -> None:
    for name in names:
        (folder / name).write_bytes(_chain()[name])


def _damage_some(folder: Path, names: list[str], rng: random.Random) -> None:
    for name in rng.sample(names, rng.choice((1, 1, 2))):
        path = folder / name
        path.write_bytes(damage(path.read_bytes(), rng))


def chain_files(rng: random.Random, folder: Path) -> None:
    """Finite bounds, above zero; with their priors."""
    names = ["c.1.txt", "c.2.txt", "c.updated.yaml"]
    _lay_out(folder, {*names})
    _damage_some(folder, names, rng)
    prefix, burn = str(folder / "c"), rng.choice((None, 0))
    chain = Chain.load(prefix, burn)
    found = chain.bounds()
    for name, bound in found.parameters.items():
        require_finite(bound)
        require(bound.effective_samples > 0 and bound.value >= 0, f"{name}: {bound}")
    json.dumps(found.as_dict(), allow_nan=False)
    require("nan" not in to_text(found), to_text(found))
    samples = chain.samples
    require(samples.numrows >= MIN_ROWS, "too few rows")
    require(isinstance(chain.prior("omega_b"), str | None), "no name of a prior")
    with contextlib.suppress(HotAxionError):
        require_finite(log_density(chain, mass_input(chain.info)))
    if rng.random() < 0.2:
        require_finite(prior_sensitivity(chain))


def interrupted_runs(rng: random.Random, folder: Path) -> None:
    """No whole row is lost, and what is left can be read, or there is a cure."""
    names = {name for name in _chain() if name != "c.2.txt"}
    _lay_out(folder, names)
    _damage_some(folder, sorted(names - {"c.progress"}), rng)
    prefix, chain = folder / "c", folder / "c.1.txt"
    before = chain.read_bytes()
    whole = before[: before.rfind(b"\n") + 1]
    resume.repair(prefix)
    kept = chain.read_bytes() if chain.exists() else b""
    require(kept == whole or whole.count(b"\n") <= 1, "rows have changed")
    require(resume.repair(prefix) == [], "a second repair finds more")
    for ending in ("updated.yaml", "checkpoint"):
        path = resume.file_of(prefix, ending)
        if path.exists():
            read_yaml(path)
    covmat = resume.file_of(prefix, "covmat")
    if covmat.exists():
        require_finite(np.loadtxt(covmat))
    resume.recorded_processes(prefix), resume.recorded_seed(prefix)


def _profile() -> str:
    lines = [header("m_a", ["omega_b"], "0123456789abcdef")]
    lines += [row(x, 2 + (10 * x - 0.8) ** 2, 1.0, [0.0224]) for x in (0.01, 0.05, 0.1, 0.2, 0.3)]
    return "".join(lines)


def profiles(rng: random.Random, folder: Path) -> None:
    """Finite, and the least chi^2 of the data not above that of the grid."""
    path = folder / "m_a.profile"
    path.write_bytes(damage(_profile().encode(), rng))
    profile = read_profile(path)
    json.dumps(profile.as_dict(), allow_nan=False)
    least = profile.chi2_data[np.argmin(profile.chi2)]
    require(profile.least_chi2_data <= least, f"{profile.least_chi2_data} > {least}")
    require("nan" not in profile_to_text(profile), profile_to_text(profile))


_L_MAX = 5


def _point(path: Path) -> None:
    lengths = dict.fromkeys(SPECTRA, _L_MAX + 1) | {"features": 10, "axion": 3}
    lengths["scalars"] = len(SCALARS) + len(training.CHECKS)
    lengths["point"] = len(PARAMETERS)
    np.savez(path, **{name: np.full(n, 0.5) for name, n in lengths.items()})


def trainings(rng: random.Random, folder: Path) -> None:
    """A folder goes on only with its own options; a damaged point does not count."""
    origin = training.provenance({}, _L_MAX)
    training.prepare(folder, origin)
    paths = [training.point_path(folder, "design", i) for i in range(3)]
    for path in paths:
        _point(path)
    victim = rng.choice([folder / training.PROVENANCE, *paths])
    change = damage if victim.suffix == ".json" else damaged_archive
    victim.write_bytes(change(victim.read_bytes(), rng))
    training.prepare(folder, origin)
    found = training.load_points(folder)
    require(len(found["tt"]) == 3, f"{len(found['tt'])} points")
    for name, values in found.items():
        require((values == 0.5).all(), f"{name} has changed")


def verified(rng: random.Random, folder: Path) -> None:
    """Lines that are not whole do not count."""
    path = folder / "verify.txt"
    lines = [f"{rng.getrandbits(64):016x} {-500 - i:.6f} {-501 - i:.6f}\n" for i in range(4)]
    path.write_bytes(damage("".join(lines).encode(), rng))
    for values in read_known(path).values():
        require(all(map(math.isfinite, values)), f"{values}")


PARTS = [
    Part("chains", seeded("chain", chain_files), 40, 400),
    Part("interrupted runs", seeded("interrupted run", interrupted_runs), 25, 200),
    Part("profiles", seeded("profile", profiles), 100, 1000),
    Part("training folders", seeded("training", trainings), 60, 500),
    Part("verified points", seeded("verify.txt", verified), 50, 500),
]
