"""The change feed, page by page and as a stream that goes on after a lost connection."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Optional

import httpx

from .._lines import EventParser
from .._protocol import FEEDBACK, backoff, connection_error
from ..errors import (
    ApiError,
    ConnectionFailedError,
    FeedbackGraphError,
    RateLimitError,
    ServerError,
    UnexpectedResponseError,
)
from .requests import Requests

if TYPE_CHECKING:
    from .. import schema

CHANGES = f"{FEEDBACK}/changes"
PAGE_SIZE = 1_000
LONGEST_WAIT = 3_600.0
"""Seconds that it waits because the server asks for it, which may be years by a wrong date."""


def past_changes(requests: Requests, filters: Mapping[str, Any], after: str) -> Iterator[schema.Change]:
    """The changes behind a place that have been committed by now."""
    place = after
    has_more = True
    while has_more:
        page = requests.send("GET", CHANGES, params={**filters, "after": place, "limit": PAGE_SIZE})
        for change in page["changes"]:
            yield change
        place, has_more = page["next_after"], page["has_more"]


def follow_changes(
    requests: Requests,
    filters: Mapping[str, Any],
    after: str,
    give_up_after: Optional[float],
    idle_timeout: float,
) -> Iterator[schema.Change]:
    """The changes behind a place, and those to come."""
    place = after
    if after == "now":
        # By its id, so that nothing is missed if the first connection is lost before anything came.
        page = requests.send("GET", CHANGES, params={"after": "now", "limit": 1})
        place = page["next_after"]
    timeout = httpx.Timeout(idle_timeout, connect=10.0)
    parser = EventParser()
    was_connected = False
    failures = 0
    last_contact = time.monotonic()
    while True:
        lost: FeedbackGraphError
        try:
            params = {**filters, "after": place}
            with requests.stream(CHANGES, params, {"accept": "text/event-stream"}, timeout) as response:
                _check_kind(response)
                was_connected = True
                last_contact = time.monotonic()
                parser = EventParser()
                for data in response.iter_bytes():
                    last_contact = time.monotonic()
                    for event in parser.add(data):
                        failures = 0
                        if event.id is not None:
                            place = event.id
                        if event.data is not None:
                            yield event.data
            lost = ConnectionFailedError("The server ended the stream of changes")
        except httpx.RequestError as error:
            lost = connection_error(requests.settings, error)
        except (ConnectionFailedError, ServerError, RateLimitError) as error:
            if not was_connected:
                raise
            lost = error
        except ValueError as error:
            raise UnexpectedResponseError(
                "The server sent an event that is none of a change feed", status=200
            ) from error
        if give_up_after is not None and time.monotonic() - last_contact > give_up_after:
            raise lost
        asked = lost.retry_after if isinstance(lost, ApiError) else None
        time.sleep(max(min(max(asked or 0.0, parser.retry or 0.0), LONGEST_WAIT), backoff(failures)))
        failures += 1


def _check_kind(response: httpx.Response) -> None:
    kind = response.headers.get("content-type", "")
    if not kind.startswith("text/event-stream"):
        raise UnexpectedResponseError("The server did not answer with a stream of changes", status=response.status_code)
