"""Training batches that the server goes on with after its answer."""

from __future__ import annotations

import httpx
from fakes import after, make

OPEN = {"training_batch_id": 7, "state": "open", "count": 100_000, "lease_until": 0}


def under_way(state: str, done: int) -> httpx.Response:
    progress = {"done": done, "total": 100_000}
    return httpx.Response(202, json={**OPEN, "state": state, "count": done, "progress": progress})


def batch(state: str) -> httpx.Response:
    return httpx.Response(200, json={**OPEN, "state": state})


def asked_for(request: httpx.Request) -> tuple[str, str, str | None]:
    return request.method, request.url.path.rsplit("/", 1)[-1], request.headers.get("prefer")


def test_waits_until_all_is_done_without_holding_a_request(pauses: list[float]) -> None:
    handler, asked = after(
        under_way("claiming", 160),
        under_way("claiming", 50_000),
        batch("open"),
        under_way("committing", 80),
        batch("committed"),
        batch("open"),
        under_way("releasing", 80),
        batch("released"),
    )
    with make(handler) as client:
        claimed = client.claim(limit=100_000)
        assert (claimed.count, claimed.data["state"]) == (100_000, "open")
        assert claimed.commit(produced_adapter="lora")["state"] == "committed"
        assert client.batch(7).release()["state"] == "released"
    assert [asked_for(request) for request in asked] == [
        ("POST", "batches", "respond-async"),
        ("GET", "7", None),
        ("GET", "7", None),
        ("POST", "commit", "respond-async"),
        ("GET", "7", None),
        ("GET", "7", None),
        ("POST", "release", "respond-async"),
        ("GET", "7", None),
    ]
    assert len(pauses) == 4
    assert max(pauses) <= 2
