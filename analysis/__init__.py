"""From chains to bounds, tables and plots, and the `hotaxion` command.

Import the module that you need (`bounds`, `plots`, `report`, `evaluate`, `doctor`,
`abundances`); getdist, matplotlib and cobaya are imported only when a function needs them.
"""
