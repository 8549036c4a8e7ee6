"""Numbers of docs/searches that are no bounds of `limits.yaml`, each with what gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from cobaya.model import get_model
from cobaya.yaml import yaml_load_file
from scipy.optimize import brentq
from scipy.stats import norm

from hotaxion.analysis.inputs.names import find_input
from hotaxion.analysis.limits import registry, rules
from hotaxion.likelihoods.searches import alp_limits
from hotaxion.likelihoods.searches.companion import Companion
from hotaxion.likelihoods.searches.facilities import facility
from hotaxion.theory.constants import LEPTON_MASSES_GEV, M_A_F_A_EV_GEV
from hotaxion.theory.particle.couplings import f_a_gev
from hotaxion.theory.particle.low_energy import LowEnergyOptions, low_energy
from hotaxion.theory.searches import alp_electroweak, alp_flavour, free_kick, solar_vector
from hotaxion.theory.searches.conversion import resonant_pitch_m
from hotaxion.theory.searches.misalignment import mass_of_dark_matter
from hotaxion.theory.searches.stars import SN1987A_LUMINOSITY
from hotaxion.theory.searches.supernova import bosons, bremsstrahlung, pions
from hotaxion.theory.searches.supernova.coalescence import GaugeBoson, Majoron
from hotaxion.theory.searches.supernova.neutrino_decays import flavour_probabilities
from hotaxion.theory.searches.supernova.neutrino_sources import energies, source_of
from hotaxion.theory.searches.supernova.profiles import FIDUCIAL_CORE, ONE_ZONE
from hotaxion.theory.searches.supernova.resonance import Resonance

from ..theory import reference_values_companions as ref

ROOT = Path(__file__).resolve().parents[2]
_FOUND: dict[tuple[str, str], Companion] = {}
# Of neutrinos of a supernova [erg].
BINDING = 3e53
NEUTRINO_BOSONS = {
    "majoron_e": Majoron("e"),
    "majoron_mu": Majoron("mu"),
    "majoron_tau": Majoron("tau"),
    "zprime_lmlt": GaugeBoson("lmlt"),
    "zprime_bl": GaugeBoson("bl"),
}
EIGHT = [{"tuned_at_ev": m} for m in (0.02, 0.02945, 0.04336, 0.06383)]
EIGHT += [{"tuned_at_ev": m} for m in (0.09398, 0.1384, 0.2037, 0.3)]


# --- bounds -----------------------------------------------------------------------------------
def search(name: str, **options: object) -> Companion:
    """That of `hotaxion limits`, made once."""
    key = (name, yaml.safe_dump(options))
    if key not in _FOUND:
        _FOUND[key] = registry.search(name, registry.options_for(name, options))
    return _FOUND[key]


def ends(limit: rules.Limit) -> Iterator[float]:
    """Numbers of a limit, flat."""
    if isinstance(limit, list):
        for part in limit:
            yield from ends(part)
    elif limit is not None:
        yield limit


def bound(name: str, mass: float, level: float = 0.95, **options: object) -> float:
    """The least coupling that is excluded."""
    return next(ends(rules.limit(search(name, **options), mass, level)))


def crossing(per_ev: float, low: float, high: float, **options: object) -> float:
    """Mass [eV] where IAXO's bound meets the line of an axion, given per eV."""

    def excess(mass: float) -> float:
        return np.log(bound("iaxo", mass, **options) / (abs(per_ev) * mass))

    return brentq(excess, low, high, rtol=1e-5)


KSVZ = low_energy(1.0).g_agamma
DFSZ = low_energy(1.0, LowEnergyOptions(model="dfsz1"), 3.0).g_agamma


