"""From the rates to the relic: plasma, Boltzmann equation, abundance, distribution of momenta."""
