"""The lease of a training batch, and the callback of a trainer."""

from __future__ import annotations

import asyncio
import sys
import threading
import types
from typing import Any, Optional

import httpx
import pytest

from feedback_graph import (
    AsyncClient,
    Client,
    ConflictError,
    ConnectionFailedError,
    RateLimitError,
    ServerError,
    _lease,
)
from feedback_graph._sync import batch as batch_module

BATCH = {"training_batch_id": 7, "state": "open", "count": 3}


@pytest.fixture(autouse=True)
def intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lease, "LONGEST_INTERVAL", 0.001)
    monkeypatch.setattr(_lease, "RETRY_INTERVAL", 0.001)


class Training:
    """A server with one batch, which tells when it was renewed often enough, and what else was asked of it.

    Renewals are not among its actions: another thread sends them whenever it gets its turn.
    """

    def __init__(self, *renewals: object, commit: Optional[httpx.Response] = None) -> None:
        self.renewals = list(renewals)
        self.renewed = threading.Event()
        self.actions: list[str] = []
        self.commit = commit
        self.lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        action = request.url.path.rsplit("/", 1)[-1]
        with self.lock:
            if action != "renew":
                self.actions.append(action)
                commit = self.commit if action == "commit" else None
                return httpx.Response(200, json=BATCH) if commit is None else commit
            answer = self.renewals.pop(0) if self.renewals else None
            if not self.renewals:
                self.renewed.set()
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=BATCH)

    def client(self) -> Client:
        return Client("http://feedback.test", token="t", transport=httpx.MockTransport(self), max_retries=0)


def conflict() -> httpx.Response:
    return httpx.Response(409, json={"error": "Conflict", "details": "It is expired", "code": "CONFLICT"})


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("feedback-graph-lease")]


def test_renews_in_a_thread() -> None:
    training = Training(None, None, None)
    with training.client() as client, client.claim() as batch:
        assert training.renewed.wait(10)
        assert threads() == ["feedback-graph-lease-7"]
        batch.commit(produced_adapter="lora")
        # What follows in the block is no longer held up by a lease that there is not.
        assert threads() == []
    assert batch.lease_error is None
    assert training.actions[-1] == "commit"


def test_renews_again_after_a_fault() -> None:
    training = Training(httpx.ConnectError("down"), httpx.Response(503, json={"details": "full"}), None)
    with training.client() as client, client.claim() as batch:
        assert training.renewed.wait(10)
        assert batch.lease_error is None
    assert training.actions[-1] == "release"


def test_lease_that_is_lost() -> None:
    training = Training(conflict())
    with training.client() as client, client.claim() as batch:
        assert training.renewed.wait(10)
        assert batch._lease is not None
        batch._lease._thread.join(10)
        assert isinstance(batch.lease_error, ConflictError)
    assert isinstance(batch.lease_error, ConflictError)


def test_commit_of_unknown_outcome_is_not_released() -> None:
    training = Training(commit=httpx.Response(503, json={"details": "It is unknown"}))
    with training.client() as client:
        with pytest.raises(ServerError, match="unknown"), client.claim() as batch:
            batch.commit(produced_adapter="lora", patience=0)
        assert "release" not in training.actions
        training.commit = None
        batch.commit(produced_adapter="lora")


def test_commit_goes_on_while_the_server_is_down(pauses: list[float]) -> None:
    training = Training(commit=httpx.Response(503, json={"details": "It starts"}))
    pauses_before = len(pauses)

    def start(seconds: float) -> None:
        pauses.append(seconds)
        training.commit = None if len(pauses) >= 4 else training.commit

    with training.client() as client, client.claim() as batch:
        batch_module.time.sleep = start  # type: ignore[attr-defined]
        batch.commit(produced_adapter="lora")
    assert len(pauses) - pauses_before == 4
    assert "release" not in training.actions