@cache
def iaxo_joint(helical: bool) -> float:
    """95 % on m_a [eV] of forecast_iaxo_amr_ksvz, as tests/yaml/test_magnet_inputs.py has it."""
    info = yaml_load_file(str(find_input("forecast_iaxo_amr_ksvz")))
    info.pop("sampler"), info.pop("output")
    if not helical:
        info["likelihood"]["hotaxion.likelihoods.HelioscopeForecast"]["pitches"] = ["constant"]
    masses = np.linspace(1e-6, 0.0935 if helical else 0.25, 81)
    omegas_b = np.linspace(0.0218, 0.0228, 7)
    with get_model(info) as model:
        names = list(model.parameterization.sampled_params())

        def density(m_a: float, omega_b: float) -> float:
            point = {"m_a": m_a, "omega_b": omega_b}
            values = [point[one] for one in names]
            return np.exp(model.logposterior(values, return_derived=False).logpost)

        posterior = np.array([sum(density(m, one) for one in omegas_b) for m in masses])
    cumulative = np.concatenate([[0.0], np.cumsum(posterior[1:] + posterior[:-1])])
    return float(np.interp(0.95, cumulative / cumulative[-1], masses))


# --- supernovae -------------------------------------------------------------------------------
GAS = pions.pion_gas(ONE_ZONE, y_pi=0.02)


def fraction(mu: float) -> float:
    """Pions for each nucleon at 30 MeV and a chemical potential."""
    return pions.pion_fraction(ONE_ZONE, pions.PionGas(30.0, mu))


def pion_energy(boson: bosons.Boson, mass: float) -> float:
    """Mean energy of what pions make [MeV]."""
    source = pions.PionSource(boson, ONE_ZONE, GAS, damping=0.05)
    return float(source.emission(mass, [1e-11]).mean_energy[0])


def pions_over_bremsstrahlung() -> float:
    """Light dark photons in vacuum: luminosity of pions over that of soft bremsstrahlung."""
    thin, energy = replace(ONE_ZONE, omega_p=1e-3), np.linspace(1e-2, 900.0, 20001)
    soft = np.trapezoid(bremsstrahlung.spectrum(thin, 1e-2, energy), energy)
    source = pions.PionSource(bosons.DARK_PHOTON, thin, GAS, damping=0.05)
    return source.emission(0.1, [1.0]).power.sum() / soft


def core_epsilon(mass: float, reabsorbed: bool) -> float:
    """Mixing at which the core's resonances shine with 3e52 erg/s."""
    core = Resonance(FIDUCIAL_CORE.profile(), 0.1)

    def excess(log_epsilon: float) -> float:
        shone = core.luminosity(mass, np.exp(log_epsilon), reabsorbed)
        return float(np.log(shone / SN1987A_LUMINOSITY))

    return np.exp(brentq(excess, np.log(1e-10), np.log(1e-6)))


def gain_edge(name: str, epsilon: float, low: float, high: float, **options: object) -> float:
    """Mass between two [MeV] where what is excluded at a mixing begins or ends."""
    layer = search(name, **options)
    return brentq(lambda mass: float(layer.signal(mass, epsilon)) - 1.0, low, high)


def energy_share(name: str, source: str) -> float:
    """Energy in particles of 10 MeV at their bound [% of 3e53 erg]."""
    star, coupling = source_of(source), bound(name, 10.0, source=source)
    shone = star.luminosity(NEUTRINO_BOSONS[name], 10.0) * star.duration_s
    return 100.0 * coupling**2 * shone / BINDING


def majoron_energy() -> float:
    """Mean energy of majorons of 10 MeV [MeV]."""
    star = source_of("one_zone")
    energy, weight = energies(10.0, 10.0 + star.highest_energy, 200)
    made = weight * star.emitted(Majoron("e"), energy, 10.0)
    return np.sum(made * energy) / np.sum(made)


def moved(name: str, **options: object) -> float:
    """The bound at 10 MeV with options over that without."""
    return bound(name, 10.0, **options) / bound(name, 10.0)


# --- the rest ---------------------------------------------------------------------------------
def branching(decay: str) -> float:
    return float(alp_flavour.DECAYS[decay].branching_ratio(1e-3, 1.0))


def least_log_mass() -> float:
    """Of the prior of alp_electroweak."""
    info = yaml_load_file(str(find_input("alp_electroweak")))
    return info["params"]["log10_m_alp"]["prior"]["min"]


