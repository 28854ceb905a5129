"""The client: everything that the server offers, in one object."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Optional, Union

import httpx

from .._protocol import DEFAULT_TIMEOUT, DEFAULT_URL, Settings, check_token, parse_url
from .._tokens import AsyncToken
from .adapters import AsyncAdapterMethods
from .feedback import AsyncFeedbackMethods
from .graph import AsyncGraphMethods
from .promotion import AsyncPromotionMethods
from .requests import AsyncRequests
from .review import AsyncReviewMethods
from .training import AsyncTrainingMethods
from .webhooks import AsyncWebhookMethods


class AsyncClient(
    AsyncFeedbackMethods,
    AsyncReviewMethods,
    AsyncAdapterMethods,
    AsyncPromotionMethods,
    AsyncTrainingMethods,
    AsyncWebhookMethods,
    AsyncGraphMethods,
):
    """A connection to a feedback-graph server.

    ``AsyncClient("https://feedback.example.com", token="…")``. Entries, adapters and everything else that the server answers
    are dictionaries with the names of its REST API; :mod:`feedback_graph.schema` has their types.

    Requests are repeated twice after connection errors, timeouts, 408, 429 and 5xx, with the same idempotency key, and
    ``Retry-After`` is honoured. What fails in the end raises a :class:`feedback_graph.FeedbackGraphError`.

    :param url: the address of the server; ``FEEDBACK_URL`` by default
    :param token: a token, or a function that returns one and is called before each request, so that short-lived tokens can be
        renewed in the middle of a long download; ``FEEDBACK_TOKEN`` by default
    :param timeout: seconds, or an ``httpx.Timeout``; 60 seconds by default. Claims and exports have ten minutes
    :param max_retries: how often a request is repeated
    :param max_retry_after: the longest time, in seconds, that the client waits because ``Retry-After`` asks for it
    :param transport: how requests are sent, such as ``httpx.AsyncHTTPTransport(verify=…)`` for a certificate of your own
    """

    def __init__(
        self,
        url: Optional[str] = None,
        *,
        token: Optional[AsyncToken] = None,
        timeout: Optional[Union[float, httpx.Timeout]] = None,
        max_retries: int = 2,
        max_retry_after: float = 60.0,
        transport: Optional[httpx.AsyncBaseTransport] = None,
    ) -> None:
        address = parse_url(url if url is not None else os.environ.get("FEEDBACK_URL", DEFAULT_URL))
        chosen = token if token is not None else os.environ.get("FEEDBACK_TOKEN", "")
        if chosen == "":
            raise ValueError("Pass a token, or set FEEDBACK_TOKEN")
        if not callable(chosen):
            check_token(chosen)
        if max_retries < 0:
            raise ValueError("max_retries must not be negative")
        settings = Settings(
            address, DEFAULT_TIMEOUT if timeout is None else httpx.Timeout(timeout), max_retries, max_retry_after
        )
        self._requests = AsyncRequests(settings, chosen, transport)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._requests.aclose()

    def __repr__(self) -> str:
        return f"<feedback-graph client of {self._requests.settings.url}>"
