"""Webhooks: events that the server sends to URLs of yours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Optional, cast

from .._protocol import WEBHOOKS, path_segment, without_none
from .base import Methods
from .pages import PAGE_SIZE

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .. import schema


class WebhookMethods(Methods):
    """What administrators do with webhooks; it needs the permission ``org:admin``."""

    def create_webhook(
        self, *, idempotency_key: Optional[str] = None, **webhook: Unpack[schema.WebhookRequest]
    ) -> schema.WebhookWithSecret:
        """Creates a webhook: ``create_webhook(url="https://hooks.example.com/feedback", events=["feedback.submitted"])``.

        Its ``secret`` is in no other answer; :func:`feedback_graph.verify_webhook` needs it.
        """
        body = without_none(webhook)
        answer = self._requests.send("POST", WEBHOOKS, body=body, idempotency_key=idempotency_key)
        return cast("schema.WebhookWithSecret", answer)

    def list_webhooks(
        self, *, limit: Optional[int] = None, page_size: int = PAGE_SIZE
    ) -> Iterator[schema.Webhook]:
        """Goes through the webhooks, oldest first."""
        return self._items(WEBHOOKS, "webhooks", limit, page_size)

    def get_webhook(self, id: str) -> schema.Webhook:
        """Reads a webhook."""
        return cast("schema.Webhook", self._requests.send("GET", _webhook(id)))

    def update_webhook(self, id: str, **change: Unpack[schema.WebhookChange]) -> schema.Webhook:
        """Changes the given fields of a webhook; ``enabled=False`` stops it."""
        return cast("schema.Webhook", self._requests.send("PATCH", _webhook(id), body={**change}))

    def rotate_webhook_secret(
        self, id: str, *, grace_seconds: Optional[int] = None, idempotency_key: Optional[str] = None
    ) -> schema.WebhookWithSecret:
        """Makes a new secret; the one before stays valid for so many seconds, a day by default."""
        body = without_none({"grace_seconds": grace_seconds})
        answer = self._requests.send(
            "POST", f"{_webhook(id)}/rotate-secret", body=body, idempotency_key=idempotency_key
        )
        return cast("schema.WebhookWithSecret", answer)

    def delete_webhook(self, id: str) -> schema.DeletedWebhook:
        """Deletes a webhook with all its deliveries."""
        return cast("schema.DeletedWebhook", self._requests.send("DELETE", _webhook(id)))

    def test_webhook(self, id: str) -> schema.WebhookDelivery:
        """Sends the event ``webhook.test``."""
        return cast("schema.WebhookDelivery", self._requests.send("POST", f"{_webhook(id)}/test"))

    def list_webhook_deliveries(
        self,
        id: str,
        *,
        status: Optional[Literal["pending", "delivered", "dead"]] = None,
        limit: Optional[int] = None,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[schema.WebhookDelivery]:
        """Goes through what was sent, is to be sent, or was given up, newest first."""
        return self._items(f"{_webhook(id)}/deliveries", "deliveries", limit, page_size, status=status)

    def get_webhook_delivery(self, id: str, delivery: str) -> schema.WebhookDelivery:
        """Reads a delivery."""
        return cast("schema.WebhookDelivery", self._requests.send("GET", _delivery(id, delivery)))

    def redeliver_webhook(
        self, id: str, delivery: str, *, idempotency_key: Optional[str] = None
    ) -> schema.WebhookDelivery:
        """Sends a delivery again that was delivered or given up, with the same ``webhook-id``."""
        answer = self._requests.send(
            "POST", f"{_delivery(id, delivery)}/redeliver", idempotency_key=idempotency_key
        )
        return cast("schema.WebhookDelivery", answer)


def _webhook(id: str) -> str:
    return f"{WEBHOOKS}/{path_segment(id, 'id')}"


def _delivery(id: str, delivery: str) -> str:
    return f"{_webhook(id)}/deliveries/{path_segment(delivery, 'delivery')}"
