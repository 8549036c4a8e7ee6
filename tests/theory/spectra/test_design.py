"""Why this test exists: an emulator trained around a forecast must reach as far as its posterior,
and the one around Planck must stay what its packaged file was trained with."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import norm, qmc

from hotaxion.theory.errors import RangeError
from hotaxion.theory.nuclei.nucleosynthesis import Nucleosynthesis
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.spectra.emulator.features import (
    BASE,
    DELTA_NEFF,
    FEATURES,
    MNU,
    OMEGA_B,
    PARAMETERS,
    PIVOT,
    TAU,
    Y_HE,
    feature_vector,
)
from hotaxion.theory.spectra.emulator.prediction import SpectraEmulator, Standardiser, emulator_path
from hotaxion.theory.spectra.emulator.regression import Regression
from hotaxion.theory.spectra.training import design
from hotaxion.theory.spectra.training.design import (
    NARROW,
    SEED,
    TAU_MIN,
    WIDE,
    Beyond,
    Target,
    emulated_star,
    planck,
    planck_and_act,
)
from hotaxion.theory.spectra.training.fisher import SAMPLED, Fisher
from hotaxion.theory.spectra.training.sensitivity import (
    CMBMaps,
    Distances,
    Sensitivity,
)

L_MAX = 2500
CENTRE = dict(zip(SAMPLED, (0.0224, 0.12, 1.0419, 0.966, 3.045, 0.054, 0.06, 0.8), strict=True))
STAR_POINTS = 21
COARSE = {"step": 0.1, "momenta": 40}  # where what matters is that both sides have the same axion


def sensitivity(f_sky: float = 0.4, prior: float | None = 0.0073) -> Sensitivity:
    noise = np.full((L_MAX - 29, 3), 2e-20) * [1.0, 2.0, 1e3]
    z = np.array([0.65, 0.65, 1.05])
    bao = Distances(z, ("DM_over_rs", "Hz_rs", "DV_over_rs"), np.diag([0.12, 150.0, 0.2]) ** 2)
    maps = CMBMaps(("t", "e", "p"), noise, 30, L_MAX, f_sky)
    return Sensitivity(("cmb", "bao"), (maps,), (bao,), {"tau_reio": prior} if prior else {})


def target(**changes) -> Target:
    ranges = {"mnu": (0.0, 2.0), "m_a": (0.0, 10.0)}
    return Target(**{"centre": CENTRE, "ranges": ranges, "sensitivity": sensitivity(), **changes})


def known_ridge(slope: np.ndarray, widths: np.ndarray) -> Fisher:
    """The Fisher matrix with this ridge."""
    information = np.eye(10)
    information[:6, :6] = np.diag(widths**-2.0)
    information[:6, 6:] = -information[:6, :6] @ slope
    return Fisher(information, 0.2, 0.0224)


WIDTHS = np.array([2e-4, 2e-3, 4e-4, 5e-3, 0.015, 0.007])


@pytest.fixture(scope="module")
def star():
    return emulated_star(target(), SpectraEmulator.load(emulator_path(None)))


@pytest.fixture(scope="module")
def errors(star):
    return target().fisher(star)


# PARAMETERS of points by the two designs that were before this one: around Planck, the same for the
# inverted hierarchy (third and fourth point), and around CENTRE.
PLANCK_POINTS = (
    (
        *(0.022112330370154344, 0.1198800622071756, 1.042658104977543, 0.9850774020177661),
        *(3.0253966064815954, 0.027812479448221086, 0.23638861155433652, 0.5807049863990924),
        *(1.0446682688474291, 0.24940509131068425),
    ),
    (
        *(0.022426387748598838, 0.12365762870301626, 1.0411509799347776, 0.9625415254190816),
        *(3.0452526959288937, 0.055671173870976615, 0.1355795967719959, 0.11045609309118037),
        *(0.4681429652200747, 0.24536901599978447),
    ),
)
INVERTED_POINTS = (
    (
        *(0.022899485844552807, 0.1178584808809672, 1.0427306068175135, 0.9669069444653947),
        *(3.0852856897603473, 0.07422455832136132, 0.5081174640920567, 0.003213406482315761),
        *(0.16371032105275315, 0.24521374819101552),
    ),
    (
        *(0.022219490582844184, 0.1210120165373114, 1.0419877364343457, 0.9585115841851467),
        *(3.0300868869580406, 0.053710178287093166, 0.10106828963390098, 0.3705407886613439),
        *(2.9339869574849473, 0.25064354150714757),
    ),
)
LOCAL_POINTS = (
    (
        *(0.022012057794939265, 0.11946438826948286, 1.0424723786656103, 0.9877289034968618),
        *(3.0213206135323554, 0.021790757100551783, 0.12516512861475348, 0.9666176021564752),
        *(1.015799764655462, 0.24955779108481665),
    ),
    (
        *(0.022418850222413318, 0.12405459054512923, 1.0409539900176616, 0.9615795003755381),
        *(3.0451528048810714, 0.05514647107162898, 0.09190821751020849, 0.8158524630591273),
        *(0.8914725577805779, 0.24853786359639377),
    ),
)


class Axions:
    """Any function of mass and rate, so that a design alone decides the points."""

    def __init__(self, scale: float = 1.0):
        self.scale = scale

    def scaled(self, scale: float) -> Axions:
        return Axions(scale)

    def __call__(self, m_a: float) -> SimpleNamespace:
        delta_neff = 0.4 * self.scale**0.1 * m_a / (m_a + 0.2)
        psd = SimpleNamespace(delta_neff=delta_neff, omega_h2=5e-3 * m_a * self.scale**0.05)
        return SimpleNamespace(psd=psd, delta_neff=delta_neff)


class Helium:
    def abundances(self, omega_b: float, delta_neff: float) -> SimpleNamespace:
        return SimpleNamespace(yhe=0.245 + 0.4 * (omega_b - 0.022) + 0.013 * delta_neff)


@pytest.fixture
def analytic(monkeypatch):
    """The design with these functions in place of our abundances."""
    monkeypatch.setattr(design, "Abundance", Axions)
    monkeypatch.setattr(design, "Nucleosynthesis", Helium)


@pytest.fixture(scope="module")
def points(errors):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(design, "Abundance", partial(Abundance, **COARSE))
        return target().points(errors, 128)


@pytest.fixture(scope="module")
def scaled():
    """Axions of a mass at a scaled rate, each solved once."""
    abundance = Abundance(**COARSE)
    return cache(lambda scale, m_a: abundance.scaled(scale)(m_a).psd)


# --- the design around Planck -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("emulator", "around"), [(None, planck(2508)), ("act", planck_and_act(4000))]
)
@pytest.mark.usefixtures("analytic")  # with no ridge the axions of the design move nothing
def test_designs_are_those_of_the_packaged_emulators(emulator, around):
    """Their points: masses, helium and what is beyond LambdaCDM as they are; the six others are
    linear, without any rest, in the normal deviates of the same sequence and in what they follow.
    """
    count = 32
    trained = SpectraEmulator.load(emulator_path(emulator))
    features = trained.arrays["features"][STAR_POINTS:][:count]
    points = around.points(known_ridge(np.zeros((6, 4)), np.ones(6)), count)
    units = qmc.Sobol(d=trained.learned, scramble=True, rng=SEED).random_base2(5)
    abundance, bbn = Abundance(), Nucleosynthesis()
    followed = []
    for row, point in zip(features, points, strict=True):
        psd = abundance.scaled(point["pion_scale"])(point["m_a"]).psd
        assert row[MNU] == pytest.approx(point["mnu"], rel=1e-12)
        assert row[DELTA_NEFF] == pytest.approx(psd.delta_neff, rel=1e-5)
        extra = point["delta_neff_extra"]
        beyond = [extra, point["w0_fld"] + PIVOT * point["wa_fld"], point["wa_fld"]]
        learned = trained.learned - len(FEATURES) + len(beyond)
        assert row[10:] == pytest.approx(beyond[:learned], rel=1e-12)
        delta_neff = psd.delta_neff + extra
        helium = bbn.abundances(around.centre["omega_b"], delta_neff).yhe
        followed.append([row[MNU], psd.omega_h2, delta_neff, helium])
    for row, unit, psd in zip(features, units, followed, strict=True):
        helium = bbn.abundances(row[OMEGA_B], psd[2]).yhe + WIDE.y_he * (2 * unit[9] - 1)
        assert row[Y_HE] == pytest.approx(helium, rel=1e-6)
    basis = np.column_stack([np.ones(count), norm.ppf(units[:, :6]), followed])
    base = features[:, : len(BASE)]
    straight = base[:, TAU] > TAU_MIN + 0.02  # the others may have been folded
    for i in range(len(BASE)):
        kept = straight if i == TAU else np.ones(count, dtype=bool)
        fit, *_ = np.linalg.lstsq(basis[kept], base[kept, i], rcond=None)
        assert base[kept, i] == pytest.approx(basis[kept] @ fit, abs=1e-4 * np.ptp(base[:, i]))


@pytest.mark.parametrize(
    ("around", "first", "stored"),
    [
        (planck(2508), 0, PLANCK_POINTS),
        (planck(2508, "inverted"), 2, INVERTED_POINTS),
        (target(ranges={"mnu": (0.0, 2.0), "m_a": (0.7, 10.0)}), 0, LOCAL_POINTS),
    ],
)
@pytest.mark.usefixtures("analytic")
def test_points_are_those_that_packaged_emulators_were_trained_with(
    around, first, stored, monkeypatch
):
    monkeypatch.setattr(Fisher, "sigma", lambda _, name: {"mnu": 0.03, "m_a": 0.05}[name])
    ridge = known_ridge(np.arange(24.0).reshape(6, 4) * 1e-4, WIDTHS)
    points = around.points(ridge, first + 2)[first:]
    for point, expected in zip(points, stored, strict=True):
        standard = (0.0, -1.0, 0.0)  # no extra radiation, a cosmological constant
        values = [point[name] for name in PARAMETERS]
        assert values == pytest.approx([*expected, *standard], rel=1e-12)


@pytest.mark.usefixtures("analytic")
def test_design_is_deterministic_and_nested():
    ridge = known_ridge(np.zeros((6, 4)), WIDTHS)
    short, long = (planck(2508).points(ridge, n) for n in (8, 20))
    assert long[:8] == short
    for point in long:
        assert set(point) == set(PARAMETERS)
        assert TAU_MIN <= point["tau_reio"]
        assert 0 < point["m_a"] <= 1.0
        assert 0 <= point["mnu"] <= 0.6
        assert 0.15 <= point["pion_scale"] <= 6.0


@pytest.mark.usefixtures("analytic")
def test_design_beyond_lambda_cdm():
    """Radiation dense at none; two fifths with a cosmological constant, the others over the whole
    rectangle of dark energy; helium and the ridge know the radiation."""
    beyond = Beyond(0.8, w_pivot=(-1.3, -0.7), wa=(-2.0, 0.5), lambda_fraction=0.4)
    wide = replace(WIDE, beyond=beyond)
    steep = np.tile([0.0, 0.0, 0.01, 0.0], (6, 1))
    around = replace(planck(2508), reach=wide)
    points = around.points(known_ridge(steep, np.full(6, 1e-12)), 256)
    extra = np.array([p["delta_neff_extra"] for p in points])
    assert np.quantile(extra, [0.5, 1.0]) == pytest.approx([0.2, 0.8], abs=0.01)
    w0, wa = (np.array([p[name] for p in points]) for name in ("w0_fld", "wa_fld"))
    constant = (w0 == -1.0) & (wa == 0.0)
    assert constant.mean() == pytest.approx(0.4, abs=0.01)
    for values, ends in ((w0 + PIVOT * wa, beyond.w_pivot), (wa, beyond.wa)):
        assert [*np.quantile(values[~constant], [0, 1])] == pytest.approx(ends, abs=0.05)
    for point in points[:8]:
        psd = Axions(point["pion_scale"])(point["m_a"]).psd
        moved = 0.01 * (psd.delta_neff + point["delta_neff_extra"])
        assert point["n_s"] == pytest.approx(around.centre["n_s"] + moved, abs=1e-9)
        helium = Helium().abundances(point["omega_b"], moved / 0.01).yhe
        assert point["YHe"] == pytest.approx(helium, abs=wide.y_he)


@pytest.mark.usefixtures("analytic")
def test_hierarchies_shift_the_neutrino_masses():
    ridge, inverted = known_ridge(np.zeros((6, 4)), WIDTHS), planck(2508, "inverted")
    assert min(p["mnu"] for p in inverted.star()) > 0.0989
    assert min(p["mnu"] for p in inverted.points(ridge, 16)) > 0.0989


@pytest.mark.usefixtures("analytic")
def test_star_around_planck_has_axions_and_its_points_pass_through_none():
    """The best fit has no axion: there, the mean of BASE is that of the best fit itself."""
    around = planck(2508)
    assert min(point["m_a"] for point in around.star()) == pytest.approx(0.1)
    steep = np.tile([0.01, 0.05, 0.01, 0.0], (6, 1))
    for point in around.points(known_ridge(steep, np.full(6, 1e-12)), 16):
        psd = Axions(point["pion_scale"])(point["m_a"]).psd
        moved = steep[0] @ [point["mnu"] - 0.06, psd.omega_h2, psd.delta_neff, 0.0]
        for name in ("omega_cdm", "n_s", "logA"):
            assert point[name] == pytest.approx(around.centre[name] + moved, abs=1e-9)


# --- the local design -------------------------------------------------------------------------
def test_star_has_two_points_on_each_axis():
    points = target().star()
    assert len(points) == STAR_POINTS
    assert {name: points[0][name] for name in SAMPLED} == pytest.approx(CENTRE)
    for name, plus, minus in zip(PARAMETERS, points[1::2], points[2::2], strict=False):
        moved = {n for n in PARAMETERS if plus[n] != points[0][n] or minus[n] != points[0][n]}
        assert len(moved) == 1, name
    assert min(point["mnu"] for point in points) >= 0.0
    light = target(centre=CENTRE | {"mnu": 0.0}).star()
    assert min(point["mnu"] for point in light) >= 0.0


def test_masses_cover_five_sigma_inside_the_priors(errors, points):
    box = target().box(errors)
    assert box["mnu"][0] == 0.0
    assert box["mnu"][1] == pytest.approx(0.06 + NARROW.n_sigma * errors.sigma("mnu"))
    for name in ("mnu", "m_a"):
        low, high = box[name]
        values = np.array([point[name] for point in points])
        assert low <= values.min() < low + 0.03 * (high - low)
        assert high >= values.max() > high - 0.03 * (high - low)
    narrow = target(ranges={"mnu": (0.02, 0.1), "m_a": (0.79, 0.81)})
    assert narrow.box(errors) == {"mnu": (0.02, 0.1), "m_a": (0.79, 0.81)}


def test_posterior_is_not_extrapolated(errors, points, scaled):
    """Draws of the Fisher posterior lie where the quadratic is fitted, not beyond: leverage."""
    draws = np.random.default_rng(1).multivariate_normal(
        [CENTRE[name] for name in SAMPLED], errors.covariance, 100
    )
    draws = draws[(draws[:, SAMPLED.index("mnu")] > 0) & (draws[:, SAMPLED.index("m_a")] > 0.01)]
    bbn = Nucleosynthesis()

    def features(point):
        psd = scaled(point.get("pion_scale", 1.0), point["m_a"])
        helium = bbn.abundances(point["omega_b"], psd.delta_neff).yhe
        return feature_vector({"YHe": helium} | point, [psd])[: Y_HE + 1]  # what varies

    trained = np.array([features(point) for point in points])
    standard = Standardiser(trained)
    regression = Regression.fit(standard(trained), trained[:, :1], process=False)
    sampled = [features(dict(zip(SAMPLED, row, strict=True))) for row in draws]
    leverage = np.array([regression.leverage(standard(row)) for row in sampled])
    assert len(leverage) > 50
    assert np.quantile(leverage, 0.95) < 1.0


def test_six_parameters_scatter_about_the_ridge(errors, points, scaled):
    """Whitened by the conditional covariance: normal deviates of the width, uncorrelated."""
    bbn, psd = Nucleosynthesis(), scaled(1.0, CENTRE["m_a"])
    helium = bbn.abundances(CENTRE["omega_b"], psd.delta_neff).yhe
    centre = np.array([CENTRE["mnu"], psd.omega_h2, psd.delta_neff, helium])
    deviates = []
    for point in points:
        psd = scaled(point["pion_scale"], point["m_a"])
        helium = bbn.abundances(CENTRE["omega_b"], psd.delta_neff).yhe
        moved = np.array([point["mnu"], psd.omega_h2, psd.delta_neff, helium]) - centre
        base = np.array([point[name] - CENTRE[name] for name in BASE])
        deviates.append(np.linalg.solve(errors.ridge_root, base - errors.ridge_slope @ moved))
    covariance, width = np.cov(np.array(deviates).T), NARROW.width
    assert covariance == pytest.approx(width**2 * np.eye(6), abs=0.1 * width**2)
    assert np.mean(deviates, axis=0) == pytest.approx(np.zeros(6), abs=0.1 * width)


def test_errors_scale_with_the_sky(star):
    """Without BAO and priors: four times the sky, half the errors; more data, smaller errors."""
    alone = [
        target(sensitivity=Sensitivity(("cmb",), sensitivity(f_sky).maps)).fisher(star)
        for f_sky in (0.2, 0.8)
    ]
    for name in SAMPLED:
        assert alone[0].sigma(name) == pytest.approx(2.0 * alone[1].sigma(name), rel=1e-6)
        less = alone[0].sigma(name, fixed=tuple(n for n in SAMPLED if n != name))
        assert less < alone[0].sigma(name)
    both = target(sensitivity=sensitivity(0.2)).fisher(star)
    assert both.sigma("m_a") < alone[0].sigma("m_a")
    assert both.sigma("tau_reio") < 0.0073


def test_light_axions_are_refused():
    with pytest.raises(RangeError, match="Leave --local out"):
        target(centre=CENTRE | {"m_a": 0.01})
