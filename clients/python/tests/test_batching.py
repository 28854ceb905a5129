"""Batches that a server with other limits takes."""

from __future__ import annotations

import json
import pickle
from typing import Any

import httpx
import pytest
from fakes import after, make, refusal

from feedback_graph import (
    BatchError,
    ConnectionFailedError,
)

pytestmark = pytest.mark.usefixtures("pauses")


ENTRY = {"type": "positive", "question": "Q?", "answer": "A."}


def stored(request: httpx.Request) -> httpx.Response:
    return httpx.Response(201, json={"results": [{"status": 201} for _ in json.loads(request.content)["feedback"]]})


def test_batches_by_bytes() -> None:
    sizes = []

    def handle(request: httpx.Request) -> httpx.Response:
        sizes.append(len(request.content))
        return stored(request)

    outcome = make(handle).submit_batch([{**ENTRY, "answer": "ä" * 200}] * 30, max_bytes=2_000)
    assert outcome.stored == 30
    assert max(sizes) < 2_100
    assert len(sizes) == 8
    assert make(handle).submit_batch([]).results == []


def test_batch_that_is_too_large_for_the_server() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        count = len(json.loads(request.content)["feedback"])
        return stored(request) if count <= 3 else refusal(413)

    outcome = make(handle).submit_batch([{**ENTRY, "comment": str(n)} for n in range(10)])
    assert outcome.stored == 10


def test_batch_over_the_request_limit(pauses: list[float]) -> None:
    counts = []

    def handle(request: httpx.Request) -> httpx.Response:
        count = len(json.loads(request.content)["feedback"])
        if count > 100:
            return refusal(429, {"retry-after": "59", "x-ratelimit-limit": "100"})
        counts.append(count)
        return stored(request)

    assert make(handle).submit_batch([ENTRY] * 120, idempotency_key="k").stored == 120
    assert counts == [50, 50, 20]
    assert pauses == []


def test_batch_that_breaks_off() -> None:
    handler, _ = after(
        httpx.Response(207, json={"results": [{"status": 201}, {"status": 400, "details": "no"}]}),
        *[httpx.ConnectError("down")] * 3,
    )
    with pytest.raises(BatchError) as error:
        make(handler).submit_batch([ENTRY] * 5, max_count=2)
    assert error.value.position == 2
    assert [result["status"] for result in error.value.results] == [201, 400]
    assert isinstance(error.value.__cause__, ConnectionFailedError)
    assert pickle.loads(pickle.dumps(error.value)).position == 2


def test_entry_that_cannot_be_sent() -> None:
    handler, asked = after(httpx.Response(201, json={"results": [{"status": 201}] * 2}))
    entries: list[dict[str, Any]] = [ENTRY, ENTRY, {**ENTRY, "scores": {"rating": float("nan")}}]
    with pytest.raises(BatchError, match="The entry 2") as error:
        make(handler).submit_batch(entries, max_count=2)
    # Those before it are stored, so that the position is its own.
    assert (error.value.position, len(error.value.results), len(asked)) == (2, 2, 1)
    assert isinstance(error.value.__cause__, ValueError)


def test_half_a_surrogate_pair_is_left_to_the_server() -> None:
    handler, asked = after(httpx.Response(201, json={"results": [{"status": 201}]}))
    make(handler).submit_batch([{**ENTRY, "answer": "\ud83d"}])
    assert b"\\ud83d" in asked[0].content
