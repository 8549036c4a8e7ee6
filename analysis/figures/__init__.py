"""Figures, one kind per module; `hotaxion.analysis.plots` knows them by name.

Each module has a function that takes data and returns a matplotlib `Figure`, so that tests can
look at the numbers on its axes, and one that gets the data. matplotlib is imported when needed.
"""
