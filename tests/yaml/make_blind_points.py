"""Write `blind_points.txt`: ln L by CLASS at points of emulated chains, after `hotaxion verify`.

`blind_ksvz` is a chain of hotaxion2026_ksvz, `blind_heavy` one with m_a from 0.2 to 0.9 eV and the
prior exp(27 m_a/eV), which spreads the posterior over that range. Those of analyses with ACT have
the CLASS settings of the training of their emulator, the others the defaults of HotClassy.

python tests/yaml/make_blind_points.py NAME=CHAIN[:PARAMETER] ..., for each set of verified points:
name of the input in yaml/, prefix of the chain, and the parameter of `verify --tail`, if any. Sets
of the file that are not named stay as they are. At most MOST points of a set are written.
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

TABLE = Path(__file__).with_name("blind_points.txt")
MOST = 300


def block(name: str, chain: str) -> list[str]:
    """A header with the sampled parameters and a line for each verified point of a chain."""
    prefix, _, tail = chain.partition(":")
    label = f"{Path(prefix).name}{':' if tail else ''}{tail}"
    posterior = Chain.load(prefix)
    samples = posterior.samples
    known = read_known(Path(f"{prefix}.verify{'_' + tail if tail else ''}.txt"))
    info = model_input(posterior.info)
    rows = draw_rows(samples, min(len(known), MOST), tail or None)
    points = [point_of(info, samples, row) for row in rows]
    lines = [f"# {name} {label} = {' '.join(points[0])} lnL(CLASS)"]
    for point in points:
        numbers = [f"{x:.10g}" for x in point.values()]
        lines.append(" ".join([*numbers, f"{known[point_key(info, point)][1]:.6f}"]))
    return lines


def main(arguments: list[str]) -> None:
    blocks: dict[str, list[str]] = {}
    for line in TABLE.read_text().splitlines():
        if line.startswith("# "):
            title = line.partition(" = ")[0]
        blocks.setdefault(title, []).append(line)
    for argument in arguments:
        name, _, chain = argument.partition("=")
        lines = block(name, chain)
        blocks[lines[0].partition(" = ")[0]] = lines
    TABLE.write_text("\n".join(line for lines in blocks.values() for line in lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
