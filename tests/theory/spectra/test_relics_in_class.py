"""Why this test exists: whatever form a relic is given in, CLASS must have its N_eff and its Omega;
units, degrees of freedom and files get lost on the way."""

from __future__ import annotations

import numpy as np
import pytest
from classy import Class

from hotaxion.theory.constants import N_EFF_SM
from hotaxion.theory.errors import RangeError
from hotaxion.theory.relics.distribution import RelicPSD
from hotaxion.theory.relics.shapes import T_NU, of_file, of_function, thermal
from hotaxion.theory.spectra.emulator.features import (
    DELTA_NEFF,
    FEATURES,
    MASS_ROOT,
    feature_vector,
    unlike_the_axion,
)
from hotaxion.theory.spectra.momenta import distribution, misfit
from hotaxion.theory.spectra.neutrinos import HIERARCHIES, T_NU_RATIO, neutrino_sector
from hotaxion.theory.spectra.species import automatic_nodes, class_species, species_report

from ..cosmology_stubs import FASTEST_CLASS, axion

POINT = {"omega_b": 0.0224, "omega_cdm": 0.12, "H0": 67.0}
PRIMORDIAL = {"A_s": 2.1e-9, "n_s": 0.966, "tau_reio": 0.055, "YHe": 0.2457}
CLOSURE = 1e-4
FERMI, BOSE = thermal("fermion"), thermal("boson")


def resonant(y):
    """Colder than thermal, as of Shi & Fuller (astro-ph/9810076), roughly."""
    return (0.1 + np.exp(-(((y - 0.6) / 0.4) ** 2))) / (np.exp(y) + 1.0)


def degenerate_gas(y):
    """Fermi-Dirac with a chemical potential of three temperatures."""
    return 1.0 / (np.exp(y - 3.0) + 1.0)


def from_file(folder) -> RelicPSD:
    y = np.geomspace(5e-3, 40.0, 300)
    np.savetxt(folder / "f.dat", np.transpose([y, degenerate_gas(y)]))
    return of_file(folder / "f.dat", "fermion").relic(0.4, 0.3, 2.0)


FORMS = {
    "mass and temperature": lambda _: FERMI.relic(1.0, 0.5, 2.0),
    "many bosons": lambda _: BOSE.relic(0.2, 0.3, 16.0),
    "as many as a family": lambda _: FERMI.relic(0.1, T_NU, 2.0),
    "m_eff and Delta N_eff": lambda _: FERMI.relic(0.3 / 0.1**0.75, T_NU * 0.1**0.25, 2.0),
    "Dodelson-Widrow": lambda _: FERMI.relic(20.0, T_NU, 0.02),
    "keV": lambda _: FERMI.relic(3e3, 0.05, 2.0),
    "massless": lambda _: BOSE.relic(0.0, 0.5, 1.0),
    "function": lambda _: of_function(resonant, "fermion").relic(0.5, T_NU, 0.5),
    "file": from_file,
}


def report(sector, relics, nodes=None, neutrino_nodes=5):
    cosmo = Class()
    with class_species(sector, relics, nodes, neutrino_nodes) as species:
        cosmo.set(**POINT, **species)
        cosmo.compute(["background"])
    return species_report(cosmo)


@pytest.mark.parametrize("form", FORMS)
def test_closure(form, tmp_path):
    """With an axion before it; N_eff and both densities to 1e-4."""
    psd, before = FORMS[form](tmp_path), axion(0.3, 0.7)
    found = report(neutrino_sector(0.06), [before, psd])
    more = found.n_eff - N_EFF_SM - before.delta_neff
    assert more == pytest.approx(psd.delta_neff, rel=CLOSURE, abs=1e-6)
    assert found.omega_ncdm[1:] == pytest.approx([before.omega_h2, psd.omega_h2], rel=CLOSURE)


@pytest.mark.parametrize("hierarchy", HIERARCHIES[:4])
@pytest.mark.parametrize(("extra", "nodes"), [(-2.044, 5), (-0.5, None), (0.5, 5)])
def test_massless_radiation(hierarchy, extra, nodes):
    """Down to N_eff = 1, by N_ur and by colder neutrinos, with CLASS's own momenta, too."""
    found = report(neutrino_sector(0.15, hierarchy, extra), [], neutrino_nodes=nodes)
    assert found.n_eff == pytest.approx(N_EFF_SM + extra, abs=CLOSURE)


