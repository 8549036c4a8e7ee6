"""Emulator of CLASS: what the likelihoods need of it, learned from a few hundred of its runs.

`features` are its inputs, `prediction` what it gives for them by `regression`, `saved` its file;
`background` computes distances exactly. How one is made is in `training`, which nothing here needs.
"""
