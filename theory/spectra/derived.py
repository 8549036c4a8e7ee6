"""Derived parameters of CLASS: which it knows by name, and those that only its methods give.

CLASS finds out about an unknown name when it has computed a point; some of Cobaya's own list are
among them (Omega_k, Omega_b, Omega_cdm). Checked with classy 3.4.1, one name at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

_BY_NAME = frozenset(
    "h H0 Omega_Lambda Omega0_fld age conformal_age m_ncdm_tot Neff Omega_m omega_m tau_rec z_rec "
    "rs_rec rs_rec_h ds_rec da_rec ra_rec z_star tau_star rs_star da_star ra_star z_d tau_d rs_d "
    "rs_d_h ds_d 100*theta_s theta_s_100 100*theta_star theta_star_100 tau_reio z_reio YHe n_e "
    "A_s ln_A_s_1e10 n_s alpha_s beta_s r r_0002 n_t alpha_t sigma8 sigma8_cb k_eq a_eq z_eq H_eq "
    "tau_eq".split()
)
_BY_COBAYA = frozenset({"rs_drag", "Omega_nu", "T_cmb"})  # Cobaya's classy has getters of its own
BY_METHOD: dict[str, Callable[[Any], float]] = {
    "Omega_b": lambda cosmo: cosmo.Omega_b(),
    "Omega_cdm": lambda cosmo: cosmo.Omega0_cdm(),
    "Omega_k": lambda cosmo: cosmo.Omega0_k(),
    "S8": lambda cosmo: cosmo.sigma8() * (cosmo.Omega_m() / 0.3) ** 0.5,
}
# Cobaya's names for what some products give at redshifts; a derived parameter is that of today.
ALSO_WITH_REDSHIFTS = {"Omega_b", "Omega_cdm"}
KNOWN = _BY_NAME | _BY_COBAYA | BY_METHOD.keys()
NEED_SIGMA8 = {"S8"}
# Names of CAMB (and others) for which the nearest in spelling would be another quantity.
_MEANT = {
    **{"nnu": "Neff", "zstar": "z_star", "rstar": "rs_star", "zdrag": "z_d", "zeq": "z_eq"},
    **{"keq": "k_eq", "omegamh2": "omega_m", "thetastar": "theta_star_100"},
}


def unknown(
    names: Iterable[str], renames: Mapping[str, str], given: Iterable[str] = KNOWN
) -> list[str]:
    """One sentence for each name that CLASS does not derive, with the nearest that it does.

    Parameters
    ----------
    names : as the user wrote them.
    renames : other names -> names of CLASS.
    given : what the theory that is asked derives, of all that CLASS does.
    """
    on_offer = sorted(KNOWN | {name for name, mapped in renames.items() if mapped in KNOWN})
    complaints = []
    for name in names:
        if renames.get(name, name) not in KNOWN:
            close = [_MEANT[name]] if name in _MEANT else get_close_matches(name, on_offer, 1, 0.8)
            hint = f"did you mean {close[0]!r}" if close else f"known are {', '.join(on_offer)}."
            if close:
                here = renames.get(close[0], close[0]) in given
                hint += "?" if here else ", which HotClassy gives, not the emulator?"
            complaints.append(f"{name!r} is no derived parameter of CLASS; {hint}")
    return complaints
