"""The Cobaya theories of the companions."""
