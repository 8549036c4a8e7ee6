"""The strong sphaleron rate from the lattice, as an upper variant of the rate above the crossover.

At vanishing momentum Gamma = Gamma_sph / (2 T f_a^2). Used at all momenta it is an upper variant:
at k ~ 3 T the true rate should be smaller (at 300 MeV it is some 40 times the perturbative one).
"""

from __future__ import annotations

import numpy as np

# Gamma_sph / T^4 for N_f = 2+1 at T [GeV]: Bonanno et al., 2308.01287, errors 0.080, 0.040,
# 0.030, 0.020, 0.012. Known gap: not checked against the table of the paper.
T_GEV = np.array([0.230, 0.300, 0.365, 0.430, 0.570])
_RATE_OVER_T4 = np.array([0.310, 0.165, 0.115, 0.065, 0.045])

# ln(Gamma f_a^2 / T^3) of the relaxation rate at T_GEV, the same for all momenta.
LOG_RATE = np.log(0.5 * _RATE_OVER_T4)
