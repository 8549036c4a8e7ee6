"""Why this test exists: samplers and notebooks call one object from many threads at once; state
that a call leaves behind would give wrong numbers without a word."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
import pytest

from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.particle.couplings import couplings
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.plasma import Plasma
from hotaxion.theory.relics.table import RelicTable
from hotaxion.theory.spectra.emulator.background import Background
from hotaxion.theory.spectra.emulator.features import feature_vector
from hotaxion.theory.spectra.emulator.prediction import PACKAGED, SpectraEmulator
from hotaxion.theory.spectra.neutrinos import neutrino_sector

THREADS, CALLS = 8, 200
COARSE = {"step": 0.1, "momenta": 30}  # quick, the same code
OPTIONS = (
    {},
    {"solver": "number", "rates": "lo"},
    {"solver": "instantaneous", "gluons": "sphaleron"},
    {"model": "dfsz1", "tan_beta": 3.0, "kaons": "data", "initial": "zero"},
)
Call = Callable[[float], object]


@pytest.fixture(autouse=True)
def often_switched() -> Iterator[None]:
    """Threads take turns every 10 microseconds instead of every 5 milliseconds."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


def _of_options(number: int) -> Call:
    abundance = Abundance(**OPTIONS[number], **COARSE)

    def call(u: float) -> object:
        here = abundance if u < 0.97 else abundance.scaled(1.0 + u, 1.1)
        relic = here(0.01 + u)
        return relic.delta_neff, relic.omega_a_h2, relic.t_decoupling_mev, relic.psd.f.tolist()

    return call


def _table(**ranges: tuple[float, float]) -> Call:
    table = RelicTable(Abundance(solver="number", **COARSE), **ranges)

    def call(u: float) -> object:
        inputs = {name: low + u * (high - low) for name, (low, high) in ranges.items()}
        psd = table(0.01 + u, **inputs)
        inverse = table.at_delta_neff(0.05 + 0.1 * u, **inputs)
        return psd.delta_neff, psd.omega_h2, psd.f.tolist(), inverse.mass_ev

    return call


def _nucleosynthesis() -> Call:
    bbn = Nucleosynthesis(rates="primat", tau_n=879.0)

    def call(u: float) -> object:
        omega_b = 0.017 + 0.012 * u
        return bbn.abundances(omega_b, u), bbn.theory_error(omega_b, u)

    return call


def _new_tables() -> Call:
    """Filled caches of the module are shared, too: each neutron lifetime has its own splines."""
    return lambda u: Nucleosynthesis(tau_n=870.0 + round(10.0 * u)).abundances(0.022, u)


def _neutrinos() -> Call:
    return lambda u: (neutrino_sector(0.1 + u, "normal"), neutrino_sector(0.11 + u, "inverted"))


def _couplings() -> Call:
    return lambda u: (couplings("dfsz1", 1.0 + u), float(Plasma(u).hubble(0.1 + u)))


def _background() -> Call:
    z = np.linspace(0.0, 3.0, 8)
    shared = Background(0.0224, 0.12, 0.67, neutrino_sector(0.06))

    def call(u: float) -> object:
        own = Background.from_theta(1.04, 1089.0, 144.0 + u, 0.0224, 0.12, neutrino_sector(u))
        values = [own.h, own.age_gyr, own.omega_m, shared.age_gyr, shared.omega_hot]
        return values, own.comoving_distance(z).tolist(), shared.hubble(z + u).tolist()

    return call


def _emulator() -> Call:
    spectra = SpectraEmulator.load(PACKAGED)
    best = {"omega_b": 0.0224, "omega_cdm": 0.12, "theta_s_100": 1.0419, "n_s": 0.966}
    best |= {"logA": 3.045, "tau_reio": 0.054, "mnu": 0.06, "YHe": 0.2457}

    def call(u: float) -> object:
        features = feature_vector(best | {"mnu": 0.3 * u, "n_s": 0.95 + 0.03 * u})
        prediction = spectra(features)
        cl = {name: values.tolist() for name, values in prediction.cl.items()}
        return cl, prediction.scalars, spectra.error(features), spectra.outside(features, 0.5)

    return call


def _relic() -> Call:
    """Properties that one thread keeps while the others ask for them."""
    abundance = Abundance(solver="number", **COARSE)
    psd = lru_cache(lambda step: abundance(0.1 * step).psd)

    def call(u: float) -> object:
        shared = psd(1 + round(8 * u))
        q = np.geomspace(0.1, 10.0, 9)
        return shared.delta_neff, shared.temperature_ratio, shared.occupation(q).tolist()

    return call


CALLABLES: dict[str, Callable[[], Call]] = {
    **{f"Abundance {i}": lambda i=i: _of_options(i) for i in range(len(OPTIONS))},
    "RelicTable": _table,
    "RelicTable, sampled inputs": lambda: _table(pion_scale=(0.5, 2.0)),
    "Nucleosynthesis": _nucleosynthesis,
    "Nucleosynthesis, made in threads": _new_tables,
    "neutrino_sector": _neutrinos,
    "couplings, Plasma": _couplings,
    "Background": _background,
    "SpectraEmulator": _emulator,
    "RelicPSD": _relic,
}


@pytest.mark.parametrize("name", CALLABLES)
def test_threads_give_what_one_gives(name):
    """Eight threads on one object; differences are exactly zero."""
    inputs = np.random.default_rng(11).uniform(size=CALLS).tolist()
    serial = list(map(CALLABLES[name](), inputs))
    with ThreadPoolExecutor(THREADS) as pool:
        # Another object, so that nothing is computed and kept before the threads start.
        assert list(pool.map(CALLABLES[name](), inputs)) == serial
