"""Why this test exists: a profile likelihood must be the minimum, resume point by point, and drop
the prior of what it profiles but not the data that other priors stand for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from hotaxion.analysis.chains.profile import Profile, read_profile, to_text
from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.names import inputs_folder
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.running import profile_run
from hotaxion.analysis.running.profile_run import run_profile
from hotaxion.theory.errors import (
    HotAxionError,
    RangeError,
    UnknownOptionError,
)

FOLDER = inputs_folder()
BBN = FOLDER / "bbn_omegab_ksvz.yaml"
MASSES = [0.01, 0.06, 0.12, 0.2, 0.3]
OMEGA_B, OMEGA_B_SIGMA = 0.02236, 0.00015

HELPER_YAML = """
theory: {hotaxion.theory.HotAxion: {rates: gkpy}, hotaxion.theory.BBN: {rates: primat}}
likelihood: {hotaxion.likelihoods.BBN: {preset: "2026"}}
prior: {flat_in_m_a: "lambda ln_m_a: ln_m_a"}
params:
  ln_m_a: {prior: [-2.995, 2.307], proposal: 0.2, drop: true}
  m_a: {value: "lambda ln_m_a: np.exp(ln_m_a) - 0.05", min: 0, max: 10}
  omega_b: {prior: {dist: norm, loc: 0.02236, scale: 0.00015}, proposal: 0.00015}
