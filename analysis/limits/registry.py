"""The searches that `hotaxion limits` knows; each takes one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import hotaxion.likelihoods
from hotaxion.analysis.inputs.session import cobaya_session
from hotaxion.analysis.text import columns
from hotaxion.likelihoods.searches.companion import Companion
from hotaxion.theory.checks import choice
from hotaxion.theory.errors import HotAxionError, RangeError

# Options that every likelihood has, and what an entry stands for.
_OF_COBAYA = {"type", "speed", "params", "stop_at_error", "version", "setup"}


@dataclass(frozen=True)
class Entry:
    """A name of `hotaxion limits`.

    likelihood : of hotaxion.likelihoods.
    text : what it is, in one line: data, estimate or forecast.
    grid : least and greatest mass, and number of masses, where none are given.
    options : of the likelihood.
    """

    likelihood: str
    text: str
    grid: tuple[float, float, int]
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def companion(self) -> type[Companion]:
        """The class of the likelihood."""
        found: type[Companion] = getattr(hotaxion.likelihoods, self.likelihood)
        return found

    @property
    def known(self) -> set[str]:
        """Options that may be given: of the likelihood itself; pitch where there is a magnet."""
        names = {*self.companion.get_defaults()}
        pitch = {"pitch"} if names & {"magnet", "pitches"} else set()
        return (names | pitch) - _OF_COBAYA


def _helioscope(setup: str, text: str) -> Entry:
    grid = (1e-3, 1.0, 13)
    return Entry("HelioscopeForecast", f"forecast: {text}", grid, {"setup": setup})


def _electroweak(likelihood: str, text: str, heaviest: float, **options: float) -> Entry:
    """ALPs with electroweak couplings, masses in GeV; `abb` is g_abb / g_aww."""
    return Entry(likelihood, text, (1e-3, heaviest, 13), {"abb": 0.0, **options})


def _no_events(particle: str, text: str, **options: str) -> Entry:
    grid = (10.0, 300.0, 9) if particle == "hnl" else (1e-2, 300.0, 10)
    words = f"estimate: {text}, no neutrinos of SN 1987A above 75 MeV"
    return Entry("HighEnergyNu87A", words, grid, {"particle": particle, **options})


def _core(likelihood: str, text: str, **options: Any) -> Entry:
    return Entry(likelihood, f"estimate: {text}", (0.1, 100.0, 13), options)


ENTRIES: dict[str, Entry] = {
    "cast": Entry("CAST2017", "data: helioscope in vacuum", (1e-4, 1.0, 13)),
    "cast_gas": Entry("CASTGas", "estimate: helioscope with gas, plateaus", (0.021, 1.16, 13)),
    "babyiaxo": _helioscope("babyiaxo", "BabyIAXO in vacuum"),
    "iaxo": _helioscope("iaxo", "IAXO in vacuum"),
    "iaxo_plus": _helioscope("iaxo_plus", "IAXO+ in vacuum"),
    "alps1": Entry("ALPSI", "data: ALPS I, light through a wall", (1e-5, 1e-2, 13)),
    "alps2": Entry("ALPSIIForecast", "forecast: light through a wall", (1e-5, 1e-2, 13)),
    "alp_flavour": _electroweak("ALPFlavour", "data: rare K and B decays, meson mixing", 4.7),
    "alp_z": _electroweak("ALPZPole", "data: Z decays into a photon and an ALP", 80.0),
    "alp_oblique": _electroweak("ALPOblique", "estimate: the parameter S", 80.0, abb=1.0),
    "alp_fcc": _electroweak("ALPZForecast", "forecast: Z decays at FCC-ee", 80.0, n_z=5e12),
    "alp_cepc": _electroweak("ALPZForecast", "forecast: Z decays at CEPC", 80.0, n_z=4e12),
    "alp_ship": _electroweak("ALPSHiPForecast", "forecast: B decays at SHiP, rough", 4.0),
    "hb": Entry("HBRParameter", "estimate: R parameter of globular clusters", (1e-3, 10.0, 2)),
    "tip_rgb": Entry("TipRGB", "estimate: tip of the red giant branch", (1e-3, 10.0, 2)),
    "gain_layer": Entry(
        "GainLayer", "estimate: cooling of a supernova's gain layer", (0.01, 0.5, 18)
    ),
    "gain_layer_ecsn": Entry(
        "GainLayer",
        "estimate: the same, electron-capture supernova",
        (0.01, 0.5, 18),
        {"snapshots": "electron_capture"},
    ),
    "sn1987a": Entry("SN1987AAxion", "estimate: cooling of SN 1987A", (1e-3, 10.0, 2)),
    "sn_core": _core("SN1987ACooling", "dark photons cool SN 1987A"),
    "pions": _core("SN1987ACooling", "dark photons of pions cool SN 1987A", channels=["pions"]),
    "pions_bl": _core("SN1987ACooling", "B - L of pions cools SN 1987A", boson="b_minus_l"),
    "envelope": _core("EnvelopeHeating", "dark photons heat the envelopes of supernovae"),
    "envelope_bl": _core("EnvelopeHeating", "B - L heats these envelopes", boson="b_minus_l"),
    "juno": Entry("JUNOMonoenergetic", "forecast: solar vectors of 5.49 MeV", (1e-3, 3.0, 13)),
    **{
        f"majoron_{flavour}": _no_events("majoron", f"majorons of nu_{flavour}", flavour=flavour)
        for flavour in ("e", "mu", "tau")
    },
    "zprime_lmlt": _no_events("zprime", "Z' of L_mu - L_tau", model="lmlt"),
    "zprime_bl": _no_events("zprime", "Z' of B - L", model="bl"),
    "hnl_tau": _no_events("hnl", "heavy neutral leptons mixed with nu_tau, any delay"),
    "majoron_galactic": Entry(
        "GalacticNuForecast", "forecast: majorons of nu_e, Hyper-K at 10 kpc", (1e-2, 100.0, 9)
    ),
}


#: The papers that the package was conceived from: status, and the names that belong to each.
PAPERS: dict[str, tuple[str, str]] = {
    "2205.07849": ("core result", "hotaxion reproduce"),
    "2408.11103": ("works", "cast, cast_gas, babyiaxo, iaxo, iaxo_plus"),
    "2308.10925": ("works", "alps1, alps2"),
    "2211.13074": ("works; open for the QCD axion", "hotaxion run cold_axion, free_kick_alp"),
    "2502.01731": ("works", "gain_layer, gain_layer_ecsn"),
    "2211.15677": ("works", "sn_core, pions, pions_bl, envelope, envelope_bl"),
    "2312.13627": ("works", "majoron_*, zprime_*, hnl_tau"),
    "2305.14420": ("works", "juno"),
    "2501.15250": ("works", "alp_*"),
    "2506.15306": ("catalogue", "docs/facilities.md"),
}


def listing() -> str:
    """A line for each name, then one for each paper."""
    names = columns([(name, entry.text) for name, entry in ENTRIES.items()])
    papers = columns([(paper, f"{status}: {where}") for paper, (status, where) in PAPERS.items()])
    return f"{names}\n\npapers (of most only the abstract was read):\n{papers}"


def options_for(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the entry, and of what is given those that its likelihood has."""
    entry = ENTRIES[choice("search", name, ENTRIES)]
    options = {**entry.options, **{key: given[key] for key in given if key in entry.known}}
    if "pitch" in options:
        options |= _magnet(options.pop("pitch"), entry.known)
    return options


