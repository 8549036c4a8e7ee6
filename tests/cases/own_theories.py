"""Theories of the user, each giving one parameter, or one product of a Boltzmann code."""

from __future__ import annotations

from typing import Any

import numpy as np
from cobaya.theory import Theory


class Gives(Theory):
    """Gives the parameter `name`, computed from those that it requires."""

    name = ""
    takes: tuple[str, ...] = ("root",)

    def get_requirements(self):
        """Other parameters."""
        return list(self.takes)

    def get_can_provide_params(self):
        """The one of the name."""
        return [self.name]

    def calculate(self, state, want_derived=True, **params):
        """One value."""
        state["derived"] = {self.name: self.value(**params)}

    def value(self, **params: float) -> float:
        """Of the parameter."""
        raise NotImplementedError


class Mass(Gives):
    """Of the axion, in eV."""

    name = "m_a"

    def value(self, **params):
        """Quadratic."""
        return params["root"] ** 2


class Radiation(Gives):
    """Delta N_eff."""

    name = "delta_neff"

    def value(self, **params):
        """Linear."""
        return params["root"] / 3


class Baryons(Gives):
    """Omega_b h^2."""

    name = "omega_b"

    def value(self, **params):
        """Around 0.0224."""
        return 0.0224 + 0.001 * (params["root"] - 0.3)


class Helium(Gives):
    """Less helium than BBN has."""

    name = "YHe"
    takes = ("omega_b",)

    def value(self, **params):
        """A constant."""
        return 0.245


class HubbleRate(Theory):
    """H(z) of a universe of matter and Lambda."""

    params: dict[str, Any] = {"H0": None, "Omega_m": None}  # noqa: RUF012

    def get_can_provide(self):
        """As a Boltzmann code."""
        return ["Hubble"]

    def calculate(self, state, want_derived=True, **params):
        """Kept for `get_Hubble`."""
        state["Hubble"] = params["H0"], params["Omega_m"]

    def get_Hubble(self, z, units="km/s/Mpc"):
        """In km/s/Mpc."""
        h0, omega_m = self.current_state["Hubble"]
        return h0 * np.sqrt(omega_m * (1 + np.atleast_1d(z)) ** 3 + 1 - omega_m)


class Spectra(Theory):
    """C_l that are zero."""

    params: dict[str, Any] = {"A_s": None}  # noqa: RUF012

    def calculate(self, state, want_derived=True, **params):
        """Nothing to do."""

    def get_Cl(self, ell_factor=False, units="FIRASmuK2"):
        """To l = 30."""
        return {"tt": np.zeros(31)}


class AxionHubbleRate(HubbleRate):
    """The same, but with the axion among the matter."""

    def get_requirements(self):
        """The product of HotAxion."""
        return {"axion_psd": None}

    def get_Hubble(self, z, units="km/s/Mpc"):
        """In km/s/Mpc."""
        return super().get_Hubble(z) * (1 + self.provider.get_axion_psd().omega_h2)
