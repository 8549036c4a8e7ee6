"""The gain layer of a stalled supernova shock, and whether dark photons cool what neutrinos heat.

A snapshot is six numbers. From these follow: matter in free fall from rest, v = √(2GM/R_s), ρ₁ =
Ṁ/4πR_s²v; a strong shock that compresses it by β, ρ_s = β ρ₁ and P_s = (1 − 1/β) ρ₁ v²; the
temperature behind it, of which P_s is the pressure of electrons, positrons, photons and free
nucleons; a layer in hydrostatic equilibrium, dominated by radiation, ρ ∝ r⁻³ and T ∝ 1/r (Janka,
A&A 368 (2001) 527); heating by absorbed ν_e and anti-ν_e, cooling by capture of electrons and
positrons, equal at the gain radius. The criterion of 2502.01731 (of which only the abstract could
be read): dark photons take as much from the layer as neutrinos give it.

Not in: nuclei that have not fallen apart, convection, general relativity, the explosion itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize.elementwise import find_root

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import array, choice, number
from hotaxion.theory.constants import (
    ATOMIC_MASS_UNIT_G,
    ATOMIC_MASS_UNIT_MEV,
    ERG_PER_MEV,
    GM_SUN_CGS,
    M_SUN_G,
    SPEED_OF_LIGHT_KM_S,
)
from hotaxion.theory.errors import RangeError
from hotaxion.theory.searches.supernova.electron_plasma import M_ELECTRON_MEV, ElectronPlasma
from hotaxion.theory.searches.supernova.profiles import (
    HBAR_C_MEV_CM,
    Profile,
    nucleon_density_mev3,
)

_CM_PER_KM = 1e5
#: 4 G_F² m_e²/π [cm²], and the axial coupling in use with it: Janka, A&A 368 (2001) 527.
SIGMA_0_CM2 = 1.76e-44
AXIAL_COUPLING = 1.27
# ∫ x^n/(e^x + 1) dx from 0 on: n = 3, 5.
_F3, _F5 = 7.0 * np.pi**4 / 120.0, 31.0 * np.pi**6 / 252.0
# Fraction of electrons at the neutron star and from the gain radius on (known gap: typical).
_Y_INNER, _Y_OUTER = 0.10, 0.48
#: Compression by the shock that is taken where none is given.
BETA = 8.0
_SHELLS = 60


@dataclass(frozen=True)
class Snapshot:
    """A moment of the stalled shock. Typical values, not taken from one simulation (known gap).

    accretion : onto the shock, Ṁ [M_sun/s].
    mass : inside [M_sun].
    shock_km, star_km : radius of the shock and of the neutron star [km].
    luminosity : of ν_e, and of anti-ν_e [1e52 erg/s].
    neutrino_temperature : of their spectra, Fermi-Dirac [MeV].
    """

    accretion: float
    mass: float
    shock_km: float
    star_km: float
    luminosity: float
    neutrino_temperature: float


#: Times after the bounce [s]: t, of an iron core; ec, electron capture in O-Ne-Mg, whose shock runs
#: into a thin envelope (illustrative: what expands so fast is not hydrostatic).
SNAPSHOTS = {
    "t0.10": Snapshot(1.0, 1.40, 150.0, 60.0, 5.0, 4.0),
    "t0.20": Snapshot(0.40, 1.55, 160.0, 45.0, 4.0, 4.3),
    "t0.30": Snapshot(0.25, 1.62, 150.0, 38.0, 3.3, 4.6),
    "t0.50": Snapshot(0.15, 1.70, 140.0, 32.0, 2.7, 4.9),
    "t0.60": Snapshot(0.12, 1.70, 300.0, 30.0, 2.5, 4.9),
    "ec0.06": Snapshot(0.10, 1.35, 250.0, 60.0, 4.0, 3.8),
    "ec0.10": Snapshot(0.02, 1.36, 600.0, 50.0, 3.0, 3.9),
    "ec0.15": Snapshot(0.005, 1.36, 1500.0, 45.0, 2.5, 4.0),
}
#: Sets of them by name.
SETS = {
    "iron": tuple(key for key in SNAPSHOTS if key.startswith("t")),
    "electron_capture": tuple(key for key in SNAPSHOTS if key.startswith("ec")),
}


def capture_cooling(temperature: ArrayLike) -> Array:
    """Loss of a nucleon by capture of e± at a temperature [MeV]; [MeV/s].

    ½ σ₀ (1 + 3 g_A²)/4 c F₅ T⁶/(π² m_e²), free nucleons, no degeneracy, T ≫ m_e: Janka (2001), who
    prints 145 (T/2)⁶; this is 147.
    """
    t = np.asarray(temperature, dtype=float)
    per_cm3 = 0.5 * _F5 * t**6 / (np.pi**2 * M_ELECTRON_MEV**2 * HBAR_C_MEV_CM**3)
    return np.asarray(_weak_area() * SPEED_OF_LIGHT_KM_S * _CM_PER_KM * per_cm3)


def absorption_heating(
    radius_km: ArrayLike, luminosity: float, neutrino_temperature: float
) -> Array:
    """Gain of a nucleon by absorbed neutrinos [MeV/s].

    σ₀ (1 + 3 g_A²)/4 ⟨E²⟩/m_e² L/4πr², ⟨E²⟩ = T_ν² F₅/F₃ in the flow of energy: Janka (2001), who
    prints 160 L/1e52 (100 km/r)² (T_ν/4)²; this is 163.

    Parameters
    ----------
    radius_km : distance [km].
    luminosity, neutrino_temperature : as in `Snapshot`.
    """
    area = 4.0 * np.pi * (_CM_PER_KM * np.asarray(radius_km, dtype=float)) ** 2
    square = neutrino_temperature**2 * _F5 / _F3 / M_ELECTRON_MEV**2
    return np.asarray(_weak_area() * square * 1e52 * luminosity / ERG_PER_MEV / area)


def _weak_area() -> float:
    return 0.25 * SIGMA_0_CM2 * (1.0 + 3.0 * AXIAL_COUPLING**2)


@dataclass(frozen=True, eq=False)
class Layer:
    """Of a snapshot.

    gain_km : gain radius, or that of the neutron star where this is the larger one [km].
    density, temperature : behind the shock [g/cm³, MeV].
    """

    snapshot: Snapshot
    gain_km: float
    density: float
    temperature: float

    @cached_property
    def profile(self) -> Profile:
        """From the gain radius to the shock."""
        r = np.geomspace(self.gain_km, self.snapshot.shock_km, _SHELLS)
        x = self.snapshot.shock_km / r
        y_e = np.full_like(r, _Y_OUTER)
        return Profile(r, self.density * x**3, self.temperature * x, y_e)

    @property
    def mass(self) -> float:
        """[M_sun]."""
        shock = self.snapshot.shock_km
        return float(self._shell_g * np.log(shock / self.gain_km) / M_SUN_G)

    @property
    def net_heating(self) -> float:
        """What neutrinos give to the layer, less what they take [erg/s]."""
        shock, gain = self.snapshot.shock_km, self.gain_km
        heating, cooling = (
            float(rate) * (((shock / gain) ** power - 1.0) / power)
            for rate, power in (
                (_heating(self.snapshot, shock), 2),
                (capture_cooling(self.temperature), 6),
            )
        )
        return self._shell_g / ATOMIC_MASS_UNIT_G * (heating - cooling) * ERG_PER_MEV

    @property
    def _shell_g(self) -> float:
        """4πr³ρ, at any radius [g]."""
        return 4.0 * np.pi * (_CM_PER_KM * self.snapshot.shock_km) ** 3 * self.density


def gain_layers(
    snapshots: Sequence[Snapshot], beta: ArrayLike = BETA, shock_radius_scale: ArrayLike = 1.0
) -> list[Layer]:
    """The layers of several snapshots.

    Parameters
    ----------
    beta : compression by the shock; 7 of a gas of photons, more where nuclei fall apart.
    shock_radius_scale : radii of shocks times this. Both: one for all, or one for each snapshot.

    Raises
    ------
    RangeError : for a beta or a scale out of range, and where no gain radius is inside the shock.
    """
    each = (
        np.broadcast_to(beta, len(snapshots)),
        np.broadcast_to(shock_radius_scale, len(snapshots)),
    )
    beta = np.array([number("beta_shock", one, 2.0, 20.0) for one in each[0]])
    scales = [number("shock_radius_scale", one, 0.1, 10.0) for one in each[1]]
    scaled = [
        replace(one, shock_km=scale * one.shock_km)
        for one, scale in zip(snapshots, scales, strict=True)
    ]
    shock, fall = (np.array(values) for values in zip(*map(_fall, scaled), strict=True))
    density = beta * shock
    pressure = (1.0 - 1.0 / beta) * shock * fall**2
    temperature = shock_temperature(density, pressure)
    return [
        Layer(one, _gain_km(one, float(t)), float(d), float(t))
        for one, d, t in zip(scaled, density, temperature, strict=True)
    ]


def chosen(snapshots: object) -> dict[str, Snapshot]:
    """Snapshots by key, of a set's name, of a key, or of a list of keys."""
    if isinstance(snapshots, str) and snapshots in SETS:
        keys: Iterable[object] = SETS[snapshots]
    else:
        keys = snapshots if isinstance(snapshots, list | tuple) else [snapshots]
    found = {choice("snapshot", key, SNAPSHOTS): key for key in keys}
    if not found:
        raise RangeError(f"snapshots = []; allowed are {', '.join((*SETS, *SNAPSHOTS))}.")
    return {key: SNAPSHOTS[key] for key in found}


