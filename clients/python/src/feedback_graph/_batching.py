"""Splits entries into requests that the server takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ._protocol import to_json

if TYPE_CHECKING:
    from .schema import BatchEntryResult

MAX_COUNT = 1_000
"""Entries that the server takes at once."""
MAX_BYTES = 4 * 1024 * 1024
"""Bytes of a request; a server takes 8 MiB unless its body limit was changed."""


class BatchOutcome(NamedTuple):
    """What became of the entries of a call of ``submit_batch``."""

    results: list[BatchEntryResult]
    """One result for each entry, in their order: ``status`` is 201, 200, or that of an error."""

    @property
    def stored(self) -> int:
        """How many entries the server has."""
        return sum(1 for result in self.results if result["status"] < 300)

    @property
    def refused(self) -> list[tuple[int, BatchEntryResult]]:
        """The results of the refused entries, each behind the place of its entry, counted from 0."""
        return [(place, result) for place, result in enumerate(self.results) if result["status"] >= 300]


class UnsendableError(Exception):
    """An entry that is no JSON."""

    def __init__(self, place: int, reason: Exception) -> None:
        super().__init__(place, reason)
        self.place = place
        self.reason = reason


class Piece(NamedTuple):
    """Entries, as JSON, that go into one request."""

    start: int
    entries: Sequence[bytes]

    @property
    def end(self) -> int:
        """The place behind the last entry."""
        return self.start + len(self.entries)

    def body(self, keep_revised: bool) -> bytes:
        """The body of the request."""
        head = b'{"keep_revised":true,"feedback":[' if keep_revised else b'{"feedback":['
        return head + b",".join(self.entries) + b"]}"

    def split(self, count: int) -> list[Piece]:
        """The same entries in pieces of at most ``count``."""
        return [
            Piece(self.start + at, self.entries[at : at + count]) for at in range(0, len(self.entries), max(1, count))
        ]


def pieces(entries: Iterable[Mapping[str, Any]], max_count: int, max_bytes: int) -> Iterator[Piece]:
    """The entries in pieces of at most so many entries and bytes; an entry that is larger is in one of its own."""
    start = size = 0
    waiting: list[bytes] = []
    for entry in entries:
        try:
            text = to_json(entry)
        except (TypeError, ValueError) as error:
            # Those before it are sent.
            if waiting:
                yield Piece(start, waiting)
            raise UnsendableError(start + len(waiting), error) from error
        if waiting and (len(waiting) >= max_count or size + len(text) + 1 > max_bytes):
            yield Piece(start, waiting)
            start, size, waiting = start + len(waiting), 0, []
        waiting.append(text)
        size += len(text) + 1
    if waiting:
        yield Piece(start, waiting)
