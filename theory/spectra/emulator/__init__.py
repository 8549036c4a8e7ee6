"""Emulator of CLASS: what the likelihoods need of it, learned from a few hundred of its runs.

The way of the data: `design` chooses points, `training` runs CLASS there, `regression` fits,
`spectra` predicts; `background` computes distances exactly; `features` are the inputs of all.
"""
