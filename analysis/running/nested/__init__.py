"""Nested importance sampling as a sampler of Cobaya: nautilus, its draws, who evaluates them."""