sampler: {mcmc: }
"""


@pytest.fixture(scope="module")
def profile_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("profile") / "m_a.txt"
    run_profile(BBN, "m_a", MASSES, path)
    return path


@pytest.fixture(scope="module")
def profile(profile_file) -> Profile:
    return read_profile(profile_file)


def least_chi2_by_scipy(m_a: float) -> tuple[float, float]:
    """Direct minimisation over omega_b of chi^2 of BBN plus that of the Gaussian prior."""
    from cobaya.model import get_model

    info = {
        "theory": {
            "hotaxion.theory.HotAxion": {"rates": "gkpy", "table": False},
            "hotaxion.theory.BBN": {"rates": "primat"},
        },
        "likelihood": {"hotaxion.likelihoods.BBN": {"preset": "2026"}},
        "params": {"m_a": m_a, "omega_b": {"prior": [0.02, 0.025]}},
    }
    with cobaya_session(quiet=True):
        model = get_model(info)

    def chi2(omega_b: float) -> float:
        pull = (omega_b - OMEGA_B) / OMEGA_B_SIGMA
        return -2 * model.loglike([omega_b], return_derived=False) + pull**2

    found = minimize_scalar(chi2, bounds=(0.021, 0.0235), method="bounded", options={"xatol": 1e-9})
    return found.fun, found.x


def test_every_point_is_the_minimum(profile):
    exact = [least_chi2_by_scipy(m_a) for m_a in MASSES]
    rises = np.array([chi2 for chi2, _ in exact])
    assert profile.values.tolist() == MASSES
    # The prior of Cobaya is normalised: a constant in chi^2.
    assert profile.chi2 - profile.chi2[0] == pytest.approx(rises - rises[0], abs=2e-3)
    omega_b = np.array([x for _, x in exact])
    assert profile.best["omega_b"] == pytest.approx(omega_b, abs=0.03 * OMEGA_B_SIGMA)


def test_bound_is_where_the_direct_minimum_has_risen(profile):
    upper = profile.upper()
    rise = least_chi2_by_scipy(upper)[0] - least_chi2_by_scipy(profile.minimum[0])[0]
    assert rise == pytest.approx(2.71, abs=0.05)  # five points of a cubic spline
    assert MASSES[0] <= profile.minimum[0] < 0.02  # a spline of five points: nearly the border
    assert profile.lower() is None
    assert upper < profile.upper(3.84) < MASSES[-1]


def test_helper_and_its_jacobian_go(tmp_path, profile):
    """Sampled through ln(m_a + 0.05): the same profile, without the Jacobian."""
    path = tmp_path / "helper.yaml"
    path.write_text(HELPER_YAML)
    again = run_profile(path, "m_a", MASSES[:4], tmp_path / "out.txt")
    assert list(again.best) == ["omega_b"]
    assert again.chi2 == pytest.approx(profile.chi2[:4], abs=2e-3)


def test_jacobian_of_another_parameter_is_no_data(tmp_path):
    """These data want the lightest axion; ln|d m_a / d ln_m_a| would make it heavier."""
    path = tmp_path / "helper.yaml"
    path.write_text(HELPER_YAML)
    found = run_profile(path, "omega_b", [0.0223, 0.0224, 0.0225, 0.0226], tmp_path / "out.txt")
    assert found.best["ln_m_a"][0] == pytest.approx(-2.995, abs=0.03)
    assert found.chi2_data[0] == pytest.approx(least_chi2_at(1e-5, 0.0223), abs=0.01)


def least_chi2_at(m_a: float, omega_b: float) -> float:
    from cobaya.model import get_model

    with cobaya_session(quiet=True):
        return -2 * get_model(
            {
                "theory": {
                    "hotaxion.theory.HotAxion": {"table": False},
                    "hotaxion.theory.BBN": None,
                },
                "likelihood": {"hotaxion.likelihoods.BBN": {"preset": "2026"}},
                "params": {"m_a": m_a, "omega_b": omega_b},
            }
        ).loglike({}, return_derived=False)


def test_stopped_run_goes_on(tmp_path, profile_file, capsys):
    """What is there stays, byte for byte; a broken last line is done again; the end is the same."""
    path, lines = tmp_path / "m_a.txt", []
    whole = profile_file.read_text()
    before = whole[: whole.index("0.12")]
    path.write_text(before + "0.12 -9.")
    run_profile(BBN, "m_a", MASSES, path, report=lines.append)
    assert path.read_text() == whole
    assert [line.split(":")[0] for line in lines] == [f"m_a = {m_a:g}" for m_a in MASSES[2:]]
    assert read_profile(path).values.tolist() == MASSES
    assert capsys.readouterr().out == ""


def test_too_short_a_grid_is_refused_before_minimising(tmp_path, profile_file):
    path, lines = tmp_path / "m_a.txt", []
    with pytest.raises(RangeError, match="a bound needs 4"):
        run_profile(BBN, "m_a", [0.01, 0.02, 0.02, 0.03], path, report=lines.append)
    assert lines == []
    path.write_text(profile_file.read_text())
    assert run_profile(BBN, "m_a", [0.4], path).values.tolist() == [*MASSES, 0.4]


def test_file_of_another_input_is_refused(profile_file):
    path = profile_file
    with pytest.raises(HotAxionError, match="another parameter or input"):
        run_profile(FOLDER / "bbn_ksvz.yaml", "m_a", [0.06], path)
    with pytest.raises(HotAxionError, match="another parameter or input"):
        run_profile(BBN, "omega_b", [0.022], path)


def test_nothing_left_to_minimise(tmp_path):
    text = HELPER_YAML.replace("{prior: {dist: norm, loc: 0.02236, scale: 0.00015}, ", "0.02236 #")
    path = tmp_path / "one.yaml"
    path.write_text(text)
    found = run_profile(path, "m_a", [0.1, 0.2, 0.3, 0.4], tmp_path / "out.txt")
    assert found.best == {}
    assert found.chi2 == pytest.approx(found.chi2_data)
    assert (np.diff(found.chi2) > 0).all()


@pytest.fixture
def starts(monkeypatch) -> list[float]:
    """The first parameter where each of Cobaya's minimisations starts."""
    from cobaya.samplers.minimize import Minimize

    seen: list[float] = []
    run = Minimize.run

    def recorded(self):
        seen.extend(float(point[0]) for point in self.initial_points)
        run(self)

    monkeypatch.setattr(Minimize, "run", recorded)
    return seen


def toy(reference: object, log_like: str) -> dict:
    x = {"prior": {"min": -9, "max": 9}, "ref": reference, "proposal": 0.5}
    sampler = {"minimize": {"best_of": 4}}
    return {"likelihood": {"toy": log_like}, "params": {"x": x}, "sampler": sampler}


@pytest.mark.parametrize("reference", [0.0, {"dist": "norm", "loc": 0, "scale": 0.5}, None])
def test_starts_differ_and_repeat(starts, reference):
    """The first is the value itself, the others scatter around it."""
    info = toy(reference, "lambda x: -(x**2)")
    for start in ({}, {}, {"x": -1.9}, {"x": -1.9}):
        with cobaya_session(quiet=True):
            profile_run._run_minimizer(info, start)
    first, again, near, near_again = np.reshape(starts, (4, 4)).tolist()
    assert first == again
    assert near == near_again
    assert near[0] == -1.9
    assert len({*first}) == len({*near}) == 4
    assert (reference == 0.0) == (first[0] == 0.0)


