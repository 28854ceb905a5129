"""Servers that a transport plays."""

from __future__ import annotations

import copy
from typing import Any, Callable, Optional

import httpx

from feedback_graph import Client

URL = "http://feedback.test"
Handler = Callable[[httpx.Request], httpx.Response]
STATS = {"total_feedback": 7}


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
