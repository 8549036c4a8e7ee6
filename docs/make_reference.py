"""Writes docs/reference.md from the code: python docs/make_reference.py [--check].

Commands with their options, components with their defaults, parameters, named analyses. Only the
meanings of parameters are written here; a parameter of the code without one stops the script.
"""

from __future__ import annotations

import argparse
import inspect
import os
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("COBAYA_NOMPI", "1")  # nothing here needs MPI, and a broken one stops

from cobaya.component import get_component_class
from cobaya.yaml import yaml_load_file

import hotaxion.likelihoods
import hotaxion.theory
from hotaxion.analysis.cli import build_parser
from hotaxion.analysis.inputs.names import analyses, find_input, searches
from hotaxion.theory.components import emulated_classy, hot_axion, hot_relic
from hotaxion.theory.components import guards as routing
from hotaxion.theory.options import Option
from hotaxion.theory.searches.components import cold_axion

OUTPUT = Path(__file__).with_name("reference.md")
HEAD = """\
# Reference

Made by `python docs/make_reference.py` from the code; do not edit. Guides and physics:
[index](README.md).

[Commands](#commands) · [Named analyses](#named-analyses) · [Theories](#theories) ·
[Likelihoods](#likelihoods) · [Parameters](#parameters)
"""
ANALYSES = """\
`hotaxion run --list` says in a line what each is. Likelihoods may bring parameters of their own."""
# Unit and meaning of each parameter; in the names of CLASS where that has one.
MEANINGS = {
    "m_a": ("eV", "axion mass"),
    "delta_neff": ("", "ΔN_eff of the axion while it is relativistic, as at BBN"),
    "tan_beta": ("", "v_u/v_d of DFSZ models"),
    "pion_scale": ("", "factor on the pion rate (theory error)"),
    "kaon_scale": ("", "factor on the kaon rate (theory error)"),
    "gluon_scale": ("", "factor on the gluon rate (theory error)"),
    "crossover": ("", "rate at the crossover: −1 perturbative, 0 monotone, 1 sphalerons"),
    "z_ud": ("", "m_u/m_d"),
    "f_a": ("GeV", "axion decay constant"),
    "log10_f_a": ("", "log10 of f_a in GeV"),
    "omega_axion": ("", "Ω_a h² today"),
    "g_agamma": ("1/GeV", "axion-photon coupling, its magnitude"),
    "g_ae": ("", "axion-electron coupling, with its sign relative to that to gluons"),
    "g_ap": ("", "axion-proton coupling, likewise"),
    "g_an": ("", "axion-neutron coupling, likewise"),
    "theta_i": ("", "angle at which cold axions start"),
    "omega_axion_cold": ("", "Ω h² of cold axions today"),
    "omega_dilaton": ("", "Ω h² of a dilaton that they kicked"),
    "m_alp_ev": ("eV", "mass of an axion-like particle, constant"),
    "f_alp": ("GeV", "its decay constant"),
    "xi_kick": ("", "f_a θ_i/F, F that of the dilaton"),
    "r_kick": ("", "mass of the dilaton over that of the axion"),
    "Y_p": ("", "primordial helium, 4 n_He/n_b"),
    "DH": ("", "primordial deuterium, n_D/n_H"),
    "YHe": ("", "helium mass fraction, as CLASS takes it"),
    "mnu": ("eV", "sum of the neutrino masses"),
    "omega_b": ("", "Ω_b h²"),
    "omega_cdm": ("", "Ω_c h²"),
    "theta_s_100": ("", "100 θ_s, angle of the sound horizon"),
    "100*theta_s": ("", "the same, in the name of CLASS"),
    "H0": ("km/s/Mpc", "expansion rate today"),
    "n_s": ("", "spectral index"),
    "logA": ("", "ln(10¹⁰ A_s)"),
    "ln_A_s_1e10": ("", "the same, in the name of CLASS"),
    "A_s": ("", "amplitude at 0.05/Mpc"),
    "tau_reio": ("", "optical depth of reionisation"),
    "h": ("", "H0 over 100 km/s/Mpc"),
    "Omega_m": ("", "matter today, axion and neutrinos included"),
    "Omega_b": ("", "baryons today"),
    "Omega_cdm": ("", "cold dark matter today"),
    "Omega_Lambda": ("", "cosmological constant today"),
    "Omega0_fld": ("", "dark energy with w0, wa today"),
    "w0_fld": ("", "equation of state of dark energy today"),
    "wa_fld": ("", "its change, w = w0 + wa (1 − a)"),
    "delta_neff_extra": ("", "ΔN_eff of massless radiation beside neutrinos and relics"),
    "m_NAME": ("eV", "mass of the relic NAME"),
    "meff_NAME": ("eV", "its effective mass, ω h² = m_eff/94.1 eV"),
    "temperature_NAME": ("", "its temperature over that of the photons today"),
    "delta_neff_NAME": ("", "its ΔN_eff while relativistic"),
    "degrees_NAME": ("", "its internal degrees of freedom"),
    "omega_NAME": ("", "its Ω h² today"),
    "Omega_nu": ("", "all hot species today, axion included"),
    "Omega_k": ("", "curvature: 0"),
    "age": ("Gyr", "age of the Universe"),
    "rs_drag": ("Mpc", "sound horizon when baryons decouple"),
    "rs_rec": ("Mpc", "sound horizon at recombination"),
    "z_rec": ("", "redshift of recombination"),
    "z_reio": ("", "redshift of reionisation"),
    "sigma8": ("", "σ₈"),
    "S8": ("", "σ₈ (Ω_m/0.3)^½"),
    "Neff": ("", "N_eff of neutrinos and axion together"),
    "T_cmb": ("K", "temperature of the CMB"),
    "m_ncdm_tot": ("eV", "masses of all hot species, axion included"),
    "A_planck": ("", "calibration of the Planck maps"),
    "A_act": ("", "calibration of the ACT maps, with ACT also of Planck's"),
    "P_act": ("", "polarisation efficiency of ACT"),
    "Tcal": ("", "calibration of SPT-3G 2018 in temperature"),
    "Ecal": ("", "calibration of SPT-3G 2018 in polarisation"),
}


