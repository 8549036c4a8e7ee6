"""Hot relics between components: the product NAME_psd is a distribution, axion_psd the axion's.

A code that does not ask for a product computes a universe without that relic. The theories of this
package look for it at set-up, `hotaxion doctor` does so for any input.
"""

from __future__ import annotations

from typing import Any

from hotaxion.theory.checks import shown
from hotaxion.theory.errors import RangeError

PRODUCT = "_psd"
AXION = f"axion{PRODUCT}"
# Their parameters would have the names of others: delta_neff_extra, m_a, axion_psd.
_TAKEN = ("extra", "a", "axion")


def relic_name(name: object) -> str:
    """The name of a relic, if it can be part of those of parameters.

    Raises
    ------
    RangeError : it is no name, or taken.
    """
    if not isinstance(name, str) or not name.isidentifier() or name in _TAKEN:
        raise RangeError(
            f"relic = {shown(name)}; allowed are letters, digits and _, such as sterile, but not "
            f"{', '.join(_TAKEN)}."
        )
    return name


def relic_names(given: object) -> list[str]:
    """The option `relics`: a name, several, or None.

    Raises
    ------
    RangeError : for anything else, or a name twice.
    """
    names = [] if given is None else [given] if isinstance(given, str) else given
    if not isinstance(names, list | tuple):
        raise RangeError(f"relics = {shown(given)}; give a list of names, such as [sterile].")
    found = [relic_name(name) for name in names]
    if len({*found}) < len(found):
        raise RangeError(f"relics = {shown(given)}; name each relic once.")
    return found


def relic_products(relics: object, axion: bool = False) -> list[str]:
    """The products of the option `relics`, that of the axion first where it is wanted."""
    products = [f"{name}{PRODUCT}" for name in relic_names(relics)]
    return [AXION, *products] if axion else products


def cure_of_product(product: str) -> str:
    """What to do where nobody provides it."""
    if product == AXION:
        return "add hotaxion.theory.HotAxion, or set 'axion: False' here"
    name = product.removesuffix(PRODUCT)
    return f"add hotaxion.theory.HotRelic with 'relic: {name}', or remove {name} from 'relics' here"


def gives(theory: Any, product: str) -> bool:
    """Whether a theory of Cobaya provides a product."""
    return product in {*theory.get_can_provide(), *theory.get_can_provide_methods()}


def required(component: Any) -> set[str]:
    """Names of what a component always needs, in any of the forms that Cobaya allows."""
    needs = component.get_requirements()
    names = [needs] if isinstance(needs, str) else needs
    return {str.__str__(name if isinstance(name, str) else name[0]) for name in names}


def unreached(model: Any, codes: list[Any]) -> list[str]:
    """One sentence with the cure for each code, and each BBN, that misses a hot relic.

    Theories that an option `may_ignore_axion` (of HotAxion or BBN) or `may_ignore_relic` (of
    HotRelic) names may compute a universe without it.

    Parameters
    ----------
    model : of Cobaya, set up.
    codes : its Boltzmann codes.
    """
    theories = model.theory.values()
    ignore_axion = {one for theory in theories for one in _names(theory, "may_ignore_axion")}
    ignore = {AXION: ignore_axion} if _has_axions(model) else {}
    complaints = _strangers(model, "may_ignore_axion", ignore_axion)
    for theory in theories:
        for product in (p for p in theory.get_can_provide() if p.endswith(PRODUCT)):
            if product != AXION:
                ignore[product] = {*_names(theory, "may_ignore_relic")}
                complaints += _strangers(model, "may_ignore_relic", ignore[product])
    for product, may_ignore in ignore.items():
        knowing = {code for code in codes if product in required(code)}
        for code in codes:
            # What computes with the spectra of another code knows what that one knows.
            knows = code in knowing or knowing & model._dependencies.get(code, set())
            if not knows and code.get_name() not in may_ignore:
                complaints.append(_does_not_reach(product, code.get_name()))
        if product != AXION:  # which BBN requires always, as delta_neff
            complaints += [
                f"the relic {product.removesuffix(PRODUCT)} does not reach {theory.get_name()}: "
                f"say 'relics: [{product.removesuffix(PRODUCT)}]' there."
                for theory in theories
                if gives(theory, "bbn_theory_error") and product not in required(theory)
                if theory.get_name() not in may_ignore
            ]
    return complaints


def _has_axions(model: Any) -> bool:
    parameters = model.parameterization
    return any(gives(theory, AXION) for theory in model.theory.values()) or (
        "delta_neff" in parameters.input_params()
        and parameters.constant_params().get("delta_neff") != 0.0
    )


def _does_not_reach(product: str, code: str) -> str:
    if product == AXION:
        return (
            f"{code} gives spectra or distances, but the axion does not reach it: use "
            "hotaxion.theory.HotClassy (same options), with HotAxion and 'axion: True'; or "
            f"'may_ignore_axion: [{code}]' in HotAxion and BBN, if that is meant."
        )
    name = product.removesuffix(PRODUCT)
    return (
        f"{code} gives spectra or distances, but the relic {name} does not reach it: say 'relics: "
        f"[{name}]' there (of hotaxion.theory.HotClassy or EmulatedClassy); or 'may_ignore_relic: "
        f"[{code}]' in HotRelic, if that is meant."
    )


def _strangers(model: Any, option: str, names: set[str]) -> list[str]:
    return [
        f"{option}: {name} is no theory of this input ({', '.join(model.theory)})."
        for name in sorted(names - {*model.theory})
    ]


def _names(theory: Any, option: str) -> list[str]:
    names = getattr(theory, option, None) or []
    return [names] if isinstance(names, str) else [str(name) for name in names]
