"""Reading the examples of a page, running them, and comparing what they print.

The convention is that of test_examples.py.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from ..forked import run_python

TIMEOUT_S = 600
NUMBER = re.compile(r"[-+−]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")


# --- reading a page --------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A fenced block: language, text, line of the page, and the comment right before it."""

    language: str
    text: str
    line: int
    comment: str = ""

    def directive(self, name: str) -> str | None:
        """What `<!-- NAME: ... -->` says, if it is there."""
        found = re.search(rf"<!--\s*{name}:\s*(.*?)\s*-->", self.comment, re.DOTALL)
        return found.group(1) if found else None

    @property
    def tolerance(self) -> float | None:
        """Relative tolerance of numbers; None: one unit of the last digit."""
        given = self.directive("numbers")
        if given is None:
            return None
        return float(given.rstrip("% ")) / (100 if given.endswith("%") else 1)


def blocks(text: str) -> list[Block]:
    """All fenced blocks of a page."""
    found = []
    pattern = re.compile(
        r"(?P<comment>(?:^<!--(?:(?!-->).)*-->\n+)*)^```(?P<language>\w*)\n(?P<text>.*?)^```$",
        re.DOTALL | re.MULTILINE,
    )
    for match in pattern.finditer(text):
        line = text.count("\n", 0, match.start("text"))
        found.append(Block(match["language"], match["text"], line, match["comment"]))
    return found


@dataclass(frozen=True)
class Example:
    """Something to run, what it must print (None: anything), and how exactly."""

    kind: str  # python or console
    code: str
    expected: str | None
    tolerance: float | None
    line: int


def examples(text: str) -> Iterator[Example]:
    """What is to be run on a page, in its order."""
    found = blocks(text)
    for block, following in zip_longest(found, found[1:]):
        if block.language not in ("python", "console") or block.directive("not run"):
            continue
        if shorter := block.directive("run as"):
            for command in shorter.split(" && "):
                yield Example("console", command, None, None, block.line)
        elif block.language == "console":
            for command, output in sessions(block.text):
                yield Example("console", command, output, block.tolerance, block.line)
        else:
            printed = None
            if following and not following.language and _adjacent(text, block, following):
                printed = following
            yield Example(
                "python",
                block.text,
                printed and printed.text,
                printed and printed.tolerance,
                block.line,
            )


def _adjacent(text: str, first: Block, second: Block) -> bool:
    """Whether nothing but blank lines and comments stands between two blocks."""
    start = first.line + first.text.count("\n") + 1
    between = "\n".join(text.split("\n")[start : second.line - 1])
    return not re.sub(r"<!--.*?-->", "", between, flags=re.DOTALL).strip()


def sessions(text: str) -> Iterator[tuple[str, str | None]]:
    """(command, expected output or None) of a console block."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, rest = re.match(r"((?:[^\n]*\\\n)*[^\n]*)\n?(.*)", part, re.DOTALL).groups()
        yield command, rest if rest.strip() else None


# --- comparing outputs -----------------------------------------------------------------------


def difference(expected: str, printed: str, tolerance: float | None) -> str:
    """The first line that does not agree; empty if all do."""
    wanted = [line for line in expected.splitlines() if line.strip()]
    got = [line for line in printed.splitlines() if line.strip()]
    position = 0
    for number, line in enumerate(wanted):
        if line.strip() == "...":
            continue
        may_skip = number > 0 and wanted[number - 1].strip() == "..."
        here = range(position, len(got)) if may_skip else range(position, position + 1)
        for candidate in here:
            if candidate < len(got) and agree(line, got[candidate], tolerance):
                position = candidate + 1
                break
        else:
            seen = got[position] if position < len(got) else "the end"
            return f"expected: {line}\n printed: {seen}"
    if position < len(got) and not (wanted and wanted[-1].strip() == "..."):
        return f"expected: the end\n printed: {got[position]}"
    return ""


def agree(expected: str, printed: str, tolerance: float | None) -> bool:
    """Whether two lines agree: words to the letter (rules of tables and spaces aside), numbers
    within the tolerance, `...` anything."""
    pieces = [_normal(piece) for piece in expected.split("...")]
    pattern = r"(.*?)".join(_pattern(piece) for piece in pieces)
    if len(pieces) > 1 and not pieces[-1]:
        pattern = pattern.removesuffix(r"(.*?)") + r".*"
    match = re.fullmatch(pattern.replace("(.*?)", "(?:.*?)"), _normal(printed))
    if match is None:
        return False
    stated = [n for piece in pieces for n in NUMBER.findall(piece)]
    return all(close(a, b, tolerance) for a, b in zip(stated, match.groups(), strict=True))


def _normal(line: str) -> str:
    return " ".join(re.sub(r"-{3,}", "---", line.replace("−", "-")).split())


def _pattern(piece: str) -> str:
    """A regular expression with a group for each number."""
    words = [re.escape(word).replace(r"\ ", r"\s*") for word in NUMBER.split(piece)]
    return f"({NUMBER.pattern})".join(words)


def close(stated: str, printed: str, tolerance: float | None) -> bool:
    """One unit of the last digit stated, or a relative tolerance."""
    if tolerance is not None:
        return abs(float(stated) - float(printed)) <= tolerance * abs(float(stated))
    mantissa, _, exponent = stated.lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    unit = 10.0 ** (int(exponent or 0) - digits) if digits or exponent else 0.0
    return abs(float(stated) - float(printed)) <= 1.001 * unit


# --- running ---------------------------------------------------------------------------------
def run(example: Example, folder: Path) -> subprocess.CompletedProcess:
    """Run one example as a reader would, but for the start of Python where one command is all."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = os.environ | {"PATH": path, "OMP_NUM_THREADS": "1", "COBAYA_NOMPI": "1", "COLUMNS": ""}
    if arguments := python_arguments(example):
        return run_python(arguments, cwd=folder, env=env, text=example.code)
    return subprocess.run(
        ["bash", "-e"],
        input=example.code,
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )


def python_arguments(example: Example) -> list[str] | None:
    """What Python gets to run the example by itself; None: it needs a shell."""
    if example.kind == "python":
        return ["-"]
    command = example.code.replace("\\\n", " ")
    if set(command) & set("|&;<>$`*~"):
        return None
    program, *words = shlex.split(command, comments=True) or [""]
    if program == "hotaxion":
        return ["-m", "hotaxion.analysis.cli", *words]
    if program.startswith("cobaya-"):
        return ["-m", "cobaya", program.removeprefix("cobaya-"), *words]
    return words if program == "python" else None
