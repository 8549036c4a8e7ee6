"""Small Cobaya components that stand for HotAxion and for likelihoods."""

from __future__ import annotations

from cobaya.likelihood import Likelihood
from cobaya.theory import Theory

from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.relics.distribution import AxionPSD, bose_einstein


def axion(m_a: float, temperature: float = 0.81, amplitude: float = 1.0) -> AxionPSD:
    """Bose-Einstein axions; temperature in units of T_NCDM_RATIO T_CMB."""
    q, weights = momentum_grid(80, 35.0)
    return AxionPSD(m_a, q, amplitude * bose_einstein(q, temperature), weights)


class Axion(Theory):
    """Stands for HotAxion: temperature 0.7, abundance by the parameter `amplitude`."""

    def get_requirements(self):
        return {"m_a": None, "amplitude": None}

    def get_can_provide_params(self):
        return ["delta_neff", "omega_axion"]

    def get_can_provide(self):
        return ["axion_psd"]

    def calculate(self, state, want_derived=True, **params):
        psd = axion(params["m_a"], 0.7, params["amplitude"])
        state["axion_psd"] = psd
        state["derived"] = {"delta_neff": psd.delta_neff, "omega_axion": psd.omega_a_h2}

    def get_axion_psd(self):
        return self.current_state["axion_psd"]


class BrokenAxion(Axion):
    """Delivers NaN, past the checks of AxionPSD."""

    def calculate(self, state, want_derived=True, **params):
        super().calculate(state, want_derived, **params)
        state["axion_psd"].f[:] = float("nan")


class Asks(Likelihood):
    """A likelihood that requires `wants` and is flat."""

    wants: dict = {}  # noqa: RUF012

    def get_requirements(self):
        return self.wants

    def logp(self, **params):
        return 0.0
