"""Verifies what webhooks receive, by Standard Webhooks (standardwebhooks.com)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any, Union

from .errors import WebhookVerificationError

TOLERANCE = 300.0
_TIMESTAMP = re.compile(r"[0-9]{1,15}")


def verify_webhook(
    body: Union[bytes, str],
    headers: Mapping[str, str],
    secrets: Union[str, Iterable[str]],
    *,
    tolerance: float = TOLERANCE,
) -> dict[str, Any]:
    """The event of a request to a webhook, once its signature is known to be the server's.

    The same ``webhook-id`` may come twice.

    :param body: as it arrived: what was parsed and printed again has another signature
    :param headers: of the request; how their names are written does not matter
    :param secrets: ``whsec_…``, or several of which one must fit
    :param tolerance: seconds that the time of the request may be from now
    :raises WebhookVerificationError: if the request is not to be believed
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        id, timestamp, signatures = (given[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError:
        raise WebhookVerificationError("The request has not all headers of a webhook") from None
    if _TIMESTAMP.fullmatch(timestamp) is None or abs(time.time() - int(timestamp)) > tolerance:
        raise WebhookVerificationError("The request is too old, or of the future")
    content = body.encode() if isinstance(body, str) else bytes(body)
    signed = f"{id}.{timestamp}.".encode() + content
    expected = [
        b"v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest())
        for secret in ([secrets] if isinstance(secrets, str) else secrets)
    ]
    found = [signature.encode() for signature in signatures.split(" ")]
    if not any(hmac.compare_digest(one, other) for one in found for other in expected):
        raise WebhookVerificationError("No signature of the request is of this secret")
    try:
        event = json.loads(content)
    except ValueError:
        event = None
    if isinstance(event, dict) and isinstance(event.get("type"), str) and isinstance(event.get("data"), dict):
        return event
    raise WebhookVerificationError("The request is signed, and its body is no event")


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret[len("whsec_") :] if secret.startswith("whsec_") else secret, validate=True)
    except ValueError:
        key = b""
    if not key:
        raise ValueError("The secret of a webhook is whsec_ and base64")
    return key
