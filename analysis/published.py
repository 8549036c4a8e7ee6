"""Published bounds that a run is shown beside, each with its source and assumptions."""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "arXiv:2205.07849"


@dataclass(frozen=True)
class PublishedBound:
    """Upper bounds at 95 % from one data set; masses in eV, None where not quoted."""

    data: str
    delta_neff: float | None = None
    m_a: float | None = None
    mnu: float | None = None
    source: str = SOURCE


# KSVZ axion, abstract of arXiv:2205.07849. The same pairs (m_a, delta_neff) lie on the paper's
# curve delta_neff(m_a) and are the points of the abundance plot.
KSVZ_2205_07849 = {
    "bbn": PublishedBound("BBN", 0.31, 0.53),
    "bbn_omegab": PublishedBound("BBN + CMB prior on omega_b", 0.14, 0.16),
    "planck_bao_bbn": PublishedBound("Planck 2018 + large-scale structure", 0.23, 0.28, 0.16),
}

# What to keep in mind before two rows are compared.
DIFFERENCES = (
    "prior: each pair (delta_neff, m_a) published for BBN lies on the paper's curve "
    "delta_neff(m_a), i.e. m_a was read off at the bound on delta_neff (inferred: its prior "
    "is not restated here). A prior flat in delta_neff reproduces that; a prior flat in m_a "
    "weighs the flat part of the curve near 0.5 eV more and moves the bound on m_a a lot.",
    "abundance: the paper's pion rate is leading-order ChPT and its Boltzmann equation is for "
    "the number density (rates: lo, solver: number here); see the options of each run above.",
    "data: the paper has BBN measurements and nuclear rates of 2022, the full Planck 2018 "
    "likelihood and 6dFGS, MGS, BOSS DR12 BAO; the likelihoods of each run are listed above.",
)
