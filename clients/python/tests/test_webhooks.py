"""Webhooks: how they are managed, and what they receive is verified."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import queue
import threading
import time
from collections.abc import Iterator
from typing import Union

import pytest

from feedback_graph import Client, NotFoundError, WebhookVerificationError, verify_webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"another secret").decode()
NOW = 1_674_087_231
BODY = json.dumps({"type": "feedback.submitted", "data": {"tags": ["ü🦙"]}}, ensure_ascii=False)
Request = tuple[bytes, dict[str, str]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback_graph._webhooks.time.time", lambda: float(NOW))


def signed(body: Union[str, bytes] = BODY, secret: str = SECRET, timestamp: str = str(NOW)) -> dict[str, str]:
    content = body.encode() if isinstance(body, str) else body
    key = base64.b64decode(secret[len("whsec_") :])
    digest = hmac.new(key, f"msg_1.{timestamp}.".encode() + content, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": signature}


@pytest.mark.usefixtures("clock")
def test_signed_requests() -> None:
    event = json.loads(BODY)
    assert verify_webhook(BODY, signed(), SECRET) == event
    written_otherwise = {
        name.title(): f"v1,AA= v2,x {value}" if "sign" in name else value for name, value in signed().items()
    }
    assert verify_webhook(BODY.encode(), written_otherwise, [OTHER, SECRET]) == event
    assert verify_webhook(BODY, signed(timestamp=str(NOW - 299)), SECRET) == event


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY + " ", signed()),
        (BODY, signed(secret=OTHER)),
        (BODY, {**signed(), "webhook-id": "msg_2"}),
        (BODY, {**signed(), "webhook-signature": ""}),
        (BODY, {**signed(), "webhook-signature": "v1,ü"}),
        (BODY, {}),
        (BODY, signed(timestamp=str(NOW - 301))),
        (BODY, signed(timestamp=str(NOW + 301))),
        (BODY, signed(timestamp="-1")),
        (BODY, signed(timestamp="9" * 400)),
        ("secret text", signed("secret text")),
        ("[]", signed("[]")),
        (b"\xff", signed(b"\xff")),
    ],
)
def test_requests_that_are_not_to_be_believed(body: Union[str, bytes], headers: dict[str, str]) -> None:
    with pytest.raises(WebhookVerificationError) as error:
        verify_webhook(body, headers, SECRET)
    assert "secret text" not in str(error.value)
    assert "MfKQ" not in str(error.value)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("secret", ["", "whsec_", "not base64!", "whsec_ü"])
def test_secrets_that_are_none(secret: str) -> None:
    with pytest.raises(ValueError, match=r"^The secret of a webhook is whsec_ and base64$"):
        verify_webhook(BODY, signed(), secret)


@pytest.fixture
def receiver() -> Iterator[tuple[str, queue.Queue[Request]]]:
    received: queue.Queue[Request] = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.put((body, dict(self.headers.items())))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/feedback", received
        server.shutdown()
        thread.join()


def test_webhooks(client: Client, receiver: tuple[str, queue.Queue[Request]]) -> None:
    url, received = receiver
    made = client.create_webhook(url=url, events=["feedback.submitted"], filter={"tag": "hook"})
    assert [each["id"] for each in client.list_webhooks()] == [made["id"]]
    entry = client.submit(type="positive", question="Wird das zugestellt?", answer="Ja, „bald“ 🦙.", tags=["hook", "ü"])
    body, headers = received.get(timeout=30)
    event = verify_webhook(body, headers, made["secret"])
    assert event["type"] == "feedback.submitted"
    assert event["data"]["feedback_id"] == entry["id"]
    assert event["data"]["entry"]["tags"] == ["hook", "ü"]

    rotated = client.rotate_webhook_secret(made["id"], grace_seconds=3_600)
    client.test_webhook(made["id"])
    test_body, test_headers = received.get(timeout=30)
    for secret in (made["secret"], rotated["secret"]):
        assert verify_webhook(test_body, test_headers, secret)["type"] == "webhook.test"
    with pytest.raises(WebhookVerificationError):
        verify_webhook(body, headers, rotated["secret"])

    # A delivery is known to be over a moment after its receiver has it.
    deadline = time.monotonic() + 30
    while len(list(client.list_webhook_deliveries(made["id"], status="delivered"))) < 2:
        assert time.monotonic() < deadline
    _, delivery = client.list_webhook_deliveries(made["id"])
    assert client.get_webhook_delivery(made["id"], delivery["id"])["event"] == "feedback.submitted"
    client.redeliver_webhook(made["id"], delivery["id"])
    _, again = received.get(timeout=30)
    assert again["webhook-id"] == headers["webhook-id"]

    assert client.update_webhook(made["id"], enabled=False, description="Für später")["enabled"] is False
    assert client.update_webhook(made["id"], description=None).get("description") is None
    assert client.get_webhook(made["id"])["enabled"] is False
    assert client.delete_webhook(made["id"]) == {"id": made["id"]}
    with pytest.raises(NotFoundError):
        client.get_webhook(made["id"])
