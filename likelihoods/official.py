"""Official data files instead of the shipped ones, where the input asks for them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from cobaya.component import get_component_class
from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError
from cobaya.tools import VersionCheckError

from hotaxion.likelihoods import data_files
from hotaxion.likelihoods.checked import Checked, refuse_unused
from hotaxion.likelihoods.data_files import logged_errors
from hotaxion.theory.checks import choice
from hotaxion.theory.errors import MissingDataError

FILES = ("packaged", "official")


class OfficialOnDemand(Checked):
    """Mixin, before the base class, of a likelihood on shipped data that Cobaya has, too.

    The option `files` alone decides, so that the posterior does not depend on what is installed:
    `packaged`, or `official` (those in ``packages_path``, by Cobaya's class). The log says which.
    """

    files: str

    # Name of Cobaya's class with the same data; options that may be changed, passed on to it.
    _official_name: ClassVar[str]
    _shared_options: ClassVar[tuple[str, ...]] = ()
    # Options that Cobaya's class has not.
    _own_options: ClassVar[tuple[str, ...]] = ()
    # The files that it reads: patterns below its folder.
    _official_files: ClassVar[tuple[str, ...]] = ()
    # The shipped files, with what is known of their content.
    _files: ClassVar[Mapping[str, Any]] = {}
    # How the shipped data differ from the official ones, if they do.
    _difference: ClassVar[str] = ""
    _official: Likelihood | None = None

    def initialize(self) -> None:
        """Check the options; read the files that were asked for."""
        with logged_errors(self.log):
            choice("choice of files", self.files, FILES)
            self._refuse_unused_options()
            self._check_options()
        if wanted := self._wanted(vars(self)):
            self._official = self._load_official(*wanted)
            return
        same = "same data as the official files"
        self.mpi_info("Data: from the package (%s).", self._difference or same)
        self._initialize_shipped()

    def initialize_with_params(self) -> None:
        """Say once, at set-up, where better files lie that are not used."""
        super().initialize_with_params()
        if self.files == "packaged" and (better := self.better_files(self.packages_path)):
            self.mpi_info("%s", better)

    def _initialize_shipped(self) -> None:
        super().initialize()

    def _check_options(self) -> None:
        """Raise `HotAxionError` for a wrong value of an option."""

    def _refuse_unused_options(self) -> None:
        """Options of Cobaya's class that choose other data would be ignored: refuse them."""
        instead = f"but the data are fixed; remove it, or use Cobaya's {self._official_name}"
        refuse_unused(self, (*self._shared_options, *self._own_options), instead)

    # --- official files -----------------------------------------------------------------------
    @classmethod
    def _wanted(cls, options: Mapping[str, Any]) -> tuple[str, str, str] | None:
        """Cobaya's class, the option that asks for its files, and the one without; None: ours."""
        asked = options["files"] == "official"
        return (cls._official_name, "files: official", "files: packaged") if asked else None

    def _load_official(self, name: str, asked: str, otherwise: str) -> Likelihood:
        """Return Cobaya's likelihood on the official files, or raise LoggedError."""
        folder = self.packages_path
        where = f"{name} in {folder or 'no packages_path'}"
        why = "not installed"
        in_cobaya = get_component_class(name, "likelihood")
        if folder and Path(in_cobaya.get_path(folder)).is_dir():
            try:
                in_cobaya.is_installed(path=folder)  # raises if too old
                with warnings.catch_warnings():
                    # Cobaya 3.6.2 leaves a file of plik_lite open.
                    warnings.simplefilter("ignore", ResourceWarning)
                    official = in_cobaya(self._changed_options(), packages_path=folder)
                self.mpi_info("Data: official files of %s.", where)
                return official
            except (LoggedError, VersionCheckError, OSError, ValueError) as error:
                why = " ".join(str(error).split())
        with logged_errors(self.log):
            raise MissingDataError(
                f"{asked}, but no usable {where}: {why}. Install them with `cobaya-install {name} "
                f"-p FOLDER` and give `packages_path: FOLDER`, or choose `{otherwise}`."
            )

    @classmethod
    def data_files(cls, options: Mapping[str, Any], packages_path: str | None = None) -> list[Path]:
        """The files read with these options (with defaults): those that the version counts."""
        if not (wanted := cls._wanted(options)):
            return [data_files.DATA / name for name in cls._files]
        folder = Path(get_component_class(wanted[0], "likelihood").get_path(str(packages_path)))
        found = {path for pattern in cls._official_files for path in folder.glob(pattern)}
        return sorted(path for path in found if path.is_file())

    @classmethod
    def bibtex_of(cls, given: Mapping[str, Any]) -> str:
        """What to cite for these options: of Cobaya's class, where its files are taken."""
        wanted = cls._wanted({**cls.get_defaults(), **given})
        used: Any = get_component_class(wanted[0], "likelihood") if wanted else cls
        return used.get_bibtex() or ""

    @classmethod
    def better_files(cls, packages_path: str | None) -> str:
        """A sentence if official files that differ from the shipped ones lie in this folder."""
        if not cls._difference or not packages_path:
            return ""
        official = get_component_class(cls._official_name, "likelihood")
        if not Path(official.get_path(packages_path)).is_dir():
            return ""
        try:
            official.is_installed(path=packages_path)
        except VersionCheckError:
            return ""
        return (
            f"{packages_path} holds the official files of {cls._official_name}, which are not used "
            f"({cls._difference}); `files: official` takes them."
        )

    def _changed_options(self) -> dict[str, Any]:
        defaults = self.get_defaults()
        return {
            name: getattr(self, name)
            for name in self._shared_options
            if getattr(self, name) != defaults.get(name)
        }

    # --- the likelihood in use ----------------------------------------------------------------
    def get_requirements(self) -> Any:
        """What the likelihood in use needs."""
        if self._official is not None:
            return self._official.get_requirements()
        return super().get_requirements()

    def initialize_with_provider(self, provider: Any) -> None:
        """Pass the theory on."""
        super().initialize_with_provider(provider)
        if self._official is not None:
            self._official.initialize_with_provider(provider)

    def logp(self, **params: Any) -> float:
        """Return ln L from the likelihood in use."""
        if self._official is not None:
            return self._official.logp(**params)
        return super().logp(**params)


def better_files(likelihoods: Iterable[Likelihood]) -> list[str]:
    """A sentence for each of these that has better official files in its folder, for `doctor`.

    Parameters
    ----------
    likelihoods : of a model; of a preset, its pieces are looked at.
    """
    pieces = (piece for one in likelihoods for piece in [one, *getattr(one, "pieces", {}).values()])
    sentences = (
        piece.better_files(piece.packages_path)
        for piece in pieces
        if isinstance(piece, OfficialOnDemand) and piece.files == "packaged"
    )
    return [sentence for sentence in dict.fromkeys(sentences) if sentence]
