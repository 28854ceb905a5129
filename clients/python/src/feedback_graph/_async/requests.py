"""Sends requests: the token, retries, idempotency keys and errors of all methods."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Optional

import httpx

from .._protocol import (
    USER_AGENT,
    Settings,
    backoff,
    check_idempotency_key,
    connection_error,
    may_pass,
    pause_before_retry,
    read_error,
    read_object,
    to_json,
    to_params,
)
from .._tokens import AsyncToken, get_token_async


class AsyncRequests:
    """One connection pool to one server, for one token."""

    def __init__(
        self, settings: Settings, token: AsyncToken, transport: Optional[httpx.AsyncBaseTransport] = None
    ) -> None:
        self.settings = settings
        self._token = token
        self._transport = transport
        self._pool = self._connect()
        self._process = os.getpid()

    def _connect(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self._transport, timeout=self.settings.timeout, follow_redirects=False)

    @property
    def _http(self) -> httpx.AsyncClient:
        # A process that was forked, such as a loader of data, has the connections of its parent, and must leave them alone.
        if self._process != os.getpid() and self._transport is None:
            self._pool, self._process = self._connect(), os.getpid()
        return self._pool

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process makes connections of its own.
        if self._transport is not None:
            raise TypeError("A client with a transport of its own cannot be pickled")
        return AsyncRequests, (self.settings, self._token)

    async def aclose(self) -> None:
        """Closes the connections."""
        if self._process == os.getpid():
            await self._pool.aclose()

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Optional[Mapping[str, Any]] = None,
        body: Optional[object] = None,
        content: Optional[bytes] = None,
        idempotency_key: Optional[str] = None,
        if_match: Optional[int] = None,
        prefer: Optional[str] = None,
        cost: int = 1,
        timeout: Optional[httpx.Timeout] = None,
        retry: bool = True,
    ) -> Any:
        """The JSON object that the server answers.

        Every POST and PUT has an idempotency key, which stays the same when the request is repeated.

        :param content: the body as JSON already
        :param cost: how many requests it counts as
        :param retry: whether it may be repeated where it is unknown what became of it
        """
        headers = {"accept": "application/json"}
        if body is not None:
            content = to_json(body)
        if content is not None:
            headers["content-type"] = "application/json"
        if idempotency_key is not None:
            headers["idempotency-key"] = check_idempotency_key(idempotency_key)
        elif method in ("POST", "PUT") and retry:
            headers["idempotency-key"] = str(uuid.uuid4())
        if if_match is not None:
            headers["if-match"] = f'"{if_match}"'
        if prefer is not None:
            headers["prefer"] = prefer
        request = self._http.build_request(
            method,
            self.settings.url + path,
            params=to_params(params or {}) or None,
            content=content,
            headers=headers,
            timeout=self.settings.timeout if timeout is None else timeout,
        )
        return read_object(await self._open(request, cost=cost, retry=retry))

    @asynccontextmanager
    async def stream(
        self,
        path: str,
        params: Mapping[str, Any],
        headers: Mapping[str, str],
        timeout: httpx.Timeout,
    ) -> AsyncIterator[httpx.Response]:
        """A response that succeeded, whose body is still to be read."""
        request = self._http.build_request(
            "GET", self.settings.url + path, params=to_params(params) or None, headers=dict(headers), timeout=timeout
        )
        response = await self._open(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def _open(
        self, request: httpx.Request, *, cost: int = 1, retry: bool = True, stream: bool = False
    ) -> httpx.Response:
        """The response to a request that succeeded, maybe after retries."""
        request.headers["user-agent"] = USER_AGENT
        token = await get_token_async(self._token)
        attempt = 0
        refreshed = False
        while True:
            request.headers["authorization"] = f"Bearer {token}"
            pause: Optional[float]
            try:
                response = await self._http.send(request, stream=stream)
                if stream and not response.is_success:
                    await response.aread()
                    await response.aclose()
            except httpx.RequestError as error:
                # Before there is a connection, nothing was sent.
                is_repeatable = retry or isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
                if attempt >= self.settings.max_retries or not (is_repeatable and may_pass(error)):
                    raise connection_error(self.settings, error) from error
                pause = backoff(attempt)
            else:
                if response.is_success:
                    return response
                if response.status_code == 401 and not refreshed:
                    # A token may expire on its way, and a function may have a newer one.
                    refreshed = True
                    refused, token = token, await get_token_async(self._token)
                    if token != refused:
                        continue
                pause = pause_before_retry(self.settings, response, attempt, cost)
                if pause is None or not (retry or response.status_code == 429):
                    raise read_error(response)
            attempt += 1
            await asyncio.sleep(pause)
            token = await get_token_async(self._token)
