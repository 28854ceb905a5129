"""What the methods of a client share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Optional

from .pages import items
from .requests import AsyncRequests


class AsyncMethods:
    """Methods that send requests."""

    _requests: AsyncRequests

    def _items(
        self, path: str, field: str, limit: Optional[int], page_size: int, /, **params: Any
    ) -> AsyncIterator[Any]:
        return items(self._requests, path, field, params, limit, page_size)
