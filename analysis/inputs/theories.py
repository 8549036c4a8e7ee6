"""Which component of an input is which: by its class, not by the key it stands under.

Cobaya lets a component go by any name (``axions: {class: hotaxion.theory.HotAxion}``), and users
derive classes of their own from ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hotaxion.theory.relics.options import AxionOptions
from hotaxion.theory.relics.relic_options import RelicOptions

# The theories as an input names them.
AXION, NUCLEI, DIRECT, EMULATED = (
    f"hotaxion.theory.{name}" for name in ("HotAxion", "BBN", "HotClassy", "EmulatedClassy")
)


def kind_of(key: str, options: object, block: str = "theory") -> str | None:
    """Name of the class of this package that a component is, or is derived from; None: of others.

    Parameters
    ----------
    key, options : as in the block of the input; options may be None, a mapping or a class.
    block : "theory" or "likelihood".
    """
    found = class_of(key, options, block)
    if found is None:  # cannot be imported here: the name is all that there is
        path = options.get("class") if isinstance(options, Mapping) else None
        package, _, name = str(path or key).rpartition(".")
        return name if package.startswith("hotaxion.") else None
    for base in found.__mro__:
        if base.__module__.startswith(("hotaxion.theory", "hotaxion.likelihoods")):
            return base.__name__
    return None


def class_of(key: str, options: object, block: str) -> type | None:
    """The class of a component, arguments as of `kind_of`; None: it cannot be imported here."""
    from cobaya.component import get_component_class

    given: Mapping[str, Any] = options if isinstance(options, Mapping) else {"external": options}
    external = given.get("external")
    if external is not None:
        external = external if isinstance(external, type) else type(external)
        return external if external.__module__ != "builtins" else None
    try:
        return get_component_class(
            key, block, given.get("python_path"), class_name=given.get("class")
        )
    except Exception:  # Cobaya imports what the user named: anything can be raised
        return None


def find_theories(info: Mapping[str, Any], *kinds: str) -> list[str]:
    """Keys of the theories of an input that are of these classes ("HotAxion", "EmulatedClassy")."""
    block = info.get("theory")
    entries = block.items() if isinstance(block, Mapping) else ()
    return [str(key) for key, options in entries if kind_of(key, options) in kinds]


def relics_of_input(info: Mapping[str, Any]) -> list[str]:
    """Names of the relics of an input, each from a HotRelic."""
    default = RelicOptions.declared()["relic"].default
    blocks = (info["theory"][key] or {} for key in find_theories(info, "HotRelic"))
    return [str(options.get("relic", default)) for options in blocks]


def options_of_input(info: Mapping[str, Any]) -> AxionOptions:
    """What decides the abundance in a Cobaya input; inputs that are sampled at their default."""
    given = dict(info["theory"][find_theories(info, "HotAxion")[0]] or {})
    known = AxionOptions.declared()
    for name in (name for name, option in known.items() if option.sampled):
        value = (info.get("params") or {}).get(name)
        value = value.get("value") if isinstance(value, Mapping) else value
        if isinstance(value, int | float):
            given[name] = value
    return AxionOptions(**{name: value for name, value in given.items() if name in known})
