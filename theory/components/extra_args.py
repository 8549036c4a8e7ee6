"""`extra_args`, what CLASS is told besides parameters: our defaults, changed key by key.

Cobaya replaces the whole of such an option by what an input gives: whoever asked for one more key
would silently get another grid of multipoles and another non-linear model.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hotaxion.theory.checks import mapping

_DEFAULTS = Path(__file__).with_name("HotClassy.yaml")
# Asked for less, CLASS truncates k and C_29 comes out 36 % low.
L_MAX_MIN = 1000
_HELIUM_TABLE = "sBBN file"
_ALIASES = {"non linear": "non_linear"}  # that CLASS and Cobaya take


@cache
def class_defaults() -> dict[str, Any]:
    """Those of HotClassy, with which each training begins, too."""
    from cobaya.yaml import yaml_load_file

    return dict(yaml_load_file(str(_DEFAULTS))["extra_args"])


def with_defaults(given: object, defaults: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What CLASS gets where an input has `given` as `extra_args` (None: nothing).

    `defaults` : in place of those of HotClassy.

    Raises
    ------
    RangeError : `given` is not a mapping.
    """
    defaults = class_defaults() if defaults is None else defaults
    own = mapping("extra_args", {} if given is None else given, "{l_linstep: 20}")
    hidden = {_ALIASES.get(key, key) for key in own}
    return {key: value for key, value in defaults.items() if key not in hidden} | own


def non_linear(extra_args: Mapping[str, Any]) -> bool:
    """Whether CLASS, asked for lensing or P(k), corrects them for non-linear growth."""
    chosen = str(extra_args.get("non_linear")).lower()  # CLASS looks for these words in it
    spectra = str(extra_args.get("output"))
    return ("halofit" in chosen or "hmcode" in chosen) and ("lCl" in spectra or "mPk" in spectra)


def complaints(extra_args: Mapping[str, Any], class_folder: Path, helium: str) -> list[str]:
    """One sentence with the cure for each option of CLASS that cannot be what was meant.

    Parameters
    ----------
    extra_args : options of CLASS.
    class_folder : where CLASS's own files lie.
    helium : the option of HotClassy: "bbn" or "class".
    """
    found = _missing_files(extra_args, class_folder)
    l_max = extra_args.get("l_max_scalars", L_MAX_MIN)
    try:
        enough = float(l_max) >= L_MAX_MIN  # YAML may have given a string
    except (TypeError, ValueError):
        enough = False
    if not enough:
        found.append(
            f"l_max_scalars = {l_max}, but below {L_MAX_MIN} CLASS truncates its wavenumbers, and "
            "C_l comes out tens of percent low; remove it: l_max follows from the likelihoods."
        )
    if helium == "bbn" and "YHe" in extra_args:
        found.append("'YHe' needs the option 'helium: class' of this theory.")
    return found


def _missing_files(extra_args: Mapping[str, Any], class_folder: Path) -> list[str]:
    """Paths that lead nowhere. CLASS looks for `sBBN file` inside its own folder only."""
    found = []
    tables = class_folder / "external" / "bbn"
    for key, value in extra_args.items():
        if "file" not in key or not isinstance(value, str) or not ("/" in value or "." in value):
            continue
        if key == _HELIUM_TABLE:
            known = sorted(file.name for file in tables.glob("*.dat"))
            if known and not Path(f"{class_folder}{value}").is_file():
                found.append(
                    f"the file of {key!r} does not exist inside CLASS: {value}; give one of "
                    f"{', '.join(known)}, or use 'helium: bbn' for another table."
                )
        elif not value.startswith("/external/") and not Path(value).exists():
            found.append(
                f"the file of {key!r} does not exist: {value}; correct the path (relative ones "
                f"start in {Path.cwd()})."
            )
    return found
