"""Bounds on couplings from one search: which there are, by which rule, as rows and as a figure."""
