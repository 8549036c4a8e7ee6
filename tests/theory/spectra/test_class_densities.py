"""Why this test exists: what CLASS integrates must be the densities that we computed. Its few
momenta can miss them, its file of f(q) can be lost, and NaN passes it silently."""

from __future__ import annotations

import numpy as np
import pytest
from classy import Class

from hotaxion.theory.constants import N_EFF_SM
from hotaxion.theory.errors import RangeError
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.relics.distribution import RelicPSD, bose_einstein
from hotaxion.theory.spectra import species as class_input
from hotaxion.theory.spectra.momenta import N_TABLE
from hotaxion.theory.spectra.neutrinos import HIERARCHIES, neutrino_sector
from hotaxion.theory.spectra.species import class_species, species_report

from ..cosmology_stubs import axion
from ..hot_classy_models import POINT
from ..reference_values_cosmology import (
    CLOSURE_TOLERANCE,
    DISTORTION,
    MASS_OVER_OMEGA_EV,
    MASS_OVER_OMEGA_TOLERANCE,
)

MASSES_EV = (0.01, 0.1, 0.3, 1.0, 5.0)


def background(psd: RelicPSD | None, nodes: int = 4, hierarchy: str = "degenerate"):
    cosmo = Class()
    with class_species(neutrino_sector(0.15, hierarchy), [psd] if psd else [], nodes) as species:
        cosmo.set(**POINT, **species)
        cosmo.compute(["background"])
    return species_report(cosmo)


def distorted(m_a: float) -> RelicPSD:
    """f as the momentum-resolved solver finds it at 0.3 eV: depleted below, hot tail above."""
    temperature = 0.81
    q, weights = momentum_grid(80, 35.0)
    ratio = np.exp(np.interp(q / temperature, list(DISTORTION), np.log(list(DISTORTION.values()))))
    return RelicPSD(m_a, q, ratio * bose_einstein(q, temperature), weights)


@pytest.mark.parametrize("m_a", MASSES_EV)
@pytest.mark.parametrize("nodes", [4, 16])
@pytest.mark.parametrize("make", [axion, distorted])
def test_class_finds_our_densities(make, nodes, m_a):
    psd = make(m_a)
    report = background(psd, nodes)
    assert report.n_eff - N_EFF_SM == pytest.approx(psd.delta_neff, rel=CLOSURE_TOLERANCE)
    assert report.omega_ncdm[-1] == pytest.approx(psd.omega_h2, rel=CLOSURE_TOLERANCE)


@pytest.mark.parametrize("hierarchy", HIERARCHIES)
def test_neutrinos_in_class(hierarchy):
    """N_eff = 3.044 in each hierarchy, with the right mass density, with and without axion."""
    psd = axion(0.3)
    for report, delta_neff in (
        (background(None, hierarchy=hierarchy), 0.0),
        (background(psd, hierarchy=hierarchy), psd.delta_neff),
    ):
        assert report.n_eff == pytest.approx(N_EFF_SM + delta_neff, abs=1e-4)
        omega_nu = sum(report.omega_ncdm[:-1] if delta_neff else report.omega_ncdm)
        expected = 0.0 if hierarchy == "massless" else 0.15 / MASS_OVER_OMEGA_EV
        # One massless family of the normal hierarchy's size adds kinetic energy: 1e-3.
        assert omega_nu == pytest.approx(expected, rel=2 * MASS_OVER_OMEGA_TOLERANCE)


def test_no_axion_is_no_species():
    q, weights = momentum_grid(80, 35.0)
    report = background(RelicPSD(0.3, q, np.zeros_like(q), weights))
    assert report == background(None)


def test_temporary_file_where_memory_files_are_absent(monkeypatch):
    expected = background(axion(0.3))
    monkeypatch.delattr(class_input.os, "memfd_create", raising=False)
    with class_species(neutrino_sector(0.06), [axion(0.3)]) as species:
        paths = species["ncdm_psd_filenames"].split(",")
        assert len(paths) == 2
        for path in paths:
            assert np.loadtxt(path).shape == (N_TABLE, 2)
    for path in paths:
        with pytest.raises(FileNotFoundError):
            np.loadtxt(path)
    assert background(axion(0.3)) == expected


def test_nan_is_refused_before_class_sees_it():
    psd = axion(0.3)
    psd.f[3] = np.nan
    with (
        pytest.raises(RangeError, match="hot species is not finite"),
        class_species(neutrino_sector(0.06), [psd]),
    ):
        pass
