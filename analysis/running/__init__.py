"""Running an input: Cobaya as a child, MPI, resuming, profiles, CLASS at points of a chain."""
