"""`hotaxion train --local`: the fiducial and the sensitivity of a Cobaya input with mock data."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.inputs.theories import find_theories, kind_of
from hotaxion.theory.constants import T_CMB_K
from hotaxion.theory.errors import HotAxionError

if TYPE_CHECKING:
    from hotaxion.theory.spectra.training.local_design import Target
    from hotaxion.theory.spectra.training.sensitivity import CMBMaps, Distances

_T_CMB_UK = 1e6 * T_CMB_K
_MOCKS = ("MockCMB", "MockBAO")


def local_target(yaml: str | Path) -> Target:
    """What a local emulator for this Cobaya input must cover, as `hotaxion forecast` writes them.

    Raises
    ------
    HotAxionError : no MockCMB in it, another likelihood (whose information is not known), an axion
        that is not KSVZ, or a parameter without a value or reference point.
    RangeError : see `Target`.
    """
    from hotaxion.theory.spectra.training.local_design import SAMPLED, Target
    from hotaxion.theory.spectra.training.sensitivity import Sensitivity

    with cobaya_session(quiet=True):
        info = load_input(yaml)
        likelihoods = {n: _likelihood(n, options) for n, options in info["likelihood"].items()}
    params = info.get("params") or {}
    maps = tuple(_maps(x) for x in likelihoods.values() if hasattr(x, "map_names"))
    if not maps:
        raise HotAxionError(f"--local: no MockCMB in '{yaml}'; use the input of hotaxion forecast.")
    for name in find_theories(info, "HotAxion"):
        model = (info["theory"][name] or {}).get("model", "ksvz")
        if model != "ksvz":
            raise HotAxionError(f"--local: model {model}; only ksvz, or leave --local out.")
    sensitivity = Sensitivity(
        tuple(likelihoods),
        maps,
        tuple(_distances(x) for x in likelihoods.values() if not hasattr(x, "map_names")),
        {name: scale for name in SAMPLED if (scale := _prior_error(params.get(name)))},
    )
    return Target(
        {name: _centre(name, params.get(name)) for name in SAMPLED},
        {name: _range(params[name]) for name in ("mnu", "m_a")},
        sensitivity,
        _hierarchy(info),
    )


def _hierarchy(info: Mapping[str, Any]) -> str:
    for name in find_theories(info, "HotClassy", "EmulatedClassy"):
        return (info["theory"][name] or {}).get("hierarchy", "degenerate")
    return "degenerate"


def _likelihood(name: str, options: Mapping[str, Any] | None) -> Any:
    """The likelihood by itself, its data read."""
    kind = kind_of(name, options, "likelihood")
    if kind not in _MOCKS:
        raise HotAxionError(
            f"--local: likelihood {name}; only {' and '.join(_MOCKS)} tell how much they see. "
            "Remove it for the training, or leave --local out."
        )
    own = {key: value for key, value in (options or {}).items() if key != "class"}
    return getattr(import_module("hotaxion.likelihoods"), kind)(own, name=name)


def _maps(mock: Any) -> CMBMaps:
    """Noise of MockCMB as raw C_l without unit."""
    from hotaxion.theory.spectra.training.sensitivity import CMBMaps

    fields = tuple(mock.map_names[i].lower() for i in mock.map_fields if mock.use_map[i])
    ell = np.arange(mock.bin_min, mock.bin_max + 1.0)
    noise = np.diagonal(mock.noise_matrix, axis1=1, axis2=2).copy()
    for i, each in enumerate(fields):
        band = ell * (ell + 1.0) / (2.0 * np.pi)
        noise[:, i] /= band * (ell * (ell + 1.0) if each == "p" else _T_CMB_UK**2)
    return CMBMaps(fields, noise, mock.bin_min, mock.bin_max, mock.fsky)


def _distances(mock: Any) -> Distances:
    from hotaxion.theory.spectra.training.sensitivity import Distances

    z, kinds = mock.data["z"].to_numpy(dtype=float), tuple(map(str, mock.data["observable"]))
    return Distances(z, kinds, np.atleast_2d(mock.cov))


def _centre(name: str, entry: Any) -> float:
    """The fixed value, or the reference point."""
    if isinstance(entry, Mapping):
        ref = entry.get("ref", entry.get("value"))
        entry = ref.get("loc") if isinstance(ref, Mapping) else ref
    try:
        return float(entry)
    except (TypeError, ValueError):
        raise HotAxionError(
            f"--local: parameter {name} has no reference point; give 'ref: NUMBER' or a value."
        ) from None


def _range(entry: Any) -> tuple[float, float]:
    """Limits of a flat prior; none: 0 to infinity."""
    prior = entry.get("prior") if isinstance(entry, Mapping) else None
    if isinstance(prior, Mapping):
        return float(prior.get("min", 0.0)), float(prior.get("max", np.inf))
    return (float(prior[0]), float(prior[1])) if prior else (0.0, np.inf)


def _prior_error(entry: Any) -> float | None:
    """Standard deviation of a Gaussian prior."""
    prior = entry.get("prior") if isinstance(entry, Mapping) else None
    if isinstance(prior, Mapping) and prior.get("dist") == "norm":
        return float(prior["scale"])
    return None
