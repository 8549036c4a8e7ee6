"""BibTeX of what options refer to by arXiv number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("references.bibtex")
_NUMBER = re.compile(r"\b(?:[a-z-]+/\d{7}|\d{4}\.\d{4,5})\b")
_NAME = re.compile(r'^\s*(?:eprint|doi)\s*=\s*"([^"]+)"', re.M)


def arxiv_numbers(text: str) -> list[str]:
    """Those that a text names, in its order."""
    return _NUMBER.findall(text)


def split_entries(text: str) -> dict[str, str]:
    """Key -> entry, of BibTeX; what stands before the first entry is left out."""
    pieces = re.split(r"(?m)^(?=@)", text)[1:]
    return {re.split(r"[{,]", piece)[1].strip(): piece.strip() for piece in pieces}


def entries_named(text: str, words: str) -> str:
    """Those of the entries in `text` whose arXiv number or DOI stands in `words`."""
    entries = split_entries(text).values()
    return "\n\n".join(e for e in entries if any(name in words for name in _NAME.findall(e)))


@cache
def _known() -> dict[str, str]:
    """arXiv number -> entry of our file."""
    entries = split_entries(_FILE.read_text(encoding="utf-8"))
    return {key.partition(":")[2]: entry for key, entry in entries.items()}


def bibtex(texts: Iterable[str]) -> str:
    """Entries of all arXiv numbers that these texts name, each once.

    Raises KeyError for a number that references.bibtex has not.
    """
    numbers = dict.fromkeys(number for text in texts for number in arxiv_numbers(text))
    return "\n\n".join(_known()[number] for number in numbers)
