"""Cobaya theory `EmulatedClassy`: `HotClassy` with its spectra from an emulator of itself."""

from __future__ import annotations

import math
import os
from collections import Counter
from typing import Any, Literal

import numpy as np
from cobaya.log import LoggedError

from hotaxion.theory.checks import choice, number, shown
from hotaxion.theory.components.faults import machine_faults
from hotaxion.theory.components.guards import EXTRA_RADIATION
from hotaxion.theory.components.hot_classy import HotClassy
from hotaxion.theory.components.record import with_data
from hotaxion.theory.errors import HotAxionError, RangeError
from hotaxion.theory.relics.distribution import RelicPSD
from hotaxion.theory.spectra.emulator.background import LAMBDA, Background
from hotaxion.theory.spectra.emulator.features import (
    FEATURES,
    SPECTRA,
    feature_vector,
    unlike_the_axion,
)
from hotaxion.theory.spectra.emulator.prediction import Prediction, SpectraEmulator, emulator_path
from hotaxion.theory.spectra.emulator.products import DERIVED, DISTANCES
from hotaxion.theory.spectra.emulator.splitting import mass_splitting
from hotaxion.theory.spectra.neutrinos import NeutrinoSector, neutrino_sector

_FALLBACKS = ("class", "error")
_TOLERANCE_MAX = 5.0
# Inputs, by their names in CLASS; of each row one is needed.
_INPUTS = (
    {"omega_b"},
    {"omega_cdm"},
    {"theta_s_100", "H0"},
    {"n_s"},
    {"ln_A_s_1e10", "A_s"},
    {"tau_reio"},
    {"YHe"},
)
# Inputs that may be absent, and the features of the emulator that they change.
_MORE_INPUTS = {
    EXTRA_RADIATION: ("delta_neff_extra",),
    "w0_fld": ("w_pivot", "wa"),
    "wa_fld": ("w_pivot", "wa"),
}
# Other names of inputs, with the factor to the name in _INPUTS.
_SAME_INPUT = {"100*theta_s": ("theta_s_100", 1.0), "h": ("H0", 100.0)}
_H_TRIALS = 3  # rounds of theta_s_100 from H0: the sound horizon hardly depends on it
# Hierarchies whose spectra are corrected from those of equal masses at the same sum; their
# background is exact.
_SPLIT = {"degenerate": ("normal", "inverted")}


