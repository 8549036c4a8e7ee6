"""Why this test exists: whoever runs CLASS by hand with our files must get HotClassy's axion."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from classy import Class

from hotaxion.theory.constants import N_EFF_SM, RHO_CRITICAL_OVER_H2_EV4, T_CMB_EV
from hotaxion.theory.errors import RangeError
from hotaxion.theory.quadrature import momentum_grid
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.spectra.class_input import ThermalShape, class_files, classpp_text
from hotaxion.theory.spectra.neutrinos import neutrino_sector
from hotaxion.theory.spectra.species import class_species, species_report

from ..cosmology_stubs import axion

CLOSURE = 1e-4


def of_ini(text: str) -> dict[str, str]:
    """What the executable of CLASS reads."""
    lines = [line.partition("#")[0].split("=") for line in text.splitlines()]
    return {name.strip(): value.strip() for name, value in (x for x in lines if len(x) == 2)}


def background(settings: dict) -> tuple[float, list[float]]:
    cosmo = Class()
    cosmo.set({"omega_b": 0.0224, "omega_cdm": 0.12, "H0": 67.0, **settings})
    cosmo.compute(["background"])
    report = species_report(cosmo)
    cosmo.empty()
    return report.n_eff, [*report.omega_ncdm]


def test_class_by_hand_has_the_axion(tmp_path):
    relic = Abundance()(0.1)
    sector = neutrino_sector(0.06, "one_massive")
    files = class_files(relic.psd, sector, tmp_path / "axion.ini", "two\nlines")
    for path, text in files.items():
        path.write_text(text)
    assert {path.parent for path in files} == {tmp_path}
    text = (tmp_path / "axion.ini").read_text()
    assert text.startswith("# two\n# lines\nN_ur = ")
    n_eff, omegas = background(of_ini(text))
    assert n_eff - N_EFF_SM == pytest.approx(relic.delta_neff, rel=CLOSURE)
    assert omegas[-1] == pytest.approx(relic.omega_a_h2, rel=CLOSURE)


@pytest.mark.parametrize("hierarchy", ["degenerate", "normal", "massless"])
def test_lines_are_those_of_hot_classy(tmp_path, hierarchy):
    """Every setting, and every row of the distributions, in their order."""
    psd, sector = axion(0.5), neutrino_sector(0.06, hierarchy)
    files = class_files(psd, sector, tmp_path / "axion.ini")
    lines = of_ini(files.pop(tmp_path / "axion.ini"))
    with class_species(sector, [psd]) as settings:
        assert list(lines) == list(settings)
        for name, value in settings.items():
            if name != "ncdm_psd_filenames":
                assert lines[name] == (f"{value:.12g}" if isinstance(value, float) else str(value))
        ours = [files[Path(name)] for name in lines["ncdm_psd_filenames"].split(",")]
        theirs = [Path(x).read_text() for x in settings["ncdm_psd_filenames"].split(",")]
    assert ours == theirs


def test_paths_that_class_cannot_read(tmp_path):
    sector = neutrino_sector(0.06)
    for name in ("a b.ini", "a,b.ini", "a#b.ini", f"{'a' * 250}.ini"):
        with pytest.raises(RangeError, match="CLASS reads no path with spaces"):
            class_files(axion(0.1), sector, tmp_path / name)
    assert not [*tmp_path.iterdir()]


def test_thermal_shape_has_number_and_energy():
    """Bose-Einstein integrals of what CLASS++ is told, by another quadrature."""
    for mass in (0.05, 0.3, 3.0):
        relic = Abundance()(mass)
        shape = ThermalShape.of(relic.psd)
        # Its N_eff: 4/7 (11/4)^(4/3) T^4 for one degree of freedom (CLASS++, axion_ncdm_test.cpp).
        n_eff = 4.0 / 7.0 * (11.0 / 4.0) ** (4.0 / 3.0) * shape.temperature_ratio**4
        assert shape.degrees * n_eff == pytest.approx(relic.delta_neff, rel=1e-9)
        y, w = momentum_grid(200, 60.0)
        t = shape.temperature_ratio * T_CMB_EV
        rho = t**3 / (2.0 * np.pi**2) * np.sum(w * y**2 / np.expm1(y) * np.hypot(mass, y * t))
        omega = shape.degrees * rho / RHO_CRITICAL_OVER_H2_EV4
        assert omega == pytest.approx(relic.omega_a_h2, rel=CLOSURE)


def test_input_of_classpp():
    """Keys as its sources have them; the shape of an axion in equilibrium has one degree."""
    lines = of_ini(classpp_text(axion(0.1), neutrino_sector(0.06, "normal"), "words"))
    assert lines["ax.type"] == "ncdm_axion"
    assert [key for key in lines if key.startswith("ax.")] == ["ax.type", "ax.m", "ax.T", "ax.deg"]
    assert [lines[f"nu{i}.type"] for i in (1, 2, 3)] == ["ncdm_standard"] * 3
    assert sum(float(lines[f"nu{i}.m"]) for i in (1, 2, 3)) == pytest.approx(0.06)
    light = ThermalShape.of(Abundance()(1e-3).psd)
    assert light.degrees == pytest.approx(1.0, abs=0.01)


def test_nothing_is_written_by_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    class_files(axion(0.1), neutrino_sector(0.0), Path("x.ini"))
    assert not [*tmp_path.iterdir()]
