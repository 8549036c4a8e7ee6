"""Couplings of the axion to photons, electrons and nucleons: what stars and laboratories see.

    L = -(g_agamma / 4) a F Ftilde - i a sum_psi g_psi psibar gamma_5 psi

Signs are relative to that of the gluon coupling; no likelihood of this package depends on one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from hotaxion.theory.checks import number
from hotaxion.theory.constants import (
    ALPHA_EM,
    LEPTON_MASSES_GEV,
    M_A_F_A_EV_GEV,
    M_NEUTRON_GEV,
    M_PROTON_GEV,
)
from hotaxion.theory.errors import RangeError
from hotaxion.theory.options import Options, option
from hotaxion.theory.particle.couplings import Couplings
from hotaxion.theory.particle.options import ModelOptions

# Ratio of the electromagnetic and the colour anomaly: 2003.01100, table 2 and section 2.7.
E_OVER_N = {"ksvz": 0.0, "dfsz1": 8.0 / 3.0, "dfsz2": 2.0 / 3.0, "generic": 0.0, "alp": 0.0}
E_OVER_N_RANGE = (-200.0, 200.0)  # what is far beyond is a slip of the pen (window: 1610.07593)
# Of quarks in the proton, as d(C_p)/d(c_q), scale 2 GeV: Grilli di Cortona et al., 1511.02867.
# The neutron has those of u and d exchanged.
QUARKS_IN_PROTON = {
    **{"u": 0.88, "d": -0.39},  # errors 0.03, 0.02
    **{"s": -0.038, "c": -0.012, "b": -0.009, "t": -0.0035},  # 0.005, 0.005, 0.002, 0.0004
}


@dataclass(frozen=True, kw_only=True)
class LowEnergyOptions(ModelOptions):
    """What decides the couplings at low energies besides the mass.

    E_over_N belongs to KSVZ and to an ALP: dfsz1 and dfsz2 fix it, and the generic axion meets
    photons through its gluons alone.

    Raises UnknownOptionError or RangeError.
    """

    E_over_N: float | None = option(
        *(None, "electromagnetic over colour anomaly of ksvz, alp; default: 0", "2003.01100"),
        kind=float,
        range=E_OVER_N_RANGE,
    )
    qcd_photon: float = option(
        *(1.92, "taken from E/N by the mixing with mesons; error 0.04", "1511.02867"),
        range=(1.5, 2.5),
    )
    qcd_proton: float = option(
        *(-0.47, "C_p of the gluon coupling alone; error 0.03", "1511.02867"), range=(-1.0, 0.0)
    )
    qcd_neutron: float = option(
        *(-0.02, "C_n of the gluon coupling alone; error 0.03", "1511.02867"), range=(-0.5, 0.5)
    )

    __hash__ = Options.__hash__

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.E_over_N is not None and self.model not in ("ksvz", "alp"):
            raise RangeError(
                f"E_over_N = {self.E_over_N:g} given for model {self.model}, which has "
                f"{E_OVER_N[self.model]:g}; leave it out or choose model ksvz or alp."
            )


@dataclass(frozen=True)
class LowEnergy:
    """Couplings of one axion, with their signs.

    g_agamma : to photons [1/GeV].
    g_ae, g_ap, g_an : to electrons, protons and neutrons, pure numbers.
    """

    g_agamma: float
    g_ae: float
    g_ap: float
    g_an: float


def photon_coefficient(options: LowEnergyOptions, axion: Couplings) -> float:
    """C_agamma = E/N - 1.92(4) c_g: g_agamma in units of alpha / (2 pi f_a) (1511.02867)."""
    anomaly = E_OVER_N[axion.model] if options.E_over_N is None else options.E_over_N
    return anomaly - options.qcd_photon * axion.c_g


def nucleon_coefficients(options: LowEnergyOptions, axion: Couplings) -> tuple[float, float]:
    """C_p and C_n, with g_ap = C_p m_p / f_a (1511.02867).

    C_p = -0.47(3) c_g + 0.88(3) c_u - 0.39(2) c_d - 0.038 c_s - 0.012 c_c - 0.009 c_b - 0.0035 c_t,
    C_n = -0.02(3) c_g and the same with c_u and c_d exchanged.
    """
    coupling = {name: axion.fermion(name) for name in QUARKS_IN_PROTON}
    swapped = coupling | {"u": coupling["d"], "d": coupling["u"]}

    def of_quarks(given: Mapping[str, float]) -> float:
        return sum(weight * given[name] for name, weight in QUARKS_IN_PROTON.items())

    return (
        options.qcd_proton * axion.c_g + of_quarks(coupling),
        options.qcd_neutron * axion.c_g + of_quarks(swapped),
    )


def low_energy(
    m_a_ev: float | None = None,
    options: LowEnergyOptions | None = None,
    tan_beta: float | None = None,
    f_a: float | None = None,
) -> LowEnergy:
    """Couplings of an axion of mass m_a [eV], 0 or more, or of decay constant f_a [GeV].

    g_agamma = alpha C_agamma / (2 pi f_a), g_ae = c_e m_e / f_a, g_ap = C_p m_p / f_a,
    g_an = C_n m_n / f_a, with f_a = 5.691e6 eV GeV / m_a (1812.01008), but for model alp, whose
    mass says nothing of f_a.

    Not in (known gaps): the electron coupling that loops induce in KSVZ, the running of the quark
    couplings beyond what C_p and C_n hold, and their errors but those of the gluon parts.

    Parameters
    ----------
    options : default: KSVZ, E/N = 0.
    tan_beta : of DFSZ, in place of that of the options.

    Raises
    ------
    RangeError : the mass is negative or not a number, f_a not positive; both or none are given, or
        the mass for model alp; tan_beta is missing, out of range, or given to a model that has
        none.
    """
    options = LowEnergyOptions() if options is None else options
    per_gev = _inverse_of_f_a(options.model, m_a_ev, f_a)
    beta = options.tan_beta if tan_beta is None else tan_beta
    axion = options.axion_at(beta)
    proton, neutron = nucleon_coefficients(options, axion)
    return LowEnergy(
        g_agamma=ALPHA_EM / (2.0 * math.pi) * photon_coefficient(options, axion) * per_gev,
        g_ae=axion.c_e * LEPTON_MASSES_GEV["e"] * per_gev,
        g_ap=proton * M_PROTON_GEV * per_gev,
        g_an=neutron * M_NEUTRON_GEV * per_gev,
    )


def _inverse_of_f_a(model: str, m_a_ev: float | None, f_a: float | None) -> float:
    """1/f_a [1/GeV] from the one that is given."""
    if f_a is not None and m_a_ev is None:
        return 1.0 / number("f_a", f_a, 0.0, unit="GeV", above=True)
    if f_a is not None or model == "alp":
        raise RangeError(
            f"model {model}: couplings follow from f_a{'' if model == 'alp' else ' or from m_a'}; "
            "give it alone."
        )
    return number("m_a", m_a_ev, 0.0, unit="eV") / M_A_F_A_EV_GEV
