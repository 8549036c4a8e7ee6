"""What a chain says: reading it, convergence, bounds, other priors, profiles."""
