"""Why this test exists: what we say of the hot species and what CLASS makes of it must agree.

N_eff and Omega to 1e-4, helium to 1e-5, for every hierarchy, light and heavy axions.
"""

from __future__ import annotations

import numpy as np
import pytest
from classy import Class
from scipy.interpolate import CubicSpline

from hotaxion.theory.constants import N_EFF_SM, RHO_CRITICAL_OVER_H2_EV4, T_CMB_EV
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.distribution import STATISTICS
from hotaxion.theory.relics.shapes import thermal
from hotaxion.theory.spectra.momenta import distribution, matched_nodes, table
from hotaxion.theory.spectra.neutrinos import (
    HIERARCHIES,
    T_NU_RATIO,
    minimal_sum_ev,
    neutrino_sector,
)
from hotaxion.theory.spectra.species import automatic_nodes, class_species, species_report

from ..cosmology_stubs import axion

POINT = {"omega_b": 0.0224, "omega_cdm": 0.12, "H0": 67.0}
MASSES_EV = (1e-3, 0.01, 0.1, 0.3, 1.0, 3.0, 10.0)
CLOSURE = 1e-4
HELIUM_CLOSURE = 1e-5


@pytest.fixture(scope="module")
def ksvz():
    """Distributions of the momentum-resolved solver, by mass."""
    abundance = Abundance()
    return {mass: abundance(mass).psd for mass in MASSES_EV}


def omega_thermal(mass_ev: float, t_ev: float, degrees: float, statistics: str) -> float:
    """Omega h^2 of a thermal gas, by direct integration."""
    y, w = momentum_grid(200, 60.0)
    f = 1.0 / (np.exp(y) + (1.0 if statistics == "fermion" else -1.0))
    energy = np.sqrt(mass_ev**2 + (y * t_ev) ** 2)
    rho = degrees * t_ev**3 / (2 * np.pi**2) * np.sum(w * y**2 * f * energy)
    return float(rho / RHO_CRITICAL_OVER_H2_EV4)


def background(species, **extra):
    cosmo = Class()
    cosmo.set(**POINT, **species, **extra)
    cosmo.compute(["background"])
    return cosmo


@pytest.mark.parametrize(
    ("hierarchy", "mass"),
    # Species do not know of each other: every mass once, every hierarchy with a light and a heavy.
    [("degenerate", mass) for mass in MASSES_EV]
    + [(name, mass) for name in HIERARCHIES if name != "degenerate" for mass in (0.01, 10.0)],
)
def test_densities(ksvz, hierarchy, mass):
    psd = ksvz[mass]
    mnu = max(0.06, minimal_sum_ev(hierarchy))
    sector = neutrino_sector(mnu, hierarchy)
    with class_species(sector, [psd]) as species:
        report = species_report(background(species))
    assert report.n_eff == pytest.approx(N_EFF_SM + psd.delta_neff, abs=CLOSURE)
    assert report.n_eff - N_EFF_SM == pytest.approx(psd.delta_neff, rel=CLOSURE)
    assert report.omega_ncdm[-1] == pytest.approx(psd.omega_h2, rel=CLOSURE)
    expected = [
        omega_thermal(m, T_NU_RATIO * T_CMB_EV, 2.0 * d, "fermion")
        for m, d in zip(sector.masses_ev, sector.degeneracies, strict=True)
    ]
    assert report.omega_ncdm[:-1] == pytest.approx(expected, rel=CLOSURE)


@pytest.mark.parametrize("mass", [1e-3, 2e-3, 5e-3])
def test_rare_axions_reach_class(mass):
    """Made from nothing, Delta N_eff from 2e-6: they are in CLASS, with their density."""
    psd = Abundance(initial="zero")(mass).psd
    assert 1e-6 < psd.delta_neff < 1e-3
    with class_species(neutrino_sector(0.06), [psd]) as species:
        report = species_report(background(species))
    assert len(report.omega_ncdm) == 2
    assert report.omega_ncdm[-1] == pytest.approx(psd.omega_h2, rel=CLOSURE)


@pytest.mark.parametrize("hierarchy", HIERARCHIES)
@pytest.mark.parametrize("nodes", [None, 3, 4, 6])
def test_three_point_zero_four_four(hierarchy, nodes):
    """N_eff without axion, for CLASS's own sampling of the neutrinos (None) and for ours."""
    for mnu in (max(0.06, minimal_sum_ev(hierarchy)), 1.0):
        with class_species(neutrino_sector(mnu, hierarchy), [], None, nodes) as species:
            assert background(species).Neff() == pytest.approx(N_EFF_SM, abs=CLOSURE)


