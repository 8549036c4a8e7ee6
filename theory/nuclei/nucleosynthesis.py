"""Primordial abundances from tables: (omega_b, Delta N_eff at BBN) to Y_p, D/H and YHe.

Two helium numbers exist and must not be mixed (the difference is 0.1 in N_eff):
``y_p = 4 n_He / n_b`` is what BBN observers quote, ``yhe`` is the mass fraction that CMB codes
take (input ``YHe`` of CLASS).

The abundances come from PRIMAT (Pitrou, Coc, Uzan & Vangioni, 1801.08023): tabulated by
``make_tables``, or, to check the tables, run at each point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RectBivariateSpline

from hotaxion.theory.arrays import Array
from hotaxion.theory.checks import number
from hotaxion.theory.errors import MissingPackageError
from hotaxion.theory.files import DataFile
from hotaxion.theory.options import Options, option

DATA_DIR = Path(__file__).parent
# Nodes of the tables, omega_b slow and delta_neff fast.
OMEGA_B_NODES, DELTA_NEFF_NODES = np.linspace(0.016, 0.030, 29), np.linspace(-1.5, 3.0, 19)
# Less radiation is a file, and splines, of its own: above -1.5 nothing depends on it, and chains
# that stay there do not record it.
LOW_NODES = np.linspace(-2.5, -1.75, 4)
# Other columns: least, greatest value, and fourth differences over the greatest value, at most
# (three times or more of what they are).
_COLUMNS = {
    "Y_p": (0.1, 0.5, 2e-4),
    "YHe": (0.1, 0.5, 2e-4),
    "D/H": (1e-6, 1e-3, 2e-4),
    "sigma(Y_p)": (0.0, 0.01, 0.02),
    "sigma(D/H)": (0.0, 0.5, 0.02),
    "correlation": (-1.0, 1.0, 0.02),
}
TAU_N_TABLE_S = 878.4  # neutron lifetime of the tables [s], PDG average of bottle experiments
# Linear response to the neutron lifetime [1/s] of Y_p, YHe and ln D/H: PRIMAT at +-10 s, mean of
# the two rate sets (which differ by less than 0.5 %); rows omega_b, columns Delta N_eff, of which
# the first is for LOW_NODES.
_TAU_NODES = ((0.016, 0.023, 0.030), (-2.5, -1.5, 0.75, 3.0))
_TAU_SLOPES = 1e-4 * np.array(
    [
        [
            [1.9858, 2.0291, 2.0781, 2.0968],
            [1.9802, 2.0215, 2.0677, 2.0844],
            [1.9756, 2.0155, 2.0596, 2.0753],
        ],
        [
            [1.9773, 2.0210, 2.0708, 2.0901],
            [1.9719, 2.0135, 2.0605, 2.0779],
            [1.9674, 2.0077, 2.0525, 2.0689],
        ],
        [
            [4.3818, 4.5522, 4.8803, 5.1683],
            [4.6294, 4.7015, 4.8501, 4.9932],
            [5.0728, 5.0635, 5.0685, 5.1057],
        ],
    ]
)
# Where the error of the theory is quoted, and the covariance of a likelihood is normalised.
REFERENCE_POINT = (0.02236, 0.0)  # omega_b, Delta N_eff


@dataclass(frozen=True)
class TheoryError:
    """Errors of the prediction from nuclear rates and the neutron lifetime (1 sigma)."""

    sigma_y_p: float  # absolute, on Y_p
    sigma_dh_rel: float  # relative, on D/H
    correlation: float  # between Y_p and D/H


@dataclass(frozen=True)
class RateSet:
    """A set of nuclear reaction rates: PRIMAT's network name, and its paper."""

    network: str
    paper: str


RATE_SETS = {
    "primat": RateSet("small", "Pitrou et al. 1801.08023, 2011.11320"),
    "parthenope3": RateSet("small_parthenope", "Gariazzo et al. 2103.05027"),
}


