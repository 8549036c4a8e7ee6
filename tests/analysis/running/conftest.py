"""Why this exists: runs must not see the MPI of the machine, nor need one."""

from __future__ import annotations

import json
import os
import sys

import pytest

from hotaxion.analysis.running import launch

MPI_VARIABLES = ("COBAYA_NOMPI", "OMP_NUM_THREADS", *launch._OPEN_MPI, *launch._AS_ROOT)


@pytest.fixture
def clean(monkeypatch, tmp_path):
    """A folder of its own, and no variable of MPI or OpenMP from outside."""
    for name in (*MPI_VARIABLES, *launch._RANK_COUNTS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def fake_mpi(clean, monkeypatch):
    """An mpirun that writes down what it was given and exits with 7; an mpi4py that imports."""
    binaries, packages = clean / "bin", clean / "packages" / "mpi4py"
    binaries.mkdir()
    packages.mkdir(parents=True)
    (packages / "__init__.py").write_text("MPI = None\n")
    code = (
        f"#!{sys.executable}\nimport json, os, sys\n"
        "seen = {'argv': sys.argv[1:], 'env': dict(os.environ)}\n"
        "json.dump(seen, open(os.environ['FAKE_MPI_LOG'], 'w'))\nsys.exit(7)\n"
    )
    for name in ("mpirun", "srun"):
        (binaries / name).write_text(code)
        (binaries / name).chmod(0o755)
    monkeypatch.setenv("FAKE_MPI_LOG", str(clean / "seen.json"))
    monkeypatch.setenv("PYTHONPATH", str(packages.parent))
    monkeypatch.setenv("PATH", str(binaries), prepend=os.pathsep)
    monkeypatch.setattr(launch, "BIN", clean / "nothing")
    monkeypatch.syspath_prepend(str(packages.parent))  # find_spec of this process
    return lambda: json.loads((clean / "seen.json").read_text())
