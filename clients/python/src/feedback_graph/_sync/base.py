"""What the methods of a client share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Optional

from .pages import items
from .requests import Requests


class Methods:
    """Methods that send requests."""

    _requests: Requests

    def _items(
        self, path: str, field: str, limit: Optional[int], page_size: int, /, **params: Any
    ) -> Iterator[Any]:
        return items(self._requests, path, field, params, limit, page_size)
