"""Cobaya likelihoods on data shipped with the package: BBN, Planck, ACT, SPT, BAO, published N_eff.

Name them in a Cobaya YAML as ``hotaxion.likelihoods.BBN`` and so on. Each class is imported only
when it is asked for, so that a BBN-only run loads neither the Planck nor the BAO code.
"""

from __future__ import annotations

from importlib import import_module

_HOME = {
    "BBN": "bbn",
    "PlanckLiteTTTEEE": "planck",
    "PlanckLowlTT": "planck",
    "PlanckLowlEE": "planck",
    "PlanckLensing": "planck",
    "PlanckCut": "planck",
    "ActDR6Lite": "ground",
    "ActDR6Lensing": "ground",
    "Spt3g2018Lite": "ground",
    "SixdF2011": "bao",
    "SdssMGS": "bao",
    "BossDR12": "bao",
    "DesiDR2": "bao",
    "MockBAO": "bao",
    "MockCMB": "mock_cmb",
    "Neff": "neff",
    "ColdDarkMatter": "searches.cold_dark_matter",
    "CAST2017": "searches.helioscope",
    "CASTGas": "searches.helioscope",
    "HelioscopeForecast": "searches.helioscope",
    "ALPFlavour": "searches.flavour",
    "ALPZPole": "searches.flavour",
    "ALPOblique": "searches.flavour",
    "ALPZForecast": "searches.flavour",
    "ALPSHiPForecast": "searches.flavour",
    "ALPSI": "searches.lsw",
    "ALPSIIForecast": "searches.lsw",
    "GainLayer": "searches.gain_layer",
    "HighEnergyNu87A": "searches.neutrino_events",
    "GalacticNuForecast": "searches.neutrino_events",
    "JUNOMonoenergetic": "searches.solar_vector",
    "HBRParameter": "searches.stellar",
    "TipRGB": "searches.stellar",
    "SN1987AAxion": "searches.stellar",
    "SN1987ACooling": "searches.supernova_cooling",
    "EnvelopeHeating": "searches.supernova_cooling",
    "Planck2018": "presets",
    "PACT": "presets",
    "SPA": "presets",
    "BAO2018": "presets",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> type:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
