"""Lines and server-sent events out of bytes. Only a line feed ends a line here: texts may have U+2028 and the like."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple, Optional

_SECONDS = re.compile(r"[0-9]{1,9}")
MAX_LINE_BYTES = 64 * 1024 * 1024
"""More than the server ever writes into a row or an event."""


class LineSplitter:
    """Collects bytes and gives the lines that are complete."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, data: bytes) -> list[bytes]:
        """The lines that these bytes complete."""
        *complete, last = data.split(b"\n")
        if complete:
            complete[0] = b"".join((*self._parts, complete[0]))
            self._parts, self._size = [], 0
        if last:
            self._parts.append(last)
            self._size += len(last)
            if self._size > MAX_LINE_BYTES:
                raise ValueError("The server sent a line that is too long")
        return complete

    def rest(self) -> bytes:
        """What is behind the last end of a line."""
        return b"".join(self._parts)


class Event(NamedTuple):
    """One event, or a place without an event."""

    id: Optional[str]
    data: Optional[Any]


class EventParser:
    """Reads what the change feed sends: ``id``, ``data`` and ``retry``; everything else is left alone."""

    def __init__(self) -> None:
        self._lines = LineSplitter()
        self._id: Optional[str] = None
        self._data: list[str] = []
        self.retry: Optional[float] = None
        """Seconds that the server asks clients to wait before they connect again."""

    def add(self, data: bytes) -> list[Event]:
        """The events that these bytes complete."""
        events = []
        for line in self._lines.add(data):
            event = self._take(line.rstrip(b"\r").decode("utf-8", "replace"))
            if event is not None:
                events.append(event)
        return events

    def _take(self, line: str) -> Optional[Event]:
        if line == "":
            if self._id is None and not self._data:
                return None
            event = Event(self._id, json.loads("\n".join(self._data)) if self._data else None)
            self._id, self._data = None, []
            return event
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "id" and "\0" not in value:
            self._id = value
        elif name == "data":
            self._data.append(value)
        elif name == "retry" and _SECONDS.fullmatch(value):
            self.retry = int(value) / 1000
        return None