def test_massless_relics_are_extra_radiation():
    """In N_eff and in the densities that CLASS has today."""
    relic = FERMI.relic(0.0, T_NU * 0.4**0.25, 2.0)
    cosmo, other = Class(), Class()
    for one, sector, relics in (
        (cosmo, neutrino_sector(0.06), [relic]),
        (other, neutrino_sector(0.06, "degenerate", 0.4), []),
    ):
        with class_species(sector, relics) as species:
            one.set(**POINT, **species)
            one.compute(["background"])
    for z in (0.0, 10.0, 1e3, 1e5):
        assert cosmo.Hubble(z) == pytest.approx(other.Hubble(z), rel=1e-6)
    values = dict.fromkeys([*FEATURES, "mnu"], 0.1)
    for learned in (10, len(FEATURES)):
        found = feature_vector(values | {"delta_neff_extra": 0.0}, [relic], learned)
        assert found[DELTA_NEFF] == pytest.approx(0.4, rel=1e-9)
        assert found[MASS_ROOT] == 0.0
    alone = feature_vector(values | {"delta_neff_extra": 0.4}, [], 10)
    assert alone == pytest.approx(found, rel=1e-9)


def test_a_relic_is_a_neutrino():
    """Fermi-Dirac at the temperature of massive neutrinos, two degrees: C_l to 1e-4.

    Either has N_eff = 1.0132 = 3.044/3 but for the convention of the temperature; N_ur the rest.
    """
    found = []
    family = FERMI.relic(0.3, T_NU_RATIO, 2.0)
    one, none = neutrino_sector(0.3, "one_massive"), neutrino_sector(0.0, "massless")
    less = neutrino_sector(0.0, "massless", -family.delta_neff)
    assert less.n_ur == pytest.approx(one.n_ur, rel=1e-9)
    assert none.n_ur == pytest.approx(N_EFF_SM)
    fast = {**FASTEST_CLASS, "output": "tCl pCl lCl", "lensing": "yes", "l_max_scalars": 600}
    for sector, relics in ((one, []), (less, [family])):
        cosmo = Class()
        with class_species(sector, relics) as species:
            cosmo.set(**POINT, **fast, **species, **PRIMORDIAL)
            cosmo.compute()
            found.append(cosmo.lensed_cl(600))
            cosmo.empty()
    for name in ("tt", "ee", "pp"):
        assert found[1][name][2:] == pytest.approx(found[0][name][2:], rel=CLOSURE), name


# --- few momenta -----------------------------------------------------------------------------
def test_uneven_relics_get_more_momenta():
    """Three families of neutrinos as many as these have; what no number can show is refused."""
    assert automatic_nodes(FERMI.relic(0.1, T_NU, 0.2)) == 3
    assert automatic_nodes(FERMI.relic(0.1, T_NU, 6.0)) == 5
    uneven = of_function(resonant, "fermion").relic(0.1, T_NU, 2.0)
    nodes = automatic_nodes(uneven)
    assert nodes > 3
    density, largest = misfit(distribution(uneven), nodes)
    assert density < 5e-5
    assert largest * uneven.delta_neff < 3e-3
    line = of_function(lambda y: np.exp(-(((y - 5.0) / 0.5) ** 2)), "boson")
    with pytest.raises(RangeError, match="too narrow or uneven"):
        automatic_nodes(line.relic(0.1, T_NU, 1.0))


# --- what the emulator knows -----------------------------------------------------------------
def test_which_relics_are_like_the_axion(tmp_path):
    light, other = axion(0.3), FERMI.relic(0.1, 0.4, 2.0)
    massless = FERMI.relic(0.0, 0.4, 2.0)
    assert unlike_the_axion([], 2.0) is None
    assert unlike_the_axion([light], 0.2) is unlike_the_axion([other], 2.0) is None
    assert unlike_the_axion([light, massless, FERMI.relic(0.1, 0.4, 0.0)], 2.0) is None
    assert (unlike_the_axion([light, other], 2.0) or "").startswith("hot relics with a mass = 2;")
    uneven = of_function(lambda y: np.exp(-(((y - 5.0) / 1.5) ** 2)), "boson")
    reason = unlike_the_axion([uneven.relic(0.1, T_NU, 1.0)], 2.0)
    assert (reason or "").startswith("spread of momenta = ")
    reason = unlike_the_axion([FERMI.relic(0.3, T_NU * 0.3**0.25, 2.0)], 0.2)
    assert (reason or "").startswith("error of ln L by the spread of momenta = 0.52 exceeds")


def test_features_of_several_relics():
    """Massless ones are radiation beside one with a mass."""
    values = dict.fromkeys(FEATURES, 0.1)
    light, massless = axion(0.3), FERMI.relic(0.0, T_NU * 0.3**0.25, 2.0)
    alone = feature_vector(values | {"delta_neff_extra": 0.4}, [light])
    both = feature_vector(values | {"delta_neff_extra": 0.1}, [massless, light])
    assert both == pytest.approx(alone, rel=1e-9)
    none = feature_vector(values, [FERMI.relic(1.0, 0.4, 0.0)])
    assert none[[MASS_ROOT, DELTA_NEFF]].tolist() == [0.0, 0.0]
