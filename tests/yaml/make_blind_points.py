"""Write `blind_points.txt`: ln L by CLASS at points of emulated chains, after `hotaxion verify`.

`blind_ksvz` is a chain of hotaxion2026_ksvz, `blind_heavy` one with m_a from 0.2 to 0.9 eV and the
prior exp(27 m_a/eV), which spreads the posterior over that range.

python tests/yaml/make_blind_points.py NAME=CHAIN[:PARAMETER] ..., for each set of verified points:
name of the input in yaml/, prefix of the chain, and the parameter of `verify --tail`, if any.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hotaxion.analysis.chains.chain import Chain
from hotaxion.analysis.running.verification import (
    draw_rows,
    model_input,
    point_key,
    point_of,
    read_known,
)

HERE = Path(__file__).parent
PARAMETERS = (
    *("logA", "n_s", "theta_s_100", "omega_b", "omega_cdm", "tau_reio", "mnu", "ln_m_a"),
    "A_planck",
)


def main(arguments: list[str]) -> None:
    lines = [f"# input set {' '.join(PARAMETERS)} lnL(CLASS)"]
    for argument in arguments:
        name, _, chain = argument.partition("=")
        prefix, _, tail = chain.partition(":")
        label = f"{Path(prefix).name}{':' if tail else ''}{tail}"
        posterior = Chain.load(prefix)
        samples = posterior.samples
        known = read_known(Path(f"{prefix}.verify{'_' + tail if tail else ''}.txt"))
        info = model_input(posterior.info)
        columns = [samples.index[p] for p in PARAMETERS]
        for row in draw_rows(samples, len(known), tail or None):
            key = point_key(info, point_of(info, samples, row))
            numbers = [f"{x:.10g}" for x in samples.samples[row, columns]]
            lines.append(" ".join([name, label, *numbers, f"{known[key][1]:.6f}"]))
    (HERE / "blind_points.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
