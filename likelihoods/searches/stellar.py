"""Stars: the R parameter of globular clusters, the tip of the red giants, SN 1987A. Estimates.

Formulae, sources and what is not in: `hotaxion.theory.searches.stars`.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from hotaxion.likelihoods.searches.companion import Companion, Threshold, half_gaussian
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number, shown
from hotaxion.theory.components.guards import Needed
from hotaxion.theory.components.overlaps import Observation
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches import stars

_HELIUM_RANGE = (0.1, 0.6)
_KEEP_ONE = "keep one of them"


class _Star(Companion):
    """Energy lost to axions that are light there: ln L depends on the coupling alone."""

    mass_range = (0.0, 1e3)  # [eV]; the stars are hotter
    signal_power = 2
    _reference = 1.0

    def get_requirements(self) -> dict[str, None]:
        """The coupling, but not the mass."""
        needed = super().get_requirements()
        return {name: None for name in needed if name != self.mass_name}

    def _unit_signal(self, mass: float) -> Array:
        return np.ones(1)

    def logp(self, **_params: float) -> float:
        """Return ln L; the run stops where a theory gives no number."""
        return float(self.loglike(0.0, self._number_from(self.coupling_name)))


class HBRParameter(_Star):
    """R parameter of 39 globular clusters: 1.39 ± 0.03 (arXiv:1406.6053). Estimate.

    The photon coupling shortens the horizontal branch, R as 1512.08108 fits it. With helium 0.254 ±
    0.003 it prefers g_aγ = 0.23e-10/GeV by Δχ² = 1.6 and allows at 2σ (Δχ² = 4) up to 0.648e-10;
    published are 0.65 to 0.66. The fit is in g_aγ alone: of DFSZ axions, which electrons emit, too,
    it says too little; there `TipRGB` counts. `signal` is (g_aγ / 1e-10 GeV⁻¹)².

    ``helium: bbn`` takes ``Y_p`` of the chain, the primordial one, instead: 0.247 leaves less room,
    and the difference to 0.254 is the systematic error, a factor of two in the bound.
    """

    limit_rule = "posterior"
    _reference = stars.G10
    _observes = (Observation("the R parameter of globular clusters", _KEEP_ONE),)

    # Options: see HBRParameter.yaml.
    helium: float | Literal["bbn"]
    sigma_helium: float

    def _set_up(self) -> None:
        """Read the options."""
        if self.helium != "bbn":
            if isinstance(self.helium, str):
                raise RangeError(f"helium = {shown(self.helium)}; allowed are bbn and a number.")
            number("helium (a number, or the word bbn)", self.helium, *_HELIUM_RANGE)
        number("sigma_helium", self.sigma_helium, 0.0, 0.1)

    def get_requirements(self) -> dict[str, None]:
        """The coupling, and the helium of the chain where that counts."""
        needed = super().get_requirements()
        if self.helium == "bbn":
            needed[Needed("Y_p", "add hotaxion.theory.BBN, or give a number as 'helium'")] = None
        return needed

    def logp(self, **_params: float) -> float:
        """Return ln L; the run stops where a theory gives no number."""
        coupling = self._number_from(self.coupling_name)
        if self.helium != "bbn":
            return float(self.loglike(0.0, coupling))
        return float(stars.r_loglike(coupling, self._number_from("Y_p"), self.sigma_helium))

    def _loglike_of(self, signal: Array) -> Array:
        if self.helium == "bbn":
            raise RangeError("helium = 'bbn' needs the Y_p of a chain; give a number here.")
        coupling = np.sqrt(signal[..., 0]) * self._reference
        return stars.r_loglike(coupling, float(self.helium), self.sigma_helium)


class TipRGB(_Star):
    """Tip of the red giant branch in 22 globular clusters: |g_ae| < 1.48e-13. Estimate.

    Half-Gaussian in g_ae² whose 95 % is the published bound (arXiv:2010.03833; its abstract). For
    DFSZ-I, tan β = 3, that is m_a < 5.5 meV: it excludes every hot DFSZ axion, hence it is in no
    input of this package. `signal` is g_ae² over that of the bound.
    """

    limit_rule = "posterior"
    coupling_name = "g_ae"
    coupling_unit = ""
    _reference = stars.TIP_BOUND_G_AE.value
    _observes = (Observation("the tip of the red giants in globular clusters", _KEEP_ONE),)

    def _loglike_of(self, signal: Array) -> Array:
        return half_gaussian(signal[..., 0])


class SN1987AAxion(_Star, Threshold):
    """Cooling of SN 1987A by axions that nucleons and pions emit. Estimate, no probability.

    Luminosity one second after the bounce, from the spectra of Lella et al., JCAP 11 (2024) 009
    (proton coupling alone, one model of a supernova), against 3e52 erg/s. In a chain a penalty, ln
    L = −½ [max(0, ln(L_a / 3e52 erg/s)) / σ]², where σ stands for the error of the profile, not of
    data. Free streaming: trapping is not modelled, so strong couplings are not told from excluded
    ones. It excludes every hot QCD axion that streams freely, hence it is in no input of this
    package. `signal` is the luminosity [erg/s].
    """

    threshold = stars.SN1987A_LUMINOSITY
    coupling_name = "g_ap"
    coupling_unit = ""
    _reference = stars.G_AP_REFERENCE
    _observes = (Observation("the neutrinos of SN 1987A", _KEEP_ONE),)

    def _unit_signal(self, mass: float) -> Array:
        return np.array([float(stars.sn1987a_luminosity(self._reference))])
