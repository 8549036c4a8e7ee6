"""Official data files instead of the shipped ones, where a Cobaya packages folder holds them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, ClassVar

from cobaya.component import get_component_class
from cobaya.likelihood import Likelihood
from cobaya.log import LoggedError
from cobaya.tools import VersionCheckError

from hotaxion.likelihoods.data_files import logged_errors
from hotaxion.theory.errors import MissingDataError, UnknownOptionError

FILES = ("auto", "packaged", "official")


class OfficialFirst:
    """Mixin, before the base class, of a likelihood on shipped data: prefers Cobaya's own class.

    The option `files` decides: `auto` (official files where ``packages_path`` holds them),
    `packaged` or `official`. The log says which are used.
    """

    files: str

    # Name of Cobaya's class with the same data; options that are passed on to it if changed.
    _official_name: ClassVar[str]
    _shared_options: ClassVar[tuple[str, ...]] = ()
    _shipped: ClassVar[str] = "same data as the official files"
    _official: Likelihood | None = None

    def initialize(self) -> None:
        """Find the official files, or read the shipped ones."""
        with logged_errors(self.log):
            if self.files not in FILES:
                raise UnknownOptionError("choice of files", self.files, FILES)
        where = f"{self._official_name} in {self.packages_path or 'no packages_path'}"
        if self.files != "packaged":
            self._official = self._find_official(where)
        if self._official is not None:
            self.mpi_info("Data: official files of %s.", where)
            return
        self.mpi_info("Data: from the package (%s).", self._shipped)
        self._initialize_shipped()

    def _initialize_shipped(self) -> None:
        super().initialize()

    def _find_official(self, where: str) -> Likelihood | None:
        """Return Cobaya's likelihood; None in mode `auto` if its files are absent or broken."""
        official = get_component_class(self._official_name, "likelihood")
        folder = self.packages_path
        why = "not installed"
        if folder and Path(official.get_path(folder)).is_dir():
            try:
                official.is_installed(path=folder)  # raises if too old
                with warnings.catch_warnings():
                    # Cobaya 3.6.2 leaves a file of plik_lite open.
                    warnings.simplefilter("ignore", ResourceWarning)
                    return official(self._changed_options(), packages_path=folder)
            except (LoggedError, VersionCheckError, OSError, ValueError) as error:
                why = " ".join(str(error).split())
                if self.files == "auto":
                    self.mpi_warning("The files of %s cannot be used: %s", where, why)
        if self.files == "official":
            with logged_errors(self.log):
                raise MissingDataError(
                    f"files: official, but no usable {where}: {why}. Install them with "
                    f"`cobaya-install {self._official_name} -p FOLDER` and give `packages_path: "
                    "FOLDER`, or choose `files: auto`."
                )
        return None

    def _changed_options(self) -> dict[str, Any]:
        defaults = self.get_defaults()
        return {
            name: getattr(self, name)
            for name in self._shared_options
            if getattr(self, name) != defaults.get(name)
        }

    def get_requirements(self) -> Any:
        """What the likelihood in use needs."""
        return (self._official or super()).get_requirements()

    def initialize_with_provider(self, provider: Any) -> None:
        """Pass the theory on."""
        super().initialize_with_provider(provider)
        if self._official is not None:
            self._official.initialize_with_provider(provider)

    def logp(self, **params: Any) -> float:
        """Return ln L from the likelihood in use."""
        return (self._official or super()).logp(**params)
