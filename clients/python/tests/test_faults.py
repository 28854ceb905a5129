"""Servers that are down, slow or answer nonsense: with a transport in place of a network."""

from __future__ import annotations

import pickle
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes import STATS, URL, after, make, refusal

import feedback_graph
from feedback_graph import (
    AsyncClient,
    AuthenticationError,
    Client,
    ConnectionFailedError,
    FeedbackGraphError,
    InvalidRequestError,
    RateLimitError,
    ServerError,
    TimedOutError,
    UnexpectedResponseError,
)

pytestmark = pytest.mark.usefixtures("pauses")


def test_server_down(pauses: list[float]) -> None:
    handler, asked = after(*[httpx.ConnectError("refused")] * 3)
    with pytest.raises(ConnectionFailedError, match=r"http://feedback\.test could not be reached"):
        make(handler).submit(type="positive", question="Q?", answer="A.")
    assert len({request.headers["idempotency-key"] for request in asked}) == 1
    assert len(asked) == 3
    assert len(pauses) == 2
    assert 0.25 <= pauses[0] <= 0.5
    assert 0.5 <= pauses[1] <= 1


def test_server_down_for_a_moment() -> None:
    handler, _ = after(httpx.ConnectError("refused"), refusal(503), httpx.Response(200, json=STATS))
    assert make(handler).stats()["total_feedback"] == 7


def test_slow_server() -> None:
    handler, asked = after(*[httpx.ReadTimeout("slow")] * 3)
    with pytest.raises(TimedOutError):
        make(handler, timeout=0.5).stats()
    assert asked[0].extensions["timeout"]["read"] == 0.5


@pytest.mark.parametrize("status", [200, 302, 404])
def test_html(status: int) -> None:
    page = httpx.Response(status, html="<h1>Sign in</h1>", headers={"location": "https://elsewhere.test"})
    handler, asked = after(page)
    with pytest.raises(UnexpectedResponseError, match=rf"HTTP {status}, text/html") as error:
        make(handler).stats()
    assert error.value.status == status
    assert "Sign in" not in str(error.value)
    assert len(asked) == 1


def test_html_of_a_proxy_without_its_server() -> None:
    handler, asked = after(*[httpx.Response(502, html="<h1>Bad gateway</h1>")] * 3)
    with pytest.raises(ServerError) as error:
        make(handler).stats()
    assert error.value.status == 502
    assert len(asked) == 3


@pytest.mark.parametrize("body", [b"", b"[1]", b"null", b"{", b"\xff"])
def test_json_that_is_none(body: bytes) -> None:
    with pytest.raises(UnexpectedResponseError):
        make(lambda _: httpx.Response(200, content=body)).stats()


def test_rate_limit(pauses: list[float]) -> None:
    handler, _ = after(refusal(429, {"retry-after": "7"}), httpx.Response(200, json=STATS))
    make(handler).stats()
    assert 7 <= pauses[0] < 8


def test_rate_limit_with_a_date(pauses: list[float]) -> None:
    date = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=20), usegmt=True)
    handler, _ = after(refusal(429, {"retry-after": date}), httpx.Response(200, json=STATS))
    make(handler).stats()
    assert 17 < pauses[0] < 21


def test_rate_limit_with_a_date_by_the_clock_of_the_server(pauses: list[float]) -> None:
    headers = {"date": "Tue, 01 Jan 2030 00:00:00 GMT", "retry-after": "Tue, 01 Jan 2030 00:00:09 GMT"}
    handler, _ = after(refusal(429, headers), httpx.Response(200, json=STATS))
    make(handler).stats()
    assert 9 <= pauses[0] < 10


@pytest.mark.parametrize("body", [{}, {"feedback": 7}])
def test_pages_that_are_none(body: dict[str, Any]) -> None:
    handler, _ = after(httpx.Response(200, json=body))
    with pytest.raises(UnexpectedResponseError):
        next(make(handler).list_feedback())


@pytest.mark.parametrize("headers", [{}, {"retry-after": "soon"}, {"retry-after": "-1"}, {"retry-after": "9" * 400}])
def test_rate_limit_without_a_time(pauses: list[float], headers: dict[str, str]) -> None:
    handler, _ = after(refusal(429, headers), httpx.Response(200, json=STATS))
    make(handler).stats()
    assert 0 < pauses[0] <= 0.5


def test_rate_limit_for_an_hour(pauses: list[float]) -> None:
    handler, asked = after(refusal(429, {"retry-after": "3600", "x-ratelimit-limit": "10000"}, "RATE_LIMITED"))
    with pytest.raises(RateLimitError) as error:
        make(handler).stats()
    assert (error.value.retry_after, error.value.limit, error.value.code) == (3600, 10_000, "RATE_LIMITED")
    assert (pauses, len(asked)) == ([], 1)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 422, 501])
def test_what_is_not_repeated(status: int) -> None:
    handler, asked = after(refusal(status))
    with pytest.raises(FeedbackGraphError):
        make(handler).stats()
    assert len(asked) == 1