def cell(text: Any) -> str:
    """Text that does not end a cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in lines) + "\n"


# --- commands --------------------------------------------------------------------------------


def commands() -> str:
    """All commands: what `--help` prints, as tables."""
    parser = build_parser()
    (subparsers,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    text = [f"## Commands\n\n```\n{parser.epilog.strip()}\n```\n"]
    first_with: dict[str, str] = {}  # groups that several commands share
    for name, command in subparsers.choices.items():
        text.append(f"### `hotaxion {name}`\n\n{command.description}\n")
        arguments = []
        for group in command._action_groups:
            rows = [option(a, command) for a in group._group_actions if a.dest != "help"]
            if group.title in ("options", "positional arguments"):
                arguments += rows
            elif first_with.setdefault(group.title, name) == name:
                arguments += [(f"*{group.title}:*", ""), *rows]
            else:
                arguments.append(
                    (f"*{group.title}*", f"as for `hotaxion {first_with[group.title]}`")
                )
        text.append(table(("option", "meaning"), arguments))
    return "\n".join(text)


def option(action: argparse.Action, parser: argparse.ArgumentParser) -> tuple[str, str]:
    """An argument as it is typed, and its help."""
    value = action.metavar or ("" if action.nargs == 0 else action.dest.upper())
    if action.choices and not action.metavar:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    value = f"{value} ..." if action.nargs in ("+", "*") else value
    names = [f"`{flag} {value}`".replace(" `", "`") for flag in action.option_strings]
    help_text = (action.help or "") % {**vars(action), "prog": parser.prog}
    return ", ".join(names) or f"`{value}`", help_text


# --- named analyses --------------------------------------------------------------------------


def named_analyses() -> str:
    """What each file of yaml/ and yaml/searches/ has in it."""
    rows = []
    for name in [*analyses(), *searches()]:
        info = yaml_load_file(str(find_input(name)))
        axion = (info.get("theory") or {}).get("hotaxion.theory.HotAxion") or {}
        options = ", ".join(f"{key}: {value}" for key, value in axion.items())
        data = ", ".join(like.rsplit(".", 1)[-1] for like in info["likelihood"])
        sampled = [
            key
            for key, value in info["params"].items()
            if isinstance(value, dict) and "prior" in value
        ]
        rows.append((f"`{name}`", options, data, ", ".join(sampled) or "nothing"))
    head = ("`hotaxion run`", "`HotAxion`", "data", "sampled")
    return f"## Named analyses\n\n{ANALYSES}\n\n{table(head, rows)}"


# --- components ------------------------------------------------------------------------------


def components(title: str, package: Any) -> str:
    """Each class that Cobaya can load: its docstring and its defaults, as they are in the file."""
    text = [f"## {title}\n"]
    for name in sorted(package.__all__):
        full = f"{package.__name__}.{name}"
        cls = get_component_class(full)
        file = Path(cls.get_yaml_file())
        text.append(f"### `{full}`\n\n{docstring(cls)}\n")
        if hasattr(cls, "_OPTIONS"):
            text.append(declared(cls))
        text.append(f"```yaml\n{file.read_text(encoding='utf-8').strip()}\n```\n")
        base = next(c for c in cls.__mro__ if c.__module__.startswith("cobaya."))
        text.append(f"Besides, the options of Cobaya's `{base.__module__}.{base.__qualname__}`.\n")
    return "\n".join(text)


def declared(cls: Any) -> str:
    """The options that a dataclass declares; Python and the commands have the same."""
    head = ("option", "default", "allowed", "meaning", "reference")
    rows = [
        (f"`{name}`", known.written or "null", allowed(known), known.text, known.reference)
        for name, known in cls._OPTIONS.declared().items()
        if name not in cls._NO_OPTIONS
    ]
    return f"Options, as `{cls._OPTIONS.__name__}` has them:\n\n{table(head, rows)}"


def allowed(known: Option) -> str:
    """What an option may be; as a parameter, where it may be sampled."""
    words = "; ".join(f"`{name}`: {meaning}" for name, meaning in known.choices.items())
    words = words or known.allowed or known.example
    return f"{words} (sampled: {interval(known.sampled)})" if known.sampled else words


def docstring(cls: type) -> str:
    """The docstring without its indentation, its mathematics as Markdown has it."""
    text = inspect.cleandoc(cls.__doc__).replace("``", "`")
    text = re.sub(r"\.\. math:: (.*?)(\n\n|$)", r"$$ \1 $$\2", text, flags=re.DOTALL)
    return re.sub(r":math:`(.*?)`", r"$\1$", text, flags=re.DOTALL)


# --- parameters ------------------------------------------------------------------------------


def parameters() -> str:
    """Inputs and derived parameters of each theory."""
    ranges = hot_axion._ALLOWED
    relic_ranges = {f"{name}_NAME": ends for name, ends in hot_relic._ALLOWED.items()}
    axion = get_component_class("hotaxion.theory.HotAxion")
    couplings = get_component_class("hotaxion.theory.AxionCouplings")
    bbn = get_component_class("hotaxion.theory.BBN")
    emulator_inputs = sorted(set().union(*emulated_classy._INPUTS, emulated_classy._SAME_INPUT))
    more = ", ".join(f"`{new}` = `{name}`" for new, name in routing.MORE_NAMES.items())
    sections = (
        ("HotAxion, inputs", axion.get_can_support_params(None), ranges),
        ("HotAxion, derived", axion.get_can_provide_params(axion.__new__(axion)), {}),
        ("HotRelic, inputs", [f"{name}_NAME" for name in hot_relic._ALLOWED], relic_ranges),
        ("HotRelic, derived", [f"{name}_NAME" for name in hot_relic._DERIVED], {}),
        ("AxionCouplings, inputs", ["m_a", "tan_beta"], {}),
        ("AxionCouplings, derived", couplings.get_can_provide_params(None), {}),
        ("ColdAxion, inputs", list(cold_axion._QCD), cold_axion._QCD),
        ("ColdAxion with dilaton: true", list(cold_axion._WITH_DILATON), cold_axion._WITH_DILATON),
        ("ColdAxion, derived", ["omega_axion_cold", "omega_dilaton"], {}),
        ("BBN, inputs", ["omega_b", "delta_neff"], {}),
        ("BBN, derived", bbn.get_can_provide_params(None), {}),
        ("EmulatedClassy, inputs", ["mnu", "logA", *emulator_inputs], {}),
        ("EmulatedClassy, derived", sorted({*emulated_classy.DERIVED, "m_ncdm_tot"}), {}),
        ("CMB likelihoods, sampled", ["A_planck", "A_act", "P_act", "Tcal", "Ecal"], {}),
    )
    text = ["## Parameters\n"]
    for title, names, allowed in sections:
        text.append(f"### {title}\n")
        rows = [(f"`{name}`", *MEANINGS[name], interval(allowed.get(name))) for name in names]
        head = ("name", "unit", "meaning", "allowed")
        keep = 4 if allowed else 3
        text.append(table(head[:keep], [row[:keep] for row in rows]))
    text.append(
        "### HotClassy\n\n`mnu`, `delta_neff_extra`, and every input and derived parameter of "
        f"CLASS by its\nname there; besides {more}. The names that "
        "`EmulatedClassy` knows are among them.\n"
    )
    return "\n".join(text)


def interval(ends: tuple[float, float] | None) -> str:
    """A range in words."""
    if ends is None:
        return ""
    return f"from {ends[0]:g}" if ends[1] == float("inf") else f"{ends[0]:g} to {ends[1]:g}"


def reference() -> str:
    """The whole page."""
    parts = (
        HEAD,
        commands(),
        named_analyses(),
        components("Theories", hotaxion.theory),
        components("Likelihoods", hotaxion.likelihoods),
        parameters(),
    )
    return "\n".join(part.rstrip() + "\n" for part in parts)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page, or with --check only say whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if out of date")
    args = parser.parse_args(argv)
    page = reference()
    if args.check:
        good = OUTPUT.exists() and OUTPUT.read_text(encoding="utf-8") == page
        if not good:
            print(f"{OUTPUT.name} is out of date: python docs/make_reference.py", file=sys.stderr)
        return 0 if good else 1
    OUTPUT.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