def kicked() -> float:
    """All dark matter at xi = 1.6, r = 0.2 over the axion alone."""
    found = free_kick.kick([1.6, free_kick.XI_RANGE[0]], [0.2, 1.0], end=120.0, step=0.16)
    return (found.axion[0] + found.dilaton[0]) / found.axion[1]


def r_bound(helium: float) -> float:
    """g10 where chi^2 has risen by 4 from its minimum."""
    g10 = np.linspace(0.0, 1.5, 15001)
    loglike = search("hb", helium=helium).loglike(0.0, 1e-10 * g10)
    best = loglike.argmax()
    return g10[best:][2.0 * (loglike.max() - loglike[best:]) > 4.0][0]


def reference_bound(name: str) -> float:
    """On m_a [eV] without stars, of chains/reference/reproduced.md."""
    text = (ROOT / "chains" / "reference" / "reproduced.md").read_text(encoding="utf-8")
    (row,) = (line for line in text.splitlines() if line.startswith(f"| {name} | m_a [eV] |"))
    return float(row.split("|")[4].strip(" <"))


def cast_along_ksvz() -> float:
    """By how much CAST's ln L changes up to 1 eV."""
    masses = np.linspace(0.0, 1.0, 501)
    return np.ptp([search("cast").loglike(m, KSVZ * m) for m in masses])