def test_errors_can_be_pickled_and_hide_the_token() -> None:
    handler, _ = after(refusal(403, {"x-request-id": "r1"}, "FORBIDDEN"))
    client = make(handler)
    with pytest.raises(FeedbackGraphError) as error:
        client.stats()
    again = pickle.loads(pickle.dumps(error.value))
    assert (str(again), again.request_id, again.status) == ("Not now", "r1", 403)
    assert "secret" not in repr(client) + repr(error.value)
    with pytest.raises(ValueError, match="visible ASCII") as wrong:
        Client(URL, token="secret\nX-Other: 1")
    assert "secret" not in str(wrong.value)
    with pytest.raises(TypeError, match="transport"):
        pickle.dumps(client)


@pytest.mark.parametrize(
    "url", ["feedback.test", "ftp://feedback.test", "http://ann:pw@feedback.test", "http://", "http://a/?b"]
)
def test_wrong_urls(url: str) -> None:
    with pytest.raises(ValueError, match="url") as error:
        Client(url, token="t")
    assert "pw" not in str(error.value)


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FEEDBACK_TOKEN", raising=False)
    with pytest.raises(ValueError, match="FEEDBACK_TOKEN"):
        Client()
    monkeypatch.setenv("FEEDBACK_TOKEN", "from-environment")
    monkeypatch.setenv("FEEDBACK_URL", f"{URL}/prefix/")
    handler, asked = after(httpx.Response(200, json=STATS))
    Client(transport=httpx.MockTransport(handler)).stats()
    assert str(asked[0].url) == f"{URL}/prefix/api/v1/llm/feedback/stats"
    assert asked[0].headers["authorization"] == "Bearer from-environment"


def test_ids_stay_in_their_place() -> None:
    handler, asked = after(*[httpx.Response(200, json={})] * 3)
    client = make(handler)
    for id in ("../../tokens?x#y", "..", "a/b%2F"):
        client.get_adapter(id)
    assert [request.url.raw_path.decode() for request in asked] == [
        "/api/v1/llm/adapters/..%2F..%2Ftokens%3Fx%23y",
        "/api/v1/llm/adapters/%2E%2E",
        "/api/v1/llm/adapters/a%2Fb%252F",
    ]
    with pytest.raises(ValueError, match="empty"):
        client.get_adapter("")


def test_token_that_expires() -> None:
    tokens = iter(["old", "new", "new"])
    handler, asked = after(refusal(401), httpx.Response(200, json=STATS))
    make(handler, token=lambda: next(tokens)).stats()
    assert [request.headers["authorization"] for request in asked] == ["Bearer old", "Bearer new"]


@pytest.mark.parametrize("token", ["old", lambda: "old"])
def test_token_that_is_not_renewed(token: Any) -> None:
    handler, asked = after(refusal(401))
    with pytest.raises(AuthenticationError):
        make(handler, token=token).stats()
    assert len(asked) == 1


def test_values_that_cannot_be_sent() -> None:
    client = make(lambda _: httpx.Response(201, json={}))
    with pytest.raises(ValueError, match="time zone"):
        client.submit(type="positive", question="Q?", answer="A.", created_at=datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="JSON"):
        client.submit(type="positive", question="Q?", answer="A.", scores={"rating": float("inf")})
    with pytest.raises(TypeError, match="set"):
        client.submit(type="positive", question="Q?", answer="A.", metadata={"x": {1}})
    with pytest.raises(ValueError, match="idempotency key"):
        client.submit(type="positive", question="Q?", answer="A.", idempotency_key="with space")


def test_graphql_errors() -> None:
    body = {
        "errors": [{"message": "No", "extensions": {"code": "BAD_USER_INPUT", "issues": [{"field": "id"}]}}],
        "data": None,
    }
    handler, _ = after(httpx.Response(200, json=body), httpx.Response(400, json={"errors": [{"message": "Syntax"}]}))
    client = make(handler)
    with pytest.raises(InvalidRequestError) as error:
        client.graphql("{ a }")
    assert error.value.issues == [{"field": "id"}]
    with pytest.raises(InvalidRequestError, match="Syntax"):
        client.graphql("{")


def test_mutations_without_a_key_are_not_repeated() -> None:
    handler, asked = after(httpx.ReadError("reset"))
    with pytest.raises(ConnectionFailedError):
        make(handler).graphql("mutation { a }")
    assert "idempotency-key" not in asked[0].headers
    handler, asked = after(httpx.ReadError("reset"), httpx.Response(200, json={"data": {"a": 1}}))
    assert make(handler).graphql("mutation { a }", idempotency_key="k") == {"a": 1}


@pytest.mark.anyio
async def test_async_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    handler, asked = after(httpx.ConnectError("down"), httpx.Response(200, json=STATS))
    monkeypatch.setattr("feedback_graph._async.requests.backoff", lambda _: 0.0)
    async with AsyncClient(URL, token="t", transport=httpx.MockTransport(handler)) as client:
        assert (await client.stats())["total_feedback"] == 7
    assert len(asked) == 2


def test_importing_does_no_work() -> None:
    import subprocess
    import sys

    code = "import sys, feedback_graph; print([m for m in ('transformers', 'torch', 'feedback_graph.schema') if m in sys.modules])"
    environment = {"PYTHONPATH": str(Path(feedback_graph.__file__).parents[1])}
    assert subprocess.check_output([sys.executable, "-c", code], env=environment, text=True).strip() == "[]"
