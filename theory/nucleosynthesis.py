"""Primordial abundances from tables: (omega_b, Delta N_eff at BBN) to Y_p, D/H and YHe.

Two helium numbers exist and must not be mixed (the difference is 0.1 in N_eff):
``y_p = 4 n_He / n_b`` is what BBN observers quote, ``yhe`` is the mass fraction that CMB codes
take (input ``YHe`` of CLASS).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.interpolate import RectBivariateSpline

from hotaxion.theory.errors import MissingDataError, RangeError, UnknownOptionError

DATA_DIR = Path(__file__).parent / "data"
TAU_N_TABLE_S = 878.4  # neutron lifetime of the tables [s], PDG average of bottle experiments
TAU_N_RANGE_S = (868.4, 888.4)  # where the linear correction below was checked
# Linear response to the neutron lifetime, from PRIMAT by finite differences of +-1 s and +-10 s
# at omega_b = 0.02236 (the slopes change by less than 0.6 % within +-10 s, with either rate set).
DY_P_DTAU_N = 2.058e-4  # [1/s]
DYHE_DTAU_N = 2.050e-4  # [1/s]
DLNDH_DTAU_N = 4.79e-4  # [1/s]


@dataclass(frozen=True)
class TheoryError:
    """Errors of the prediction from nuclear rates and the neutron lifetime (1 sigma)."""

    sigma_y_p: float  # absolute, on Y_p
    sigma_dh_rel: float  # relative, on D/H
    correlation: float  # between Y_p and D/H


@dataclass(frozen=True)
class RateSet:
    """A set of nuclear reaction rates: PRIMAT's network name, its theory errors, its paper."""

    network: str
    theory_error: TheoryError
    paper: str


# Errors: Monte Carlo over the rates' uncertainties and tau_n within PRIMAT.
RATE_SETS = {
    "primat": RateSet(
        "small", TheoryError(1.05e-4, 0.0105, -0.15), "Pitrou et al. 1801.08023, 2011.11320"
    ),
    "parthenope3": RateSet(
        "small_parthenope", TheoryError(1.05e-4, 0.0124, -0.11), "Gariazzo et al. 2103.05027"
    ),
}


@dataclass(frozen=True)
class Abundances:
    """Primordial abundances of one (omega_b, delta_neff)."""

    y_p: float  # 4 n_He / n_b: what BBN observers quote
    dh: float  # n_D / n_H
    yhe: float  # helium mass fraction: what CLASS calls YHe


def table_path(rates: str) -> Path:
    """File that holds the table of a rate set."""
    return DATA_DIR / f"bbn_{rates}.dat"


@lru_cache
def _splines(rates: str) -> tuple[tuple[float, float, float, float], list[RectBivariateSpline]]:
    """Table range (omega_b min, max, delta_neff min, max); splines of Y_p, YHe, ln D/H."""
    path = table_path(rates)
    if not path.is_file():
        raise MissingDataError(
            f"BBN table {path} is absent; reinstall hotaxion, or make it with: "
            "python -m hotaxion.theory.make_bbn_tables"
        )
    table = np.loadtxt(path)
    omega_b, delta_neff = np.unique(table[:, 0]), np.unique(table[:, 1])
    y_p, yhe, dh = table[:, 2:].T.reshape(3, omega_b.size, delta_neff.size)
    limits = (omega_b[0], omega_b[-1], delta_neff[0], delta_neff[-1])
    return limits, [RectBivariateSpline(omega_b, delta_neff, z) for z in (y_p, yhe, np.log(dh))]


class Nucleosynthesis:
    """Bicubic spline of the abundances PRIMAT predicts; interpolation error below 1e-5 relative.

    Parameters
    ----------
    rates : nuclear rate set, `primat` or `parthenope3`. The choice moves bounds on Delta N_eff
        by up to 40 %: quote both.
    tau_n_s : neutron lifetime [s]; its effect is linear, see DY_P_DTAU_N.
    dh_scale : factor on D/H, to stand for rate sets that are not tabulated.

    Raises
    ------
    UnknownOptionError : if the rate set is unknown.
    RangeError : if tau_n or dh_scale lie outside what was checked.
    MissingDataError : if the table is absent.
    """

    def __init__(
        self, rates: str = "primat", tau_n_s: float = TAU_N_TABLE_S, dh_scale: float = 1.0
    ):
        if rates not in RATE_SETS:
            raise UnknownOptionError("BBN rate set", rates, RATE_SETS)
        if not TAU_N_RANGE_S[0] <= tau_n_s <= TAU_N_RANGE_S[1]:
            raise RangeError(
                f"neutron lifetime {tau_n_s} s; allowed is {TAU_N_RANGE_S[0]} to "
                f"{TAU_N_RANGE_S[1]} s, the range of the linear correction."
            )
        if not 0.5 <= dh_scale <= 2.0:
            raise RangeError(f"dh_scale = {dh_scale}; allowed is 0.5 to 2 (a factor on D/H).")
        self.rates = rates
        self.theory_error = RATE_SETS[rates].theory_error
        self._limits, (self._y_p, self._yhe, self._ln_dh) = _splines(rates)
        tau_shift = tau_n_s - TAU_N_TABLE_S
        self._delta_y_p = DY_P_DTAU_N * tau_shift
        self._delta_yhe = DYHE_DTAU_N * tau_shift
        self._dh_factor = dh_scale * float(np.exp(DLNDH_DTAU_N * tau_shift))

    def abundances(self, omega_b: float, delta_neff: float) -> Abundances:
        """Abundances for omega_b = Omega_b h^2 and Delta N_eff = N_eff - 3.044 at BBN.

        Raises
        ------
        RangeError : outside the table; nothing is extrapolated.
        """
        w_min, w_max, n_min, n_max = self._limits
        if not (w_min <= omega_b <= w_max and n_min <= delta_neff <= n_max):
            raise RangeError(
                f"BBN table: omega_b = {omega_b}, delta_neff = {delta_neff}; it covers "
                f"{w_min} <= omega_b <= {w_max} and {n_min} <= delta_neff <= {n_max}. "
                "Narrow the priors."
            )
        return Abundances(
            y_p=float(self._y_p(omega_b, delta_neff)[0, 0]) + self._delta_y_p,
            dh=float(np.exp(self._ln_dh(omega_b, delta_neff)[0, 0])) * self._dh_factor,
            yhe=float(self._yhe(omega_b, delta_neff)[0, 0]) + self._delta_yhe,
        )
