"""Likelihoods of the companions: searches that share the axion with cosmology."""
