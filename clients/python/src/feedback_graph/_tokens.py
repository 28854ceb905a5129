"""Tokens: a string, or a function that is asked for one before each request."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Union

from ._protocol import check_token

Token = Union[str, Callable[[], str]]
AsyncToken = Union[str, Callable[[], str], Callable[[], Awaitable[str]]]


def get_token(token: Token) -> str:
    """The token to send now."""
    return check_token(token() if callable(token) else token)


async def get_token_async(token: AsyncToken) -> str:
    """The token to send now; the function may be a coroutine function."""
    given = token() if callable(token) else token
    return check_token(await given if inspect.isawaitable(given) else given)
