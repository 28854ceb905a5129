"""Servers that are down, slow, answer nonsense or break off: with a transport in place of a network."""

from __future__ import annotations

import copy
import hashlib
import json
import pickle
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Callable, Optional

import httpx
import pytest

import feedback_graph
from feedback_graph import (
    AsyncClient,
    AuthenticationError,
    BatchError,
    ChecksumError,
    Client,
    ConnectionFailedError,
    FeedbackGraphError,
    InvalidRequestError,
    RateLimitError,
    ServerError,
    TimedOutError,
    UnexpectedResponseError,
)
from feedback_graph._sync import changes, exports, requests

URL = "http://feedback.test"
Handler = Callable[[httpx.Request], httpx.Response]
STATS = {"total_feedback": 7}


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the client waited for, without waiting."""
    waited: list[float] = []
    for module in (requests, exports, changes):
        clock = type(
            "Clock", (), {"sleep": staticmethod(waited.append), "monotonic": staticmethod(module.time.monotonic)}
        )
        monkeypatch.setattr(module, "time", clock)
    return waited


def make(handler: Handler, **options: Any) -> Client:
    return Client(URL, **{"token": "secret-token", "transport": httpx.MockTransport(handler), **options})


def refusal(status: int, headers: Optional[dict[str, str]] = None, code: str = "X") -> httpx.Response:
    return httpx.Response(status, json={"error": "E", "details": "Not now", "code": code}, headers=headers)


def after(*answers: object) -> tuple[Handler, list[httpx.Request]]:
    """Answers one after the other; an exception is raised."""
    asked: list[httpx.Request] = []
    left = iter(answers)

    def handle(request: httpx.Request) -> httpx.Response:
        # A request is sent again with other headers.
        sent = copy.copy(request)
        sent.headers, sent.extensions = request.headers.copy(), request.extensions
        asked.append(sent)
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, httpx.Response)
        return answer

    return handle, asked


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


# Batches

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


def test_half_a_surrogate_pair_is_left_to_the_server() -> None:
    handler, asked = after(httpx.Response(201, json={"results": [{"status": 201}]}))
    make(handler).submit_batch([{**ENTRY, "answer": "\ud83d"}])
    assert b"\\ud83d" in asked[0].content


# Exports

CONTENT = b"".join(json.dumps({"n": n, "text": "x\u2028y" * 50}).encode() + b"\n" for n in range(100))


class Pieces(httpx.SyncByteStream):
    """A body in pieces, which may break off."""

    def __init__(self, content: bytes, breaks_off: bool = False) -> None:
        self._content = content
        self._breaks_off = breaks_off

    def __iter__(self) -> Iterator[bytes]:
        for at in range(0, len(self._content), 1_000):
            yield self._content[at : at + 1_000]
        if self._breaks_off:
            raise httpx.RemoteProtocolError("peer closed connection")


class Exports:
    """A server with one export."""

    def __init__(self, *bodies: Callable[[int], httpx.Response], sha256: Optional[str] = None) -> None:
        self.bodies = iter(bodies)
        self.ranges: list[Optional[str]] = []
        self.tokens: list[str] = []
        self.manifests = 0
        self.sha256 = sha256 or hashlib.sha256(CONTENT).hexdigest()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/manifest"):
            self.manifests += 1
            return httpx.Response(200, json={"sha256": self.sha256, "bytes": len(CONTENT), "counts": {"rows": 100}})
        if request.url.path.endswith("/export"):
            wanted = request.headers.get("range")
            self.ranges.append(wanted)
            self.tokens.append(request.headers["authorization"])
            assert wanted is None or request.headers["if-range"] == '"tag"'
            return next(self.bodies)(0 if wanted is None else int(wanted[len("bytes=") : -1]))
        return httpx.Response(200, json={"training_batch_id": 7, "state": "open", "count": 3})


def part(
    end: Optional[int] = None, etag: str = '"tag"', breaks_off: Optional[bool] = None
) -> Callable[[int], httpx.Response]:
    """The export from where it is asked for to ``end``."""

    def answer(start: int) -> httpx.Response:
        broken = end is not None if breaks_off is None else breaks_off
        headers = {"etag": etag}
        if start > 0:
            headers["content-range"] = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
        stream = Pieces(CONTENT[start:end], broken)
        return httpx.Response(206 if start > 0 else 200, headers=headers, stream=stream)

    return answer


def whole(_: int) -> httpx.Response:
    return httpx.Response(200, headers={"etag": '"tag"'}, stream=Pieces(CONTENT))


def wrong(_: int) -> httpx.Response:
    return httpx.Response(200, headers={"etag": '"tag"'}, stream=Pieces(CONTENT.replace(b'"n": 42', b'"n": 43')))


def nonsense(_: int) -> httpx.Response:
    return httpx.Response(200, headers={"etag": '"tag"'}, stream=Pieces(b"<" * len(CONTENT)))


def refuse(status: int) -> Callable[[int], httpx.Response]:
    return lambda _: refusal(status)


def download(server: Exports, path: Path, **options: Any) -> bytes:
    batch = make(server, **options).batch(7)
    assert batch.download(path, format="trl-dpo").rows == 100
    return path.read_bytes()


def test_half_a_stream(tmp_path: Path) -> None:
    # Every part makes progress, so the number of breaks does not matter.
    server = Exports(part(5_000), part(9_000), part(15_000), part(20_000), part())
    assert download(server, tmp_path / "train.jsonl") == CONTENT
    assert server.ranges == [None, "bytes=5000-", "bytes=9000-", "bytes=15000-", "bytes=20000-"]
    assert server.manifests == 1


def test_half_a_stream_that_ends_without_an_error(tmp_path: Path) -> None:
    server = Exports(part(5_000, breaks_off=False), part())
    assert download(server, tmp_path / "train.jsonl") == CONTENT


def test_half_a_stream_of_a_server_that_ignores_ranges(tmp_path: Path) -> None:
    server = Exports(part(5_500), whole)
    assert download(server, tmp_path / "train.jsonl") == CONTENT


def test_streams_that_never_go_on(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    file.write_bytes(b"good")
    server = Exports(part(5_000), *[part(5_000)] * 3)
    with pytest.raises(ConnectionFailedError):
        download(server, file)
    assert file.read_bytes() == b"good"
    assert list(tmp_path.iterdir()) == [file]


def test_export_that_changes_meanwhile(tmp_path: Path) -> None:
    # An erasure: the tag of the second answer is another one, and the download starts again.
    server = Exports(part(5_000), lambda _: httpx.Response(200, headers={"etag": '"other"'}, content=b"?"), whole)
    assert download(server, tmp_path / "train.jsonl") == CONTENT
    assert server.manifests == 2


def test_wrong_checksum(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    assert download(Exports(wrong, whole), file) == CONTENT
    with pytest.raises(ChecksumError):
        download(Exports(wrong, wrong), file)
    assert file.read_bytes() == CONTENT
    assert list(tmp_path.iterdir()) == [file]


def test_endless_export(tmp_path: Path) -> None:
    def endless(_: int) -> httpx.Response:
        return httpx.Response(200, headers={"etag": '"tag"'}, stream=Pieces(CONTENT * 1_000))

    with pytest.raises(ChecksumError):
        download(Exports(endless, endless), tmp_path / "train.jsonl")


def test_token_that_expires_in_the_middle_of_an_export(tmp_path: Path) -> None:
    tokens = iter(["first"] * 4 + ["second"] * 9)
    server = Exports(part(5_000), refuse(401), part())
    assert download(server, tmp_path / "train.jsonl", token=lambda: next(tokens)) == CONTENT
    assert server.tokens[0] == "Bearer first"
    assert server.tokens[-1] == "Bearer second"


def test_rows() -> None:
    server = Exports(part(5_000), part(), whole, wrong, nonsense)
    rows = make(server).batch(7).rows("trl-dpo")
    for _ in range(2):
        assert [row["n"] for row in rows] == list(range(100))
    for _ in range(2):
        with pytest.raises(ChecksumError):
            list(rows)
    with pytest.raises(ValueError, match="JSON Lines"):
        make(server).batch(7).rows("trl-dpo", file_type="parquet")


def test_directory_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        make(Exports()).batch(7).download(tmp_path, format="trl-dpo")
    with pytest.raises(FileNotFoundError):
        make(Exports()).batch(7).download(tmp_path / "none" / "train.jsonl", format="trl-dpo")


# Changes


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


# GraphQL


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


# The asynchronous client is what the synchronous one is made of: here, that it waits at all.


@pytest.mark.anyio
async def test_async_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    handler, asked = after(httpx.ConnectError("down"), httpx.Response(200, json=STATS))
    monkeypatch.setattr("feedback_graph._async.requests.backoff", lambda _: 0.0)
    async with AsyncClient(URL, token="t", transport=httpx.MockTransport(handler)) as client:
        assert (await client.stats())["total_feedback"] == 7
    assert len(asked) == 2


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_importing_does_no_work() -> None:
    import subprocess
    import sys

    code = "import sys, feedback_graph; print([m for m in ('transformers', 'torch', 'feedback_graph.schema') if m in sys.modules])"
    environment = {"PYTHONPATH": str(Path(feedback_graph.__file__).parents[1])}
    assert subprocess.check_output([sys.executable, "-c", code], env=environment, text=True).strip() == "[]"
