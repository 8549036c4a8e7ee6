"""Tests find the data inside the package, whatever is installed on the machine that runs them.

Tests of official files name Cobaya's packages folder themselves (HOTAXION_PACKAGES, which takes
over what COBAYA_PACKAGES_PATH says); to all others none is installed.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from functools import cache

import pytest
from yaml.composer import Composer

# pytest-xdist gives its workers a terminal of 80 columns, in which tables would wrap.
os.environ.pop("COLUMNS", None)

# Files of some twenty seconds and more, and those of ten that would come last.
FIRST = (
    "yaml/test_analyses.py",
    "spectra/test_class_runs.py",
    "components/test_emulated_classy.py",
    "components/test_hot_axion.py",
    "published/test_plan.py",
    "docs/test_commands.py",
    "docs/test_examples.py",
    "figures/test_plots.py",
    "nuclei/test_nucleosynthesis.py",
    "forecasts/test_forecast.py",
    "relics/test_abundance.py",
    "fuzz/test_fuzz.py",
    "spectra/test_design.py",
    "likelihoods/test_official_2026.py",
    "spectra/test_emulator_parts.py",
    "running/test_faults.py",
    "yaml/test_post.py",
    "yaml/test_hpc.py",
    "yaml/test_forecast.py",
)


def pytest_configure(config):
    empty = tempfile.TemporaryDirectory(prefix="no_cobaya_packages_")
    config.add_cleanup(empty.cleanup)
    installed = os.environ.get("COBAYA_PACKAGES_PATH")
    if installed and "HOTAXION_PACKAGES" not in os.environ:
        os.environ["HOTAXION_PACKAGES"] = installed
    os.environ["COBAYA_PACKAGES_PATH"] = empty.name
    config.option.loadscopereorder = False  # of pytest-xdist: by FIRST instead


def pytest_collection_modifyitems(items):
    """What takes longest first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: not str(item.path).endswith(FIRST))


def pytest_collection_finish():
    """Modules and tests stay to the end: the garbage collector looks at them no more."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def composed_once():
    """PyYAML parses a text once for each loader, and constructs from its nodes every time anew.

    Cobaya reads the defaults of all components for every model, and the parser takes most of it;
    a fifth of the rest is finding the same file again.
    """
    original, known = Composer.get_single_node, {}

    def get_single_node(loader):
        text = getattr(loader, "buffer", None)  # the whole of it, before the first token
        if not isinstance(text, str) or loader.stream is not None or "<<" in text:
            return original(loader)  # "<<": constructors write into the node
        key = type(loader), text
        if key not in known:
            if len(known) > 500:
                known.clear()
            known[key] = original(loader)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Composer, "get_single_node", get_single_node)
        if cobaya := sys.modules.get("cobaya.component"):
            read = cache(cobaya.HasDefaults.get_text_file_content.__func__)
            patch.setattr(cobaya.HasDefaults, "get_text_file_content", classmethod(read))
        yield


@pytest.fixture(scope="session", autouse=True)
def chains_repeat():
    """A chain that names no seed is the same one each time: one in some hundreds of short ones is
    such that its bound is not one to quote."""
    from cobaya import sampler

    original = sampler.SeedSequence
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampler, "SeedSequence", lambda seed: original(1 if seed is None else seed))
        yield


@pytest.fixture
def forked_runs(monkeypatch):
    """`hotaxion run` without MPI is a fork of this process instead of a new Python."""
    from hotaxion.analysis.running import launch

    from .forked import execute

    new = launch.execute

    def run(command, env):
        return (execute if command[0] == sys.executable else new)(command, env)

    if sys.platform == "linux":
        monkeypatch.setattr(launch, "execute", run)
