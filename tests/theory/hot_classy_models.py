"""Models of Cobaya with HotClassy, for the tests of what reaches CLASS."""

from __future__ import annotations

from cobaya.model import Model, get_model

from hotaxion.theory.components.hot_classy import HotClassy

from .cosmology_stubs import Asks, Axion

POINT = {"omega_b": 0.0224, "omega_cdm": 0.12, "H0": 67.0}
ALONE = {"hierarchy": "massless", "axion": False, "helium": "class"}


def sampled(**values: float) -> dict:
    return {
        p: {"prior": {"min": 0.5 * v, "max": 1.5 * v}, "ref": v, "proposal": 0.01 * v}
        for p, v in values.items()
    }


def classy_model(
    params=None, options=None, wants=None, axion_theory=Axion, bbn=True, classy=None
) -> Model:
    """HotClassy with BBN, a stub for the axion, and a flat likelihood that asks for `wants`."""
    theory: dict = {"hotaxion.theory.HotClassy": {"external": classy} if classy else {}}
    theory["hotaxion.theory.HotClassy"].update(options or {})
    if bbn:
        theory["hotaxion.theory.BBN"] = None
    if axion_theory:
        theory["axion"] = {"external": axion_theory}
    return get_model(
        {
            "theory": theory,
            "likelihood": {"asks": {"external": Asks, "wants": wants or {"rdrag": None}}},
            "params": params or {**sampled(**POINT), "mnu": 0.06, "m_a": 0.3, "amplitude": 1.0},
        }
    )


def alone(params=None, options=None, **kwargs) -> Model:
    """HotClassy without any other theory: massless neutrinos, CLASS's own helium."""
    return classy_model(
        params or sampled(**POINT),
        {**ALONE, **(options or {})},
        axion_theory=None,
        bbn=False,
        **kwargs,
    )


def hot_classy(model: Model) -> HotClassy:
    return model.theory["hotaxion.theory.HotClassy"]
