"""A likelihood of the user."""

from __future__ import annotations

from cobaya.likelihood import Likelihood


class Few(Likelihood):
    """The fewer axions the better."""

    def get_requirements(self):
        """The product of HotAxion."""
        return {"axion_psd": None}

    def logp(self, **_params):
        """Exponential in Omega_a h^2."""
        return -self.provider.get_axion_psd().omega_h2 / 2e-4