def shock_temperature(density: ArrayLike, pressure: ArrayLike) -> Array:
    """T [MeV] at which e±, photons and free nucleons have a pressure, matter with Y_e = 0.48.

    Parameters
    ----------
    density : [g/cm³].
    pressure : in units of c² [g/cm³].

    Raises
    ------
    RangeError : where cold electrons alone have more.
    """
    nucleons = nucleon_density_mev3(array("density", density, 0.0))
    # P/n: of a nucleon, in units of its mass.
    wanted = (
        nucleons * ATOMIC_MASS_UNIT_MEV * np.asarray(pressure, dtype=float) / np.asarray(density)
    )

    def excess(t: Array, n: Array, p: Array) -> Array:
        electrons = ElectronPlasma.of(_Y_OUTER * n, t).pressure
        return np.log((electrons + np.pi**2 * t**4 / 45.0 + n * t) / p)

    hottest = (45.0 * wanted / np.pi**2) ** 0.25
    found = find_root(excess, (1e-2 * hottest, hottest), args=(nucleons, wanted))
    if not np.all(found.success):
        raise RangeError("cold electrons alone have more pressure than the shock gives.")
    return np.asarray(found.x)


def _fall(one: Snapshot) -> tuple[float, float]:
    """Density before the shock [g/cm³], velocity there [c]."""
    radius = _CM_PER_KM * one.shock_km
    velocity = np.sqrt(2.0 * GM_SUN_CGS * one.mass / radius)
    density = one.accretion * M_SUN_G / (4.0 * np.pi * radius**2 * velocity)
    return float(density), float(velocity / (SPEED_OF_LIGHT_KM_S * _CM_PER_KM))


def _heating(one: Snapshot, radius_km: float) -> float:
    return float(absorption_heating(radius_km, one.luminosity, one.neutrino_temperature))


def _gain_km(one: Snapshot, temperature: float) -> float:
    """Where q₊ ∝ r⁻² meets q₋ ∝ r⁻⁶, from their values behind the shock."""
    ratio = float(capture_cooling(temperature)) / _heating(one, one.shock_km)
    radius = max(one.shock_km * ratio**0.25, one.star_km)
    if radius >= one.shock_km:
        raise RangeError(
            f"a shock at {one.shock_km:g} km has no gain layer: {temperature:.3g} MeV behind it, "
            "neutrinos cool; give another snapshot, or a larger shock_radius_scale."
        )
    return radius
