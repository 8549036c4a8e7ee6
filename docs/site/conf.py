"""The site: `make site` builds it from the pages as they are, README.md first, in build/site.

Warnings are errors. The contents are those of docs/README.md, read here, so that a page that is
missing there stops the build. Formulas become MathML, which browsers draw without a script.
"""

from __future__ import annotations

import posixpath
import re
from importlib.metadata import version as installed
from pathlib import Path

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

ROOT = Path(__file__).resolve().parents[2]

project = "hotaxion"
author = "The hotaxion developers"
release = installed("hotaxion")
version = release.partition("+")[0]
html_title = f"hotaxion {version}"
html_last_updated_fmt = f"%Y-%m-%d, version {release}"  # at the foot of each page
html_theme = "furo"
html_show_copyright = False
templates_path = ["templates"]
_SIDEBAR = ("brand", "search", "scroll-start", "navigation", "scroll-end")  # of furo
html_sidebars = {"**": [f"sidebar/{part}.html" for part in _SIDEBAR]}
html_sidebars["**"].insert(1, "versions.html")
extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc", "sphinx.ext.viewcode"]

root_doc = "README"
include_patterns = ["*.md", "docs/**", "chains/reference/*.md"]
exclude_patterns = [  # not even looked through
    f"{path.name}/**"
    for path in ROOT.iterdir()
    if path.is_dir() and path.name not in ("docs", "chains")
]
exclude_patterns += ["paper.md"]  # for JOSS
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "off"  # outputs are committed; a test runs the cells
default_role = "code"  # `name` in docstrings
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
html_math_renderer = "mathml"
# The language of a fence without one is that of no program.
highlight_language = "none"


def contents(index: str) -> str:
    """The hidden table of contents: sections and first links of the rows of docs/README.md."""
    trees = ["```{toctree}\n:hidden:\n\ndocs/README\n```\n"]
    for section in re.split(r"^## ", index, flags=re.MULTILINE)[1:]:
        title = section.partition("\n")[0].partition(":")[0]
        pages = re.findall(r"^\| \[[^\]]+\]\(([\w/.]+)\.\w+\)", section, re.MULTILINE)
        entries = "\n".join(posixpath.normpath(f"docs/{page}") for page in pages)
        trees.append(f"```{{toctree}}\n:hidden:\n:caption: {title}\n\n{entries}\n```\n")
    return "\n" + "\n".join(trees)


def add_contents(app: Sphinx, docname: str, source: list[str]) -> None:
    """To the first page, which as a file for readers has none."""
    if docname == root_doc:
        source[0] += contents((ROOT / "docs" / "README.md").read_text(encoding="utf-8"))


def define_fields(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """`m_a_ev, f_a_gev : mass [eV] ...` of our docstrings, as entries of a list of definitions."""
    fields = (re.fullmatch(r"(\w+(?:, \w+)*) : (.+)", line) for line in lines)
    pairs = zip(lines, fields, strict=True)
    lines[:] = [
        part
        for line, field in pairs
        for part in ((f"``{field[1]}``", f"    {field[2]}") if field else (line,))
    ]


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(str(tex2mathml(node.astext())))
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(f"<div>{tex2mathml(node.astext(), as_block=True)}</div>")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    app.connect("source-read", add_contents)
    app.connect("autodoc-process-docstring", define_fields)
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_block, None))
