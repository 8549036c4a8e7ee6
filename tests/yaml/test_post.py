"""Why this test exists: importance sampling with Cobaya's `post` is the everyday tool for checks of
robustness. There derived columns of the old chain come back as inputs that no theory gets: a theory
that relied on them would stop, or go on with something else. Every new row must have the weight
exp(Delta ln L) of a direct evaluation, whatever is added, removed or exchanged."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
from cobaya.model import get_model
from cobaya.run import run
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.inputs.names import find_input

BBN, DESI, PLANCK = (f"hotaxion.likelihoods.{name}" for name in ("BBN", "DesiDR2", "Planck2018"))
AXION, NUCLEI = "hotaxion.theory.HotAxion", "hotaxion.theory.BBN"
EMULATED = "hotaxion.theory.EmulatedClassy"
ROWS = 40
RELIC = {"class": "hotaxion.theory.HotRelic", "relic": "x"}
ALP = {"model": "alp", "step": 0.1, "momenta": 40}
OMEGA_B_PRIOR = {"prior": [0.02, 0.025], "ref": 0.0224, "proposal": 2e-4}
# Inputs that are not packaged, without spectra.
OWN = {
    "relic": {
        "theory": {"x": RELIC, NUCLEI: {"relics": ["x"]}},
        "params": {
            **{"omega_b": OMEGA_B_PRIOR, "delta_neff": 0.0, "m_x": {"prior": [0, 1]}},
            "temperature_x": {"prior": [0.3, 0.7], "ref": 0.5, "proposal": 0.05},
            **{"delta_neff_x": None, "omega_x": None},
        },
    },
    "alp": {
        "theory": {AXION: ALP, NUCLEI: None},
        "params": {
            **{"omega_b": OMEGA_B_PRIOR, "m_a": {"prior": [0, 1]}},
            "log10_f_a": {"prior": [6.5, 9], "ref": 7.5, "proposal": 0.3},
            **{"f_a": None, "delta_neff": None},
        },
    },
}
# Cobaya 3.6.2 uses what pandas is about to change.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


@pytest.fixture(scope="module")
def chains(tmp_path_factory):
    """Short chains of packaged inputs, made once each when they are asked for."""
    folder, made = tmp_path_factory.mktemp("post"), {}

    def chain(name: str) -> tuple[str, dict]:
        if name not in made:
            if name in OWN:
                info = {**deepcopy(OWN[name]), "likelihood": {BBN: None}, "sampler": {"mcmc": {}}}
            else:
                info = yaml_load_file(str(find_input(name)))
            info["output"] = str(folder / name)
            info["sampler"]["mcmc"] |= {"max_samples": ROWS, "seed": 1, "measure_speeds": False}
            run(deepcopy(info))
            made[name] = info["output"], info
        return made[name]

    return chain


def reweighted(chain: str, suffix: str, **block):
    """The rows of the post-processed chain, with the old ln posterior beside the new one."""
    block = {"suffix": suffix, "skip": 0.2, **block}
    _, result = run({"output": chain, "post": block, "force": True})
    samples = result.samples(combined=True)
    return samples.data if hasattr(samples, "data") else samples[0].data


def read(prefix: str) -> tuple[list[str], np.ndarray]:
    with open(f"{prefix}.1.txt") as file:
        names = file.readline().lstrip("#").split()
    return names, np.loadtxt(f"{prefix}.1.txt")


def new_input(info: dict, likelihood=None, theory=None, params=None) -> dict:
    """The input with some options changed, without what concerns sampling."""
    info = deepcopy({k: v for k, v in info.items() if k not in ("sampler", "output")})
    for block, changes in (("likelihood", likelihood), ("theory", theory), ("params", params)):
        for name, options in (changes or {}).items():
            if options == "remove":
                info[block].pop(name)
            else:
                info[block][name] = options
    return info


def check_weights(chain: str, suffix: str, changed: dict, block: dict, rows: int = 5) -> None:
    """New weight over old one = exp(Delta ln L), up to a constant, by a direct evaluation.

    Only what was removed and added counts: the rest of a row belongs to the point before it was
    rounded to the eight digits of a chain.
    """
    names, new = read(f"{chain}.post.{suffix}")
    old_names, old = read(chain)
    added = [*(block.get("add", {}).get("likelihood") or ())]
    removed = [*(block.get("remove", {}).get("likelihood") or ())]
    gone = [*(f"minuslogprior__{name}" for name in block.get("remove", {}).get("prior", ()))]
    with get_model(changed, stop_at_error=True) as model:
        sampled = list(model.parameterization.sampled_params())
        columns = [names.index(p) for p in sampled]
        old_columns = [old_names.index(p) for p in sampled]
        ratios = []
        for row in new[:: max(1, len(new) // rows)]:
            point = dict(zip(sampled, row[columns], strict=True))
            loglikes = dict(zip(model.likelihood, model.loglikes(point)[0], strict=True))
            (source,) = np.flatnonzero((old[:, old_columns] == row[columns]).all(axis=1))
            change = sum(loglikes[name] for name in added)
            change += sum(old[source, old_names.index(f"chi2__{name}")] / 2 for name in removed)
            change += sum(old[source, old_names.index(name)] for name in gone)
            ratios.append(np.log(row[0] / old[source, 0]) - change)
            for name in added:
                chi2 = row[names.index(f"chi2__{name}")]
                # `mine` gets the stored sigma8, of the point before it was rounded.
                error = 5e-5 if name == "mine" else 1e-7
                assert chi2 == pytest.approx(-2 * loglikes[name], rel=6e-8, abs=error)
    digits = 1e-8 * max(abs(old[:, old_names.index("minuslogpost")]))
    assert np.ptp(ratios) < max(1e-6, 20 * digits)


BBN_ONLY = "bbn_omegab_ksvz"
JOINT = "hotaxion2026_ksvz"
OMEGA_B = {"external": "lambda omega_b: -0.5 * ((omega_b - 0.0224) / 2e-4) ** 2"}
S8 = {"external": "lambda sigma8: -0.5 * ((sigma8 - 0.80) / 0.01) ** 2"}
LBT = {"helium": "aver2021"}
RATES = {NUCLEI: {"rates": "parthenope3"}}
KAONS = {AXION: {"kaons": "data"}}


@pytest.mark.parametrize(
    ("name", "suffix", "block", "changed"),
    [
        (
            BBN_ONLY,
            "add",
            {"add": {"likelihood": {"mine": OMEGA_B}}},
            {"likelihood": {"mine": OMEGA_B}},
        ),
        (
            BBN_ONLY,
            "helium",
            {"remove": {"likelihood": [BBN]}, "add": {"likelihood": {BBN: LBT}}},
            {"likelihood": {BBN: LBT}},
        ),
        (
            BBN_ONLY,
            "rates",
            {"remove": {"likelihood": [BBN]}, "add": {"likelihood": {BBN: None}, "theory": RATES}},
            {"theory": RATES},
        ),
        (
            BBN_ONLY,
            "kaons",
            {
                "remove": {"likelihood": [BBN], "params": ["delta_neff", "Y_p", "DH"]},
                "add": {
                    "likelihood": {BBN: None},
                    "theory": KAONS,
                    "params": {"delta_neff": None, "Y_p": None, "DH": None},
                },
            },
            {"theory": KAONS},
        ),
        (
            "deramo2022_bbn_ksvz",
            "helium",
            {"remove": {"likelihood": [BBN]}, "add": {"likelihood": {BBN: LBT}}},
            {"likelihood": {BBN: LBT}},
        ),
        (
            JOINT,
            "sixdf",
            {"add": {"likelihood": {"hotaxion.likelihoods.SixdF2011": None}}},
            {"likelihood": {"hotaxion.likelihoods.SixdF2011": None}},
        ),
        (JOINT, "s8", {"add": {"likelihood": {"mine": S8}}}, {"likelihood": {"mine": S8}}),
        (
            JOINT,
            "bao",
            {
                "remove": {"likelihood": [DESI]},
                "add": {"likelihood": {"hotaxion.likelihoods.BAO2018": None}},
            },
            {"likelihood": {DESI: "remove", "hotaxion.likelihoods.BAO2018": None}},
        ),
        (
            JOINT,
            "rates",
            {
                "remove": {"likelihood": [BBN, PLANCK, DESI]},
                "add": {"likelihood": dict.fromkeys([BBN, PLANCK, DESI]), "theory": RATES},
            },
            {"theory": RATES},
        ),
        (
            "hotaxion2026_dfsz",
            "helium",
            {"remove": {"likelihood": [BBN]}, "add": {"likelihood": {BBN: LBT}}},
            {"likelihood": {BBN: LBT}},
        ),
        (
            "relic",
            "degrees",
            {
                "remove": {"likelihood": [BBN], "params": ["delta_neff_x", "omega_x"]},
                "add": {
                    "likelihood": {BBN: None},
                    "theory": {"x": {**RELIC, "degrees": 1.0}},
                    "params": {"delta_neff_x": None, "omega_x": None},
                },
            },
            {"theory": {"x": {**RELIC, "degrees": 1.0}, NUCLEI: {"relics": ["x"]}}},
        ),
        (
            "alp",
            "kaons",
            {
                "remove": {"likelihood": [BBN], "params": ["f_a", "delta_neff"]},
                "add": {
                    "likelihood": {BBN: None},
                    "theory": {AXION: {**ALP, "kaons": "data"}},
                    "params": {"f_a": None, "delta_neff": None},
                },
            },
            {"theory": {AXION: {**ALP, "kaons": "data"}, NUCLEI: None}},
        ),
    ],
    ids=str,
)
def test_weights_are_those_of_a_direct_evaluation(name, suffix, block, changed, chains):
    chain, info = chains(name)
    reweighted(chain, suffix, **block)
    likelihood = changed.get("likelihood", {})
    if EMULATED in info["theory"]:
        changed = {**changed, "theory": {**info["theory"], **changed.get("theory", {})}}
    changed = new_input(info, **{**changed, "likelihood": likelihood})
    check_weights(chain, suffix, changed, block)


def test_prior_is_exchanged(chains):
    """Flat in delta_neff instead of m_a needs no theory at all."""
    chain, info = chains(JOINT)
    block = {"remove": {"prior": ["flat_in_m_a"]}}
    reweighted(chain, "prior", **block)
    changed = new_input(info)
    changed["prior"].pop("flat_in_m_a")
    check_weights(chain, "prior", changed, block)


def test_derived_parameter_is_added(chains):
    """The old rows with a new column, `age`; weights do not change."""
    chain, _ = chains(JOINT)
    data = reweighted(chain, "age", add={"params": {"age": None, "S8": None}})
    assert data["age"].between(13.0, 14.5).all()
    names, rows = read(f"{chain}.post.age")
    expected = rows[:, names.index("sigma8")] * np.sqrt(rows[:, names.index("omegam")] / 0.3)
    assert rows[:, names.index("S8")] == pytest.approx(expected, rel=1e-6)


def test_class_for_the_emulator(chains):
    """CLASS computes DESI's distances and the derived columns at a few points."""
    chain, _ = chains(JOINT)
    derived = ["H0", "omegam", "sigma8"]
    data = reweighted(
        chain,
        "class",
        thin=100,
        remove={"theory": [EMULATED], "likelihood": [DESI], "params": derived},
        add={
            "theory": {"hotaxion.theory.HotClassy": None},
            "likelihood": {DESI: None},
            "params": dict.fromkeys(derived),
        },
    )
    old_names, old = read(chain)
    sampled = ["ln_m_a" if "ln_m_a" in old_names else "m_a", "omega_b", "logA", "mnu", "A_planck"]
    columns = [old_names.index(p) for p in sampled]
    for _, row in data.iterrows():
        same = np.isclose(old[:, columns], row[sampled].to_numpy(float), rtol=1e-9).all(axis=1)
        (source,) = np.flatnonzero(same)
        for name, error in (("H0", 2e-5), ("omegam", 5e-5), ("sigma8", 3e-4)):
            assert row[name] == pytest.approx(old[source, old_names.index(name)], rel=error)


def test_stale_column_is_said(chains, caplog):
    """The nuclear rates change, the columns Y_p and DH stay: the likelihood follows the rates."""
    chain, _ = chains(BBN_ONLY)
    with caplog.at_level("WARNING"):
        reweighted(
            chain,
            "stale",
            remove={"likelihood": [BBN]},
            add={"likelihood": {BBN: None}, "theory": RATES},
        )
    assert "in the old chain" in caplog.text


def test_bounds_drop_nothing_that_post_has_dropped(chains):
    chain, _ = chains(BBN_ONLY)
    reweighted(chain, "all", add={"likelihood": {"mine": OMEGA_B}})
    assert Chain.load(f"{chain}.post.all").burn == 0.0
