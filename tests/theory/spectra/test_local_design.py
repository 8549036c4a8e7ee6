"""Why this test exists: an emulator trained around a forecast must reach as far as its posterior,
and the one around Planck must stay what its packaged file was trained with."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, qmc

from hotaxion.theory.errors import RangeError
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.spectra.emulator.prediction import PACKAGED, SpectraEmulator, Standardiser
from hotaxion.theory.spectra.emulator.features import (
    BASE,
    DELTA_NEFF,
    MNU,
    OMEGA_B,
    TAU,
    Y_HE,
    feature_vector,
)
from hotaxion.theory.spectra.emulator.regression import Regression
from hotaxion.theory.spectra.training import design, planck_like
from hotaxion.theory.spectra.training.local_design import (
    N_SIGMA,
    SAMPLED,
    WIDTH,
    FisherErrors,
    LocalDesign,
    Target,
)
from hotaxion.theory.spectra.training.runs import PARAMETERS, SCALARS
from hotaxion.theory.spectra.training.sensitivity import CMBMaps, Distances, Sensitivity

L_MAX = 2500
CENTRE = dict(zip(SAMPLED, (0.0224, 0.12, 1.0419, 0.966, 3.045, 0.054, 0.06, 0.8), strict=True))
STAR_POINTS = 21


def sensitivity(f_sky: float = 0.4, prior: float | None = 0.0073) -> Sensitivity:
    noise = np.full((L_MAX - 29, 3), 2e-20) * [1.0, 2.0, 1e3]
    z = np.array([0.65, 0.65, 1.05])
    bao = Distances(z, ("DM_over_rs", "Hz_rs", "DV_over_rs"), np.diag([0.12, 150.0, 0.2]) ** 2)
    maps = CMBMaps(("t", "e", "p"), noise, 30, L_MAX, f_sky)
    return Sensitivity(("cmb", "bao"), (maps,), (bao,), {"tau_reio": prior} if prior else {})


def target(**changes) -> Target:
    ranges = {"mnu": (0.0, 2.0), "m_a": (0.0, 10.0)}
    return Target(**{"centre": CENTRE, "ranges": ranges, "sensitivity": sensitivity(), **changes})


def star_of_the_emulator(plan: LocalDesign) -> dict[str, np.ndarray]:
    """What CLASS would leave in the folder, from the packaged emulator instead."""
    emulator, rows = SpectraEmulator.load(PACKAGED), []
    for point in plan.star():
        psd = Abundance().scaled(point["pion_scale"])(point["m_a"]).psd
        features = feature_vector(point, psd)
        found = emulator(features)
        rows.append(
            {name: values[: L_MAX + 1] for name, values in found.cl.items()}
            | {
                "features": features,
                "axion": np.array([psd.m_a_ev, psd.delta_neff, psd.omega_a_h2]),
                "point": np.array([point[name] for name in PARAMETERS]),
                "scalars": np.array([found.scalars[name] for name in SCALARS]),
            }
        )
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


@pytest.fixture(scope="module")
def star():
    return star_of_the_emulator(LocalDesign(target()))


@pytest.fixture(scope="module")
def errors(star):
    return FisherErrors.from_star(star, target())


# PARAMETERS of the first points.
GOLDEN = (
    (
        *(0.0221214069296, 0.119907125066, 1.04270315414, 0.985140437476, 3.02547762824),
        *(0.027911487505, 0.236388611554, 0.580704986399, 1.04466826885, 0.250483468852),
    ),
    (
        *(0.0224172310899, 0.123630198606, 1.0411052764, 0.962477548446, 3.04517044552),
        *(0.0555706500221, 0.135579596772, 0.110456093091, 0.46814296522, 0.245308271613),
    ),
    (
        *(0.0229043746882, 0.117865825226, 1.04274040666, 0.966919199812, 3.08530040061),
        *(0.07424172467, 0.489978092267, 0.00321340648232, 0.163710321053, 0.246051500854),
    ),
    (
        *(0.0222313411953, 0.121007969408, 1.04196779156, 0.958475741571, 3.0300351466),
        *(0.0536425401885, 0.00256961716886, 0.370540788661, 2.93398695748, 0.251902305242),
    ),
)


@pytest.fixture(scope="module")
def points(star):
    return LocalDesign(target()).points(star, 128)


# --- the design around Planck -----------------------------------------------------------------
def test_default_design_is_that_of_the_packaged_emulator():
    """Its points: masses and helium as they are; the six others are linear, without any rest, in
    the normal deviates of the same sequence and in what they follow."""
    count = 32
    features = SpectraEmulator.load(PACKAGED)._arrays["features"][STAR_POINTS:][:count]
    points = design.sobol_points(design.Ridge(np.zeros((6, 4)), np.eye(6)), count, "degenerate")
    units = qmc.Sobol(d=10, scramble=True, rng=design.SEED).random_base2(5)
    abundance, bbn = Abundance(), Nucleosynthesis()
    followed = []
    for row, point in zip(features, points, strict=True):
        psd = abundance.scaled(point["pion_scale"])(point["m_a"]).psd
        assert row[MNU] == pytest.approx(point["mnu"], rel=1e-12)
        assert row[DELTA_NEFF] == pytest.approx(psd.delta_neff, rel=1e-5)
        helium = bbn.abundances(design.MEAN["omega_b"], psd.delta_neff).yhe
        followed.append([row[MNU], psd.omega_a_h2, psd.delta_neff, helium])
    for row, unit, psd in zip(features, units, followed, strict=True):
        helium = bbn.abundances(row[OMEGA_B], psd[2]).yhe + design.Y_HE_WIDTH * (2 * unit[9] - 1)
        assert row[Y_HE] == pytest.approx(helium, rel=1e-6)
    basis = np.column_stack([np.ones(count), norm.ppf(units[:, :6]), followed])
    base = features[:, : len(BASE)]
    straight = base[:, TAU] > design.TAU_MIN + 0.02  # the others may have been folded
    for i in range(len(BASE)):
        kept = straight if i == TAU else np.ones(count, dtype=bool)
        fit, *_ = np.linalg.lstsq(basis[kept], base[kept, i], rcond=None)
        assert base[kept, i] == pytest.approx(basis[kept] @ fit, abs=1e-4 * np.ptp(base[:, i]))


def test_default_sequence_against_stored_numbers():
    """With a ridge that is known: stored before there was a local design."""
    slope = np.arange(24.0).reshape(6, 4) * 1e-4
    widths = np.array([2e-4, 2e-3, 4e-4, 5e-3, 0.015, 0.007])
    points = design.sobol_points(design.Ridge(slope, np.diag(widths**2)), 4, "degenerate")
    for point, expected in zip(points, GOLDEN, strict=True):
        assert [point[name] for name in PARAMETERS] == pytest.approx(expected, rel=1e-9)


# --- the local design -------------------------------------------------------------------------
def test_star_has_two_points_on_each_axis():
    points = LocalDesign(target()).star()
    assert len(points) == STAR_POINTS
    assert {name: points[0][name] for name in SAMPLED} == pytest.approx(CENTRE)
    for name, plus, minus in zip(PARAMETERS, points[1::2], points[2::2], strict=False):
        moved = {n for n in PARAMETERS if plus[n] != points[0][n] or minus[n] != points[0][n]}
        assert len(moved) == 1, name
    assert min(point["mnu"] for point in points) >= 0.0
    light = LocalDesign(target(centre=CENTRE | {"mnu": 0.0})).star()
    assert min(point["mnu"] for point in light) >= 0.0


def test_masses_cover_five_sigma_inside_the_priors(errors, points):
    plan = LocalDesign(target())
    box = plan.box(errors)
    assert box["mnu"][0] == 0.0
    assert box["mnu"][1] == pytest.approx(0.06 + N_SIGMA * errors.sigma("mnu"))
    for name in ("mnu", "m_a"):
        low, high = box[name]
        values = np.array([point[name] for point in points])
        assert low <= values.min() < low + 0.03 * (high - low)
        assert high >= values.max() > high - 0.03 * (high - low)
    narrow = LocalDesign(target(ranges={"mnu": (0.02, 0.1), "m_a": (0.79, 0.81)}))
    assert narrow.box(errors) == {"mnu": (0.02, 0.1), "m_a": (0.79, 0.81)}


def test_posterior_is_not_extrapolated(errors, points):
    """Draws of the Fisher posterior lie where the quadratic is fitted, not beyond: leverage."""
    draws = np.random.default_rng(1).multivariate_normal(
        [CENTRE[name] for name in SAMPLED], errors.covariance, 100
    )
    draws = draws[(draws[:, SAMPLED.index("mnu")] > 0) & (draws[:, SAMPLED.index("m_a")] > 0.01)]
    abundance, bbn = Abundance(), Nucleosynthesis()

    def features(point):
        psd = abundance.scaled(point.get("pion_scale", 1.0))(point["m_a"]).psd
        helium = bbn.abundances(point["omega_b"], psd.delta_neff).yhe
        return feature_vector({"YHe": helium} | point, psd)

    trained = np.array([features(point) for point in points])
    standard = Standardiser(trained)
    regression = Regression.fit(standard(trained), trained[:, :1], process=False)
    sampled = [features(dict(zip(SAMPLED, row, strict=True))) for row in draws]
    leverage = np.array([regression.leverage(standard(row)) for row in sampled])
    assert len(leverage) > 50
    assert np.quantile(leverage, 0.95) < 1.0


def test_six_parameters_scatter_about_the_ridge(errors, points):
    """Whitened by the conditional covariance: normal deviates of WIDTH, uncorrelated."""
    abundance, bbn = Abundance(), Nucleosynthesis()
    deviates = []
    for point in points:
        psd = abundance.scaled(point["pion_scale"])(point["m_a"]).psd
        helium = bbn.abundances(CENTRE["omega_b"], psd.delta_neff).yhe
        moved = np.array([point["mnu"], psd.omega_a_h2, psd.delta_neff, helium]) - errors.extras
        base = np.array([point[name] for name in BASE]) - errors.centre
        deviates.append(np.linalg.solve(errors.ridge.root, base - errors.ridge.slope @ moved))
    covariance = np.cov(np.array(deviates).T)
    assert covariance == pytest.approx(WIDTH**2 * np.eye(6), abs=0.1 * WIDTH**2)
    assert np.mean(deviates, axis=0) == pytest.approx(np.zeros(6), abs=0.1 * WIDTH)


def test_errors_scale_with_the_sky(star):
    """Without BAO and priors: four times the sky, half the errors; more data, smaller errors."""
    alone = [
        FisherErrors.from_star(
            star, target(sensitivity=Sensitivity(("cmb",), sensitivity(f_sky).maps))
        )
        for f_sky in (0.2, 0.8)
    ]
    for name in SAMPLED:
        assert alone[0].sigma(name) == pytest.approx(2.0 * alone[1].sigma(name), rel=1e-6)
        less = alone[0].sigma(name, fixed=tuple(n for n in SAMPLED if n != name))
        assert less < alone[0].sigma(name)
    both = FisherErrors.from_star(star, target(sensitivity=sensitivity(0.2)))
    assert both.sigma("m_a") < alone[0].sigma("m_a")
    assert both.sigma("tau_reio") < 0.0073


def test_light_axions_are_refused():
    with pytest.raises(RangeError, match="Leave --local out"):
        target(centre=CENTRE | {"m_a": 0.01})


# --- information ------------------------------------------------------------------------------
def planck_maps() -> CMBMaps:
    zero = {name: np.zeros(L_MAX + 1) for name in ("tt", "te", "ee")}
    noise = np.diagonal(planck_like.covariance(zero), axis1=1, axis2=2)[30:]
    return CMBMaps(("t", "e"), noise, 30, L_MAX, 0.6)


def test_equals_the_planck_like_experiment_with_its_noise(star):
    """The same formula written twice, for T and E above l = 30."""
    centre = {name: star[name][0] for name in ("tt", "te", "ee")}
    change = {
        name: np.where(np.arange(L_MAX + 1) < 30, 0.0, star[name][1:6] - centre[name])
        for name in centre
    }
    assert planck_maps().fisher(centre, change) == pytest.approx(
        planck_like.fisher(centre, change), rel=1e-9
    )
    one = {name: rows[0] for name, rows in change.items()}
    assert planck_maps().divergence(centre, one) == pytest.approx(
        planck_like.divergence(centre, one), rel=1e-9
    )


def test_chi2_of_a_change_of_amplitude(star):
    """Without noise every mode of T, E and the potential counts once: 3 eps^2 modes/2."""
    maps = CMBMaps(("t", "e", "p"), np.zeros((L_MAX - 29, 3)), 30, L_MAX, 0.3)
    centre = {name: star[name][0] for name in ("tt", "te", "ee", "pp")}
    found = maps.divergence(centre, {name: 1e-3 * values for name, values in centre.items()})
    modes = 0.3 * np.sum(2.0 * np.arange(30, L_MAX + 1) + 1.0)
    assert found == pytest.approx(1.5e-6 * modes, rel=1e-9)
