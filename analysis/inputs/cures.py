"""What to do about errors of Cobaya and of other packages' likelihoods that do not say it."""

from __future__ import annotations

# Words of the error, and the cure; of words that hold others, these alone count.
_CURES = {
    "claimed by more than one: {'chi2_": "Two presets hold the same data: keep one of them.",
    "claimed by more than one": "Say 'requires: [NAME]' in the block of the theory that takes it, "
    "or 'provides: [NAME]' in that of the one that shall give it.",
    "Cannot decide parameter assignments": "Keep one Boltzmann code.",
    "like_corrs": "Say 'lens_only: true' in the block of ACTDR6LensLike: only the full release of "
    "ACT's lensing has the folder like_corrs.",
    "candl: likelihood could not be initialised": "Its 'data_set_file' is the path of a data set's "
    ".yaml (relative ones start in the working folder), or MODULE.NAME of an installed library.",
    "not up to date": "cobaya-install takes the packages folder by -p; a file version.dat in the "
    "folder of the data says which release it is.",
}
# Modules with likelihoods, and what to give to pip install.
_PACKAGES = {
    "act_dr6_lenslike": "act-dr6-lenslike",
    "candl": "candl-like",
    "planckpr4lensing": "git+https://github.com/carronj/planck_PR4_lensing",
    "act_dr6_cmbonly": "git+https://github.com/ACTCollaboration/DR6-ACT-lite",
    "planck_2020_hillipop": "planck-2020-hillipop",
    "planck_2020_lollipop": "planck-2020-lollipop",
}


def cures(error: object) -> list[str]:
    """What to do about an error, in sentences; nothing where its own words are enough.

    Parameters
    ----------
    error : an exception, or its text.
    """
    text = str(error)
    there = [words for words in _CURES if words in text]
    found = [_CURES[w] for w in there if not any(w != more and w in more for more in there)]
    if "could not be found" in text or "No module named" in text:
        found += [
            f"pip install {package} brings it."
            for module, package in _PACKAGES.items()
            if f"'{module}." in text or f"'{module}'" in text
        ]
    return found
