"""What mixins use of the Cobaya class that comes after them; for type checkers, nothing at runtime.

Annotations that Cobaya could see would become options, and its own have no types that are shipped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping
    from typing import Any

    from cobaya.theory import Provider

    class Component:
        """A theory or likelihood of Cobaya."""

        log: logging.Logger
        packages_path: str | None
        provider: Provider

        @classmethod
        def get_defaults(cls) -> dict[str, Any]: ...

        @classmethod
        def get_associated_file_content(
            cls, ext: str, file_root: str | None = None
        ) -> str | None: ...

        @classmethod
        def get_annotations(cls) -> dict[str, Any]: ...

        @classmethod
        def get_modified_defaults(
            cls, defaults: dict[str, Any], input_options: Mapping[str, Any]
        ) -> dict[str, Any]: ...

        @classmethod
        def compare_versions(cls, version_a: str, version_b: str, equal: bool = True) -> bool: ...

        def get_name(self) -> str: ...

        def mpi_info(self, message: str, *values: object) -> None: ...

        def validate_attributes(self, annotations: dict[str, Any]) -> None: ...

        def initialize(self) -> None: ...

        def initialize_with_params(self) -> None: ...

        def initialize_with_provider(self, provider: Provider) -> None: ...

        def get_requirements(self) -> Any: ...

        def calculate(
            self, state: dict[str, Any], want_derived: bool = True, **params: float
        ) -> bool | None: ...

        def logp(self, **params: Any) -> float: ...

else:
    Component = object
