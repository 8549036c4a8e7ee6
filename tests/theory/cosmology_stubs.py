"""Small Cobaya components that stand for HotAxion and for likelihoods."""

from __future__ import annotations

from cobaya.likelihood import Likelihood
from cobaya.theory import Theory

from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.relics.distribution import RelicPSD, bose_einstein

# `extra_args` of CLASS at its worst and fastest, an eighth of the time: for tests of what arrives,
# not of how exact it is. To l = 1000 spectra are off by 5 % (TT), 7 % (EE), 2 % (lensing).
FAST_CLASS = {
    "non_linear": "none",
    "l_logstep": 1.2,
    "l_linstep": 100,
    "k_step_sub": 0.2,
    "k_step_super": 0.01,
    "k_per_decade_for_pk": 5,
    "k_per_decade_for_bao": 15,
    "l_max_g": 6,
    "l_max_pol_g": 6,
    "l_max_ur": 8,
    "l_max_ncdm": 6,
    "perturbations_sampling_stepsize": 0.5,
    "tol_perturbations_integration": 1e-3,
}
# In half of that time, 0.4 % off at the first peak; not for P(k).
FASTEST_CLASS = FAST_CLASS | {"delta_l_max": 50, "k_step_sub": 0.4, "k_step_super": 0.05}


def axion(m_a: float, temperature: float = 0.81, amplitude: float = 1.0) -> RelicPSD:
    """Bose-Einstein axions; temperature in units of T_NCDM_RATIO T_CMB."""
    q, weights = momentum_grid(80, 35.0)
    return RelicPSD(m_a, q, amplitude * bose_einstein(q, temperature), weights)


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
        state["derived"] = {"delta_neff": psd.delta_neff, "omega_axion": psd.omega_h2}

    def get_axion_psd(self):
        return self.current_state["axion_psd"]


class BrokenAxion(Axion):
    """Delivers NaN, past the checks of RelicPSD."""

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
