"""What the axion couples to: models and their couplings, running alpha_s and quark masses."""
