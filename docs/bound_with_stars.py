"""Bounds on m_a by Planck, DESI, BBN and stars together: python docs/bound_with_stars.py (minutes).

Nested importance sampling of the two joint inputs; docs/searches/couplings_and_stars.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

MODELS = ("ksvz", "dfsz")


def hotaxion(*words: str) -> str:
    command = [sys.executable, "-m", "hotaxion.analysis.cli", *words]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def main() -> None:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    print("| analysis | m_a < (eV) | Monte Carlo error | effective samples |\n|---|---|---|---|")
    for model in MODELS:
        name = f"joint_hotaxion2026_stars_{model}"
        with tempfile.TemporaryDirectory() as folder:
            chain = str(Path(folder) / name)
            hotaxion("run", name, "--sampler", "nautilus", "-o", chain)
            found = json.loads(hotaxion("bounds", chain, "--json"))["parameters"]["m_a"]
        cells = [f"{found['value']:.4f}", f"{found['mc_error']:.4f}"]
        cells.append(f"{found['effective_samples']:.0f}")
        print(f"| `{name}` | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
