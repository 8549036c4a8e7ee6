"""Why this test exists: numbers are copied into papers, from three formats that must agree."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from hotaxion.analysis.chains import tables as output
from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.chains.profile import Profile
from hotaxion.analysis.chains.reweight import Reweighted
from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.names import reference_folder
from hotaxion.theory.components.record import code_version

REFERENCE = reference_folder()


@pytest.fixture(scope="module")
def result(chain):
    return Chain.load(chain).bounds()


@pytest.fixture(scope="module")
def profile():
    """chi^2 = (m_a / 0.1)^2 + 4: one-sided bound at 0.1 sqrt(2.71)."""
    values = np.linspace(0, 0.4, 9)
    data = 4 + (values / 0.1) ** 2
    return Profile("m_a", values, data - 10, data, {})


@pytest.fixture(scope="module")
def priors(result):
    bound = result.parameters["m_a"]
    return [
        Reweighted("flat in m_a on [0, 3]", {"m_a": bound}, 2000.0, 1.0, "as sampled"),
        Reweighted("flat in f_a", {"m_a": bound}, 50.0, 0.1, "too few samples: unreliable"),
        Reweighted("flat in log m_a", {}, 3.0, 0.0, "too few samples: refused"),
    ]


@pytest.fixture(scope="module")
def section(result, priors, profile):
    return replace(result, priors=priors, profiles=[profile])


def test_text_states_rule_and_convergence(section, result):
    text = output.to_text(section)
    assert "95 % (5 %) quantile of the marginal posterior" in text
    assert f"R-1 of the means = {result.r_minus_one:.4f}" in text
    assert f"of the bounds = {result.r_minus_one_bound:.4f}" in text
    line = next(line for line in text.splitlines() if line.startswith("m_a"))
    assert output.quoted(result.parameters["m_a"]) in line
    assert line.endswith("flat in m_a on [0, 3]")


def test_text_of_priors_and_profile(section):
    lines = output.to_text(section).splitlines()
    refused = next(line for line in lines if line.startswith("flat in log m_a"))
    assert refused.split("  ")[-1].strip() == "too few samples: refused"
    assert " - " in refused
    last = lines[-1].split()
    assert last[:3] == ["m_a", "<", "0.165"]  # 0.1 sqrt(2.71)
    assert "4.00" in last


def test_independent_samples_have_no_r_minus_one():
    result = Chain.load(REFERENCE / "hotaxion2026_ksvz").bounds(["m_a"])
    text = output.to_text(result)
    assert "R-1 of the means = not defined" in text


def test_json_contract(section):
    data = json.loads(output.to_json([section]))
    assert {"chain", "parameters", "r_minus_one", "r_minus_one_bound"} <= set(data)
    assert {"type", "value", "mc_error", "sigma", "r_minus_one"} <= set(data["parameters"]["m_a"])
    assert data["priors"][0]["verdict"] == "as sampled"
    assert data["profiles"][0]["upper95_one_sided"] == pytest.approx(0.1 * 2.71**0.5, rel=1e-6)
    assert isinstance(json.loads(output.to_json([section, section])), list)


def test_csv_has_a_line_for_each_number(section, result):
    rows = list(csv.DictReader(output.to_csv([section]).splitlines()))
    assert len(rows) == len(result.parameters) + 1 + 1  # one other prior, one profile
    first = next(row for row in rows if row["parameter"] == "m_a")
    assert float(first["value"]) == result.parameters["m_a"].value
    assert first["unit"] == "eV"
    assert rows[-2]["verdict"] == "too few samples: unreliable"
    assert rows[-1]["type"] == "profile95"
    assert float(rows[-1]["value"]) == pytest.approx(0.1646, abs=1e-4)


def test_profile_that_does_not_reach_its_bound(profile, result):
    short = Profile("m_a", profile.values[:5], profile.chi2[:5], profile.chi2_data[:5], {})
    assert short.quoted() == "< 0.165"
    shorter = Profile("m_a", 0.1 * short.values, short.chi2_data * 0.01, short.chi2_data, {})
    assert shorter.quoted() == "not reached"
    text = output.to_text(replace(result, profiles=[shorter]))
    assert "not reached" in text.splitlines()[-1]


# --- the command ----------------------------------------------------------------------------


def test_reference_posteriors_say_what_they_are(capsys):
    """Independent rows with their priors, which can be exchanged; made by code of long ago."""
    assert main(["bounds", str(REFERENCE / "hotaxion2026_ksvz"), "--priors", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["r_minus_one"] is None
    assert found["converged"]
    expected = {
        "m_a": "flat in m_a on [0, 1]",
        "mnu": "flat in mnu on [0, 0.6]",
        "omega_b": "flat in omega_b on [0.018, 0.027]",
        "delta_neff": None,
    }
    assert {key: found["parameters"][key]["prior"] for key in expected} == expected
    assert found["priors"][0]["verdict"] == "as sampled"
    assert found["priors"][0]["parameters"]["m_a"]["value"] == found["parameters"]["m_a"]["value"]
    assert found["priors"][3]["prior"] == "flat in delta_neff on the curve"
    assert "made by other code than the one here" in found["made_by"]


def test_other_code_is_named_in_a_line(capsys, tmp_path, write_chain, change_input):
    prefix = write_chain(tmp_path, n_chains=2, rows=2000)
    for version, count in ((code_version(), 0), ("0.1.0+g01234567.c89abcdef", 1)):
        parts = {"hotaxion.theory.HotAxion": {"version": version}}
        change_input(prefix, theory=parts, likelihood={"one": None})
        for form in ([], ["--beside"]):
            assert main(["bounds", prefix, *form]) == 0
            lines = capsys.readouterr().out.splitlines()
            named = [line for line in lines if "made by other code" in line]
            assert len(named) == count
            assert all(version in line for line in named)


def test_bounds_with_priors(capsys, joint_chain):
    argv = ["bounds", joint_chain, "--priors", "--params", "m_a", "--m-a-cut", "0.02", "--json"]
    assert main(argv) == 0
    data = json.loads(capsys.readouterr().out)
    assert [entry["prior"] for entry in data["priors"]] == [
        "flat in m_a on [0, 10]",
        "flat in log m_a, m_a > 0.02 eV",
        "flat in f_a, m_a > 0.02 eV",
        "flat in delta_neff on the curve",
    ]


def test_one_profile_belongs_to_one_chain(capsys, chain):
    assert main(["bounds", chain, chain, "--profile", "x"]) == 2
    assert main(["bounds", chain, "--profile", "absent"]) == 1
    assert "hotaxion profile" in capsys.readouterr().err
    assert main(["bounds", chain, "--csv", "--json"]) == 2


def test_a_posterior_of_the_package_goes_by_its_name(tmp_path, monkeypatch):
    """Not by the folder that the package is installed in."""
    monkeypatch.chdir(tmp_path)
    chain = Chain.load("reference/hotaxion2026_ksvz")
    assert chain.title == "reference/hotaxion2026_ksvz"
    assert "\nreference/hotaxion2026_ksvz  " in output.beside_published([chain.bounds(["m_a"])])
