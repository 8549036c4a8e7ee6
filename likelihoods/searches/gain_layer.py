"""Dark photons that cool the gain layer of a supernova, so that it may not explode. Estimate.

Physics, sources and what is not in: `hotaxion.theory.searches.supernova`, its modules `gain_layer`
and `resonance`.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from hotaxion.likelihoods.data_files import logged_errors
from hotaxion.likelihoods.searches.companion import Threshold
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import flag, number
from hotaxion.theory.components.overlaps import Observation
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches.supernova.gain_layer import chosen, gain_layers
from hotaxion.theory.searches.supernova.gain_table import MASSES_MEV, RANGES, GainTable

_FRACTION = (0.01, 100.0)


class GainLayer(Threshold):
    """Dark photons against the heating of the gain layer (arXiv:2502.01731). Estimate.

    `signal` is what resonances in the gain layer emit, over the fraction `gain_fraction` of the net
    heating by neutrinos there, in the snapshot where this is largest; above 1 the shock would not
    revive. Snapshots are typical numbers with hydrostatic layers, of no simulation; of the paper
    only the abstract could be read. In a chain a penalty, see `Threshold`.

    `shock_radius_scale`, `beta_shock` and `gain_fraction` are parameters where the input has them,
    else options. Resonances absorb what they emit: a layer shines at most like a black body, which
    for light dark photons is less than the heating, however strong the coupling;
    ``reabsorption: false`` is free streaming.
    """

    mass_name = "m_darkphoton"
    mass_unit = "MeV"
    coupling_name = "epsilon"
    coupling_unit = ""
    signal_power = 2
    mass_range = MASSES_MEV
    threshold = 1.0
    _reference = 1e-9
    _observes = (Observation("that stalled shocks revive", "keep one of them"),)
    _nuisances: ClassVar[dict[str, tuple[float, float]]] = {**RANGES, "gain_fraction": _FRACTION}

    # Options: see GainLayer.yaml.
    snapshots: Any
    shock_radius_scale: float
    beta_shock: float
    gain_fraction: float
    reabsorption: bool

    def _set_up(self) -> None:
        """Read the options."""
        super()._set_up()
        flag("reabsorption", self.reabsorption)
        self._fixed = {
            name: number(name, getattr(self, name), *ends) for name, ends in self._nuisances.items()
        }
        self._chosen = chosen(self.snapshots)
        gain_layers(list(self._chosen.values()), *(self._fixed[name] for name in RANGES))

    def get_can_support_params(self) -> list[str]:
        """The parameters that may be sampled instead of options."""
        return list(self._nuisances)

    def initialize_with_params(self) -> None:
        """Compute the tables, over what is sampled of the shock, too."""
        super().initialize_with_params()
        with logged_errors(self.log):
            _ = self._tables

    @cached_property
    def _tables(self) -> list[GainTable]:
        shock = {name: None if name in self.input_params else self._fixed[name] for name in RANGES}
        return [
            GainTable(one, **shock, reabsorbed=self.reabsorption) for one in self._chosen.values()
        ]

    def logp(self, **params: float) -> float:
        """Return ln L; −infinity, with the reason counted, for a point without prediction."""
        mass, epsilon = (self._number_from(name) for name in (self.mass_name, self.coupling_name))
        self._refusals.point()
        sampled = {name: params[name] for name in self._nuisances if name in params}
        try:
            return float(self._loglike_of(self._ratio(mass, epsilon, {**self._fixed, **sampled})))
        except RangeError as error:
            self._refusals.refuse(self.log, error)
            return -np.inf

    def _unit_signal(self, mass: float) -> Array:
        return self._signals(mass, self._reference)

    def _signals(self, mass: ArrayLike, coupling: ArrayLike) -> Array:
        return self._ratio(mass, coupling, self._fixed)

    def _ratio(self, mass: ArrayLike, epsilon: ArrayLike, nuisances: dict[str, float]) -> Array:
        """The signal, (shape of mass and coupling together, 1)."""
        shock = dict(nuisances)
        fraction = number("gain_fraction", shock.pop("gain_fraction"), *_FRACTION)
        each = [table.ratio(mass, epsilon, **shock) for table in self._tables]
        return np.max(each, axis=0)[..., None] / fraction
