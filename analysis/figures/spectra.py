"""What the axion does to the CMB and to the matter power spectrum: a few runs of CLASS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.figures import Kind, style
from hotaxion.analysis.inputs.session import cobaya_session
from hotaxion.analysis.inputs.theories import AXION, DIRECT, NUCLEI
from hotaxion.theory.arrays import Array
from hotaxion.theory.constants import PLANCK_2018
from hotaxion.theory.errors import RangeError
from hotaxion.theory.options import Option
from hotaxion.theory.relics.abundance import Abundance
from hotaxion.theory.relics.options import AxionOptions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hotaxion.analysis.figures.shown_chains import ShownChains

MASSES_EV = (0.1, 0.3, 1.0)
COMPARED_MNU_EV = 0.1  # heavier neutrinos: what axions are most easily taken for
_L_MIN, _CL = 2, ("tt", "te", "ee", "pp")
_IN_WORDS = {"tt": "TT", "te": "TE", "ee": "EE", "pp": r"\phi\phi"}
K_PER_MPC = np.geomspace(1e-4, 2.0, 500)


@dataclass(frozen=True)
class Spectra:
    """C_l, by "tt", "te", "ee" (lensed) [muK^2], "pp" -> (l_max + 1,); linear P(k) [Mpc^3] today.

    m_a_ev : 0 without axions.
    mnu_ev : sum of the neutrinos' masses.
    cl : "pp" is that of the lensing potential, without a unit.
    pk : at K_PER_MPC.
    """

    m_a_ev: float
    cl: dict[str, Array]
    pk: Array
    mnu_ev: float = PLANCK_2018["mnu"]

    @property
    def label(self) -> str:
        """For a legend."""
        if self.m_a_ev:
            return f"$m_a = {self.m_a_ev:g}$ eV"
        return rf"no axions, $\Sigma m_\nu = {self.mnu_ev:g}$ eV"


def draw(
    _: ShownChains, masses: Sequence[float], l_max: int, axion: AxionOptions
) -> tuple[str, Figure]:
    """Spectra of axion masses [eV]; see `compute_spectra` and `spectra_figure`."""
    spectra = compute_spectra(masses, axion, l_max, mnu_ev=COMPARED_MNU_EV)
    return f"spectra_{axion.model}", spectra_figure(spectra, axion)


def compute_spectra(
    masses_ev: Sequence[float],
    axion: AxionOptions,
    l_max: int,
    extra_args: Mapping[str, Any] | None = None,
    mnu_ev: float | None = None,
) -> list[Spectra]:
    """One without axions, and one for each mass [eV], at PLANCK_2018 (same theta_s).

    Parameters
    ----------
    axion : what decides the abundance.
    l_max : largest multipole.
    extra_args : options of CLASS, e.g. {"non_linear": None} for speed.
    mnu_ev : one more, the last, without axions and with this sum of the neutrinos' masses.

    Raises RangeError for no mass, or one out of range; HotAxionError if Cobaya or CLASS refuses.
    """
    if not masses_ev:
        raise RangeError("no masses given; needed is at least one [eV], e.g. 0.1 0.3 1.")
    abundance = Abundance(axion)
    for mass in masses_ev:
        abundance(mass)  # what cannot be computed is said before the first run of CLASS
    inputs, theory = for_cobaya(axion)
    direct = {"extra_args": dict(extra_args or {})}
    nothing: tuple[dict[str, float], dict[str, Any]] = ({"delta_neff": 0.0}, {})
    points = [nothing, *(({"m_a": m} | inputs, theory) for m in masses_ev)]
    if mnu_ev is not None:
        points.append((nothing[0] | {"mnu": mnu_ev}, {}))
    return [
        _one(params, {AXION: options, NUCLEI: None, DIRECT: direct}, l_max)
        for params, options in points
    ]


def for_cobaya(axion: AxionOptions) -> tuple[dict[str, float], dict[str, Any]]:
    """Input parameters and options of the theory HotAxion."""
    theory = asdict(axion)
    tan_beta = theory.pop("tan_beta")
    return {} if tan_beta is None else {"tan_beta": tan_beta}, theory | {"table": False}


def _one(params: dict[str, float], theory: dict[str, Any], l_max: int) -> Spectra:
    """Spectra for the inputs of HotAxion and a block of theories."""
    from cobaya.model import get_model

    values = PLANCK_2018 | params
    info = {"theory": theory, "likelihood": {"one": None}, "params": values}
    linear = {"z": [0.0, 0.5], "k_max": K_PER_MPC[-1], "nonlinear": False}
    with cobaya_session(quiet=True), get_model(info, stop_at_error=True) as cosmology:
        cosmology.add_requirements({"Cl": dict.fromkeys(_CL, l_max), "Pk_interpolator": linear})
        cosmology.logposterior({})
        cl = cosmology.provider.get_Cl(ell_factor=False, units="muK2")
        pk = cosmology.provider.get_Pk_interpolator(nonlinear=False).P(0.0, K_PER_MPC)
    found = {n: np.array(cl[n][: l_max + 1]) for n in _CL}
    return Spectra(values.get("m_a", 0.0), found, pk, values["mnu"])


def residual(with_axion: Spectra, without: Spectra, name: str) -> tuple[NDArray[np.intp], Array]:
    """Multipoles from 2, and (C_l with - C_l without) / cosmic variance without.

    The standard error of a C_l of the full sky without noise: TT, EE, pp: C_l sqrt(2/(2l+1)); TE:
    sqrt((C_TE^2 + C_TT C_EE)/(2l+1)) (Knox astro-ph/9504054).
    """
    ells = np.arange(_L_MIN, without.cl["tt"].size)
    tt, te, ee, pp = (without.cl[key][_L_MIN:] for key in _CL)
    squares = {"tt": 2 * tt**2, "te": te**2 + tt * ee, "ee": 2 * ee**2, "pp": 2 * pp**2}
    difference = with_axion.cl[name] - without.cl[name]
    return ells, difference[_L_MIN:] / np.sqrt(squares[name] / (2 * ells + 1))


def spectra_figure(spectra: Sequence[Spectra], axion: AxionOptions) -> Figure:
    """Residuals of TT, TE, EE and the lensing potential in units of cosmic variance; P(k).

    spectra : from `compute_spectra`, the first without axions; axion : for the title.
    """
    without, *others = spectra
    figure, panels = style.new_figure(2, 3, size=(13.0, 6.6))
    *residuals, last, empty = panels.flat
    empty.set_axis_off()
    looks = zip(cycle(style.PALETTE), cycle(style.DASHES), strict=False)
    for one, (colour, dashes) in zip(others, looks, strict=False):
        if not one.m_a_ev:
            colour, dashes = style.BLACK, ":"
        look: dict[str, Any] = {"color": colour, "linestyle": dashes, "lw": 1.5, "label": one.label}
        for axes, name in zip(residuals, _CL, strict=True):
            axes.plot(*residual(one, without, name), **look)
        last.plot(K_PER_MPC, one.pk / without.pk, **look)
    for axes, name in zip(residuals, _CL, strict=True):
        axes.axhline(0, color=style.GREY, lw=0.8)
        axes.axhspan(-1, 1, color=style.GREY, alpha=0.15, lw=0)
        text = rf"$\Delta C_\ell^\mathrm{{{_IN_WORDS[name]}}}\,/\,\sigma_\mathrm{{CV}}$"
        axes.set(xlim=(_L_MIN, without.cl["tt"].size - 1), xlabel=r"multipole $\ell$", ylabel=text)
    last.axhline(1, color=style.GREY, lw=0.8)
    last.set(xscale="log", xlim=K_PER_MPC[[0, -1]], xlabel=r"$k$ [1/Mpc]")
    last.set_ylabel(r"$P(k)$ over that without axions")
    empty.legend(*last.get_legend_handles_labels(), loc="center left", frameon=False)
    figure.suptitle(
        f"{style.axion_in_words(axion)}: with minus without it, or minus lighter neutrinos; other "
        "parameters fixed\n"
        r"($\theta_s$, $\omega_b$, $\omega_c$, $A_s$, $n_s$, $\tau$, "
        rf"$\Sigma m_\nu$ = {without.mnu_ev:g} eV); grey: one multipole's cosmic variance"
    )
    return figure


KIND = Kind(
    "C_l and P(k) with and without axions (a run of CLASS per mass)",
    draw,
    chains="none",
    options={
        "masses": Option(MASSES_EV, float, "one run of CLASS each", unit="eV", many=True),
        "l_max": Option(2500, int, "largest multipole", range=(1000, 6000)),
    },
    axion=frozenset(AxionOptions.declared()),
)