def test_best_of_the_starts_counts():
    """Of two minima the deeper one, at 2, though the point before lies in the other."""
    info = toy(0.0, "lambda x: -8 * (x**2 / 4 - 1) ** 2 + x / 8")
    info["params"]["x"]["proposal"] = 3
    with cobaya_session(quiet=True):
        found = profile_run._run_minimizer(info, {"x": -1.9})
    assert float(found["x"]) == pytest.approx(2.0, abs=0.1)


def test_failed_minimum_is_looked_for_once_more(starts):
    """From the input's own starting point, if the neighbour's best fit leads nowhere."""
    info = toy(1.0, "lambda x: -(x**2) if x < 3 else -np.inf")
    with cobaya_session(quiet=True):
        found = profile_run._run_minimizer(info, {"x": 7.0})
    assert (len(starts), starts[0], starts[-1]) == (5, 7.0, 1.0)
    assert float(found["x"]) == pytest.approx(0.0, abs=0.05)
    nowhere = toy(7.0, "lambda x: -(x**2) if x < 3 else -np.inf")
    with pytest.raises(HotAxionError, match="Cobaya"), cobaya_session(quiet=True):
        profile_run._run_minimizer(nowhere, {})


def test_short_forms_of_priors(tmp_path):
    """``m_a: [0, 10]`` is sampled like ``m_a: {prior: [0, 10]}``."""
    path = tmp_path / "short.yaml"
    path.write_text("likelihood: {one: }\nparams: {x: [0, 1, 0.5, 0.1, 0.1]}\n")
    with cobaya_session(quiet=True):
        params = load_input(path)["params"]
    assert params["x"] == {"prior": [0, 1], "ref": [0.5, 0.1], "proposal": 0.1}
    path.write_text("likelihood: {one: }\nparams: {x: [0, 1, 0.5]}\n")
    with pytest.raises(HotAxionError, match=r"\[0, 1, 0.5\]"), cobaya_session(quiet=True):
        load_input(path)


def test_wrong_requests(tmp_path):
    out = tmp_path / "x.txt"
    with pytest.raises(UnknownOptionError, match="allowed are: m_a, omega_b"):
        run_profile(BBN, "delta_neff", [0.1], out)
    with pytest.raises(RangeError, match="finite"):
        run_profile(BBN, "m_a", [float("nan")], out)
    with pytest.raises(HotAxionError, match="m_a"):
        run_profile(BBN, "m_a", [20.0, 21.0, 22.0, 23.0], out)
    with pytest.raises(UnknownOptionError, match="missing file"):
        run_profile(tmp_path / "absent.yaml", "m_a", [0.1], out)


# --- bounds from a profile, without runs ----------------------------------------------------


def parabola(centre: float, sigma: float, values) -> Profile:
    values = np.asarray(values, dtype=float)
    chi2 = ((values - centre) / sigma) ** 2
    return Profile("mnu", values, chi2 + 7, chi2 + 3, {})


def test_parabola_has_its_known_bounds():
    profile = parabola(0.31, 0.1, np.linspace(0, 0.8, 9))
    assert profile.minimum == pytest.approx((0.31, 7.0), abs=1e-5)
    assert profile.upper() == pytest.approx(0.31 + 0.1 * np.sqrt(2.71), abs=1e-5)
    assert profile.upper(3.84) == pytest.approx(0.31 + 0.1 * np.sqrt(3.84), abs=1e-5)
    assert profile.lower(3.84) == pytest.approx(0.31 - 0.1 * np.sqrt(3.84), abs=1e-5)


def test_minimum_at_the_border_counts_from_there():
    profile = parabola(-0.1, 0.1, np.linspace(0, 0.4, 9))
    assert profile.minimum == (0.0, 8.0)
    exact = -0.1 + 0.1 * np.sqrt(1 + 2.71)
    assert profile.upper() == pytest.approx(exact, abs=1e-5)


def test_too_few_points_for_a_bound():
    with pytest.raises(HotAxionError, match="at least 4 are needed"):
        parabola(0.1, 0.1, [0, 0.1, 0.2]).upper()


@pytest.mark.parametrize(
    "text", ["", "m_a chi2\n0.1 2\n", "# profile likelihood of m_a\n# i\n# m_a chi2 chi2_data\n"]
)
def test_files_that_are_no_profile(tmp_path, text):
    (tmp_path / "x").write_text(text)
    with pytest.raises(HotAxionError):
        read_profile(tmp_path / "x")


