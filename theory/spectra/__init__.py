"""What CLASS is given: neutrinos, axions as a species with momenta, its options and its names."""
