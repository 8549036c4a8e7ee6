"""Why this test exists: on the built site links lead somewhere, and versions know each other.

`make site` runs docs/site/finish.py after Sphinx, which tests do not need.
"""

from __future__ import annotations

import importlib.util
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from .test_examples import PAGES, ROOT


def _finish_module():
    spec = importlib.util.spec_from_file_location("finish", ROOT / "docs" / "site" / "finish.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FINISH = _finish_module()


def _build(site: Path, version: str, body: str) -> None:
    folder = site / version
    folder.mkdir(parents=True)
    (folder / "README.html").write_text(f"<h1 id='top'>{version}</h1>{body}", encoding="utf-8")
    (folder / "other.html").write_text("<p id='there'></p>", encoding="utf-8")


GOOD = """<a href="other.html#there"></a><a href="#top"></a><a href="https://x.org/#y"></a>
<link href="other.html?v=1"><script src="../versions.js"></script>"""


def test_newest_version_comes_first(tmp_path):
    for version in ("0.9.0", "0.10.0", "0.2.0"):
        _build(tmp_path, version, GOOD)
        FINISH.finish(tmp_path, version)
    (tmp_path / "jupyter_execute").mkdir()
    text = (tmp_path / "versions.js").read_text(encoding="utf-8")
    assert text == 'window.hotaxionVersions = ["0.10.0", "0.9.0", "0.2.0"];\n'
    assert "url=0.10.0/index.html" in (tmp_path / "index.html").read_text(encoding="utf-8")
    first = (tmp_path / "0.9.0" / "index.html").read_text(encoding="utf-8")
    assert first.startswith("<h1 id='top'>0.9.0")


@pytest.mark.parametrize("link", ["gone.html", "other.html#gone", "#gone", "_images/gone.png"])
def test_a_link_that_leads_nowhere_stops_the_build(tmp_path, link):
    tag = f'<img src="{link}">' if link.endswith("png") else f'<a href="{link}"></a>'
    _build(tmp_path, "1.0", GOOD + tag)
    with pytest.raises(SystemExit, match=f"README.html: {link}"):
        FINISH.finish(tmp_path, "1.0")


def test_sidebar_reads_the_list_of_versions():
    """Each page of each version, from file:// too: a script, and paths relative to the page."""
    text = (ROOT / "docs" / "site" / "templates" / "versions.html").read_text(encoding="utf-8")
    assert "pathto('../versions.js', 1)" in text
    assert "window.hotaxionVersions" in text
    assert 'insert(1, "versions.html")' in (ROOT / "docs/site/conf.py").read_text(encoding="utf-8")


def test_site_has_all_pages_that_pages_link_to():
    """A link to Markdown that the site leaves out stops its build."""
    text = (ROOT / "docs" / "site" / "conf.py").read_text(encoding="utf-8")
    patterns = re.findall(r'"([^"]+)"', re.search(r"include_patterns = \[(.*)\]", text)[1])
    assert "docs/**" in patterns
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s:]+\.md)", page.read_text(encoding="utf-8")):
            path = (page.parent / target).resolve().relative_to(ROOT).as_posix()
            at_top = "/" not in path and "*.md" in patterns
            assert at_top or any("/" in p and fnmatch(path, p) for p in patterns), (page, target)
