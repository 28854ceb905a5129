"""Requests and responses as values: what both clients send and how they read what comes back, without any I/O."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, Optional, cast
from urllib.parse import quote, urlsplit

import httpx

from ._version import __version__
from .errors import (
    ApiError,
    ConnectionFailedError,
    PromotionRefusedError,
    TimedOutError,
    UnexpectedResponseError,
    error_class,
)

API = "/api/v1/llm"
FEEDBACK = f"{API}/feedback"
ADAPTERS = f"{API}/adapters"
BATCHES = f"{API}/training/batches"
PROMOTION_RULES = f"{API}/promotion-rules"
WEBHOOKS = f"{API}/webhooks"

USER_AGENT = f"feedback-graph-python/{__version__}"
DEFAULT_URL = "http://127.0.0.1:4000"
DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
LONG_TIMEOUT = httpx.Timeout(600.0, connect=10.0)
"""For what may read 100,000 entries before it answers."""
EXPORT_TIMEOUT = httpx.Timeout(120.0, connect=10.0)
"""The longest time between two pieces of an export."""

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_MAX_DETAILS = 500


class Settings(NamedTuple):
    """What a client was made with, apart from its token and its transport."""

    url: str
    timeout: httpx.Timeout
    max_retries: int
    max_retry_after: float


def parse_url(url: str) -> str:
    """The address of a server without a slash at its end."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("The url of the server must start with http:// or https:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("The url of the server must not have a user or a password; pass a token instead")
    if parts.query or parts.fragment:
        raise ValueError("The url of the server must not have a query or a fragment")
    return url.rstrip("/")


def check_token(token: object) -> str:
    """A token that fits into a header. The error never shows it."""
    if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
        raise ValueError("The token must be a string of visible ASCII characters")
    return token


def check_idempotency_key(key: str) -> str:
    """An idempotency key as the server takes it."""
    if _IDEMPOTENCY_KEY.fullmatch(key) is None:
        raise ValueError("An idempotency key has 1 to 255 visible ASCII characters")
    return key


def path_segment(value: object, name: str) -> str:
    """An id as one segment of a path; ids may have slashes, and be dots alone."""
    text = str(value)
    if text == "":
        raise ValueError(f"'{name}' must not be empty")
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")


def to_time(value: datetime) -> str:
    """A datetime in RFC 3339."""
    if value.tzinfo is None:
        raise ValueError("A datetime needs a time zone, such as datetime.timezone.utc")
    return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def to_params(values: Mapping[str, Any]) -> dict[str, str]:
    """Query parameters; those that are None are left out."""
    return {name: _to_param(value) for name, value in values.items() if value is not None}


