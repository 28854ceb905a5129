"""Lists, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Optional

from ..errors import UnexpectedResponseError
from .requests import Requests

PAGE_SIZE = 100
"""What a page has unless it is asked for otherwise; the server gives at most 1,000."""


def items(
    requests: Requests,
    path: str,
    field: str,
    params: Mapping[str, Any],
    limit: Optional[int],
    page_size: int,
) -> Iterator[Any]:
    """What is in ``field`` of each page, at most ``limit`` of it."""
    left = limit
    cursor: Optional[str] = None
    while left is None or left > 0:
        size = page_size if left is None else min(page_size, left)
        page = requests.send("GET", path, params={**params, "limit": size, "cursor": cursor})
        found = page.get(field)
        if not isinstance(found, list):
            raise UnexpectedResponseError("What the server answered is not a page of this list", status=200)
        for item in found:
            yield item
        if left is not None:
            left -= len(found)
        cursor = page.get("next_cursor")
        if cursor is None:
            return