class EmulatedClassy(HotClassy):
    """`HotClassy` in which lensed C_l, sigma_8 and sound horizons come from an emulator.

    Same parameters in, same products out, as far as the emulator knows them: lensed C_l (tt, te,
    ee, bb, pp), distances, H(z), derived parameters. Distances are computed exactly. A point that
    the emulator does not cover goes to CLASS (`fallback: class`) or stops the run (`error`).
    """

    emulator: str | None
    fallback: Literal["class", "error"]
    tolerance: float
    _derives = DERIVED.keys()

    # --- set-up -------------------------------------------------------------------------------
    def initialize(self) -> None:
        """Load the emulator and CLASS, and refuse options with which it was not trained."""
        self.emulated_points = 0
        self.class_reasons: Counter[str] = Counter()
        self._conversions: dict[tuple[bool, str], np.ndarray] = {}
        self._places: dict[tuple[str, tuple[int, ...], bytes], np.ndarray] = {}
        try:
            choice("fallback", self.fallback, _FALLBACKS)
            number("tolerance (error of ln L)", self.tolerance, 0.0, _TOLERANCE_MAX, above=True)
            if not isinstance(self.emulator, str | None):
                raise RangeError(
                    f"emulator = {shown(self.emulator)}; give the path of a file, the name of a "
                    "packaged one, or null."
                )
            self.spectra = SpectraEmulator.load(emulator_path(self.emulator))
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        if not os.environ.get("OMP_NUM_THREADS") and (os.cpu_count() or 1) > 1:
            self.log.info(
                "OMP_NUM_THREADS is not set: several threads gain nothing with an emulator, and a "
                "point may take three times as long; set it to 1."
            )
        self._ell = np.arange(self.spectra.l_max + 1)
        trained = self.spectra.origin["HotClassy"]
        super().initialize()
        given = {k: v for k, v in self.extra_args.items() if k != "output"}
        if given != trained["extra_args"]:
            raise LoggedError(
                self.log,
                "extra_args %s, but the emulator was trained with %s. Remove yours, train another "
                "one (hotaxion train), or use HotClassy.",
                given,
                trained["extra_args"],
            )
        learned = trained["hierarchy"]
        if self.hierarchy not in (learned, *_SPLIT.get(learned, ())):
            raise LoggedError(
                self.log,
                "hierarchy: %s, but the emulator was trained with %s. Train another one (hotaxion "
                "train), or use HotClassy.",
                self.hierarchy,
                learned,
            )
        if self.helium != "bbn":
            raise LoggedError(self.log, "No emulator knows 'helium: class'; use HotClassy.")
        try:
            split = mass_splitting(self.spectra.l_max) if self.hierarchy != learned else None
        except HotAxionError as error:
            raise LoggedError(self.log, "%s", error) from error
        self._splitting = split

    def _default_extra_args(self) -> dict[str, Any]:
        return dict(self.spectra.origin["HotClassy"]["extra_args"])

    def get_version(self) -> str:
        """Of CLASS, with a hash of the emulator; for Cobaya's record of a chain."""
        options = {"emulator": self.emulator, "hierarchy": self.hierarchy}
        return with_data(super().get_version(), "EmulatedClassy", options)

    def _check_inputs(self) -> None:
        """Refuse inputs that the emulator does not know."""
        super()._check_inputs()
        learned = FEATURES[: self.spectra.learned]
        more = {name for name, features in _MORE_INPUTS.items() if {*features} <= {*learned}}
        if not self._products:  # as a relic without mass
            more.add(EXTRA_RADIATION)
        known = set.union(*_INPUTS, {"mnu"}, more)
        inputs = self._inputs()
        unknown = [p for p in inputs if self._input_name(p) not in known]
        if unknown:
            raise LoggedError(
                self.log,
                "Parameters %s: the emulator takes omega_b, omega_cdm, theta_s_100 or H0, n_s, "
                "logA or A_s, tau_reio, mnu, YHe%s. Remove the others, or use HotClassy.",
                unknown,
                "".join(f", {name}" for name in _MORE_INPUTS if name in more),
            )
        given = {self._input_name(p) for p in inputs}
        # YHe may come from BBN; HotClassy requires it.
        if missing := [row for row in _INPUTS if not given & row and row != {"YHe"}]:
            raise LoggedError(
                self.log,
                "The emulator needs %s, too, even where no likelihood depends on it. Fix it in "
                "params, name it under 'requires' if another theory gives it, or use HotClassy.",
                ", ".join(" or ".join(sorted(row)) for row in missing),
            )

    def _input_name(self, name: str) -> str:
        in_class = self.translate_param(name)
        return _SAME_INPUT.get(in_class, (in_class, 1.0))[0]

    def get_can_provide_params(self) -> list[str]:
        """Derived parameters on offer."""
        names = super().get_can_provide_params()
        return [name for name in names if self.translate_param(name) in DERIVED]

    def must_provide(self, **requirements: Any) -> None:
        """Refuse products that the emulator does not give."""
        super().must_provide(**requirements)
        self._places.clear()
        spectra = self._must_provide.get("Cl") or {}
        l_max = max(spectra.values(), default=0)
        if l_max > self.spectra.l_max or not set(map(str.lower, spectra)) <= {*SPECTRA}:
            raise LoggedError(
                self.log,
                "Lensed C_l %s are asked for; the emulator has %s to l = %d. Lower l_max "
                "where a likelihood has it, train another one (hotaxion train --l-max L), or use "
                "HotClassy.",
                dict(spectra),
                ", ".join(sorted(SPECTRA)),
                self.spectra.l_max,
            )
        if wanted := [k for k, v in self._must_provide.items() if not self._offers(k, v)]:
            raise LoggedError(
                self.log,
                "The emulator does not give %s; use HotClassy for this run.",
                ", ".join(map(str, wanted)),
            )

    def _offers(self, name: Any, value: Any) -> bool:
        if value is None:
            return self.translate_param(name) in DERIVED
        return name == "Cl" or name in DISTANCES

    # --- one point ----------------------------------------------------------------------------
    def calculate(
        self, state: dict[str, Any], want_derived: bool = True, **params: float
    ) -> bool | None:
        """Predict one point, or hand it to CLASS."""
        values = {}
        for name, value in params.items():
            in_class = self.translate_param(name)
            own_name, factor = _SAME_INPUT.get(in_class, (in_class, 1.0))
            values[own_name] = factor * value
        relics = self._relic_psds()
        try:
            with machine_faults(self.log):
                extra = values.get(EXTRA_RADIATION, 0.0)
                sector = neutrino_sector(values.get("mnu", 0.0), self.hierarchy, extra)
                reason = self._predict(state, values, sector, relics, want_derived)
        except RangeError as error:  # also where no flat universe has this acoustic scale
            self.refusals.point()
            return self.refusals.refuse(self.log, error)
        if reason is None:
            self.refusals.point()
            self.emulated_points += 1
            return True
        self.class_reasons[reason.partition(" = ")[0]] += 1
        if self.fallback == "error":
            raise LoggedError(
                self.log,
                "%s. Narrow the priors, train a wider emulator, or set 'fallback: class'.",
                reason,
            )
        self.log.debug("CLASS instead of the emulator: %s", reason)
        return super().calculate(state, want_derived, **params)

    def _predict(
        self,
        state: dict[str, Any],
        values: dict[str, float],
        sector: NeutrinoSector,
        relics: list[RelicPSD],
        want_derived: bool,
    ) -> str | None:
        """Fill `state`; or say why the emulator cannot. Raises RangeError where nothing can."""
        number("tau_reio", values["tau_reio"], 0.0, above=True)
        families = zip(sector.masses_ev, sector.degeneracies, strict=True)
        values = values | {"mnu": sum(mass * number_of for mass, number_of in families)}
        if "ln_A_s_1e10" in values:
            values["logA"] = values["ln_A_s_1e10"]
        else:
            values["logA"] = math.log(1e10 * number("A_s", values["A_s"], 0.0, above=True))
        if reason := unlike_the_axion(relics, self.tolerance):
            return reason
        features = self._features(values, sector, relics)
        if reason := self.spectra.outside(features, self.tolerance):
            return reason
        prediction = self._predicted(features, sector)
        background = self._background(values, prediction, sector, relics)
        if "Cl" in self.collectors:
            state["emulated_Cl"] = prediction.spectra
            state["Cl"] = {"ell": self._ell, **prediction.cl}
        for name, collector in self.collectors.items():
            if name in DISTANCES:
                state[name] = DISTANCES[name](background, collector.z_pool.values)

        def derived(name: str) -> float:
            return float(DERIVED[name](background, prediction, values))

        state["derived_extra"] = {name: derived(name) for name in self.derived_extra}
        if want_derived:
            state["derived"] = {n: derived(self.translate_param(n)) for n in self.output_params}
        return None

    def _predicted(self, features: np.ndarray, sector: NeutrinoSector) -> Prediction:
        prediction = self.spectra(features)
        if self._splitting is None:
            return prediction
        return self._splitting(prediction, sector.masses_ev)

    def _features(
        self, values: dict[str, float], sector: NeutrinoSector, relics: list[RelicPSD]
    ) -> np.ndarray:
        """The emulator's inputs; theta_s_100 from H0 where that is given."""
        learned = self.spectra.learned
        if "theta_s_100" in values:
            return feature_vector(values, relics, learned)
        background = self._background(values, None, sector, relics)
        values["theta_s_100"] = 1.041
        for _ in range(_H_TRIALS):
            features = feature_vector(values, relics, learned)
            scalars = self._predicted(features, sector).scalars
            distance = float(background.comoving_distance(scalars["z_rec"]))
            values["theta_s_100"] = 100.0 * scalars["rs_rec"] / distance
        return feature_vector(values, relics, learned)

    @staticmethod
    def _background(
        values: dict[str, float],
        prediction: Prediction | None,
        sector: NeutrinoSector,
        relics: list[RelicPSD],
    ) -> Background:
        """From H0 if that is given, else from the acoustic scale, for which a prediction is due."""
        omega_b, omega_cdm = values["omega_b"], values["omega_cdm"]
        dark_energy = (values.get("w0_fld", LAMBDA[0]), values.get("wa_fld", LAMBDA[1]))
        if prediction is None or "H0" in values:
            h = values["H0"] / 100.0
            return Background(omega_b, omega_cdm, h, sector, relics, dark_energy)
        theta, z_rec = values["theta_s_100"], prediction.scalars["z_rec"]
        rs_rec = prediction.scalars["rs_rec"]
        return Background.from_theta(
            theta, z_rec, rs_rec, omega_b, omega_cdm, sector, relics, dark_energy
        )

    # --- products: as in Cobaya's class, but quicker ------------------------------------------
    def _get_Cl(
        self, ell_factor: bool = False, units: str = "FIRASmuK2", lensed: bool = True
    ) -> dict[str, np.ndarray]:
        """One product: Cobaya copies and converts every spectrum by itself."""
        state = self.current_state
        if not lensed or "emulated_Cl" not in state:
            return super()._get_Cl(ell_factor, units, lensed)
        key = (ell_factor, units)
        if key not in self._conversions:
            raw = state["Cl"]
            state["Cl"] = {"ell": self._ell} | {name: np.ones(self._ell.size) for name in SPECTRA}
            try:
                converted = super()._get_Cl(*key, lensed)
            finally:
                state["Cl"] = raw
            self._conversions[key] = np.array([converted[name] for name in SPECTRA])
        converted = state["emulated_Cl"] * self._conversions[key]
        return {"ell": self._ell.copy(), **dict(zip(SPECTRA, converted, strict=True))}

    def _get_z_dependent(self, quantity: str, z: Any, pool: Any = None) -> np.ndarray:
        """Remember where redshifts stand; Cobaya's search takes longer than the emulator."""
        if pool is not None:
            return super()._get_z_dependent(quantity, z, pool)
        values = np.asarray(z, dtype=float)
        key = (quantity, values.shape, values.tobytes())
        if key not in self._places:
            found = super()._get_z_dependent(quantity, z)
            self._places[key] = self.collectors[quantity].z_pool.find_indices(z)
            return found
        return self.current_state[quantity][self._places[key]]

    @property
    def class_points(self) -> int:
        """Points that the emulator did not cover."""
        return self.class_reasons.total()

    def close(self) -> None:
        """Say how often CLASS had to step in, and why."""
        if self.emulated_points + self.class_points:
            reasons = ", ".join(f"{name}: {n}" for name, n in self.class_reasons.most_common())
            self.log.info(
                "%d points from the emulator, %d from CLASS%s.",
                self.emulated_points,
                self.class_points,
                f" ({reasons})" if reasons else "",
            )
        super().close()