@dataclass(frozen=True, kw_only=True)
class BBNOptions(Options):
    """Options of `Nucleosynthesis` and of the Cobaya theory `BBN`.

    tau_n : it moves the table linearly (D/H to 2e-4 at the ends of the range).
    direct : the errors of the theory stay those of the table; slow, to check the table.
    """

    rates: str = option(
        *("primat", "nuclear reaction rates; quote both", "docs/data.md, 3"),
        noun="BBN rate set",
        main=True,
        choices={name: rates.paper for name, rates in RATE_SETS.items()},
    )
    tau_n: float = option(
        *(TAU_N_TABLE_S, "neutron lifetime", "PDG, bottle experiments"),
        noun="neutron lifetime",
        main=True,
        unit="s",
        range=(868.4, 888.4),
    )
    dh_scale: float = option(
        *(1.0, "factor on D/H, 1.0215 for PArThENoPE before 3.0", "docs/data.md, 3"),
        noun="factor on D/H",
        range=(0.5, 2.0),
    )
    direct: bool = option(
        *(False, "run PRIMAT (optional package) at each point: 50 ms, for checks", "1801.08023")
    )

    __hash__ = Options.__hash__


@dataclass(frozen=True)
class Abundances:
    """Primordial abundances of one (omega_b, delta_neff)."""

    y_p: float  # 4 n_He / n_b: what BBN observers quote
    dh: float  # n_D / n_H
    yhe: float  # helium mass fraction: what CLASS calls YHe


def table_path(rates: str, low: bool = False) -> Path:
    """File that holds the table of a rate set on DELTA_NEFF_NODES, or LOW_NODES."""
    return DATA_DIR / f"bbn_{rates}{'_low' if low else ''}.dat"


def run_primat(
    omega_b: float,
    delta_neff: float,
    network: str,
    tau_n_s: float = TAU_N_TABLE_S,
    **variations: float,
) -> Abundances:
    """One run of PRIMAT (45 ms); `variations` are its own parameters, such as ``p_d_p__He3_g``.

    Raises
    ------
    MissingPackageError : if primat is not installed.
    """
    try:
        from primat.backend import run_bbn
    except ImportError as error:
        raise MissingPackageError(
            "this needs the optional package primat; install it with: pip install 'hotaxion[bbn]'"
        ) from error
    result = run_bbn(
        {
            "Omegabh2": omega_b,
            "DeltaNeff": delta_neff,
            "network": network,
            "tau_n": tau_n_s,
            "show_progress": False,
            **variations,
        }
    )
    return Abundances(y_p=result["YPBBN"], dh=result["DoH"], yhe=result["YPCMB"])


def load_table(rates: str, low: bool = False) -> Array:
    """Table of a rate set, (columns, omega_b, delta_neff): OMEGA_B_NODES, DELTA_NEFF_NODES (after
    LOW_NODES, with `low`), then Y_p, YHe, D/H, sigma(Y_p), sigma(D/H)/(D/H) and their correlation.

    Raises
    ------
    MissingDataError, HotAxionError : absent; damaged. Both name the command that makes it.
    """
    file = DataFile(
        table_path(rates, low),
        "BBN table",
        "reinstall hotaxion, or make it with: python -m hotaxion.theory.nuclei.make_tables",
    )
    numbers = file.table()
    nodes = np.meshgrid(OMEGA_B_NODES, LOW_NODES if low else DELTA_NEFF_NODES, indexing="ij")
    file.check({"table": numbers}, {"table": (nodes[0].size, len(nodes) + len(_COLUMNS))})
    table = numbers.T.reshape(-1, *nodes[0].shape)
    for name, column, right in zip(("omega_b", "delta_neff"), table, nodes, strict=False):
        file.require(name, column, np.abs(column - right) < 1e-9, "is not the node of this row")
    if low:
        table = np.concatenate([table, load_table(rates)], axis=-1)
    for column, (name, (least, most, rough)) in zip(table[2:], _COLUMNS.items(), strict=True):
        rule = f"is not in {least} to {most}"
        file.require(name, column, (least < column) & (column < most), rule)
        for axis in (0, 1):
            file.require(name, column, _smooth(column, axis, rough), "does not fit its neighbours")
    file.require("YHe", table[3], table[3] < table[2], "exceeds Y_p, which counts helium heavier")
    return table


