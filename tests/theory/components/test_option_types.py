"""Why this test exists: a text, a list or a NaN in an input must end in one sentence that names the
option, neither in a traceback of Python nor, like the text "false", in another physics."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from cobaya.log import LoggedError

from hotaxion.likelihoods import BBN
from hotaxion.theory.errors import HotAxionError
from hotaxion.theory.particle.couplings import Couplings, couplings, f_a_gev
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.rates.iam import LowEnergyConstants, low_energy_constants
from hotaxion.theory.rates.pipi import PionPhysics
from hotaxion.theory.rates.total import TotalRate
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.distribution import RelicPSD, bose_einstein
from hotaxion.theory.relics.error_budget import error_budget
from hotaxion.theory.relics.plasma import Plasma
from hotaxion.theory.relics.relic_options import RelicOptions
from hotaxion.theory.relics.shapes import thermal
from hotaxion.theory.spectra.neutrinos import HIERARCHIES, minimal_sum_ev, neutrino_sector

KSVZ = couplings()
NO_OPTION = [  # of any kind
    *("", "x", "0.1x", b"1", float("nan"), float("inf"), -float("inf"), 1j, object(), len),
    *([], [1.0], [[1.0], 2.0], (1.0,), {1.0}, np.array([0.3, 0.4]), np.array("a"), np.array(None)),
    *(10**400, -(10**5000), Fraction(10**400, 3), Decimal("1"), np.longdouble("1e4000")),
    *(np.float64("nan"), np.datetime64("2026-01-01")),
]
NO_NUMBER = [*NO_OPTION, "0.15", None, True, False, np.True_, {}, {0.3: 1.0}]
NO_FLAG = [*NO_OPTION, "true", "false", "0", None, 0, 1, 1.0, {}]
NO_NAME = [*NO_OPTION, None, True, 0, 1.0, {}, {"gkpy": 1}]
NO_MAPPING = [*NO_OPTION, True, False, 0, 1.0]
NO_OBJECT = [*NO_OPTION, True, 0, 1.0, {}]  # None may stand for "the default"

# Option of Cobaya or keyword -> maker that takes its value.
NUMBERS = {
    "m_a": f_a_gev,
    "mass (psd)": lambda v: _psd(mass_ev=v),
    "tan_beta": lambda v: couplings("dfsz1", v),
    "z_ud": lambda v: couplings("ksvz", z=v),
    "c_mu": lambda v: couplings("generic", values={"c_mu": v}),
    "gluon_scale": lambda v: Abundance(gluon_scale=v),
    "pion_scale": lambda v: Abundance(pion_scale=v),
    "kaon_scale": lambda v: Abundance(kaons="data", kaon_scale=v),
    "gluon_scale (rate)": lambda v: TotalRate(KSVZ, gluon_scale=v),
    "pion_scale (rate)": lambda v: TotalRate(KSVZ, pion_scale=v),
    "kaon_scale (rate)": lambda v: TotalRate(KSVZ, kaon_scale=v),
    "T_pion": lambda v: Abundance(T_pion=v),
    "T_gluon": lambda v: Abundance(T_gluon=v),
    "m_pion": lambda v: Abundance(m_pion=v),
    "pion mass": PionPhysics,
    "l1": lambda v: low_energy_constants({"l1": v}),
    "l2": lambda v: LowEnergyConstants(l2=v),
    "knots": lambda v: Abundance(knots={0.5: v}),
    "g_star_shift": lambda v: Abundance(g_star_shift=v),
    "T_reheat": lambda v: Abundance(reheating="sudden", T_reheat=v),
    "shift of g_*": Plasma,
    "step": lambda v: Abundance(step=v),
    "momenta": lambda v: Abundance(momenta=v),
    "mnu": neutrino_sector,
    "mnu (massless)": lambda v: neutrino_sector(v, "massless"),
    "mass": lambda v: thermal("fermion").relic(v, 0.5, 2.0),
    "temperature": lambda v: thermal("fermion").relic(0.1, v, 2.0),
    "degrees": lambda v: thermal("fermion").relic(0.1, 0.5, v),
    "n_eff": lambda v: neutrino_sector(0.1, "degenerate", 0.0, v),
    "delta_neff_extra": lambda v: neutrino_sector(0.1, "degenerate", v),
    "pions": lambda v: DEFAULT.scaled(v),
    "gluons": lambda v: DEFAULT.scaled(1.0, v),
}
FLAGS = {
    "fermions": lambda v: Abundance(fermions=v),
    "fermions (rate)": lambda v: TotalRate(KSVZ, fermions=v),
}
NAMES = {
    "model": lambda v: Abundance(model=v),
    "model (couplings)": couplings,
    "rates": lambda v: Abundance(rates=v),
    "rates (rate)": lambda v: TotalRate(KSVZ, rates=v),
    "gluon": lambda v: Abundance(gluons=v),
    "kaon": lambda v: Abundance(kaons=v),
    "solver": lambda v: Abundance(solver=v),
    "initial": lambda v: Abundance(initial=v),
    "reheating": lambda v: Abundance(T_reheat=0.1, reheating=v),
    "hierarchy": minimal_sum_ev,
    "hierarchy (sector)": lambda v: neutrino_sector(0.1, v),
    "statistics": thermal,
    "statistics (options)": lambda v: RelicOptions(statistics=v),
    "distribution": lambda v: RelicOptions(distribution=v),
    "fermion": KSVZ.fermion,
}
MAPPINGS = {
    "couplings": lambda v: Abundance(model="generic", couplings=v),
    "lecs": lambda v: Abundance(rates="iam", lecs=v),
    "knots": lambda v: Abundance(knots=v),
    "knots (rate)": lambda v: TotalRate(KSVZ, knots=v),
}
OBJECTS = {
    "couplings": TotalRate,
    "options (rate)": lambda v: TotalRate(KSVZ, v),
    "lecs": lambda v: PionPhysics(lecs=v),
    "options": Abundance,
}
DEFAULT = Abundance()
Q, WEIGHTS = momentum_grid(40, 30.0)


def _psd(**changes) -> RelicPSD:
    columns = {"mass_ev": 0.3, "q": Q, "f": bose_einstein(Q, 1.0), "weights": WEIGHTS}
    return RelicPSD(**columns | changes)


def assert_one_sentence(error: HotAxionError | LoggedError, name: str) -> None:
    """Names the option, and fits into a few lines."""
    message = str(error)
    assert name in message
    assert message.endswith((".", "?"))
    assert "\n" not in message
    assert len(message) < 400


def assert_each_refused(make, values: list, name: str, kind=HotAxionError) -> None:
    """One test for all: not every value can be written out, so that its place is its name."""
    for place, value in enumerate(values):
        try:
            make(value)
        except kind as error:
            assert_one_sentence(error, name)
        else:
            pytest.fail(f"{name}: value {place}, a {type(value).__name__}, is accepted")


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (NUMBERS, NO_NUMBER),
        (FLAGS, NO_FLAG),
        (NAMES, NO_NAME),
        (MAPPINGS, NO_MAPPING),
        (OBJECTS, NO_OBJECT),
    ],
    ids=["numbers", "flags", "names", "mappings", "objects"],
)
def test_one_sentence(table, values):
    for name, make in table.items():
        assert_each_refused(make, values, name.split(" (")[0])


def test_initial_temperature():
    """None is the default; a low end that is no number itself must not be compared with."""
    values = [value for value in NO_NUMBER if value is not None]
    assert_each_refused(lambda v: Abundance(T_initial=v, T_pion=0.15), values, "T_")
    assert_each_refused(lambda v: Abundance(T_initial=v, T_pion=v), values, "T_")


def test_masses_are_called_one_by_one():
    for call in (DEFAULT, DEFAULT.history):
        assert_each_refused(call, [*NO_OPTION, True, {0.1: 0.2}], "m_a")


def test_names_inside_mappings():
    keys = [v for v in (*NO_OPTION, True, None) if isinstance(v, Hashable)]
    for make in MAPPINGS.values():
        assert_each_refused(lambda key, make=make: make({key: 1e-3}), keys, "")


@pytest.mark.parametrize("option", ["preset", "helium", "deuterium", "theory_error"])
def test_likelihood_of_the_abundances(option, caplog):
    values = [*NO_OPTION, "aver15", 0, 1, 1.0, {}, *([] if option == "theory_error" else [True])]
    with caplog.at_level(logging.CRITICAL):
        assert_each_refused(lambda v: BBN({option: v}), values, option, LoggedError)


@pytest.mark.parametrize("spoil", [list, tuple, str, lambda x: x * 1j, lambda x: x[:, None], len])
@pytest.mark.parametrize("column", ["q", "f", "weights"])
def test_distributions_are_arrays(column, spoil):
    with pytest.raises(HotAxionError) as error:
        _psd(**{column: spoil(getattr(_psd(), column))})
    assert_one_sentence(error.value, "not a phase-space distribution")


def test_masses_of_the_error_budget():
    values = [*NO_OPTION[:10], True, {}, [[1.0], 2.0], [0.1, 11.0]]
    assert_each_refused(error_budget, values, "masses")
    with pytest.raises(HotAxionError) as error:
        error_budget([0.1], pion_scal=1.0)
    assert_one_sentence(error.value, "Did you mean 'pion_scale'?")


def test_temperatures_of_the_plasma():
    plasma = Plasma()
    for call in (plasma.degrees_of_freedom, plasma.entropy_density, plasma.hubble):
        values = [*NO_OPTION[:10], True, None, [0.1, 1e-9]]
        assert_each_refused(call, values, "temperature")


@pytest.mark.parametrize("kind", [float, np.float32, np.float64, np.longdouble, np.array, Fraction])
def test_numbers_of_numpy_are_numbers(kind):
    numbers = dict(gluon_scale=2.0, z_ud=0.5, T_initial=64.0, step=0.125, momenta=40)
    plain = Abundance(rates="iam", lecs={"l1": 0.25}, **numbers)(0.25)
    numbers = {name: kind(value) for name, value in numbers.items()}
    relic = Abundance(rates="iam", lecs={"l1": kind(0.25)}, **numbers)(kind(0.25))
    assert relic.delta_neff == plain.delta_neff
    assert neutrino_sector(kind(0.5), "normal") == neutrino_sector(0.5, "normal")
    assert isinstance(couplings("dfsz1", kind(2.0)), Couplings)
    for hierarchy in HIERARCHIES:
        assert minimal_sum_ev(np.str_(hierarchy)) == minimal_sum_ev(hierarchy)


def test_a_relic_is_shown_in_one_line():
    text = repr(DEFAULT(0.3))
    assert text.startswith("Relic(m_a_ev=0.3, f_a_gev=18970000.0, delta_neff=0.2")
    assert len(text) < 200
