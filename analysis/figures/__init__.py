"""Figures, one kind per module; `hotaxion.analysis.figures.kinds` knows them by name.

Each module has a function that takes data and returns a matplotlib `Figure`, so that tests can
look at the numbers on its axes, and `draw`, which gets the data of chains and options and returns
figures by the names of their files. matplotlib is imported when needed; its backend, and what
pyplot knows, stay as they are.
"""