def _magnet(pitch: Any, known: set[str]) -> dict[str, Any]:
    """The options of a likelihood that `pitch` stands for: a word, or metres."""
    if "pitches" in known:
        return {"pitches": pitch if isinstance(pitch, list) else [pitch]}
    magnet = {"magnet": pitch if isinstance(pitch, str) else {"pitch_m": pitch}}
    reread = {"reinterpreted": pitch != "constant"} if "reinterpreted" in known else {}
    return magnet | reread


def check_options(names: Iterable[str], given: Iterable[str]) -> None:
    """Refuse an option that none of the searches has (UnknownOptionError)."""
    known = set().union(*(ENTRIES[choice("search", name, ENTRIES)].known for name in names))
    for key in given:
        if not known:
            raise RangeError(f"option {key} given, but {', '.join(names)} has none; leave it out.")
        choice(f"option of {', '.join(names)}", key, known)


def search(name: str, options: Mapping[str, Any]) -> Companion:
    """The likelihood behind a name; raises HotAxionError for wrong options."""
    from cobaya.log import LoggedError

    with cobaya_session(quiet=True):  # what Cobaya raises is said by the command
        try:
            return ENTRIES[name].companion(dict(options), name=name)
        except LoggedError as error:
            raise HotAxionError(str(error)) from error
