"""The end of `make site`: links are checked, and versions that stand side by side know each other.

    python docs/site/finish.py build/site VERSION

`build/site/VERSION` is what Sphinx built. `build/site/index.html` then leads to the newest version,
and `versions.js`, which the sidebar of each reads, lists all, so that older ones show newer ones.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

FIRST_PAGE = "README.html"
_FROM = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>hotaxion</title>
<meta http-equiv="refresh" content="0; url={newest}/index.html"></head>
<body><a href="{newest}/index.html">hotaxion {newest}</a></body></html>
"""


class _Page(HTMLParser):
    """What a page links to, and what in it can be linked to."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {name for name in (given.get("id"), given.get("name")) if name}
        link = given.get("href") if tag in ("a", "link") else given.get("src")
        if link:
            self.links.append(link)


def broken_links(folder: Path) -> Iterator[str]:
    """`PAGE: LINK` of each link inside the folder whose file or anchor is not there."""
    pages = {
        path.resolve(): _Page(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")
    }
    for path, page in sorted(pages.items()):
        for link in sorted(set(page.links)):
            file, _, anchor = unquote(link).partition("#")
            if re.match(r"[a-z]+:|//", file) or file.endswith("versions.js"):
                continue
            other = (path.parent / file.partition("?")[0]).resolve() if file else path
            lost = anchor and other in pages and anchor not in pages[other].anchors
            if lost or not other.exists():
                yield f"{path.relative_to(folder.resolve())}: {link}"


def versions(site: Path) -> list[str]:
    """Those that stand in a site, the newest first."""
    found = [path.parent.name for path in site.glob("*/index.html")]
    numbered = [name for name in found if re.match(r"\d+\.\d+", name)]
    return sorted(numbered, key=lambda name: [*map(int, re.findall(r"\d+", name))], reverse=True)


def finish(site: Path, version: str) -> None:
    """Give a version its first page, and the site its list.

    Raises
    ------
    SystemExit : links lead nowhere; names them.
    """
    first = site / version / FIRST_PAGE
    first.with_name("index.html").write_bytes(first.read_bytes())
    if broken := list(broken_links(site / version)):
        raise SystemExit("\n".join(["links that lead nowhere:", *broken]))
    found = versions(site)
    listed = f"window.hotaxionVersions = {json.dumps(found)};\n"
    (site / "versions.js").write_text(listed, encoding="utf-8")
    (site / "index.html").write_text(_FROM.format(newest=found[0]), encoding="utf-8")


if __name__ == "__main__":
    finish(Path(sys.argv[1]), sys.argv[2])
