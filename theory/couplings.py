"""From the axion mass and the model to the couplings that enter the production rates."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hotaxion.theory.constants import F_PION_GEV, M_A_F_A_EV_GEV, M_U_OVER_M_D
from hotaxion.theory.errors import RangeError, UnknownOptionError

MODELS = ("ksvz", "dfsz1", "dfsz2")
# Perturbative Yukawas: 0.25 < tan(beta) < 170 (Di Luzio et al., 2003.01100).
TAN_BETA_RANGE = (0.25, 170.0)


def f_a_gev(m_a_ev: float) -> float:
    """Decay constant f_a [GeV] of a QCD axion of mass m_a [eV] (Gorghetto & Villadoro 1812.01008).

    f_a is defined by L = (alpha_s / 8 pi) (a / f_a) G Gtilde. Raises RangeError unless m_a is
    finite and positive.
    """
    if not (math.isfinite(m_a_ev) and m_a_ev > 0):
        raise RangeError(f"m_a = {m_a_ev} eV; the axion mass must be a positive, finite number.")
    return M_A_F_A_EV_GEV / m_a_ev


@dataclass(frozen=True)
class Couplings:
    """Model-dependent, dimensionless couplings.

    c_a_pi : axion-pion coupling C_a_pi. Di Luzio, Martinelli & Piazza 2101.10330.
    theta_times_f_a_gev : f_a times the a-pi0 mixing angle, (3/2) C_a_pi f_pi [GeV].
    """

    model: str
    tan_beta: float | None
    c_a_pi: float

    @property
    def theta_times_f_a_gev(self) -> float:
        return 1.5 * self.c_a_pi * F_PION_GEV


def couplings(
    model: str = "ksvz", tan_beta: float | None = None, z: float = M_U_OVER_M_D
) -> Couplings:
    """Couplings of a QCD axion model at low energies.

    C_a_pi = [(1 - z)/(1 + z) + c_d - c_u] / 3 with z = m_u/m_d and c_u, c_d the quark couplings
    of the ultraviolet model: zero in KSVZ; c_u = cos^2(beta)/3, c_d = sin^2(beta)/3 in DFSZ,
    tan(beta) = v_u/v_d (Di Luzio et al., 2003.01100). DFSZ-I and
    DFSZ-II differ in their lepton couplings, which do not enter here (known gap: the DFSZ
    fermion channels are not included; below 1 eV they change Delta N_eff by at most 0.002).

    Raises
    ------
    UnknownOptionError : model is not one of MODELS.
    RangeError : tan_beta is missing for DFSZ, given for KSVZ, or outside TAN_BETA_RANGE.
    """
    if model not in MODELS:
        raise UnknownOptionError("axion model", model, MODELS)
    isospin = (1.0 - z) / (1.0 + z)
    if model == "ksvz":
        if tan_beta is not None:
            raise RangeError(
                f"tan_beta = {tan_beta} given for the KSVZ model, which has none; "
                "leave it out or choose model dfsz1 or dfsz2."
            )
        return Couplings(model, None, isospin / 3.0)
    low, high = TAN_BETA_RANGE
    if tan_beta is None or not low <= tan_beta <= high:
        raise RangeError(
            f"tan_beta = {tan_beta} for model {model}; give a value in [{low:g}, {high:g}] "
            "(perturbative Yukawa couplings)."
        )
    cos2 = 1.0 / (1.0 + tan_beta**2)
    sin2 = 1.0 - cos2
    return Couplings(model, tan_beta, (isospin + (sin2 - cos2) / 3.0) / 3.0)