HEADER = (
    "# profile likelihood of m_a; least chi2 = -2 ln L - 2 ln prior at each value\n"
    "# input: 0123\n# m_a chi2 chi2_data omega_b\n"
)
ROWS = "".join(f"{x} {x * x} {x * x} 0.0224\n" for x in (0.1, 0.2, 0.3, 0.4, 0.5))


@pytest.mark.parametrize("cell", ["nan", "inf", "1e400", "1e300", "abc", "-inf"])
@pytest.mark.parametrize(("column", "name"), [(0, "m_a"), (1, "chi2"), (3, "omega_b")])
def test_damaged_number_is_named_by_its_place(tmp_path, cell, column, name):
    rows = [line.split() for line in ROWS.splitlines()]
    rows[2][column] = cell
    path = tmp_path / "x"
    path.write_text(HEADER + "".join(" ".join(row) + "\n" for row in rows))
    with pytest.raises(HotAxionError, match=rf"line 6, column {name}: '{cell}'.*remove that line"):
        read_profile(path)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ((HEADER + ROWS).encode()[:200] + b"\xe4\xff", "no file that hotaxion profile wrote"),
        ((HEADER + ROWS).replace("chi2_data", "chi", 1).encode(), "first three lines"),
        ((HEADER + ROWS).replace("# m_a", "# mnu", 1).encode(), "first three lines"),
        ((HEADER + ROWS).replace("# input", "input", 1).encode(), "first three lines"),
        ((HEADER + ROWS + "0.6 1\n" + ROWS).encode(), "line 9: 2 columns where there are 4"),
        (HEADER.encode(), "no point yet"),
        (b"\x00" * 300, "first three lines"),
        (b"", "first three lines"),
    ],
)
def test_damaged_files(tmp_path, data, says, capsys):
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(HotAxionError, match=says):
        read_profile(path)


def test_least_chi2_of_the_data_agrees_with_the_grid():
    """The points of `profile yaml/bbn_omegab_ksvz.yaml --param omega_b`: 1.250 is on the grid."""
    values = np.array([0.0218, 0.0221, 0.0224, 0.0227])
    data = np.array([2.731, 1.250, 3.893, 9.504])
    profile = Profile("omega_b", values, data + 3, data, {})
    assert profile.least_chi2_data == pytest.approx(1.179, abs=1e-3)
    assert profile.as_dict()["minimum"]["chi2_data"] == profile.least_chi2_data
    assert f"{profile.least_chi2_data:.3f} of the data" in to_text(profile)
    assert profile.minimum[1] - profile.least_chi2_data == pytest.approx(3, abs=1e-9)
    pull = np.array([0, 0, -4, -9])  # of informative priors
    tilted = Profile("omega_b", values, data + pull, data, {})
    lowest = int(np.argmin(tilted.chi2))
    assert tilted.least_chi2_data <= data[lowest]


def test_vanishing_likelihood_is_no_point(tmp_path):
    path, out = tmp_path / "none.yaml", tmp_path / "out.txt"
    like = "lambda x: -x if x < 0.35 else -np.inf"
    path.write_text(f"likelihood: {{toy: '{like}'}}\nparams: {{x: {{prior: [0, 1]}}}}\n")
    with pytest.raises(HotAxionError, match=r"vanishes at x = 0.4"):
        run_profile(path, "x", [0.1, 0.2, 0.3, 0.4], out)
    assert read_profile(out).values.tolist() == [0.1, 0.2, 0.3]


@pytest.mark.parametrize("value", ["0.1", None, True, [0.1], float("inf")])
def test_grids_of_other_types(tmp_path, value):
    with pytest.raises(RangeError, match="grid"):
        run_profile(BBN, "m_a", [0.1, value], tmp_path / "x")


def test_command(tmp_path, capsys):
    out = tmp_path / "m_a.txt"
    argv = ["profile", str(BBN), "--param", "m_a", "-o", str(out), "--grid"]
    assert main([*argv, "0.01", "0.08", "0.15", "0.3"]) == 0
    text = capsys.readouterr()
    assert "95 % one-sided (rise 2.71): m_a < 0.1" in text.out
    assert text.err.count("chi2 =") == 4
    assert main([*argv, "0.01", "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert '"upper95_one_sided": 0.1' in captured.out
    assert main(argv[:-1]) == 2
