"""What pyproject.toml cannot say: the version and the page of a package index.

The version is the release below and the commit, by setuptools-scm. A clone needs no tags for it,
and an archive of the source holds it in its PKG-INFO.
"""

import os
import re
import shutil
import tomllib
from pathlib import Path

from setuptools import setup
from setuptools.command.sdist import sdist

RELEASE = "0.2.0"
_HERE = Path(__file__).parent
_RELATIVE = re.compile(r"(!?)(\[[^\]]*\])\((?!https?:|mailto:|#)([^)\s]+)\)")


def release(version) -> str:
    """That of the tag where the commit has one."""
    return str(version.tag) if version.exact else RELEASE


def with_whole_links(markdown: str, repository: str) -> str:
    """Markdown whose links and pictures lead into the repository from anywhere."""

    def whole(link: re.Match[str]) -> str:
        bang, text, path = link.groups()
        return f"{bang}{text}({repository}/{'raw' if bang else 'blob'}/main/{path})"

    return _RELATIVE.sub(whole, markdown)


def page() -> str:
    """README for a package index, which knows none of our files."""
    project = tomllib.loads((_HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (_HERE / "README.md").read_text(encoding="utf-8")
    return with_whole_links(text, project["urls"]["Repository"])


class Sdist(sdist):
    """An archive that holds the folders of the package once, as links, like the repository."""

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        for link in (_HERE / "src" / "hotaxion").iterdir():
            copy = Path(base_dir, "src", "hotaxion", link.name)
            if link.is_symlink() and copy.is_dir():
                shutil.rmtree(copy)
                copy.symlink_to(os.readlink(link))


if __name__ == "__main__":
    setup(
        cmdclass={"sdist": Sdist},
        long_description=page(),
        long_description_content_type="text/markdown",
        use_scm_version={
            "version_scheme": release,
            "local_scheme": "node-and-date",
            "fallback_version": RELEASE,
        },
    )
