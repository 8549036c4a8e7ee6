"""Whether two drawings of the table of published analyses agree within their Monte Carlo errors.

python benchmarks/tables_agree.py FIRST SECOND: two tables as `hotaxion reproduce all` writes them,
of chains that were sampled twice, as by `--chains chains/again -o chains/again/report` (half an
hour or more). For each quantity the differences of its bounds, in errors: a root mean square above
one means errors that are too small. m_a, f_a and delta_neff of one chain are a single number.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np

QUANTITIES = ("delta_neff", "m_a [eV]", "mnu [eV]")
NAME, QUANTITY, OURS, ERROR = 0, 1, 3, 5  # columns


def bounds(path: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """Bound and Monte Carlo error by (analysis and variant, quantity), where there is an error."""
    found, analysis = {}, ""
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) <= ERROR or not re.fullmatch(r"[<>] \S+", cells[OURS]):
            continue
        name = cells[NAME].replace("†", "").strip()
        analysis = analysis if name.startswith("↳") else name
        if re.fullmatch(r"[\d.e+-]+", cells[ERROR]) and float(cells[ERROR]) > 0.0:
            value = float(cells[OURS].split()[1]), float(cells[ERROR])
            found[f"{analysis} {name}", cells[QUANTITY]] = value
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs=2, type=Path, metavar="TABLE")
    first, second = map(bounds, parser.parse_args().tables)
    print("| bound | chains | beyond two errors | largest | root mean square |")
    print("|---|---|---|---|---|")
    for quantity in QUANTITIES:
        both = [(first[key], second[key]) for key in first if key in second and key[1] == quantity]
        away = np.array([(b - a) / np.hypot(c, d) for (a, c), (b, d) in both])
        far, size = np.count_nonzero(np.abs(away) > 2.0), np.sqrt(np.mean(away**2))
        print(f"| {quantity} | {away.size} | {far} | {np.abs(away).max():.1f} | {size:.2f} |")


if __name__ == "__main__":
    main()
