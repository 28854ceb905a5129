"""A file that is there as a whole, or not at all."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Optional, Union

if TYPE_CHECKING:
    from . import schema


class Download(NamedTuple):
    """A file that was downloaded and verified."""

    path: Path
    manifest: schema.TrainingManifest

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.manifest["counts"]["rows"]


class AtomicFile:
    """Written beside its place, and put there by :meth:`keep`; what is not kept is removed."""

    def __init__(self, path: Union[str, os.PathLike[str]]) -> None:
        self.path = Path(path)
        if self.path.is_dir():
            raise IsADirectoryError(f"'{self.path}' is a directory")
        self._partial = self.path.with_name(f".{self.path.name}.{uuid.uuid4().hex[:8]}.part")
        self._file = open(self._partial, "xb")  # noqa: SIM115 - closed at the end of the block

    def __enter__(self) -> AtomicFile:
        return self

    def write(self, data: bytes) -> None:
        """Appends bytes."""
        self._file.write(data)

    def restart(self) -> None:
        """Removes everything written so far."""
        self._file.seek(0)
        self._file.truncate()

    def keep(self) -> None:
        """Puts the file where it belongs, in place of what is there."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._partial, self.path)

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self._file.close()
        self._partial.unlink(missing_ok=True)
