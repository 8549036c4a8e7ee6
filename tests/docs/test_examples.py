"""Why this test exists: what README and docs show must run and print what they say.

Convention (also in docs/guides/extend.md), for fenced blocks:

* `python`: runs by itself; a block without language right after it is what it must print.
* `console`: commands after `$ `, run in the order of the page; what follows a command is what it
  must print, if anything. A line `...` stands for any lines, `...` in a line for any text there.
* `yaml` with a theory or likelihood: classes and options must exist.
* Numbers agree to one unit of the last digit shown, or as a comment before the block allows:
  `<!-- numbers: 5 % -->`. `<!-- not run: REASON -->` leaves a block out; `<!-- run as: COMMAND -->`
  runs a shorter command instead, of which only the exit code counts.

Pages run in a folder that looks like the repository's root but has chains of its own. Everywhere,
also in plain code, `hotaxion` commands must have options that exist, and links must lead somewhere.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pytest
from cobaya.component import get_component_class
from cobaya.yaml import yaml_load

from hotaxion.analysis.cli import build_parser

from ..forked import run_python

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("docs/guides/*.md")])
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
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


RUNNING = [page for page in PAGES if list(examples(page.read_text(encoding="utf-8")))]


def test_pages_with_examples_are_found():
    names = {page.name for page in RUNNING}
    assert {"README.md", "getting_started.md", "cluster.md", "extend.md"} <= names


def run(example: Example, folder: Path) -> subprocess.CompletedProcess:
    """Run one example as a reader would, but for the start of Python where one command is all."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = os.environ | {"PATH": path, "OMP_NUM_THREADS": "1", "COBAYA_NOMPI": "1", "COLUMNS": "80"}
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


def test_one_command_needs_no_shell():
    found = [
        python_arguments(Example("console", code, None, None, 1))
        for code in (
            "hotaxion run x \\\n -r",
            "cobaya-run x  # y",
            "python a.py",
            "cat x",
            "hotaxion|x",
        )
    ]
    assert found == [
        ["-m", "hotaxion.analysis.cli", "run", "x", "-r"],
        ["-m", "cobaya", "run", "x"],
        ["a.py"],
        None,
        None,
    ]


@pytest.mark.parametrize("page", RUNNING, ids=[str(page.relative_to(ROOT)) for page in RUNNING])
def test_page_runs_and_prints_what_it_says(page, tmp_path, forked_runs):
    """In a folder that looks like the repository's root."""
    for name in ("yaml", "docs", "benchmarks"):
        (tmp_path / name).symlink_to(ROOT / name)
    for example in examples(page.read_text(encoding="utf-8")):
        where = f"line {example.line}: {example.code}"
        done = run(example, tmp_path)
        assert done.returncode == 0, f"{where}\n{done.stdout}\n{done.stderr}"
        if example.expected is not None:
            wrong = difference(example.expected, done.stdout, example.tolerance)
            assert not wrong, f"{where}\n{wrong}\nAll of it:\n{done.stdout}"


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_yaml_blocks_name_what_exists(path):
    for block in blocks(path.read_text(encoding="utf-8")):
        if block.language != "yaml" or not re.search("^(theory|likelihood):", block.text, re.M):
            continue
        info = yaml_load(block.text) or {}
        for kind in ("theory", "likelihood"):
            for name, options in (info.get(kind) or {}).items():
                if name.startswith("hotaxion."):
                    known = get_component_class(name, kind=kind).get_defaults()
                    assert not set(options or {}) - set(known), f"{path.name}: {name}"


# --- commands that are only shown ------------------------------------------------------------


def shown_commands(text: str) -> Iterator[str]:
    """`hotaxion` commands in fenced or indented code and in code spans; continued lines joined."""
    joined = text.replace("\\\n", " ")
    yield from re.findall(r"^(?: {4,}|\$ )?(hotaxion [^\n]*)$", joined, re.MULTILINE)
    for span in re.findall(r"`(hotaxion [^`\n]*(?:\n[^`\n]+)?)`", joined):
        yield " ".join(span.split())