# On the page: what gives it.
FORMULAE: dict[str, dict[str, Callable[[], float]]] = {
    "docs/searches/supernova_pions.md": {
        "0.0396": lambda: fraction(pions.M_PION),
        "0.0052086": lambda: fraction(100.0),
        "183.58": lambda: pion_energy(bosons.B_MINUS_L, 1.5),
        "184": lambda: pion_energy(bosons.DARK_PHOTON, 30.0),
        "7.99 × 10⁻⁹": lambda: core_epsilon(0.3, reabsorbed=True),
        "1.179 × 10⁻⁸": lambda: core_epsilon(0.2, reabsorbed=True),
        "8.7": pions_over_bremsstrahlung,
    },
    "docs/searches/gain_layer.md": {
        "0.103": lambda: gain_edge("gain_layer", 1e-8, 0.06, 0.15),
        "0.454": lambda: gain_edge("gain_layer", 1e-8, 0.3, 0.6),
        "0.088": lambda: gain_edge("gain_layer", 1e-8, 0.06, 0.15, reabsorption=False),
        "0.066": lambda: gain_edge("gain_layer_ecsn", 1e-3, 0.03, 0.1),
    },
    "docs/searches/decays_to_neutrinos.md": {
        "6.8": lambda: 1e-3 * facility("imb").mass_t,
        "0.87": lambda: facility("imb").live,
        "2.14": lambda: 1e-3 * facility("kamiokande_ii").mass_t,
        "0.9": lambda: energy_share("majoron_e", "one_zone"),
        "1.2": lambda: energy_share("majoron_e", "mantle"),
        "5.7": lambda: energy_share("majoron_mu", "one_zone"),
        "4.6": lambda: energy_share("majoron_tau", "one_zone"),
        "4.7": lambda: energy_share("majoron_tau", "mantle"),
        "5.1": lambda: energy_share("zprime_lmlt", "one_zone"),
        "5.5": lambda: energy_share("zprime_bl", "one_zone"),
        "2.0": lambda: moved("majoron_e", source="mantle"),
        "0.66": lambda: moved("majoron_mu", source="mantle"),
        "0.58": lambda: moved("zprime_bl", source="mantle"),
        "1.05": lambda: moved("majoron_e", source={"temperature": 20.0}),
        "0.94": lambda: moved("majoron_e", source={"temperature": 40.0}),
        "2.9": lambda: moved("majoron_mu", source={"temperature": 20.0}),
        "0.53": lambda: moved("majoron_mu", source={"temperature": 40.0}),
        "0.95": lambda: moved("majoron_e", e_min_mev=50.0),
        "1.08": lambda: moved("majoron_e", e_min_mev=100.0),
        "1.9": lambda: 0.5 * norm.isf(0.025) ** 2,  # of a half-Gaussian
        "3.4 × 10⁻⁹": lambda: ref.HNL_U2_COLLINEAR,  # test_neutrino_decays.py computes it
        "0.55": lambda: flavour_probabilities()[0, 0],
        "0.20": lambda: flavour_probabilities()[0, 1],
        "0.25": lambda: flavour_probabilities()[0, 2],
        "171": majoron_energy,
        "27": lambda: bound("majoron_e", 10.0) / bound("majoron_galactic", 10.0),
    },
    "docs/searches/alps_and_electroweak_bosons.md": {
        "2.59 × 10⁻⁶": lambda: bound("alp_flavour", 1e-3, level=0.9),
        "0.32": lambda: 10.0 ** least_log_mass(),
        "1757": lambda: branching("B+ -> K+ a"),
        "2080": lambda: branching("B+ -> K*+ a"),
        "1925": lambda: branching("B0 -> K*0 a"),
        "6.7": lambda: 0.97e-11 * alp_flavour.vector_scale_gev("K+ -> pi+ a", 7.3e-11),
        "0.021": lambda: alp_electroweak.lepton_coupling(LEPTON_MASSES_GEV["e"], 0.1, 1.0, 0.0),
        "9.2 × 10⁻⁷": lambda: abs(alp_flavour.G_SD),
        "9.5 × 10⁻⁵": lambda: abs(alp_flavour.G_BS),
        "0.16": lambda: alp_limits.read().decays["na62_invisible"].masses_gev[1][0],
    },
    "docs/searches/helioscopes.md": {
        "0.014": lambda: crossing(KSVZ, 0.005, 0.03, pitch="tuned"),
        "0.065": lambda: crossing(DFSZ, 0.02, 0.3, pitch="tuned"),
        "0.0237": lambda: crossing(KSVZ, 0.018, 0.026),
        "1.04": lambda: resonant_pitch_m(0.1, 4200.0),
        "0.12": lambda: resonant_pitch_m(0.3, 4200.0),
        "0.0192": lambda: iaxo_joint(helical=True),
        "0.1089": lambda: iaxo_joint(helical=False),
        "0.021": lambda: crossing(KSVZ, 0.015, 0.03, pitches=EIGHT),
        "0.57": lambda: crossing(KSVZ, 0.5, 0.7, pitches=EIGHT),
        "0.11": lambda: crossing(DFSZ, 0.09, 0.13, pitches=EIGHT),
        "0.46": lambda: crossing(DFSZ, 0.4, 0.6, pitches=EIGHT),
    },
    "docs/searches/solar_vectors.md": {
        "9.888 × 10²⁶": lambda: (
            1e24 * search("juno", years=1.0, column=0.0, efficiency=1.0).signal(0.1, 1e-6)
        ),
        "9.7 × 10³⁵": lambda: solar_vector.SUN_COLUMN,
        "3.6 × 10⁻⁶": lambda: solar_vector.depth(0.1) ** -0.5,
    },
    "docs/searches/light_through_a_wall.md": {"1.68": lambda: 8**0.25},
    "docs/searches/cold_axions.md": {
        "8.9 × 10¹¹": lambda: M_A_F_A_EV_GEV / mass_of_dark_matter(0.12, 1.0),
        "6.4": lambda: 1e6 * mass_of_dark_matter(0.12, 1.0),
        "1.54": kicked,
    },
    "docs/searches/couplings_and_stars.md": {
        "5.691 × 10⁶": lambda: f_a_gev(1.0),
        "0.357": lambda: r_bound(0.247),
        "0.019": lambda: iaxo_joint(helical=True),
        "0.109": lambda: iaxo_joint(helical=False),
        "0.114": lambda: reference_bound("hotaxion2026_ksvz"),
        "0.071": lambda: reference_bound("hotaxion2026_dfsz"),
        "0.0005": cast_along_ksvz,
    },
}
