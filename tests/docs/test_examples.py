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
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from cobaya.component import get_component_class
from cobaya.yaml import yaml_load

from hotaxion.analysis.cli import build_parser

from .pages import (
    Example,
    blocks,
    difference,
    examples,
    python_arguments,
    run,
)

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("docs/*/*.md")])
IDS = [str(page.relative_to(ROOT)) for page in PAGES]


# --- running ---------------------------------------------------------------------------------


RUNNING = [page for page in PAGES if list(examples(page.read_text(encoding="utf-8")))]


def test_pages_with_examples_are_found():
    names = {page.name for page in RUNNING}
    assert {"README.md", "getting_started.md", "cluster.md", "extend.md"} <= names


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
