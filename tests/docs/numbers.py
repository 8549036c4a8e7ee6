"""All numbers of README and docs, and what holds each: python tests/docs/numbers.py [PAGE ...].

A number is held by

* an example: its block is run, and what it prints compared (test_examples.py);
* a citation: a paper stands in the same paragraph or row, which says it;
* a file: a test of its subject, golden value, table or source that has it, to the last digit (a
  per cent as its hundredth, too). numbers.yaml names these files for each page;
* a bound of limits.yaml, a formula or the rest of a row (test_numbers.py, formulae_of_*.py), which
  compute it; the table of bounds;
* the kept output of a command that takes minutes (test_records.py): a table whose rows stand in
  it, a formula that reads it.

Numbers of one digit, years, 68 and 95 %, names and code are not looked at. That a file has a number
does not say that it is this one: two digits are easily met by chance, four are not.
"""

from __future__ import annotations

import ast
import re
import sys
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

if __package__:
    from .records import tables
else:  # as a script
    from records import tables

ROOT = Path(__file__).resolve().parents[2]
_UP = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_POWER = r"10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+"
_NUMBER = re.compile(
    rf"(?<![\w.^/])(?:\d[\d,]*\.\d+|\d+(?:,\d{{3}})*)"
    rf"(?:e[-+]?\d+| ?[×·] ?{_POWER})?(?![\w⁻⁰¹²³⁴⁵⁶⁷⁸⁹])"
    rf"|(?<![\d.]){_POWER}"
)
_LITERAL = re.compile(
    r"(?<![\w.])(?:\d[\d_]*(?:,\d{3})*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+| ?[×·] ?10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
    r"|(?<![\d.])10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+"
)
_PAPER = re.compile(r"(?:arXiv:)?(?:(?:astro-ph|hep-ph|nucl-th)/\d{7}|\b\d{4}\.\d{4,5})(?:v\d)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TEXTS = {".py", ".yaml", ".csv", ".md", ".txt", ".json", ".toml"}
_LEVELS = {"68", "95"}  # of bounds: names of theirs

_FILE = yaml.safe_load(Path(__file__).with_name("numbers.yaml").read_text(encoding="utf-8"))
SUBJECTS: dict[str, list[str]] = _FILE["subjects"]
COMPUTED: dict[str, set[str]] = {}  # by limits.yaml, and by formulae


@dataclass(frozen=True)
class Number:
    """A number of a page: its words, line, and what stands around it."""

    words: str
    line: int
    section: str
    cited: bool

    @property
    def value(self) -> float:
        return value(self.words)


def value(words: str) -> float:
    """Of 1,000, 3 × 10⁻⁴, 1e-4 or 10⁻⁴."""
    plain = words.replace(",", "").replace("_", "")
    found = re.fullmatch(r"(?:(.*?) ?[×·] ?)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", plain)
    if found:
        return float(f"{found[1] or 1}e{found[2].translate(_UP)}")
    return float(plain)


def prose(text: str) -> str:
    """A page without blocks, code, formulae, links and headings; its lines stay where they are."""

    def empty(match: re.Match[str]) -> str:
        return "\n" * match[0].count("\n")

    for pattern in (r"<!--.*?-->", r"^```.*?^```$", r"\$\$.*?\$\$"):
        text = re.sub(pattern, empty, text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"`[^`\n]*`|\]\([^)]*\)|^    .*$", "", text, flags=re.MULTILINE)
    return text.replace("−", "-")


def numbers(page: str) -> Iterator[Number]:
    """Those of a page that count, in its order."""
    section, line = "", 1
    for part in re.split(r"(?<=\n)(?=#)|(?<=\n)\s*\n|(?<=\n)(?=\|)", text := _whole(page)):
        start = text.count("\n", 0, text.index(part)) + 1 if part.strip() else line
        if part.startswith("#"):
            section, _, part = part.partition("\n")
            section, start = section.strip("# "), start + 1
        for sentence in re.split(r"(?<=[.;:])\s+(?=[^a-z])", part):
            cited = bool(_PAPER.search(sentence))
            for found in _NUMBER.finditer(_PAPER.sub("", sentence)):
                if _counts(found[0]):
                    line = start + part[: part.index(sentence)].count("\n")
                    yield Number(found[0], line, section, cited)


def after(page: str, beginning: str) -> list[str]:
    """Numbers of a line that follow what is on the page only once."""
    _, there, rest = (ROOT / page).read_text(encoding="utf-8").partition(beginning)
    assert there, (page, beginning)
    assert beginning not in rest, (page, beginning)
    line = _PAPER.sub("", prose(rest.partition("\n")[0]))
    return [found[0] for found in _NUMBER.finditer(line) if _counts(found[0])]


def _counts(words: str) -> bool:
    return words not in _LEVELS and not _YEAR.fullmatch(words) and len(words) > 1


def _whole(page: str) -> str:
    return prose((ROOT / page).read_text(encoding="utf-8"))


@cache
def literals(pattern: str) -> tuple[frozenset[float], list[float]]:
    """Numbers of the files of a subject; the same in their order."""
    found = set()
    for path in ROOT.glob(pattern):
        if path.is_file() and path.suffix in {
            ".py",
            ".yaml",
            ".csv",
            ".md",
            ".txt",
            ".json",
            ".toml",
        }:
            for match in _LITERAL.finditer(path.read_text(encoding="utf-8")):
                number = value(match[0])
                found |= {_rounded(number), _rounded(100 * number)}
    return frozenset(found), sorted(found)


def _rounded(number: float) -> float:
    return float(f"{number:.9g}")


def held_by(page: str, number: Number) -> str:
    """Which kind, and which file; empty if nothing does."""
    if number.line in tables(page):
        return tables(page)[number.line][1]
    if number.words in COMPUTED.get(page, ()):
        return "test_numbers.py"
    for pattern in SUBJECTS.get(page, ()):
        if _has(pattern, number):
            return pattern
    return "citation" if number.cited else ""


def agrees(words: str, number: float) -> bool:
    """Whether a number rounds to what is written."""
    mantissa = re.split(r" ?[×·e]", words.replace(",", ""))[0]
    unit = value(words) / float(mantissa) * 10.0 ** -len(mantissa.partition(".")[2])
    return abs(number - value(words)) <= 0.5001 * unit


def mantissa(words: str) -> str:
    """Of 3.2 × 10⁻⁷, in whose unit a row or column may stand."""
    return words.partition(" × ")[0]


def _has(pattern: str, number: Number) -> bool:
    """The number itself; with three digits or more also one that rounds to it."""
    exact, ordered = literals(pattern)
    if _rounded(number.value) in exact:
        return True
    half = _half_unit(number.words)
    at = bisect_left(ordered, number.value - half)
    return half > 0.0 and at < len(ordered) and ordered[at] <= number.value + half


def _half_unit(words: str) -> float:
    """Of the last digit; 0 for fewer than three digits."""
    mantissa = re.split(r" ?[×·e]", words.replace(",", ""))[0]
    if len(mantissa.replace(".", "").lstrip("0")) < 3 or "." not in mantissa:
        return 0.0
    return 0.5 * value(words) / float(mantissa) * 10.0 ** -len(mantissa.partition(".")[2])


def pages() -> list[str]:
    """All but those that are made from the code."""
    found = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return sorted(str(page.relative_to(ROOT)) for page in found if page.name != "reference.md")


def _bounds() -> None:
    """Words of limits.yaml, with their powers and without, into COMPUTED."""
    table = yaml.safe_load(Path(__file__).with_name("limits.yaml").read_text(encoding="utf-8"))
    for page, rows in table.items():
        words = {str(word) for row in rows for word in row[3:]}
        COMPUTED[page] = words | {mantissa(word) for word in words}


def _formulae(file: str) -> None:
    """Keys of FORMULAE and ROWS in a file, which needs the package to be imported."""
    tree = ast.parse(Path(__file__).with_name(file).read_text(encoding="utf-8"))
    for node in tree.body:
        name = ast.unparse(node.target) if isinstance(node, ast.AnnAssign) else ""
        if name in ("FORMULAE", "ROWS"):
            for key, rows in zip(node.value.keys, node.value.values, strict=True):
                page, words = ast.literal_eval(key), [ast.literal_eval(key) for key in rows.keys]
                if name == "ROWS":
                    words = [word for beginning in words for word in after(page, beginning)]
                COMPUTED.setdefault(page, set()).update(words)


def _table() -> None:
    """Of bounds on f_a: the page has 6.53 × 10⁷ for 6.53e+07 (test_bounds_table.py compares)."""
    text = (ROOT / "chains" / "reference" / "reproduced.md").read_text(encoding="utf-8")
    words = set(re.findall(r"(\d\.\d+)e\+0\d", text))
    COMPUTED.setdefault("docs/results.md", set()).update(words)


_bounds()
_formulae("test_numbers.py")
for _file in sorted(Path(__file__).parent.glob("formulae_of_*.py")):
    _formulae(_file.name)
_table()

if __name__ == "__main__":
    for page in sys.argv[1:] or pages():
        for number in numbers(page):
            what = held_by(page, number) or "NOTHING"
            print(f"{page}:{number.line}: {number.words:>12}  {what}  [{number.section}]")
