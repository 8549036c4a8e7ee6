"""Companions: physics of searches that share the axion with the core, which imports none of it."""
