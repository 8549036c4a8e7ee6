"""Why this test exists: `hotaxion reproduce` holds us against published numbers. Its table must say
what the chains say, an interrupted run must lose nothing, and no difference may be explained by a
run that did not happen."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from cobaya.model import get_model
from cobaya.yaml import yaml_dump, yaml_load_file
from scipy.stats import halfnorm

import yaml as pyyaml
from hotaxion.analysis import reproduce as work
from hotaxion.analysis import reproduce_chains as chains_module
from hotaxion.analysis import reproduce_report, runs
from hotaxion.analysis import reproduce_rows as rows_module
from hotaxion.analysis.cli import main
from hotaxion.analysis.figures.reproduced import options_of_input
from hotaxion.analysis.reproduce_registry import REGISTRY, chosen, listing
from hotaxion.analysis.reproduce_rows import CURVE, REWEIGHTED, Row
from hotaxion.theory.errors import HotAxionError, RangeError, UnknownOptionError

NAME = "deramo2022_bbn_omegab_ksvz"
NOT_SAMPLED = {"evaluate_all"}
# 2205.07849, abstract (KSVZ, 95 %): delta_neff, m_a [eV], f_a [GeV], sum of neutrino masses [eV].
ABSTRACT = {
    "deramo2022_bbn_ksvz": (0.31, 0.53, 1.07e7, None),
    "deramo2022_bbn_omegab_ksvz": (0.14, 0.16, 3.56e7, None),
    "deramo2022_planck_bao2018_ksvz": (0.23, 0.28, 2.02e7, 0.16),
}
M_A_SIGMA = 0.25  # eV, of the synthetic chains: half a Gaussian in m_a
M_A_BOUND = M_A_SIGMA * float(halfnorm.ppf(0.95))
EXACT = {"m_a": M_A_BOUND, "delta_neff": 0.5 * M_A_BOUND, "f_a": 5.691e6 / M_A_BOUND}
ALL_CHAINS = [(name, v) for name, a in REGISTRY.items() for v in (None, *a.variants)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder of its own, without MPI."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COBAYA_NOMPI", "1")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    return tmp_path


def chain_of(name: str = NAME, variant: str | None = None, **options) -> chains_module.Chain:
    """A chain in the working folder."""
    return chains_module.make_chain(name, variant, Path("inputs"), Path("chains"), **options)


def full_input(info: Mapping) -> dict:
    """An input with its defaults, as Cobaya writes it into updated.yaml."""
    from cobaya.input import update_info

    with chains_module.cobaya_session(quiet=True):
        full = update_info(dict(info))
    for likelihood in full["likelihood"].values():
        likelihood.pop("params", None)
    return full


def write_files(chain, converged: bool = True, rows: int = 6000, seed: int = 1) -> None:
    """A synthetic chain where Cobaya would have written that of an analysis."""
    full = full_input(chain.info)
    params = {k: v for k, v in full["params"].items() if isinstance(v, Mapping)}
    sampled = [name for name, entry in params.items() if "prior" in entry]
    derived = [name for name in params if name not in sampled and name != "tan_beta"]
    priors = [f"minuslogprior__{name}" for name in (0, *(full.get("prior") or ()))]
    names = [*sampled, *derived, "minuslogprior", *priors, "chi2"]
    names += [f"chi2__{name}" for name in full["likelihood"]]
    rng = np.random.default_rng(seed)
    m_a, omega_b, mnu = np.abs(rng.normal(size=(3, rows)) * [[M_A_SIGMA], [0.01], [0.05]])
    known = {"m_a": m_a, "omega_b": 0.0224 + 0.01 * omega_b, "mnu": mnu}
    known |= {"delta_neff": 0.5 * m_a, "f_a": 5.691e6 / m_a, "ln_m_a": np.log(m_a + 0.05)}
    columns = [known.get(name, 0.7 + 0.01 * rng.normal(size=rows)) for name in names]
    chain.prefix.parent.mkdir(exist_ok=True)
    table = np.column_stack([np.ones(rows), np.ones(rows), *columns])
    header = " ".join(["weight", "minuslogpost", *names])
    np.savetxt(f"{chain.prefix}.1.txt", table, header=header, fmt="%.8g")
    Path(f"{chain.prefix}.updated.yaml").write_text(yaml_dump(full))
    mcmc = {"converged": converged, "Rminus1_last": 0.004, "burn_in": 0, "mpi_size": 0}
    Path(f"{chain.prefix}.checkpoint").write_text(json.dumps({"sampler": {"mcmc": mcmc}}))


# --- registry --------------------------------------------------------------------------------


def test_every_analysis_of_the_package_is_in_the_registry():
    assert set(REGISTRY) == set(runs.analyses()) - NOT_SAMPLED


def test_published_numbers_are_those_of_the_abstract():
    for name, values in ABSTRACT.items():
        keys = ("delta_neff", "m_a", "f_a", "mnu")
        expected = {k: v for k, v in zip(keys, values, strict=True) if v is not None}
        assert REGISTRY[name].published == expected
    assert REGISTRY["notari2022_planck_bao2018_ksvz"].published == {"m_a": 0.24}
    assert REGISTRY["bianchini2023_planck_bao2018_bbn_ksvz"].published == {"m_a": 0.16}
    others = set(REGISTRY) - set(ABSTRACT) - {n for n in REGISTRY if n.startswith(("not", "bian"))}
    assert not any(REGISTRY[name].published for name in others)


def test_whatever_is_held_against_a_paper_says_what_was_inferred():
    for name, analysis in REGISTRY.items():
        assert bool(analysis.inferred) == (analysis.paper != "this work"), name
        assert set(analysis.published) <= set(analysis.quantities)
        assert all(variant.text for variant in analysis.variants.values())
    assert "plik" in REGISTRY["deramo2022_planck_bao2018_ksvz"].inferred


def test_names_come_in_the_order_of_the_registry_and_unknown_ones_give_the_closest():
    assert chosen(["all"]) == list(REGISTRY)
    assert chosen(["bbn_ksvz", NAME]) == [NAME, "bbn_ksvz"]
    with pytest.raises(UnknownOptionError, match=f"Did you mean '{NAME}'"):
        chosen(["deramo2022_bbn_omegab_kvsz"])


def test_listing_names_variants_and_published_numbers():
    text = listing()
    assert all(re.search(rf"^{name} ", text, re.M) for name in REGISTRY)
    assert "2205.07849: delta_neff 0.31, m_a 0.53, f_a 1.07e+07" in text
    assert "oscillations" in text


# --- inputs ----------------------------------------------------------------------------------


def test_changes_are_nested_and_leave_the_original_alone():
    info = {"a": {"b": {"c": 1, "d": 2}}, "e": None}
    changed = chains_module.with_changes(info, {"a": {"b": {"c": 3}}, "e": {"f": 4}})
    assert changed == {"a": {"b": {"c": 3, "d": 2}}, "e": {"f": 4}}
    assert info == {"a": {"b": {"c": 1, "d": 2}}, "e": None}


@pytest.mark.parametrize(("name", "variant"), ALL_CHAINS)
def test_every_chain_has_a_valid_input(folder, name, variant):
    """Cobaya builds it, samples the same parameters, and a variant differs as it says."""
    chain = chain_of(name, variant)
    chains_module.write_input(chain)
    with chains_module.cobaya_session(quiet=True):
        info = chains_module.load_input(chain.path)
        info.pop("sampler")
        info.pop("output")
        model = get_model(info)
        sampled = set(model.parameterization.sampled_params())
        model.close()
    quantities = set(REGISTRY[name].quantities)
    assert quantities <= set(model.parameterization.sampled_params()) | set(
        model.parameterization.derived_params()
    )
    assert ("omega_cdm" in sampled) == chain.joint
    if variant:
        assert chain.prefix == Path(f"chains/{name}__{variant}")
        assert chain.path == Path(f"inputs/{name}__{variant}.yaml")
        original = yaml_load_file(str(runs.find_input(name)))
        assert {**chain.info, "output": 0} != {**original, "output": 0}
        assert REGISTRY[name].variants[variant].text in chain.path.read_text().splitlines()[0]
    else:
        assert chain.prefix == Path(f"chains/{name}")
        assert (chain.path == runs.find_input(name)) == chain.joint


def test_least_sum_of_the_oscillation_variant_is_allowed_by_its_hierarchy():
    from hotaxion.theory.neutrinos import minimal_sum_ev, neutrino_sector

    info = chain_of("deramo2022_planck_bao2018_ksvz", "oscillations").info
    least = info["params"]["mnu"]["prior"]["min"]
    assert least == pytest.approx(minimal_sum_ev("normal"), abs=1e-5)
    assert min(neutrino_sector(least, "normal").masses_ev) >= 0
    assert info["params"]["mnu"]["prior"]["max"] == 0.6
    assert info["params"]["mnu"]["ref"]["loc"] > least


def test_class_replaces_the_emulator_where_there_is_one():
    joint = chain_of("deramo2022_planck_bao2018_ksvz", "with_bbn", use_class=True)
    assert joint.name == "deramo2022_planck_bao2018_ksvz__with_bbn_class"
    assert runs.DIRECT in joint.info["theory"]
    assert runs.EMULATED not in joint.info["theory"]
    assert chain_of(use_class=True) == chain_of()


# --- what is finished ------------------------------------------------------------------------


def test_states(folder):
    wanted = chain_of()
    assert chains_module.state_of(wanted) == chains_module.ABSENT
    write_files(wanted, converged=False, rows=100)
    assert chains_module.state_of(wanted) == chains_module.UNFINISHED
    Path(f"{wanted.prefix}.checkpoint").unlink()  # killed before the first one
    assert chains_module.state_of(wanted) == chains_module.UNFINISHED
    write_files(wanted, converged=True, rows=100)
    assert chains_module.state_of(wanted) == chains_module.CONVERGED
    looser = full_input(wanted.info)
    looser["sampler"]["mcmc"]["Rminus1_stop"] = 0.005  # as the package's own input has it
    Path(f"{wanted.prefix}.updated.yaml").write_text(yaml_dump(looser))
    assert chains_module.state_of(wanted) == chains_module.UNFINISHED
    fast = chain_of(fast=True)
    write_files(fast, converged=False, rows=999)
    assert chains_module.state_of(fast) == chains_module.UNFINISHED
    write_files(fast, converged=False, rows=1000)
    assert chains_module.state_of(fast) == chains_module.STOPPED


def test_a_chain_of_another_input_is_refused(folder):
    wanted = chain_of()
    write_files(wanted)
    assert chains_module.difference_of(wanted) == ""
    path = Path(f"{wanted.prefix}.updated.yaml")
    info = pyyaml.safe_load(path.read_text())
    info["theory"]["hotaxion.theory.BBN"]["speed"] = 1  # changes nothing that is sampled
    info["sampler"]["mcmc"]["Rminus1_stop"] = 0.5
    path.write_text(pyyaml.safe_dump(info))
    chains_module.check_usable(wanted)
    info["theory"]["hotaxion.theory.HotAxion"]["rates"] = "iam"
    path.write_text(pyyaml.safe_dump(info))
    with pytest.raises(HotAxionError, match=r"another input \(.*HotAxion.*\); remove"):
        chains_module.check_usable(wanted)


def test_a_chain_that_is_being_written_is_refused(folder):
    import portalocker

    wanted = chain_of()
    wanted.prefix.parent.mkdir()
    with open(f"{wanted.prefix}.input.yaml.locked", "wb") as lock:
        portalocker.lock(lock, portalocker.LOCK_EX | portalocker.LOCK_NB)
        with pytest.raises(HotAxionError, match="being written by another process"):
            chains_module.check_usable(wanted)
    chains_module.check_usable(wanted)


@pytest.fixture
def commands(monkeypatch):
    """Processes instead of `hotaxion run`: what they were started with, in that order."""
    seen = []
    popen = subprocess.Popen

    def start(command, **options):
        seen.append((command, options["env"]["OMP_NUM_THREADS"]))
        code = "import sys, time; time.sleep(0.3); sys.exit('bbn_dfsz' in sys.argv[1])"
        return popen([sys.executable, "-c", code, command[command.index("run") + 1]], **options)

    monkeypatch.setattr(chains_module.subprocess, "Popen", start)
    return seen


def test_long_chains_first_and_a_failure_stops_nothing(folder, commands):
    names = ["deramo2022_bbn_dfsz", NAME, "hotaxion2026_ksvz"]
    chains = [chain_of(name) for name in names]
    lines = []
    ended = chains_module.sample(chains, 1, Path("logs"), lines.append)
    assert [Path(command[4]).stem for command, _ in commands] == [names[2], *names[:2]]
    assert {threads for _, threads in commands} == {"1"}
    assert [ended[chain.prefix].code for chain in chains] == [1, 0, 0]
    assert lines[1] == (
        "[2/3] deramo2022_bbn_dfsz: failed (exit code 1), see logs/deramo2022_bbn_dfsz.log"
    )
    assert commands[0][0][5:] == ["-o", "chains/hotaxion2026_ksvz", "-r"]


def test_no_more_than_asked_for_at_a_time(folder, commands):
    chains = [chain_of(name) for name in (NAME, "deramo2022_bbn_ksvz", "bbn_ksvz", "bbn_ksvz")]
    chains[3] = chain_of("bbn_ksvz", "parthenope3")
    start = time.monotonic()
    ended = chains_module.sample(chains, 2, Path("logs"), lambda line: None)
    assert len(ended) == 4
    assert time.monotonic() - start > 0.6  # two rounds of 0.3 s


def test_only_what_is_not_finished_is_run(folder, monkeypatch):
    done, begun, absent = NAME, "bbn_ksvz", "bbn_omegab_ksvz"
    write_files(chain_of(done))
    write_files(chain_of(begun), converged=False, rows=500)
    ran = []

    def pretend(chains, jobs, logs, report, threads):
        ran.extend(c.name for c in chains)
        return {c.prefix: chains_module.Outcome(1, 2.0) for c in chains}

    monkeypatch.setattr(work, "sample", pretend)
    lines = []
    options = work.Options(variants=False, jobs=3)
    result = work.reproduce([done, begun, absent], options, lines.append)
    assert ran == [begun, absent]
    assert lines[0].startswith("chains: 3, to be run: 2, 2 at a time")
    assert set(result.problems) == {begun, absent}
    assert not result.complete
    caveats = {row.analysis: row.caveat for row in result.rows}  # what there is, is shown
    assert caveats == {done: "", begun: "unfinished"}
    assert result.states[Path(f"chains/{done}")] == chains_module.CONVERGED


# --- the table -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """A report on synthetic chains: BBN with a variant, and a joint analysis."""
    here = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("report"))
    try:
        joint = chain_of("notari2022_planck_bao2018_ksvz")
        write_files(chain_of())
        write_files(joint)
        for variant in ("primat", "no_dh_factor", "aver2015", "theory_errors"):
            write_files(chain_of(NAME, variant))
        write_files(chain_of("notari2022_planck_bao2018_ksvz", "gluons"))
        names = [NAME, "notari2022_planck_bao2018_ksvz"]
        found = work.reproduce(names, work.Options(), lambda line: None)
        found.report = reproduce_report.write_report(found).absolute()
        found.reference = reproduce_report.write_reference(found).absolute()
        yield found
    finally:
        os.chdir(here)


def _row(result, quantity, variant=None, analysis=NAME) -> Row:
    (row,) = (
        r
        for r in result.rows
        if (r.analysis, r.variant, r.quantity) == (analysis, variant, quantity)
    )
    return row


@pytest.mark.parametrize("name", ["m_a", "delta_neff", "f_a"])
@pytest.mark.parametrize("variant", [None, "primat"])
def test_numbers_of_the_table_are_those_of_the_chain(result, name, variant):
    row = _row(result, name, variant)
    assert abs(row.ours - EXACT[name]) < 5 * row.mc_error  # independent rows, cut in four
    assert (
        row.published == dict(zip(("delta_neff", "m_a", "f_a"), ABSTRACT[NAME], strict=False))[name]
    )
    assert row.ratio == row.ours / row.published
    assert row.effective_samples > 100
    assert 0 <= row.r_minus_one < 0.1
    assert row.agrees is False
    assert rows_module.shown(row).startswith(">" if name == "f_a" else "<")


def test_every_chain_and_variant_has_its_rows(result):
    assert {row.variant for row in result.rows if row.analysis == NAME} >= {
        None,
        *REGISTRY[NAME].variants,
        CURVE,
    }
    joint = [row for row in result.rows if row.analysis != NAME and row.variant is None]
    assert [row.quantity for row in joint] == ["delta_neff", "m_a", "f_a", "mnu"]
    assert [row.published for row in joint] == [None, 0.24, None, None]
    assert result.complete


def test_a_prior_flat_in_delta_neff_by_reweighting(result):
    """Flat in m_a was sampled: the other prior has other bounds, and says how many samples."""
    analysis = "notari2022_planck_bao2018_ksvz"
    own, other = (_row(result, "m_a", v, analysis) for v in (None, REWEIGHTED))
    assert other.ours != own.ours
    assert other.r_minus_one is None
    assert 0 < other.effective_samples < own.effective_samples


@pytest.mark.parametrize(("name", "values"), ABSTRACT.items())
def test_mass_on_our_curve_at_the_published_delta_neff(name, values):
    """The abundance alone reproduces the published masses, and agrees with `Abundance`."""
    info = chain_of(name).info
    (row,) = rows_module.rows_of_curve(name, info)
    assert row.ours == pytest.approx(values[1], rel=rows_module.TOLERANCE)
    assert row.agrees
    relic = options_of_input(info).build()(row.ours)
    assert relic.delta_neff == pytest.approx(values[0], rel=1e-4)
    assert row.mc_error is None


def test_no_curve_without_both_published_numbers():
    name = "notari2022_planck_bao2018_ksvz"
    assert rows_module.rows_of_curve(name, chain_of(name).info) == []


def test_dfsz_curve_needs_its_angle():
    name = "deramo2022_bbn_dfsz"
    mass = rows_module.mass_at(chain_of(name).info, 0.2)
    options = options_of_input(chain_of(name).info)
    assert (options.model, options.tan_beta) == ("dfsz1", 1)
    assert options.build()(mass).delta_neff == pytest.approx(0.2, rel=1e-3)


# --- sentences -------------------------------------------------------------------------------


def bbn_row(quantity: str, ours: float, variant: str | None = None, **more) -> Row:
    return Row(NAME, variant, quantity, REGISTRY[NAME].published[quantity], ours, **more)


def test_agreement_is_one_sentence():
    rows = [bbn_row("delta_neff", 0.139), bbn_row("m_a", 0.155), bbn_row("f_a", 3.7e7)]
    (sentence,) = rows_module.explain(NAME, rows)
    assert sentence == "Within 6 %: delta_neff (-1 %), m_a (-3 %), f_a (+4 %)."


def test_a_difference_is_explained_by_runs_only():
    rows = [
        bbn_row("m_a", 0.2, mc_error=0.02),
        bbn_row("delta_neff", 0.147),
        bbn_row("f_a", 2.9e7, mc_error=1e6),
        bbn_row("m_a", 0.154, CURVE, remark="at delta_neff = 0.14; slope = 1"),
        bbn_row("m_a", 0.19, "primat"),
        bbn_row("m_a", 0.165, "aver2015"),
    ]
    sentences = rows_module.explain(NAME, rows)
    assert sentences == [
        "Within 6 %: delta_neff (+5 %).",
        "m_a [eV]: < 0.20 against < 0.16, +25 %, 2.0 Monte Carlo errors.",
        "Our curve has m_a = 0.154 eV at delta_neff = 0.14, -4 %: the abundance agrees. The rest, "
        "+30 %, is that of delta_neff (+5 %) along the curve; there slope = 1.",
        "Within 6 % of the published one: aver2015 (+3 %).",
        "f_a differs as m_a does: m_a f_a is a constant.",
    ]
    without = rows_module.explain(NAME, rows[:5])
    assert "No variant comes within 6 %; the nearest is primat (+19 %)." in without
    assert "No variant was run to its end: unexplained." in rows_module.explain(NAME, rows[:1])
    rows[-1] = bbn_row("m_a", 0.165, "aver2015", caveat="unfinished")
    assert rows_module.shown(rows[-1]) == "< 0.165 (unfinished)"
    assert rows_module.explain(NAME, rows) == without
    assert rows_module.explain(NAME, []) == ["No chain: nothing can be said."]
    assert rows_module.explain("bbn_ksvz", []) == []


# --- the report ------------------------------------------------------------------------------


def test_report_has_tables_sentences_and_figures(result):
    text = result.report.read_text()
    row = _row(result, "m_a")
    line = next(line for line in text.splitlines() if line.startswith(f"| {NAME} | m_a [eV] |"))
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[2:5] == ["< 0.16", rows_module.shown(row), f"{row.ratio:.3f}"]
    assert "↳ primat | m_a [eV]" in text
    assert "* `primat`: nuclear rates of PRIMAT instead of PArthENoPE" in text
    assert "↳ on our curve" in text
    assert "full plik" in text.lower()
    assert "flat in log m_a" in text
    assert re.search(rf"chains/{NAME} \| converged \| no", text)
    assert "mean nothing" not in text
    pictures = re.findall(r"\]\((figures/\w+\.png)\)", text)
    assert pictures == [f"figures/{name}.png" for name in ("triangle", "masses", "abundance")]
    for picture in pictures:
        assert (result.report.parent / picture).stat().st_size > 10_000
        assert (result.report.parent / picture).with_suffix(".pdf").exists()
    for table in re.findall(r"(?:^\|.*\n)+", text, re.M):
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_reference_table_is_compact(result):
    text = result.reference.read_text()
    assert result.reference.parts[-3:] == ("chains", "reference", "reproduced.md")
    assert reproduce_report.main_table(result) in text
    assert "](" not in text
    assert "/home" not in text


def test_text_table_has_a_line_for_each_row(result):
    text = reproduce_report.to_text(result)
    assert len(text.splitlines()) == 2 + len(result.rows)
    assert max(map(len, text.splitlines())) < 125


def test_points_of_the_figure_lie_on_their_curves():
    from hotaxion.analysis.figures.reproduced import reproduced_figure

    options = options_of_input(chain_of().info)
    m_a = 0.2
    figure = reproduced_figure([("ours", options, m_a, options.build()(m_a).delta_neff)])
    curve, published, ours = figure.axes[0].lines
    assert len(published.get_xdata()) == 3
    (x,), (y,) = ours.get_data()
    assert np.interp(np.log(x), np.log(curve.get_xdata()), curve.get_ydata()) == pytest.approx(
        y, rel=3e-3
    )
    for x, y in zip(*published.get_data(), strict=True):
        assert np.interp(x, *curve.get_data()) == pytest.approx(y, rel=0.04)


# --- the command -----------------------------------------------------------------------------


def test_fast_end_to_end_interrupted_resumed_and_then_nothing_left_to_do(folder, capsys):
    """SIGTERM after some rows: they stay; the same command ends the chain from there."""
    arguments = ["reproduce", NAME, "--fast", "--no-variants", "-j", "1"]
    chain = Path(f"chains/{NAME}__fast.1.txt")
    interrupted = _run_until_there_are_rows(arguments, chain)
    before = chain.read_bytes()
    assert "hotaxion: interrupted" in interrupted
    assert not runs.is_running(chain.with_name(f"{NAME}__fast"))
    assert 1 < before.count(b"\n") < 1001
    assert not Path("chains/reproduce/report.md").exists()

    assert main(arguments) == 0
    first = capsys.readouterr()
    after = chain.read_bytes()
    assert after.startswith(before[: before.rfind(b"\n") + 1])
    assert after.count(b"\n") >= 1001
    assert "[1/1] deramo2022_bbn_omegab_ksvz__fast: at max_samples" in first.err
    assert re.search(rf"^{NAME} +m_a \[eV\] +< 0.16 +< 0\.\d+", first.out, re.M)
    report = Path("chains/reproduce/report.md").read_text()
    assert "mean nothing" in report
    assert "figures/triangle.png" in report
    log = Path(f"chains/reproduce/logs/{NAME}__fast.log").read_text()
    assert "Sampling complete after 1000 accepted steps" in log

    assert main([*arguments, "--reference"]) == 0
    second = capsys.readouterr()
    assert "chains: 1, to be run: 0" in second.err
    assert second.out == first.out
    assert chain.read_bytes() == after
    assert Path("chains/reference/reproduced.md").exists()


def _run_until_there_are_rows(arguments: list[str], chain: Path) -> str:
    """End the command by SIGTERM once the chain has rows; what it said on stderr."""
    command = [sys.executable, "-m", "hotaxion.analysis.cli", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not (chain.exists() and chain.read_bytes().count(b"\n")):
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
    assert process.returncode == 1
    return said


def test_list_and_wrong_usage(capsys):
    assert main(["reproduce", "--list"]) == 0
    assert capsys.readouterr().out.strip() == listing()
    for argv in ([], ["all", "-j", "0"], ["all", "-j", "many"]):
        assert main(["reproduce", *argv]) == 2
    assert "usage: hotaxion reproduce" in capsys.readouterr().err


def test_mistakes_are_one_line(folder, capsys):
    assert main(["reproduce", "deramo2022_bbn_kszv"]) == 1
    assert "Did you mean 'deramo2022_bbn_ksvz'" in capsys.readouterr().err
    assert main(["reproduce", "hotaxion2026_ksvz", "--fast"]) == 1
    assert "leave out --fast" in capsys.readouterr().err
    with pytest.raises(RangeError, match="at least 1"):
        work.reproduce([NAME], work.Options(jobs=0), print)
    assert not Path("chains").exists()


def test_fast_all_leaves_joint_analyses_out():
    names = [chain.analysis for chain in work.plan(["all"], work.Options(fast=True))]
    assert set(names) == {name for name in REGISTRY if "bbn" in name and "planck" not in name}


def test_a_failed_chain_is_in_the_report_and_in_the_exit_code(folder, capsys, monkeypatch):
    monkeypatch.setenv("COBAYA_PACKAGES_PATH", "/nonexistent")
    shutil.copy(runs.find_input(NAME), folder / "broken.yaml")
    text = (folder / "broken.yaml").read_text().replace("paper2022", "paper1922")
    (folder / "broken.yaml").write_text(text)
    monkeypatch.setattr(runs, "find_input", lambda name: folder / "broken.yaml")
    assert main(["reproduce", NAME, "--fast", "--no-variants"]) == 1
    said = capsys.readouterr()
    assert f"{NAME}__fast: failed (exit code 1), see chains/reproduce/logs" in said.err
    assert f"{NAME}__fast: Cobaya ended with exit code 1" in said.out
    assert "paper1922" in Path(f"chains/reproduce/logs/{NAME}__fast.log").read_text()
    assert "exit code 1" in Path("chains/reproduce/report.md").read_text()
