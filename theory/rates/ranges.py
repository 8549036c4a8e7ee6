"""Temperatures [GeV] where rates are given, which options know without the rates."""

QUARK_RANGE_GEV = (1.0, 1000.0)  # heavy quarks: the first by default
ONSET_RANGE_GEV = (0.6, 2.0)  # where they may set in instead
PERTURBATIVE_T_GEV = (0.5, 1.0)  # the mean perturbative rate of gluons, continued below 1 GeV
