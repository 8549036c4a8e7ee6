"""Why this test exists: with w0, wa and massless radiation the distances of the emulator must stay
those of CLASS, across w = -1, too; and both must reach everything that depends on them."""

from __future__ import annotations

import numpy as np
import pytest
from cobaya.log import LoggedError
from cobaya.model import get_model

from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.spectra.emulator.background import Background
from hotaxion.theory.spectra.neutrinos import neutrino_sector

from ..hot_classy_models import alone, sampled

Z = np.array([0.0, 0.1, 0.5, 1.0, 2.33, 6.0, 1000.0])
POINT = {"omega_b": 0.0224, "omega_cdm": 0.119, "H0": 68.0, "mnu": 0.1, "m_a": 0.2}


def model(theory="hotaxion.theory.HotClassy", hierarchy="degenerate", **params):
    """Without spectra: CLASS's background alone."""
    found = get_model(
        {
            "theory": {
                theory: {"hierarchy": hierarchy},
                "hotaxion.theory.HotAxion": {"table": False},
                "hotaxion.theory.BBN": None,
            },
            "likelihood": {"one": None},
            "params": {**POINT, **params},
        }
    )
    wanted = {name: {"z": Z} for name in ("Hubble", "angular_diameter_distance")}
    found.add_requirements({**wanted, "YHe": None, "DH": None})
    return found


@pytest.mark.parametrize(
    ("w0", "wa", "extra"),
    [(-1.0, 0.0, 0.4), (-0.6, -1.2, 0.0), (-1.2, 0.4, 0.2), (-0.42, -1.75, 0.0)],
)
def test_distances_are_those_of_class(w0, wa, extra):
    """H(z) and D_A(z) to 2e-5; both w0 < -1 < w0 + wa and the reverse cross w = -1."""
    found = model(w=w0, wa=wa, delta_neff_extra=extra)
    found.logposterior({})
    psd = Abundance()(POINT["m_a"]).psd
    sector = neutrino_sector(POINT["mnu"], "degenerate", extra)
    ours = Background(0.0224, 0.119, 0.68, sector, [psd], (w0, wa))
    assert ours.hubble(Z) == pytest.approx(found.provider.get_Hubble(Z, "1/Mpc"), rel=2e-5)
    distance = found.provider.get_angular_diameter_distance(Z)
    assert ours.angular_diameter_distance(Z) == pytest.approx(distance, rel=2e-5)


def test_equation_of_state_decides_the_distances():
    """w = -1/3 falls like curvature: H^2 = h^2 [Omega_m (1+z)^3 + (1 - Omega_m)(1+z)^2]."""
    sector = neutrino_sector(0.0, "massless")
    plain = Background(0.02, 0.12, 0.7, sector, [], (-1.0 / 3.0, 0.0))
    radiation = plain.omega_radiation
    z = np.array([0.5, 1.0, 2.0])
    dark = 0.49 - 0.14 - radiation
    squared = 0.14 * (1 + z) ** 3 + radiation * (1 + z) ** 4 + dark * (1 + z) ** 2
    assert (plain.hubble(z) / plain.hubble(0.0)) ** 2 == pytest.approx(squared / 0.49, rel=1e-12)


def test_angle_of_the_sound_horizon_with_dark_energy():
    """from_theta finds the h that it was computed with."""
    sector = neutrino_sector(0.06, "degenerate", 0.2)
    given = Background(0.0224, 0.119, 0.64, sector, [], (-0.5, -1.5))
    theta = 100.0 * 144.0 / float(given.comoving_distance(1090.0))
    found = Background.from_theta(theta, 1090.0, 144.0, 0.0224, 0.119, sector, [], (-0.5, -1.5))
    assert found.h == pytest.approx(0.64, rel=1e-8)


def test_radiation_reaches_class_and_bbn():
    """N_eff grows by it in CLASS; helium and deuterium are those of the sum with the axion's."""
    found = model(delta_neff_extra=0.3)
    found.logposterior({})
    total = Abundance()(POINT["m_a"]).delta_neff + 0.3
    classy = found.theory["hotaxion.theory.HotClassy"]
    assert classy.species().n_eff == pytest.approx(3.044 + total, abs=1e-3)
    expected = Nucleosynthesis().abundances(0.0224, total)
    assert found.provider.get_param("YHe") == pytest.approx(expected.yhe, rel=1e-6)
    assert found.provider.get_param("DH") == pytest.approx(expected.dh, rel=1e-6)


def test_less_radiation_down_to_one_neutrino(caplog):
    """Below N_ur = 0 the massive families are colder; below N_eff = 1 the point is refused."""
    psd = Abundance()(POINT["m_a"]).psd
    for hierarchy in ("degenerate", "one_massive"):
        found = model(hierarchy=hierarchy, delta_neff_extra=-1.2)
        assert np.isfinite(found.logposterior({}).logpost)
        classy = found.theory["hotaxion.theory.HotClassy"]
        assert classy.species().n_eff == pytest.approx(1.844 + psd.delta_neff, abs=1e-3)
        sector = neutrino_sector(POINT["mnu"], hierarchy, -1.2)
        ours = Background(0.0224, 0.119, 0.68, sector, [psd])
        assert ours.hubble(Z) == pytest.approx(found.provider.get_Hubble(Z, "1/Mpc"), rel=2e-5)
    others = sampled(omega_b=0.0224, omega_cdm=0.12, H0=67.0)
    with pytest.raises(LoggedError, match=r"-2\.5 to -2\.5; allowed is -2\.044"):
        alone({**others, "delta_neff_extra": -2.5})
    least = alone({**others, "delta_neff_extra": {"prior": [-3.0, 1.0]}})
    assert least.logposterior([0.0224, 0.12, 67.0, -2.5]).logpost == -np.inf
    least.close()
    assert "delta_neff_extra = -2.5; allowed is a number from -2.044" in caplog.text


def test_emulator_without_dark_energy_refuses_it():
    more = {"n_s": 0.965, "logA": 3.04, "tau_reio": 0.055}
    for name in ("w", "wa", "delta_neff_extra"):
        with pytest.raises(LoggedError, match=f"Parameters \\['{name}'\\]"):
            model("hotaxion.theory.EmulatedClassy", **more, **{name: -0.9})


def test_many_redshifts_at_once_are_as_exact_as_few():
    """Supernovae: a series in ln(1 + z) against quadrature for each."""
    sector = neutrino_sector(1.5, "degenerate")
    plain = Background(0.0224, 0.12, 0.67, sector, [], (0.3, -2.9))
    z = np.linspace(0.0, 2.4, 121)
    few = np.concatenate([plain.comoving_distance(part) for part in np.split(z, 11)])
    assert plain.comoving_distance(z) == pytest.approx(few, rel=1e-8)
