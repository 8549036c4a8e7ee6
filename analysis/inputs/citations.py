"""What to cite for an input: BibTeX of every component by its options, each entry once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cobaya.bib import cobaya_bib
from cobaya.component import get_component_class

import hotaxion
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.theory.components.bibliography import split_entries

_KINDS = ("theory", "likelihood", "sampler")
_OURS = f"""\
@software{{hotaxion,
    author = "{{The hotaxion developers}}",
    title = "{{hotaxion: thermal QCD axions and massive neutrinos as hot dark matter, for Cobaya}}",
    version = "{hotaxion.__version__}",
    year = "2026"
}}"""
_GETDIST = """\
@article{Lewis:2019xzd,
    author = "Lewis, Antony",
    title = "{GetDist: a Python package for analysing Monte Carlo samples}",
    eprint = "1910.13970",
    archivePrefix = "arXiv",
    primaryClass = "astro-ph.IM",
    year = "2019"
}"""


def citations(name: str) -> str:
    """BibTeX for an analysis or input file; a line of comment before what a component brings.

    Raises HotAxionError for an input that cannot be read.
    """
    with cobaya_session(quiet=True):
        info = load_input(name)
        parts = list(_parts(info))
    lines, seen = [], set()
    for title, text in parts:
        entries = split_entries(text)
        new = {key: entry for key, entry in entries.items() if key not in seen}
        seen |= {*new}
        said = title if entries else f"{title}: names no paper"
        if entries and not new:
            said = f"{title}: as above ({', '.join(entries)})"
        lines += [f"% {said}", *new.values(), ""]
    return "\n".join(lines).rstrip() + "\n"


def _parts(info: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(component, BibTeX): this package, Cobaya and getdist, then all that the input names."""
    yield "hotaxion", _OURS
    yield "cobaya", cobaya_bib
    yield "getdist", _GETDIST
    for kind in _KINDS:
        for name, options in (info.get(kind) or {}).items():
            options = options or {}
            if isinstance(options, dict):
                component = get_component_class(options.get("class", name), kind)
                of_options = getattr(component, "bibtex_of", None)
                found = of_options(options) if of_options else component.get_bibtex()
                yield name, found or ""
