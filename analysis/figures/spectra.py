"""What the axion does to the CMB and to the matter power spectrum: a few runs of CLASS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hotaxion.analysis.figures.style import (
    DASHES,
    FONT_SIZE,
    GREY,
    PALETTE,
    axion_in_words,
    dress,
    new_figure,
)
from hotaxion.analysis.inputs.session import cobaya_session
from hotaxion.theory.checks import number, whole_number
from hotaxion.theory.constants import PLANCK_2018
from hotaxion.theory.errors import RangeError
from hotaxion.theory.relics.abundance import M_A_MAX_EV, Abundance
from hotaxion.theory.relics.options import AxionOptions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

MASSES_EV = (0.1, 0.3, 1.0)
L_MAX = 2500
_L_MIN = 2
_K_RANGE = (1e-4, 2.0)  # [1/Mpc]
_L_MAX_RANGE = (1000, 6000)


@dataclass(frozen=True)
class Spectra:
    """Lensed C_l [muK^2], by "tt", "te", "ee" -> (l_max + 1,), and linear P(k) [Mpc^3] today.

    m_a_ev : 0 without axions.
    """

    m_a_ev: float
    cl: dict[str, Array]
    k: Array
    pk: Array


def draw(
    _chains: object = (),
    masses: Sequence[float] = MASSES_EV,
    options: AxionOptions | None = None,
    l_max: int = L_MAX,
) -> Mapping[str, Figure]:
    """The figure under the name of its file; see `compute_spectra`."""
    options = options or AxionOptions()
    spectra = compute_spectra(masses, options, l_max)
    return {f"spectra_{options.model}": spectra_figure(spectra, options)}


def compute_spectra(
    masses_ev: Sequence[float] = MASSES_EV,
    options: AxionOptions | None = None,
    l_max: int = L_MAX,
    extra_args: dict[str, Any] | None = None,
) -> list[Spectra]:
    """Spectra without axions and for each mass, other parameters fixed (PLANCK_2018, theta_s too).

    One run of CLASS each, about ten CPU seconds.

    Parameters
    ----------
    masses_ev : axion masses [eV].
    options : what decides the abundance.
    l_max : largest multipole, 1000 to 6000.
    extra_args : more options of CLASS, e.g. {"non_linear": None} for speed.

    Raises
    ------
    RangeError, UnknownOptionError : no mass, or a mass, l_max or option out of range.
    HotAxionError : Cobaya or CLASS refuses.
    """
    options = options or AxionOptions()
    l_max = whole_number("l_max", l_max, *_L_MAX_RANGE)
    masses = [number("mass", m, 0, M_A_MAX_EV, "eV", above=True) for m in masses_ev]
    if not masses:
        raise RangeError("no masses given; needed is at least one [eV], e.g. 0.1 0.3 1.")
    abundance = Abundance(options)
    for mass in masses:
        abundance(mass)  # what cannot be computed is said before the first run of CLASS
    spectra = [_one({"delta_neff": 0.0}, {}, l_max, extra_args)]
    inputs, theory = _for_cobaya(options)
    for mass in masses:
        spectra.append(_one({"m_a": mass} | inputs, theory, l_max, extra_args))
    return spectra


def _for_cobaya(options: AxionOptions) -> tuple[dict[str, float], dict[str, Any]]:
    """Input parameters and options of the theory HotAxion."""
    theory = asdict(options)
    tan_beta = theory.pop("tan_beta")
    return {} if tan_beta is None else {"tan_beta": tan_beta}, theory | {"table": False}


def _one(
    axion: dict[str, float],
    theory: dict[str, Any],
    l_max: int,
    extra_args: dict[str, Any] | None,
) -> Spectra:
    """Spectra for the inputs of HotAxion and its options."""
    from cobaya.model import get_model

    info = {
        "theory": {
            "hotaxion.theory.HotAxion": theory,
            "hotaxion.theory.BBN": None,
            "hotaxion.theory.HotClassy": {"extra_args": dict(extra_args or {})},
        },
        "likelihood": {"one": None},
        "params": PLANCK_2018 | axion,
    }
    with cobaya_session(quiet=True), get_model(info, stop_at_error=True) as cosmology:
        cosmology.add_requirements(
            {
                "Cl": {name: l_max for name in ("tt", "te", "ee")},
                "Pk_grid": {"z": [0.0, 0.5], "k_max": _K_RANGE[1], "nonlinear": False},
            }
        )
        cosmology.logposterior({})
        cl = cosmology.provider.get_Cl(ell_factor=False, units="muK2")
        k, z, pk = cosmology.provider.get_Pk_grid(nonlinear=False)
    cl = {name: np.array(cl[name][: l_max + 1]) for name in ("tt", "te", "ee")}
    return Spectra(axion.get("m_a", 0.0), cl, np.array(k), np.array(pk[int(np.argmin(z))]))


def cosmic_variance(spectra: Spectra, name: str) -> Array:
    """Standard error of each C_l of the full sky without noise, (l_max + 1,) [muK^2].

    TT, EE: C_l sqrt(2/(2l+1)); TE: sqrt((C_TE^2 + C_TT C_EE)/(2l+1)) (Knox astro-ph/9504054).
    """
    cl = spectra.cl
    modes = 2 * np.arange(cl["tt"].size) + 1
    if name == "te":
        return np.sqrt((cl["te"] ** 2 + cl["tt"] * cl["ee"]) / modes)
    return cl[name] * np.sqrt(2 / modes)


def residual(with_axion: Spectra, without: Spectra, name: str) -> tuple[NDArray[np.intp], Array]:
    """Multipoles from 2, and (C_l with - C_l without) / cosmic variance without."""
    ells = np.arange(_L_MIN, without.cl["tt"].size)
    difference = with_axion.cl[name] - without.cl[name]
    return ells, (difference[_L_MIN:] / cosmic_variance(without, name)[_L_MIN:])


def suppression(with_axion: Spectra, without: Spectra) -> tuple[Array, Array]:
    """Wavenumbers [1/Mpc], and P(k) with over without axions."""
    low, high = _K_RANGE
    inside = (without.k >= low) & (without.k <= high)
    k = without.k[inside]
    ln_p = np.interp(np.log(k), np.log(with_axion.k), np.log(with_axion.pk))
    return k, np.exp(ln_p) / without.pk[inside]


def spectra_figure(spectra: Sequence[Spectra], options: AxionOptions | None = None) -> Figure:
    """Residuals of TT, TE, EE in units of cosmic variance, and the suppression of P(k).

    Parameters
    ----------
    spectra : from `compute_spectra`, the first without axions.
    options : of the abundance, for the title.
    """
    without, *others = spectra
    figure, panels = new_figure(2, 2, size=(9.6, 6.6))
    for axes, name in zip(panels.flat, ("tt", "te", "ee"), strict=False):
        for one, colour, dashes in zip(others, cycle(PALETTE), cycle(DASHES), strict=False):
            text = f"$m_a = {one.m_a_ev:g}$ eV"
            ells, values = residual(one, without, name)
            axes.plot(ells, values, color=colour, linestyle=dashes, lw=1.5, label=text)
        axes.axhline(0, color=GREY, lw=0.8)
        axes.axhspan(-1, 1, color=GREY, alpha=0.15, lw=0)
        axes.set_xlim(_L_MIN, without.cl["tt"].size - 1)
        text = rf"$\Delta C_\ell^\mathrm{{{name.upper()}}}\,/\,\sigma_\mathrm{{CV}}$"
        dress(axes, r"multipole $\ell$", text)
    last = panels.flat[3]
    for one, colour, dashes in zip(others, cycle(PALETTE), cycle(DASHES), strict=False):
        last.plot(*suppression(one, without), color=colour, linestyle=dashes, lw=1.5)
    last.axhline(1, color=GREY, lw=0.8)
    last.set(xscale="log", xlim=_K_RANGE)
    dress(last, r"$k$ [1/Mpc]", r"$P(k)$ with / without axions")
    panels.flat[0].legend(fontsize=FONT_SIZE - 0.5, framealpha=0.9)
    axion = axion_in_words(options or AxionOptions())
    figure.suptitle(
        f"{axion}: with minus without it\nother parameters fixed ($\\theta_s$, $\\omega_b$, "
        f"$\\omega_c$, $A_s$, $n_s$, $\\tau$, $\\Sigma m_\\nu$); grey: one multipole's cosmic "
        "variance",
        fontsize=FONT_SIZE,
    )
    return figure
