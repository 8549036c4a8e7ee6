"""Thousands of wrong and right inputs, and what came of them: python benchmarks/reliability.py.

Makes the table of docs/reliability.md from the cases of tests/fuzz, more of them than the suite has
time for: ten minutes and more; `--quick` has a tenth of them. Ends with 1 if one case was silently
wrong or ended in a traceback, and shows these.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded
os.environ.setdefault("COBAYA_NOMPI", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hypothesis import HealthCheck, Phase, given, seed, settings
from tests.fuzz.outcome import GOOD, Case, Kind, Part, outcome
from tests.fuzz.parts import PARTS

_SHOWN = 5  # failures of each part


def campaign(part: Part, examples: int, number: int) -> tuple[Counter[Kind], list[str]]:
    """How many cases came to what, and the failures in words."""
    counts: Counter[Kind] = Counter()
    failures: list[str] = []

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(part.cases)
    def run(case: Case) -> None:
        kind, said = outcome(case)
        counts[kind] += 1
        if kind not in GOOD:
            failures.append(f"{kind.value}: {case!r}\n    {said}")

    run()
    return counts, failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the cases")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="default: 1")
    parser.add_argument("--part", default="", metavar="TEXT", help="only parts of such a name")
    arguments = parser.parse_args()
    failed: list[str] = []
    total: Counter[Kind] = Counter()
    print(f"| part | cases | {' | '.join(kind.value for kind in Kind)} | CPU s |")
    print("| --- " * (len(Kind) + 3) + "|")
    begin = time.process_time()
    for part in PARTS:
        if arguments.part not in part.name:
            continue
        start = time.process_time()
        examples = max(1, part.many // 10) if arguments.quick else part.many
        counts, failures = campaign(part, examples, arguments.seed)
        print(_row(part.name, counts, time.process_time() - start), flush=True)
        total += counts
        failed += failures[:_SHOWN]
    print(_row("all", total, time.process_time() - begin))
    print(*failed, sep="\n", end="\n" if failed else "", file=sys.stderr)
    return 1 if failed else 0


def _row(name: str, counts: Counter[Kind], seconds: float) -> str:
    numbers = " | ".join(f"{counts[kind]:,}" for kind in Kind)
    return f"| {name} | {counts.total():,} | {numbers} | {seconds:.0f} |"


if __name__ == "__main__":
    sys.exit(main())