def _to_param(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return to_time(value) if isinstance(value, datetime) else str(value)


def _default(value: object) -> str:
    if isinstance(value, datetime):
        return to_time(value)
    raise TypeError(f"A value of the type {type(value).__name__} cannot be sent as JSON")


def to_json(body: object) -> bytes:
    """A body as JSON. Datetimes become RFC 3339; numbers that are not finite are refused."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, default=_default, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair has no UTF-8; escaped, the server says what it thinks of it.
        return json.dumps(body, allow_nan=False, default=_default, separators=(",", ":")).encode()


def without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    """A body without the fields that are not given."""
    return {name: value for name, value in values.items() if value is not None}


def is_passing(status: int) -> bool:
    """Whether a request with this status may succeed when it is repeated."""
    return status in (408, 429) or (status >= 500 and status not in (501, 505))


def backoff(attempt: int) -> float:
    """Seconds to wait before the attempt after this one, counted from 0: doubling, with jitter."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempt, 10)) * (0.5 + random.random() / 2)


def retry_after(headers: Mapping[str, str], now: Optional[datetime] = None) -> Optional[float]:
    """Seconds that ``Retry-After`` asks to wait; None where it is absent or says nothing."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return float(value)
    at = _parse_date(value)
    if at is None:
        return None
    # By the clock of the server, as the one here may be wrong.
    sent = _parse_date(headers.get("date", ""))
    return max(0.0, (at - (sent or now or datetime.now(timezone.utc))).total_seconds())


def _parse_date(value: str) -> Optional[datetime]:
    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=timezone.utc)


def request_limit(headers: Mapping[str, str]) -> Optional[int]:
    """The request limit that a response names."""
    value = headers.get("x-ratelimit-limit", "")
    return int(value) if re.fullmatch(r"\d{1,9}", value) else None


def pause_before_retry(settings: Settings, response: httpx.Response, attempt: int, cost: int) -> Optional[float]:
    """Seconds until a refused request is repeated; None if it is not.

    :param cost: how many requests it counts as; one that exceeds the whole limit is never let in
    """
    if attempt >= settings.max_retries or not is_passing(response.status_code):
        return None
    asked = retry_after(response.headers)
    if response.status_code == 429:
        limit = request_limit(response.headers)
        if limit is not None and cost > max(limit, 1):
            return None
    if asked is None:
        return backoff(attempt)
    # With a little jitter, so that clients which were refused together do not come back together.
    return asked + random.random() / 4 if asked <= settings.max_retry_after else None


def read_object(response: httpx.Response) -> Any:
    """The JSON of a response that succeeded."""
    try:
        content = json.loads(response.content)
    except ValueError:
        content = None
    if isinstance(content, dict):
        return content
    raise _unexpected(response)


def read_error(response: httpx.Response) -> ApiError | UnexpectedResponseError:
    """The error that a response tells. Needs the body to be read."""
    try:
        content = json.loads(response.content)
    except ValueError:
        content = None
    request_id = response.headers.get("x-request-id")
    status = response.status_code
    after = retry_after(response.headers)
    limit = request_limit(response.headers)
    if not isinstance(content, dict) or not isinstance(content.get("details"), str):
        graphql = graphql_error(content)
        if graphql is not None:
            return graphql
        if is_passing(status):
            kind = error_class(status)
            message = f"The server cannot do this now (HTTP {status})"
            code = "RATE_LIMITED" if status == 429 else "UNAVAILABLE"
            return kind(message, status=status, code=code, request_id=request_id, retry_after=after, limit=limit)
        return _unexpected(response)
    issues = content.get("issues")
    message = str(content["details"])[:_MAX_DETAILS]
    fields: dict[str, Any] = {
        "status": status,
        "code": str(content.get("code", "")),
        "issues": [issue for issue in issues if isinstance(issue, dict)] if isinstance(issues, list) else (),
        "request_id": request_id,
        "retry_after": after,
        "limit": limit,
    }
    if status == 409 and isinstance(content.get("check"), dict):
        return PromotionRefusedError(message, check=content["check"], **fields)
    return error_class(status)(message, **fields)


def graphql_error(content: object) -> Optional[ApiError]:
    """The first error of a GraphQL response."""
    from .errors import status_of_code

    errors = content.get("errors") if isinstance(content, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return None
    extensions = cast("dict[str, Any]", first.get("extensions") if isinstance(first.get("extensions"), dict) else {})
    code = str(extensions.get("code", "GRAPHQL_ERROR"))
    status = status_of_code(code)
    issues = extensions.get("issues")
    return error_class(status)(
        str(first.get("message", "The server refused the operation"))[:_MAX_DETAILS],
        status=status,
        code=code,
        issues=[issue for issue in issues if isinstance(issue, dict)] if isinstance(issues, list) else (),
    )


def _unexpected(response: httpx.Response) -> UnexpectedResponseError:
    kind = response.headers.get("content-type", "").split(";")[0].strip() or "no content type"
    url = response.request.url
    return UnexpectedResponseError(
        f"{url.scheme}://{url.netloc.decode()} did not answer as a feedback-graph server does "
        f"(HTTP {response.status_code}, {kind})",
        status=response.status_code,
        request_id=response.headers.get("x-request-id"),
    )


def connection_error(settings: Settings, error: httpx.RequestError) -> ConnectionFailedError:
    """The error for a request that got no response."""
    if isinstance(error, httpx.TimeoutException):
        return TimedOutError(f"The server at {settings.url} did not answer in time ({type(error).__name__})")
    return ConnectionFailedError(f"The server at {settings.url} could not be reached ({type(error).__name__})")


def may_pass(error: httpx.RequestError) -> bool:
    """Whether a connection may succeed when it is tried again."""
    return isinstance(error, httpx.TransportError) and not isinstance(
        error, (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
    )
