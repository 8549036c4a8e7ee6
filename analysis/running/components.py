"""Who gives what to whom in a Cobaya model, and which data files its components have read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hotaxion.analysis.inputs.theories import kind_of
from hotaxion.analysis.text import text_table
from hotaxion.theory.components.record import code_version, files_of

_MOST_NAMES, _FIRST_NAMES = 8, 3


def product_table(model: Any) -> list[list[str]]:
    """Rows (component, version, gets, gives): products, i.e. not the inputs of the YAML."""
    from cobaya.model import as_requirement_list

    rows = [["component", "version", "gets", "gives"]]
    inputs = set(model.parameterization.input_params())
    given = model.requested()
    for component in model.components:
        needs = as_requirement_list(component.get_requirements())
        gets = _join(need for need in needs if need.name not in inputs)
        gives = _join(given.get(repr(component), ()))
        rows.append([component.get_name(), _version(component), gets, gives])
    return rows


def _join(requirements: Iterable[Any]) -> str:
    """Names in order; the plain ones: ours explain themselves (`guards.Needed`)."""
    return ", ".join(sorted({str.__str__(name) for name, _ in requirements})) or "-"


def _version(component: Any) -> str:
    version = component.get_version()
    if isinstance(version, Mapping):
        version = ", ".join(str(v) for v in version.values())
    ours = type(component).__module__.startswith("hotaxion.")
    return str(version or (code_version() if ours else "-"))


def routes(model: Any) -> list[list[str]]:
    """Rows (parameter; sampled, computed from such, fixed or derived; components of it)."""
    names, rows = model.parameterization, []
    sampled, fixed = names.sampled_params(), names.constant_params()
    for name in dict.fromkeys([*names.input_params(), *sampled]):  # some only compute others
        users = [c.get_name() for c in model.components if name in c.input_params]
        kind = "sampled" if name in sampled else "fixed" if name in fixed else "computed"
        rows.append([name, kind, ", ".join(users) or "-"])
    for name in names.output_params():
        if not name.startswith("chi2__"):  # sums by kind of likelihood: nobody provides them
            givers = [c.get_name() for c in model.components if name in c.output_params]
            rows.append([name, "derived", ", ".join(givers) or "-"])
    return rows


def data_files(model: Any) -> list[Path]:
    """The files that the components of this package say that they read.

    Those of others, and CLASS's own tables, are not known.
    """
    found: list[Path] = []
    for component in model.components:
        keys = (*component.get_defaults(), "input_params")
        options = {key: getattr(component, key, None) for key in keys}
        path = getattr(component, "packages_path", None)
        found += files_read(type(component), options, path)
    return found


def files_read(
    found: type | None, options: Mapping[str, Any], packages_path: str | None
) -> list[Path]:
    """The files that a class of Cobaya reads with these options (with defaults), as far as known.

    Raises OSError or KeyError if options of this package lead to no file.
    """
    likelihood_files = getattr(found, "data_files", None)
    if likelihood_files is None:
        return files_of(kind_of("", found) or "", options)
    files: list[Path] = likelihood_files(options, packages_path)
    return files


def places_of_others(model: Any) -> list[list[str]]:
    """Rows (likelihood, folder or file): where the data of those of other packages lie."""
    rows = [["likelihood", "data of another package, neither listed nor recorded"]]
    for name, likelihood in model.likelihood.items():
        if hasattr(likelihood, "data_files"):
            continue
        chosen = (getattr(likelihood, option, None) for option in ("data_set_file", "path"))
        place = next(filter(None, chosen), None)
        if not place and likelihood.packages_path and hasattr(likelihood, "get_path"):
            place = likelihood.get_path(likelihood.packages_path)
        if place and Path(place).exists():
            rows.append([name, str(place)])
    return rows


def describe_files(paths: Iterable[Path]) -> str:
    """A line per folder: the files that exist in it; the first few of many."""
    folders: dict[Path, list[str]] = {}
    for path in sorted({path.absolute() for path in paths if path.is_file()}):
        folders.setdefault(path.parent, []).append(path.name)
    for names in folders.values():
        if len(names) > _MOST_NAMES:
            names[_FIRST_NAMES:] = [f"{len(names) - _FIRST_NAMES} more"]
    return "\n".join(f"{folder}: {', '.join(names)}" for folder, names in folders.items())


def tables(model: Any) -> str:
    """All of it as text: products, data files, routes of the parameters."""
    products = text_table(product_table(model), right=False)
    files = describe_files(data_files(model)) or "(none)"
    if len(others := places_of_others(model)) > 1:
        files += f"\n\n{text_table(others, right=False)}"
    parameters = text_table([["parameter", "kind", "components"], *routes(model)], right=False)
    return f"{products}\n\ndata files used\n{files}\n\n{parameters}"
