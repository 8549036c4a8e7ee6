"""Why this test exists: "which data did this run use?" must have an answer that cannot be wrong.

Products are taken where Cobaya has assigned them; the files are those that the components name,
held against what Python opens.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

from cobaya.likelihood import Likelihood
from cobaya.model import get_model
from cobaya.theory import Theory

from hotaxion.analysis.running import components
from hotaxion.analysis.running.components import describe_files, product_table

from ...opened_files import opened_files

ROOT = str(Path(__file__).resolve().parents[3])


class Source(Theory):
    """Gives spectra and a number; asks for a product only if lensing is wanted."""

    params = {"a": None}  # noqa: RUF012

    def get_can_provide(self):
        return ["Cl", "other"]

    def get_can_provide_params(self):
        return ["b"]

    def must_provide(self, **requirements):
        return {"window": None} if "pp" in (requirements.get("Cl") or {}) else {}

    def get_version(self):
        return {"one": "1.2", "two": "3.4"}

    def get_Cl(self):
        return None

    def calculate(self, state, want_derived=True, **params):
        state["derived"] = {"b": 2 * params["a"]}


class Window(Theory):
    """Has no version."""

    params = {"a": None}  # noqa: RUF012

    def get_can_provide(self):
        return ["window"]


class Asks(Likelihood):
    wants: object = None

    def get_requirements(self):
        return self.wants

    def logp(self, **params):
        return 0.0


def test_products_and_versions():
    model = get_model(
        {
            "theory": {"source": {"external": Source}, "window": {"external": Window}},
            "likelihood": {
                "high": {"external": Asks, "wants": {"Cl": {"TT": 3000, "pp": 500}}},
                "low": {"external": Asks, "wants": {"Cl": {"tt": 29, "ee": 29}, "a": None}},
                "names": {"external": Asks, "wants": ["b"]},
                "pairs": {"external": Asks, "wants": [("Cl", {"te": 10}), ("b", None)]},
            },
            "params": {"a": {"prior": [0, 1]}},
        }
    )
    head, *rows = product_table(model)
    assert head == ["component", "version", "gets", "gives"]
    table = {name: (version, gets, gives) for name, version, gets, gives in rows}
    assert table["high"] == ("-", "Cl", "-")
    assert table["low"] == ("-", "Cl", "-")  # `a` is an input, no product
    assert table["names"] == ("-", "b", "-")
    assert table["pairs"] == ("-", "Cl, b", "-")
    assert table["source"] == ("1.2, 3.4", "-", "Cl, b")
    assert table["window"] == ("-", "-", "window")


# --- files -----------------------------------------------------------------------------------
JOINT = {
    "theory": {
        "axions": {"class": "hotaxion.theory.HotAxion", "model": "dfsz1", "kaons": "data"},
        "hotaxion.theory.BBN": {"rates": "parthenope3"},
        "hotaxion.theory.EmulatedClassy": {"fallback": "error"},
    },
    "likelihood": {
        "hotaxion.likelihoods.Planck2018": None,
        "hotaxion.likelihoods.DesiDR2": None,
        "hotaxion.likelihoods.BBN": None,
    },
    "params": {
        **{"logA": 3.045, "n_s": 0.965, "H0": 68.0, "omega_b": 0.0224, "omega_cdm": 0.12},
        **{"tau_reio": 0.055, "mnu": 0.06, "tan_beta": 3.0, "A_planck": 1.0},
        "m_a": {"prior": [0.01, 1], "ref": 0.1},
    },
}


def test_components_say_which_files_they_read():
    """All that Python opens at set-up and at a point, and nothing else."""
    with opened_files() as opened, get_model(deepcopy(JOINT)) as model:
        model.logposterior({"m_a": 0.1})
    said = components.data_files(model)
    assert {str(path.resolve()) for path in said} == {
        str(Path(path).resolve()) for path in opened if "hotaxion" in path or ROOT in path
    }
    assert {path.name for path in said} >= {"kaons.npz", "fermions.npz", "bbn_parthenope3.dat"}
    assert len(said) == len({*said}) > 10


def test_description_of_files(tmp_path):
    (tmp_path / "numbers.txt").write_text("1 2 3\n")
    many = tmp_path / "many"
    many.mkdir()
    for i in range(12):
        (many / f"{i:02}.dat").touch()
    paths = [*many.iterdir(), tmp_path / "numbers.txt", tmp_path / "absent"]
    assert describe_files(paths).splitlines() == [
        f"{many}: 00.dat, 01.dat, 02.dat, 9 more",
        f"{tmp_path}: numbers.txt",
    ]
    assert describe_files([]) == ""


def test_where_parameters_come_from():
    """A function of a sampled parameter is not fixed."""
    model = get_model(
        {
            "theory": {"source": Source},
            "likelihood": {"one": None},
            "params": {
                "helper": {"prior": [0, 1], "drop": True},
                "a": {"value": "lambda helper: 2 * helper"},
                "b": None,
            },
        }
    )
    assert components.routes(model) == [
        ["helper", "sampled", "-"],
        ["a", "computed", "source"],
        ["b", "derived", "source"],
    ]
