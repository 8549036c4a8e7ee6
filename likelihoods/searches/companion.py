"""What likelihoods of companions share: a mass, a coupling, a signal in proportion to its power."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError
from cobaya.theory import Provider
from numpy.typing import ArrayLike

from hotaxion.likelihoods.checked import Checked
from hotaxion.likelihoods.data_files import logged_errors
from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number
from hotaxion.theory.components.bibliography import split_entries
from hotaxion.theory.components.guards import Needed, bounds_of
from hotaxion.theory.components.refusals import Refusals
from hotaxion.theory.errors import RangeError


class Companion(Checked, Likelihood):
    """ln L of a mass and a coupling, to whose power `signal_power` the signal is in proportion.

    A subclass gives the signal at the coupling `_reference` in `_unit_signal` (or, where it goes as
    no power, `_signals` itself) and ln L of any signal in `_loglike_of`. Its options are those of
    its YAML file. For `hotaxion limits` it says how a bound is made:

    limit_rule : "posterior": flat in the signal's strength, at fixed mass; "asimov": forecast,
        −2 ln L = 3.84 from its maximum; "threshold": where a criterion is met.
    mass_range : what is allowed of the mass.
    """

    limit_rule: ClassVar[Literal["posterior", "threshold", "asimov"]]
    mass_name: ClassVar[str] = "m_a"
    mass_unit: ClassVar[str] = "eV"
    coupling_name: ClassVar[str] = "g_agamma"
    coupling_unit: ClassVar[str] = "1/GeV"
    signal_power: ClassVar[int] = 4
    mass_range: ClassVar[tuple[float, float]]
    install_options: ClassVar[dict[str, str]] = {}  # nothing to download
    _reference: ClassVar[float]
    _HELICES: ClassVar[str] = ""  # arXiv number of their paper, where they are an option
    _CONSTANT: ClassVar[tuple[Any, ...]] = ("constant", ["constant"])

    @classmethod
    def get_bibtex(cls) -> str:
        """What to cite for the default options."""
        return cls.bibtex_of({})

    @classmethod
    def bibtex_of(cls, given: Mapping[str, Any]) -> str:
        """What to cite for these options: helices where a magnet is one."""
        found = split_entries(super().get_bibtex() or "").values()
        magnets = [given.get(name, "constant") for name in ("magnet", "pitches")]
        helical = any(one not in cls._CONSTANT for one in magnets)
        left_out = "" if helical else cls._HELICES
        return "\n\n".join(one for one in found if not left_out or left_out not in one)

    @classmethod
    def get_class_options(cls, input_options: Mapping[str, Any] = {}) -> dict[str, Any]:
        """No class attribute is an option, as Cobaya would have it."""
        return {}

    @classmethod
    def get_annotations(cls) -> dict[str, Any]:
        """Types of the options."""
        found = super().get_annotations()
        return {name: kind for name, kind in found.items() if not str(kind).startswith("ClassVar")}

    @abstractmethod
    def _unit_signal(self, mass: float) -> Array:
        """The signal at the coupling `_reference`, in each bin of the data."""

    @abstractmethod
    def _loglike_of(self, signal: Array) -> Array:
        """ln L of signals, (..., bins)."""

    def signal(self, mass: ArrayLike, coupling: ArrayLike) -> Any:
        """The signal summed over the bins; unit and meaning are those of the class.

        Parameters
        ----------
        mass, coupling : numbers or arrays that go together.

        Raises
        ------
        RangeError : for a mass outside of `mass_range`.
        """
        return _plain(self._signals(mass, coupling).sum(axis=-1))

    def loglike(self, mass: ArrayLike, coupling: ArrayLike) -> Any:
        """ln L; shapes and errors as for `signal`."""
        return _plain(self._loglike_of(self._signals(mass, coupling)))

    def _signals(self, mass: ArrayLike, coupling: ArrayLike) -> Array:
        """The signal in each bin, (shape of mass and coupling together, bins)."""
        masses, couplings = np.asarray(mass, dtype=float), np.asarray(coupling, dtype=float)
        strength = np.abs(couplings / self._reference) ** self.signal_power
        different, place = np.unique(masses, return_inverse=True)
        units = np.array([self._checked_signal(float(m)) for m in different])
        return strength[..., None] * units[place.reshape(masses.shape)]

    def _checked_signal(self, mass: float) -> Array:
        return self._unit_signal(
            number(self.mass_name, mass, *self.mass_range, unit=self.mass_unit)
        )

    # --- in a chain ---------------------------------------------------------------------------
    def initialize(self) -> None:
        """Stop with a message if an option or a data file is wrong."""
        self._refusals = Refusals()
        with logged_errors(self.log):
            self._set_up()

    def _set_up(self) -> None:
        """What is done once."""

    def get_requirements(self) -> dict[str, None]:
        """The mass and the coupling."""
        of_axion = self.coupling_name in _OF_AXION
        theory = "hotaxion.theory.AxionCouplings" if of_axion else "the theory that derives it"
        cures = {
            self.mass_name: "sample it, or add the theory that derives it",
            self.coupling_name: f"sample it, or add {theory}",
        }
        return dict.fromkeys(Needed(name, cure) for name, cure in cures.items())

    def initialize_with_provider(self, provider: Provider) -> None:
        """Refuse a prior of the mass that is wider than what was computed."""
        super().initialize_with_provider(provider)
        for end in bounds_of(self.mass_name, provider.model) or ():
            with logged_errors(self.log):
                number(f"prior of {self.mass_name}", end, *self.mass_range, unit=self.mass_unit)

    def logp(self, **_params: float) -> float:
        """Return ln L; −infinity, with the reason counted, for a mass without prediction."""
        mass, coupling = (self._number_from(name) for name in (self.mass_name, self.coupling_name))
        self._refusals.point()
        try:
            return float(self.loglike(mass, coupling))
        except RangeError as error:
            self._refusals.refuse(self.log, error)
            return -np.inf

    def close(self) -> None:
        """Say which points were refused."""
        self._refusals.report(self.log)

    def _number_from(self, name: str) -> float:
        """A parameter of the point; the run stops where it is no number."""
        try:
            return number(name, self.provider.get_param(name))
        except RangeError as error:
            raise LoggedError(self.log, "%s", error) from error


class Threshold(Companion):
    """A criterion of astrophysics: signals above `threshold` are excluded. No probability.

    In a chain a smooth penalty, ln L = −½ [max(0, ln(signal / threshold)) / σ]², where the option
    `sigma` stands for the error of the model of the star, not of data.
    """

    limit_rule = "threshold"
    threshold: ClassVar[float]  # in the unit of the signal

    # Option: see the YAML of the class.
    sigma: float

    def _set_up(self) -> None:
        """Read the option."""
        number("sigma", self.sigma, 0.0, 10.0, above=True)

    def _loglike_of(self, signal: Array) -> Array:
        excess = np.log(np.maximum(signal[..., 0] / self.threshold, 1.0))
        return -0.5 * (excess / self.sigma) ** 2


def half_gaussian(strength: Array) -> Array:
    """ln L of a signal in units of its 95 % bound, flat in it from 0 on."""
    return -0.5 * (_SIGMAS * strength) ** 2


def _plain(values: Array) -> Any:
    """A float where mass and coupling are numbers."""
    return float(values) if values.ndim == 0 else values


# What hotaxion.theory.AxionCouplings derives.
_OF_AXION = ("g_agamma", "g_ae", "g_ap", "g_an")
# Of a half-Gaussian 95 % lie below; −2 ln L = 3.84 there.
_SIGMAS = 1.959963984540054
