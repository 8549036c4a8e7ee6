"""Figures of the companions, one kind per module."""