@pytest.mark.parametrize("delta_neff", [0.0, 0.3, 1.0])
def test_helium(delta_neff):
    """The number of our table is the one that CLASS's recombination uses."""
    yhe = Nucleosynthesis().abundances(POINT["omega_b"], delta_neff).yhe
    with class_species(neutrino_sector(0.06)) as species:
        cosmo = Class()
        cosmo.set(**POINT, **species, YHe=yhe)
        cosmo.compute(["thermodynamics"])
        inside = cosmo.get_current_derived_parameters(["YHe"])["YHe"]
        # Electrons per hydrogen nucleus when all is ionised: 1 + 2 n_He/n_H.
        helium = (cosmo.ionization_fraction(1e4) - 1.0) / 2.0
    assert inside == pytest.approx(yhe, abs=HELIUM_CLOSURE)
    mass_ratio = 3.9715  # helium-4 atom over hydrogen atom, CLASS's _not4_
    assert mass_ratio * helium / (1 + mass_ratio * helium) == pytest.approx(yhe, abs=3e-5)


@pytest.mark.parametrize("delta_neff", [3e-8, 1e-6, 9e-5])
def test_few_axions_are_still_a_species(delta_neff):
    """From Delta N_eff = 1e-8 on CLASS has what BBN has."""
    psd = axion(0.3, amplitude=delta_neff / axion(0.3).delta_neff)
    with class_species(neutrino_sector(0.06)) as species:
        without = background(species).Neff()
    with class_species(neutrino_sector(0.06), [psd]) as species:
        report = species_report(background(species))
    assert report.n_eff - without == pytest.approx(delta_neff, rel=1e-3)
    assert report.omega_ncdm[1:] == pytest.approx([psd.omega_h2], rel=CLOSURE)


def test_massless_axions():
    """CLASS 3.4.1 takes 1e-5 eV for a mass of zero; it gets one that is small enough."""
    reports = []
    for mass in (0.0, 1e-6):
        psd = axion(mass)
        with class_species(neutrino_sector(0.0), [psd]) as species:
            reports.append(species_report(background(species)))
        assert reports[-1].omega_ncdm[1] == pytest.approx(psd.omega_h2, rel=CLOSURE)
    massless, light = reports
    assert massless.n_eff == pytest.approx(light.n_eff, rel=1e-9)
    assert massless.omega_ncdm == pytest.approx(light.omega_ncdm, rel=1e-5)


# --- momenta ---------------------------------------------------------------------------------
@pytest.mark.parametrize("statistics", STATISTICS)
@pytest.mark.parametrize(("nodes", "error"), [(3, 6e-3), (4, 6e-4), (5, 2e-4), (10, 3e-5)])
def test_few_momenta_have_the_density_of_all(statistics, nodes, error):
    """At every epoch, with the response -3 (rho + p) of the density to a stretch of momenta."""
    gas = distribution(thermal(statistics).relic(0.0, 1.0, 1.0))
    _, y, w, f, slope = matched_nodes(gas, nodes)
    full, exact = momentum_grid(200, 60.0)
    occupation = gas.occupation(full)
    for x in np.geomspace(0.01, 3e3, 40):
        energy, few = np.hypot(full, x), np.hypot(y, x)
        rho = np.sum(exact * full**2 * energy * occupation)
        pressure = np.sum(exact * full**4 / energy * occupation) / 3.0
        assert np.sum(w * y**2 * few * f) == pytest.approx(rho, rel=error)
        assert np.sum(w * y**3 * few * slope) == pytest.approx(-3 * (rho + pressure), rel=error)
    assert (f > 0).all()
    assert (slope < 0).all()


def test_file_holds_values_and_slopes_at_the_nodes():
    gas = distribution(thermal("fermion").relic(0.0, 1.0, 2.0))
    stretch, y, _, f, slope = matched_nodes(gas, 4)
    t_ncdm, q, column = table(gas, 4)
    assert t_ncdm == pytest.approx(stretch, rel=1e-12)
    read = CubicSpline(q * stretch, column * (2 * np.pi) ** 3)
    assert read(y) == pytest.approx(f, rel=1e-5)
    assert read(y, 1) == pytest.approx(slope, rel=1e-3)


def test_fit_is_smooth_in_the_mass():
    """Nothing jumps from one step of a chain to the next."""
    abundance = Abundance()
    values = []
    for mass in np.linspace(0.1, 0.1001, 3):
        psd = abundance(mass).psd
        _, _, _, f, slope = matched_nodes(distribution(psd), 3)
        values.append(np.concatenate([f, slope]))
    first, second = values[1] - values[0], values[2] - values[1]
    assert first == pytest.approx(second, rel=0.05, abs=1e-7)


def test_more_momenta_for_heavier_axions(ksvz):
    found = [automatic_nodes(ksvz[mass]) for mass in MASSES_EV]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (3, 6)
    assert ksvz[0.1].tail_temperature_ratio == pytest.approx(0.77, abs=0.1)
