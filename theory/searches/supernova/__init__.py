"""Companions from supernovae: profiles of the star, the plasma in it, and what it emits."""
