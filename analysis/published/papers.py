"""Published bounds that a run is shown beside, each with its source and assumptions."""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "arXiv:2205.07849"


@dataclass(frozen=True)
class PublishedBound:
    """Bounds at 95 % from one data set: masses in eV; f_a, from below, in GeV; None: not quoted."""

    data: str
    delta_neff: float | None = None
    m_a: float | None = None
    mnu: float | None = None
    source: str = SOURCE
    f_a: float | None = None


# KSVZ axion, abstract of arXiv:2205.07849. The same pairs (m_a, delta_neff) lie on the paper's
# curve delta_neff(m_a) and are the points of the abundance plot.
KSVZ_2205_07849 = {
    "bbn": PublishedBound("BBN", 0.31, 0.53, f_a=1.07e7),
    "bbn_omegab": PublishedBound("BBN + CMB prior on omega_b", 0.14, 0.16, f_a=3.56e7),
    "planck_bao_bbn": PublishedBound(
        "Planck 2018 + large-scale structure", 0.23, 0.28, 0.16, f_a=2.02e7
    ),
}

# 95 % upper bounds on delta_neff that the abundance figure shows as lines; abstracts of the papers.
DELTA_NEFF_BOUNDS = {
    # N_eff = 2.99 +- 0.17 (68 %): the upper end of two errors, over 3.044.
    "Planck 2018 + BAO (1807.06209)": 2.99 + 2 * 0.17 - 3.044,
    "CMB + BAO + BBN (2603.13226)": 0.107,
}


@dataclass(frozen=True)
class PublishedMass:
    """A bound at 95 % on the axion mass [eV], from the abstract of `source`."""

    source: str
    data: str
    m_a: float
    forecast: bool = False


# In the order of appearance.
HISTORY = (
    PublishedMass("2110.00340", "CMB-S4 + DESI, gluons only (forecast)", 0.92, forecast=True),
    PublishedMass("2205.07849", "BBN", 0.53),
    PublishedMass("2205.07849", "Planck + large-scale structure", 0.28),
    PublishedMass("2205.07849", "BBN + CMB prior on $\\omega_b$", 0.16),
    PublishedMass("2211.03799", "cosmological data of 2022", 0.24),
    PublishedMass("2212.11926", "ACT + Planck + BAO, model-marginalised", 0.21),
    PublishedMass("2212.11926", "the same for $\\Lambda$CDM", 0.18),
    PublishedMass("2310.08169", "CMB + BAO + BBN", 0.16),
)

# What to keep in mind before two rows are compared.
DIFFERENCES = (
    "prior: that of the paper is inferred to be flat in delta_neff, since with a prior flat in m_a "
    "BBN alone does not bound m_a at all (most of it is the flat part of the curve, above 0.5 eV).",
    "abundance: the paper's pion rate is inferred to be leading-order ChPT, its Boltzmann equation "
    "that of the number density (rates: lo, solver: number here); see the options of each run "
    "above.",
    "data: the paper is inferred to have BBN measurements and nuclear rates of 2022, the full "
    "Planck 2018 likelihood and 6dFGS, MGS, BOSS DR12 BAO; those of each run are listed above.",
)
