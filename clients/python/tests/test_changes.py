"""The change feed over connections that are lost."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fakes import after, make, refusal

from feedback_graph import (
    AuthenticationError,
    ConnectionFailedError,
    UnexpectedResponseError,
)

pytestmark = pytest.mark.usefixtures("pauses")


def event(id: int, action: str = "feedback.submit") -> str:
    return f'id: {id}\ndata: {{"id":"{id}","action":"{action}","at":1,"node":"n","version":1}}\n\n'


def stream(*texts: str, error: bool = True) -> httpx.Response:
    class Body(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for byte in "".join(texts).encode():
                yield bytes([byte])
            if error:
                raise httpx.ReadError("reset")

    return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Body())


def test_changes_go_on(pauses: list[float]) -> None:
    handler, asked = after(
        stream("retry: 2000\n\n", event(1), event(2)),
        refusal(503),
        httpx.ConnectError("down"),
        refusal(503),
        # An id without data moves the place.
        stream("retry: 2000\n\n:\n\n", "id: 5\n\n", error=False),
        refusal(429, {"retry-after": "100"}),
        stream("retry: 2000\r\n\r\n", event(6).replace("\n", "\r\n")),
    )
    found = []
    for change in make(handler).changes(type="positive"):
        found.append(change["id"])
        if change["id"] == "6":
            break
    assert found == ["1", "2", "6"]
    assert [request.url.params["after"] for request in asked] == ["0", "2", "2", "2", "2", "5", "5"]
    assert max(pauses) >= 100


def test_changes_wait_no_longer_than_an_hour(pauses: list[float]) -> None:
    handler, _ = after(
        stream(f"retry: {'9' * 400}\n\n", "retry: 999999999\n\n", event(1)),
        refusal(429, {"retry-after": "999999999"}),
        stream(event(2)),
    )
    feed = make(handler).changes()
    assert [next(feed)["id"], next(feed)["id"]] == ["1", "2"]
    assert pauses == [3_600, 3_600]


def test_changes_from_now_on() -> None:
    page = httpx.Response(200, json={"changes": [], "next_after": "41", "has_more": False})
    handler, asked = after(page, stream(), stream(event(42)))
    assert next(make(handler).changes(after="now"))["id"] == "42"
    assert [request.url.params["after"] for request in asked] == ["now", "41", "41"]


def test_changes_of_what_is_no_feed() -> None:
    with pytest.raises(UnexpectedResponseError):
        next(make(lambda _: httpx.Response(200, html="<p>")).changes())
    with pytest.raises(UnexpectedResponseError):
        next(make(lambda _: stream("data: {half\n\n")).changes())
    handler, _ = after(*[httpx.ConnectError("down")] * 3)
    with pytest.raises(ConnectionFailedError):
        next(make(handler).changes())
    handler, _ = after(stream(event(1)), refusal(401))
    feed = make(handler).changes()
    next(feed)
    with pytest.raises(AuthenticationError):
        next(feed)


def test_changes_give_up() -> None:
    handler, _ = after(stream(event(1)), *[httpx.ConnectError("down")] * 3)
    feed = make(handler).changes(give_up_after=-1)
    next(feed)
    with pytest.raises(ConnectionFailedError):
        next(feed)