def test_commit_waits_for_a_request_limit(pauses: list[float]) -> None:
    def limit(seconds: str) -> httpx.Response:
        return httpx.Response(
            429, json={"details": "Too many", "code": "RATE_LIMITED"}, headers={"retry-after": seconds}
        )

    training = Training(commit=limit("90"))

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        training.commit = limit("400") if len(pauses) == 1 else None

    with training.client() as client, client.claim() as batch:
        batch_module.time.sleep = wait  # type: ignore[attr-defined]
        with pytest.raises(RateLimitError):
            batch.commit(produced_adapter="lora")
        batch.commit(produced_adapter="lora", patience=3_600)
    assert pauses == [90, 400]


def test_commit_that_is_refused_is_not_released() -> None:
    training = Training(commit=conflict())
    with training.client() as client, pytest.raises(ConflictError), client.claim() as batch:
        batch.commit(produced_adapter="lora")
    # Its training may have taken hours: the values can be corrected.
    assert training.actions[-1] == "commit"


def test_error_of_the_block_is_the_one_that_is_seen() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/release"):
            raise httpx.ConnectError("down")
        return httpx.Response(201, json=BATCH)

    client = Client("http://feedback.test", token="t", transport=httpx.MockTransport(handle), max_retries=0)
    with pytest.raises(KeyboardInterrupt), client.claim():
        raise KeyboardInterrupt
    with pytest.raises(ConnectionFailedError), client.claim():
        pass


@pytest.mark.anyio
async def test_renews_in_a_task() -> None:
    training = Training(httpx.ConnectError("down"), None, conflict())
    transport = httpx.MockTransport(training)
    async with AsyncClient("http://feedback.test", token="t", transport=transport, max_retries=0) as client:
        async with await client.claim() as batch:
            assert await asyncio.to_thread(training.renewed.wait, 10)
            assert batch._lease is not None
            assert batch._lease._task is not None
            await asyncio.wait([batch._lease._task], timeout=10)
            assert isinstance(batch.lease_error, ConflictError)
        with pytest.raises(ZeroDivisionError):
            async with await client.claim() as batch:
                _ = 1 / 0
    assert training.actions[-1] == "release"


def load_callback(monkeypatch: pytest.MonkeyPatch, transformers: Optional[types.ModuleType]) -> Any:
    monkeypatch.setitem(sys.modules, "transformers", transformers)
    monkeypatch.delitem(sys.modules, "feedback_graph.trl", raising=False)
    import feedback_graph.trl

    return feedback_graph.trl


def test_callback(monkeypatch: pytest.MonkeyPatch) -> None:
    transformers = types.ModuleType("transformers")
    transformers.TrainerCallback = object  # type: ignore[attr-defined]
    callback_type = load_callback(monkeypatch, transformers).FeedbackGraphCallback
    training = Training(conflict())
    first, other = (types.SimpleNamespace(is_world_process_zero=zero) for zero in (True, False))
    control = types.SimpleNamespace(should_training_stop=False)
    with training.client() as client, client.claim() as batch:
        callback = callback_type(batch, prefix="dpo/")
        callback.on_log(None, first, control, {"loss": 2, "note": "no number", "nan": float("nan"), "x" * 65: 1})
        callback.on_log(None, first, control, {"loss": 1, "eval_loss": 0.5, "flag": True})
        callback.on_log(None, other, control, {"loss": 9})
        callback.on_log(None, first, control, None)
        assert batch.metrics == {"dpo/loss": 1.0, "dpo/eval_loss": 0.5}
        callback.on_log(None, first, control, {f"m{n}": n for n in range(200)})
        assert len(batch.metrics) == 100
        assert training.renewed.wait(10)
        assert batch._lease is not None
        batch._lease._thread.join(10)
        assert callback.on_step_end(None, first, control).should_training_stop


def test_callback_without_transformers(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImportError, match=r"feedback-graph\[trl\]"):
        load_callback(monkeypatch, None)