def unknown_words(command: str) -> list[str]:
    """Subcommand and options of a command that do not exist."""
    command = command.replace("[", " ").replace("]", " ")
    words = shlex.split(re.split(r"\s[|>&#]|\s\.\.\.|…", command)[0])
    (subparsers,) = (
        a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)
    )
    if len(words) < 2 or words[1] in ("--help", "--version"):
        return []
    if words[1] not in subparsers.choices:
        return words[1:2]
    known = subparsers.choices[words[1]]._option_string_actions
    flags = [word.split("=")[0] for word in words[2:] if re.match(r"--?[a-zA-Z]", word)]
    return [flag for flag in flags if flag not in known]


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_commands_on_a_page_have_options_that_exist(path):
    wrong = {
        command: unknown
        for command in shown_commands(path.read_text(encoding="utf-8"))
        if (unknown := unknown_words(command))
    }
    assert wrong == {}


@pytest.mark.parametrize("path", PAGES, ids=IDS)
def test_files_that_a_page_names_exist(path):
    text = path.read_text(encoding="utf-8")
    targets = [t for t in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in t]
    for target in targets:
        file, _, anchor = target.partition("#")
        other = (path.parent / file).resolve() if file else path
        assert other.exists(), target
        if anchor:
            assert anchor in anchors(other.read_text(encoding="utf-8")), target
    for name in re.findall(r"(?<![\w/])yaml/([\w/.]+\.\w+)", text):
        if "NAME" not in name:
            assert (ROOT / "yaml" / name).exists(), name


def anchors(text: str) -> set[str]:
    """The anchors of headings, as Markdown renderers make them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


# --- the convention itself -------------------------------------------------------------------

SAMPLE = """\
Text.

<!-- numbers: 5 % -->
```console
$ echo 1.02 \\
  words
1.00 words
$ true
```

<!-- not run: dangerous -->
```console
$ rm
```

<!-- run as: echo short -->
```console
$ echo long
anything
```

```python
print(3.14)
```

```
3.1
```

```python
print("no output is shown")
```

Other text.

```
not an output
```
"""


def test_reading_of_blocks():
    found = list(examples(SAMPLE))
    assert [(e.kind, e.code, e.expected, e.tolerance) for e in found] == [
        ("console", "echo 1.02 \\\n  words", "1.00 words\n", 0.05),
        ("console", "true", None, 0.05),
        ("console", "echo short", None, None),
        ("python", "print(3.14)\n", "3.1\n", None),
        ("python", 'print("no output is shown")\n', None, None),
    ]
    assert SAMPLE.split("\n")[found[0].line - 1].startswith("```console")


@pytest.mark.parametrize(
    ("expected", "printed", "tolerance", "good"),
    [
        ("a = 1.23 eV", "a  =  1.24 eV", None, True),
        ("a = 1.23 eV", "a = 1.25 eV", None, False),
        ("a = 1.23 eV", "a = 1.25 eV", 0.02, True),
        ("a = 1.23 eV", "b = 1.23 eV", None, False),
        ("n = 12", "n = 13", None, False),
        ("f = 3.8e+07", "f = 3.9e+07", None, True),
        ("f = 3.8e+07", "f = 4.0e+07", None, False),
        ("x -----  --", "x ------------ --", None, True),
        ("m_a < 0.15 ...", "m_a < 0.15 (0.01)  more", None, True),
        ("R-1 = ..., all = 0.3", "R-1 = 0.2, all = 0.3", None, True),
        ("R-1 = ..., all = 0.3", "R-1 = 0.2, all = 0.5", None, False),
        ("first\n...\nlast 2.0", "first\nx\ny\nlast 2.1", None, True),
        ("first\n...", "first\nx\ny", None, True),
        ("first", "first\nx", None, False),
        ("first\nsecond", "first", None, False),
        ("a −1.5", "a -1.5", None, True),
    ],
)
def test_comparison_of_outputs(expected, printed, tolerance, good):
    assert (difference(expected, printed, tolerance) == "") is good


def test_a_wrong_page_fails(tmp_path):
    """A wrong number, a failing command: the machinery must see both."""
    example = Example("console", "echo 2.0", "3.0\n", None, 1)
    assert difference(example.expected, run(example, tmp_path).stdout, None)
    assert run(Example("console", "false", None, None, 1), tmp_path).returncode == 1
    assert run(Example("python", "raise SystemExit(3)", None, None, 1), tmp_path).returncode == 3


def test_unknown_options_and_commands_are_seen():
    assert unknown_words("hotaxion runn x") == ["runn"]
    assert unknown_words("hotaxion run bbn_ksvz --clas -n 2") == ["--clas"]
    assert unknown_words("hotaxion run NAME [-r] -n 4   # comment --no") == []
    assert list(shown_commands("x `hotaxion run\n--list` y\n\n    hotaxion scan --band\n")) == [
        "hotaxion scan --band",
        "hotaxion run --list",
    ]
