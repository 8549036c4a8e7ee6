"""Nested importance sampling as a sampler of Cobaya: nautilus, where it draws its points."""
