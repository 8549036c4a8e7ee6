"""Data that two likelihoods would count twice: refused at set-up, named by `hotaxion doctor`.

A likelihood of this package says by `observed()` what it has seen, those of others are known by
their standard names (`STANDARD`). Two that share an observation do not go together. In a
declaration one stands before those that it implies: a message names the first that is shared.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple


class Observation(NamedTuple):
    """What was measured once in the sky, and what to do where two likelihoods count it."""

    what: str
    cure: str


_ONE = "keep one of them"

PLANCK = Observation("Planck's TT, TE and EE at l >= 30", _ONE)
PLANCK_LOW_TT = Observation("Planck's TT at l < 30", _ONE)
PLANCK_LOW_EE = Observation("Planck's EE at l < 30", _ONE)
ACT = Observation("ACT's TT, TE and EE", _ONE)
ACT_AND_PLANCK = Observation(
    "the small scales of the sky that Planck and ACT share",
    "cut Planck as hotaxion.likelihoods.PlanckCut does (TT at l <= 1000, TE and EE at l <= 600), "
    "or take the preset hotaxion.likelihoods.PACT",
)
SPT = Observation("SPT-3G's main field", "keep one of SPT-3G 2018 and D1")
LENSING = Observation(
    "the lenses of one sky",
    f"{_ONE} (act_dr6_lenslike with 'variant: actplanck_baseline' is ACT DR6 and Planck PR4 "
    "with their covariance)",
)
DESI = Observation("the galaxies and quasars of DESI", _ONE)
SDSS_MAIN = Observation("the main galaxies of SDSS", _ONE)
BOSS = Observation("the galaxies of BOSS", _ONE)
SUPERNOVAE = Observation("the same supernovae", _ONE)
HELIUM = Observation("primordial helium", _ONE)
DEUTERIUM = Observation("primordial deuterium", _ONE)

_WHOLE_PLANCK = (PLANCK, ACT_AND_PLANCK)
_WHOLE_ACT = (ACT, ACT_AND_PLANCK)

#: Likelihoods of Cobaya and of other packages: pattern of the qualified name and, behind it, of the
#: options in `_CHOOSING`; the first that fits counts.
STANDARD: tuple[tuple[str, tuple[Observation, ...]], ...] = (
    ("planck_2018_highl_*", _WHOLE_PLANCK),
    ("planck_2015_highl_*", _WHOLE_PLANCK),
    ("planck_NPIPE_highl_*", _WHOLE_PLANCK),
    ("planck_2020_hillipop*", _WHOLE_PLANCK),
    ("planck_2020_lollipop*", (PLANCK_LOW_EE,)),
    ("planck_201?_lowl.TT*", (PLANCK_LOW_TT,)),
    ("planck_201?_lowl.EE*", (PLANCK_LOW_EE,)),
    ("planck_201?_lensing*", (LENSING,)),
    ("planckpr4lensing*", (LENSING,)),
    ("act_dr6_lenslike*", (LENSING,)),
    ("act_dr6_cmbonly*PlanckActCut*", (PLANCK,)),
    ("act_dr6_cmbonly*", _WHOLE_ACT),
    ("act_dr6_mflike*", _WHOLE_ACT),
    ("pyactlike*", (ACT,)),
    ("*candl*[Ll][Ee][Nn][Ss]*", (LENSING,)),
    ("*candl*ACT_DR6*", _WHOLE_ACT),
    ("*candl*ACT_DR4*", (ACT,)),
    ("*candl*SPT3G*", (SPT,)),
    ("spt3g_20*", (SPT,)),
    ("bao.desi_dr2.desi_bao_all*", (DESI, SDSS_MAIN, BOSS)),
    ("bao.desi_2024_bao_all*", (DESI, SDSS_MAIN, BOSS)),
    ("bao.sdss_dr7_mgs*", (SDSS_MAIN,)),
    ("bao.sdss_dr12_*", (BOSS,)),
    ("sn.*", (SUPERNOVAE,)),
)
# Options that choose the data of one class.
_CHOOSING = ("variant", "data_set_file", "dataset_file")


def observed(likelihood: Any) -> tuple[Observation, ...]:
    """What a likelihood has seen; nothing where that is not known.

    Parameters
    ----------
    likelihood : of Cobaya; the qualified name of its class is looked up if it does not say.
    """
    if hasattr(likelihood, "observed"):
        own: tuple[Observation, ...] = likelihood.observed()
        return own
    options = filter(None, (getattr(likelihood, option, None) for option in _CHOOSING))
    ends = ["/".join(Path(str(option)).parts[-2:]) for option in options]  # of a path: no homes
    name = " ".join([type(likelihood).get_qualified_class_name(), *ends])
    return next((seen for pattern, seen in STANDARD if fnmatchcase(name, pattern)), ())


def overlap_complaints(model: Any) -> list[str]:
    """One sentence with the cure for each observation that several likelihoods of a model count.

    Likelihoods that an option `may_share_data` of a component names are left out.
    """
    meant = {name for component in model.components for name in _names(component)}
    complaints = [
        f"may_share_data: {name} is no likelihood of this input ({', '.join(model.likelihood)})."
        for name in sorted(meant - {*model.likelihood})
    ]
    counting: dict[Observation, list[str]] = {}
    for name, likelihood in model.likelihood.items():
        for observation in () if name in meant else observed(likelihood):
            counting.setdefault(observation, []).append(name)
    said: list[set[str]] = []
    for observation, names in counting.items():
        if len(names) > 1 and not any(group.issuperset(names) for group in said):
            said.append({*names})
            complaints.append(
                f"{' and '.join(names)} count {observation.what} more than once: "
                f"{observation.cure}; or give 'may_share_data: [{', '.join(names[1:])}]' to any "
                "component of hotaxion, if that is meant."
            )
    return complaints


def _names(component: Any) -> list[str]:
    names = getattr(component, "may_share_data", None) or []
    return [names] if isinstance(names, str) else [str(name) for name in names]
