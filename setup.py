"""The version: the release below and the commit, by setuptools-scm; the rest is in pyproject.toml.

A clone needs no tags for it, and an archive of the source holds it in its PKG-INFO.
"""

from setuptools import setup

RELEASE = "0.2.0"


def release(version) -> str:
    """That of the tag where the commit has one."""
    return str(version.tag) if version.exact else RELEASE


setup(
    use_scm_version={
        "version_scheme": release,
        "local_scheme": "node-and-date",
        "fallback_version": RELEASE,
    }
)