def _smooth(column: Array, axis: int, limit: float) -> NDArray[np.bool_]:
    """False at the node, if any, where fourth differences are largest and exceed the limit."""
    widths = [(2, 2) if i == axis else (0, 0) for i in range(column.ndim)]
    rough = np.pad(np.abs(np.diff(column, n=4, axis=axis)), widths) / np.abs(column).max()
    return (rough <= limit) | (rough < rough.max())


@lru_cache
def _splines(rates: str, tau_n_s: float, low: bool) -> list[RectBivariateSpline]:
    """A spline of each column of `load_table`: Y_p, YHe, ln D/H (moved to this neutron lifetime),
    sigma(Y_p), sigma(D/H)/(D/H), their correlation.
    """
    table = load_table(rates, low)
    nodes = table[0, :, 0], table[1, 0]
    columns = table[2:].copy()
    columns[2] = np.log(columns[2])
    first = 0 if low else 1
    tau_nodes = _TAU_NODES[0], _TAU_NODES[1][first:]
    for column, slopes in zip(columns, _TAU_SLOPES[..., first:], strict=False):
        slope = RectBivariateSpline(*tau_nodes, slopes, kx=2, ky=2)(*nodes)
        column += (tau_n_s - TAU_N_TABLE_S) * slope
    return [RectBivariateSpline(*nodes, column) for column in columns]


class Nucleosynthesis:
    """Bicubic spline of the abundances PRIMAT predicts; interpolation error below 1e-5 relative.

    Parameters
    ----------
    options : see `BBNOptions`; keywords change single ones.

    Raises
    ------
    UnknownOptionError, RangeError : for an option not on offer.
    MissingDataError : if the table is absent.
    MissingPackageError : with `direct`, if primat is not installed.
    """

    def __init__(self, options: BBNOptions | None = None, **keywords: Any):
        self.options = BBNOptions.of(options, keywords)
        self._network = RATE_SETS[self.options.rates].network
        self.load()
        if self.options.direct:
            run_primat(*REFERENCE_POINT, self._network, self.options.tau_n)

    def abundances(self, omega_b: float, delta_neff: float) -> Abundances:
        """Abundances for omega_b = Omega_b h^2 and Delta N_eff = N_eff - 3.044 at BBN.

        Raises
        ------
        RangeError : outside the table; nothing is extrapolated.
        """
        splines = self._splines(omega_b, delta_neff)
        scale = self.options.dh_scale
        if self.options.direct:
            result = run_primat(omega_b, delta_neff, self._network, self.options.tau_n)
            return replace(result, dh=result.dh * scale)
        y_p, yhe, ln_dh = (float(z(omega_b, delta_neff)[0, 0]) for z in splines[:3])
        return Abundances(y_p=y_p, dh=math.exp(ln_dh) * scale, yhe=yhe)

    def theory_error(
        self, omega_b: float = REFERENCE_POINT[0], delta_neff: float = REFERENCE_POINT[1]
    ) -> TheoryError:
        """Errors of the prediction from the rates and tau_n; by default at REFERENCE_POINT.

        Raises
        ------
        RangeError : outside the table.
        """
        splines = self._splines(omega_b, delta_neff)
        return TheoryError(*(float(z(omega_b, delta_neff)[0, 0]) for z in splines[3:]))

    def load(self, low: bool = False) -> list[RectBivariateSpline]:
        """Splines of the table, once read; `low`: of the file for less radiation than it has.

        Raises
        ------
        MissingDataError, HotAxionError : as `load_table`.
        """
        return _splines(self.options.rates, self.options.tau_n, low)

    def _splines(self, omega_b: float, delta_neff: float) -> list[RectBivariateSpline]:
        number("BBN table: omega_b", omega_b, OMEGA_B_NODES[0], OMEGA_B_NODES[-1])
        number("BBN table: delta_neff", delta_neff, LOW_NODES[0], DELTA_NEFF_NODES[-1])
        return self.load(low=bool(delta_neff < DELTA_NEFF_NODES[0]))
