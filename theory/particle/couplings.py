"""From the axion mass and the model to the couplings that enter the production rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hotaxion.theory.checks import choice, mapping, number, shown
from hotaxion.theory.constants import F_PION_GEV, M_A_F_A_EV_GEV, M_U_OVER_M_D
from hotaxion.theory.errors import RangeError

MODELS = {
    "ksvz": "gluons only",
    "dfsz1": "two Higgs doublets, leptons like down quarks",
    "dfsz2": "leptons opposite to up quarks",
    "generic": "with `couplings`",
    "alp": "the same with m_a and f_a independent",
}
# What leaves its couplings free.
FREE_MODELS = ("generic", "alp")
FERMIONS = ("e", "mu", "tau", "u", "d", "s", "c", "b", "t")
# What these leave free.
FREE_COUPLINGS = ("c_a_pi", "c_g", *(f"c_{name}" for name in FERMIONS))
# Perturbative Yukawas: 0.25 < tan(beta) < 170 (Di Luzio et al., 2003.01100).
TAN_BETA_RANGE = (0.25, 170.0)
Z_RANGE = (0.01, 0.99)  # m_u/m_d; C_a_pi of the QCD axion vanishes at 1
# Of lighter axions f_a, 5.7e18 GeV here, would soon lie above the Planck mass.
M_A_LEAST_EV = 1e-12
# Of these, in units of 1/f_a; Delta N_eff is sane within, as for the scales of rates.
COUPLING_RANGE = (-1e3, 1e3)


def f_a_gev(m_a_ev: float) -> float:
    """Decay constant f_a [GeV] of a QCD axion of mass m_a [eV] (Gorghetto & Villadoro 1812.01008).

    f_a is defined by L = (alpha_s / 8 pi) (a / f_a) G Gtilde. Raises RangeError unless m_a is a
    finite number from M_A_LEAST_EV on.
    """
    return M_A_F_A_EV_GEV / number("m_a", m_a_ev, M_A_LEAST_EV, unit="eV")


@dataclass(frozen=True)
class Couplings:
    """Model-dependent, dimensionless couplings, all in units of 1/f_a.

    c_a_pi : axion-pion coupling C_a_pi. Di Luzio, Martinelli & Piazza 2101.10330.
    c_g : gluon coupling, L = c_g (alpha_s / 8 pi) (a / f_a) G Gtilde; 1 for a QCD axion.
    c_e ... c_t : fermion couplings, L = (c_psi / 2 f_a) d_mu(a) psibar gamma^mu gamma_5 psi, that
        is -i g a psibar gamma_5 psi with g = c_psi m_psi / f_a.
    z : m_u/m_d behind c_a_pi.
    """

    model: str
    tan_beta: float | None
    c_a_pi: float
    c_g: float = 1.0
    c_e: float = 0.0
    c_mu: float = 0.0
    c_tau: float = 0.0
    c_u: float = 0.0
    c_d: float = 0.0
    c_s: float = 0.0
    c_c: float = 0.0
    c_b: float = 0.0
    c_t: float = 0.0
    z: float = M_U_OVER_M_D

    @property
    def theta_times_f_a_gev(self) -> float:
        """f_a times the a-pi0 mixing angle, (3/2) C_a_pi f_pi [GeV]; it has the sign of C_a_pi."""
        return 1.5 * self.c_a_pi * F_PION_GEV

    def fermion(self, name: str) -> float:
        """c_psi of one of FERMIONS."""
        return getattr(self, f"c_{choice('fermion', name, FERMIONS)}")


def pion_coupling(c_g: float, c_u: float, c_d: float, z: float = M_U_OVER_M_D) -> float:
    """C_a_pi = [c_g (1 - z)/(1 + z) + c_d - c_u] / 3, z = m_u/m_d (2101.10330)."""
    return (c_g * (1.0 - z) / (1.0 + z) + c_d - c_u) / 3.0


def couplings(
    model: str = "ksvz",
    tan_beta: float | None = None,
    z: float = M_U_OVER_M_D,
    values: Mapping[str, float] | None = None,
) -> Couplings:
    """Couplings of an axion model.

    ksvz : gluons only; C_a_pi = (1 - z)/(1 + z)/3.
    dfsz1, dfsz2 : tan(beta) = v_u/v_d, c_u = c_c = c_t = cos^2(beta)/3 and c_d = c_s = c_b =
        sin^2(beta)/3; leptons like the down quarks in DFSZ-I, c_e = c_mu = c_tau = sin^2(beta)/3,
        and opposite to the up quarks in DFSZ-II, -cos^2(beta)/3 (Di Luzio et al., 2003.01100;
        the magnitudes also in the code of Hoof et al., 1810.07192. The overall sign differs
        between authors; no rate depends on it).
    generic : `values` names any of FREE_COUPLINGS, each within COUPLING_RANGE. Defaults: c_g = 1,
        fermions 0, c_a_pi as `pion_coupling` gives it. The decay constant is *defined* by
        m_a f_a = 5.691e6 eV GeV whatever c_g is, and all couplings are in units of 1/f_a: for
        c_g != 1 the mass is then a free name of f_a, not a prediction of QCD.
    alp : as generic, but m_a and f_a are independent (`mass.check_alp`: up to where). f_a is that
        of the coupling c_g alpha_s / (8 pi f_a) a G Gtilde, so that c_g = 1, the default, is the
        coupling of the QCD axion, and what others call f_a/C_g is f_a at c_g = 1.

    Couplings are those of the ultraviolet theory: their running, and the fermion couplings that
    loops induce in KSVZ, are neglected (known gap). c_u, c_d and c_s have no rate of their own:
    they act through C_a_pi and, with kaons, `rates.pik.kaon_couplings`.

    Raises
    ------
    UnknownOptionError : model is not one of MODELS, or a name in values not in FREE_COUPLINGS.
    RangeError : tan_beta is missing for DFSZ or outside TAN_BETA_RANGE; tan_beta or values are
        given to a model that has none; a value is outside COUPLING_RANGE or z outside Z_RANGE.
    """
    choice("axion model", model, MODELS)
    z = number("z_ud = m_u/m_d", z, *Z_RANGE)
    if values is not None and model not in FREE_MODELS:
        raise RangeError(
            f"couplings given for model {model}, which fixes them; leave them out or choose model "
            "generic or alp."
        )
    if model.startswith("dfsz"):
        return _dfsz(model, tan_beta, z)
    if tan_beta is not None:
        raise RangeError(
            f"tan_beta = {shown(tan_beta)} given for the {model.upper()} model, which has none; "
            "leave it out or choose model dfsz1 or dfsz2."
        )
    given = {} if values is None else mapping("couplings", values, "{c_g: 1, c_mu: 0.3}")
    return _free(model, given, z)


def _dfsz(model: str, tan_beta: float | None, z: float) -> Couplings:
    tan_beta = number(f"tan_beta of model {model}", tan_beta, *TAN_BETA_RANGE)
    up = 1.0 / (1.0 + tan_beta**2) / 3.0  # cos^2(beta) / 3
    down = 1.0 / 3.0 - up
    lepton = down if model == "dfsz1" else -up
    fermions = {f"c_{name}": up for name in "uct"} | {f"c_{name}": down for name in "dsb"}
    fermions |= {f"c_{name}": lepton for name in ("e", "mu", "tau")}
    return Couplings(model, tan_beta, pion_coupling(1.0, up, down, z), z=z, **fermions)


def _free(model: str, given: dict[str, float], z: float) -> Couplings:
    values = {
        choice(f"coupling of the {model} model", name, FREE_COUPLINGS): number(
            f"coupling {name}", value, *COUPLING_RANGE
        )
        for name, value in given.items()
    }
    c_g, c_u, c_d = values.get("c_g", 1.0), values.get("c_u", 0.0), values.get("c_d", 0.0)
    values.setdefault("c_a_pi", pion_coupling(c_g, c_u, c_d, z))
    return Couplings(model=model, tan_beta=None, z=z, **values)
