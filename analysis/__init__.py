"""From chains to bounds, tables and figures, and the `hotaxion` command: docs/architecture.md.

getdist, matplotlib and cobaya are imported only when a function needs them.
"""
