"""Graph queries, GraphQL, the change feed, and tokens."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, Optional, cast

from .._protocol import API, check_idempotency_key, graphql_error
from .base import AsyncMethods
from .changes import follow_changes, past_changes
from .requests import AsyncRequests

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .. import schema


async def graphql(
    requests: AsyncRequests,
    query: str,
    variables: Optional[Mapping[str, Any]],
    *,
    idempotency_key: Optional[str] = None,
    is_repeatable: bool = False,
) -> dict[str, Any]:
    """The data of a GraphQL operation."""
    body = {"query": query, "variables": variables or {}}
    answer = await requests.send("POST", "/graphql", body=body, idempotency_key=idempotency_key, retry=is_repeatable)
    error = graphql_error(answer)
    if error is not None:
        raise error
    return cast("dict[str, Any]", answer.get("data") or {})


class AsyncGraphMethods(AsyncMethods):
    """What a client asks of the graph as a whole."""

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Optional[Mapping[str, Any]] = None,
        body: Optional[Mapping[str, Any]] = None,
        if_match: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> dict[str, Any]:
        """Sends a request to a route that has no method here, with the retries and errors of all others.

        ``client.request("POST", "/api/v1/llm/feedback/views", body={"name": "Flagged", "filter": {"status": "flagged"}})``
        """
        if not path.startswith("/"):
            raise ValueError("The path of a route starts with a slash")
        answer = await self._requests.send(
            method.upper(), path, params=params, body=body, if_match=if_match, idempotency_key=idempotency_key
        )
        return cast("dict[str, Any]", answer)

    async def query(self, query: str, parameters: Optional[Mapping[str, Any]] = None) -> schema.GraphQueryResult:
        """Runs a read-only openCypher query: ``client.query("MATCH (a:Adapter {id: $id}) RETURN a", {"id": "lora"})``."""
        body = {"query": query, "parameters": parameters or {}}
        return cast("schema.GraphQueryResult", await self._requests.send("POST", f"{API}/graph/query", body=body))

    async def graphql(
        self, query: str, variables: Optional[Mapping[str, Any]] = None, *, idempotency_key: Optional[str] = None
    ) -> dict[str, Any]:
        """Runs a GraphQL operation and returns its data; the first of its errors is raised.

        :param idempotency_key: for a document with one mutation, which is repeated only with such a key where it is unknown
            whether it took place
        """
        if idempotency_key is not None:
            check_idempotency_key(idempotency_key)
        is_repeatable = idempotency_key is not None or re.search(r"\bmutation\b", query) is None
        return await graphql(
            self._requests, query, variables, idempotency_key=idempotency_key, is_repeatable=is_repeatable
        )

    def changes(
        self,
        *,
        after: str = "0",
        follow: bool = True,
        give_up_after: Optional[float] = None,
        idle_timeout: float = 90.0,
        **filters: Unpack[schema.ListFeedbackChangesQuery],
    ) -> AsyncIterator[schema.Change]:
        """Goes through the changes of the organization in the order of their commits, and waits for more.

        A connection that is lost is made again, and goes on without a gap or a repetition. Keep the ``id`` of the last change
        that you have dealt with, and pass it as ``after`` when your program starts again.

        :param after: the id of a change; ``"0"`` for all changes, ``"now"`` for those to come
        :param follow: whether to wait for more changes; otherwise it ends with the newest one
        :param give_up_after: seconds without a server after which it ends with an error; never by default
        :param idle_timeout: seconds without a sign of life after which the connection counts as lost; more than the server's
            ``FEEDBACK_LIVE_HEARTBEAT``
        """
        if follow:
            return follow_changes(self._requests, filters, after, give_up_after, idle_timeout)
        return past_changes(self._requests, filters, after)

    async def issue_token(
        self, *, idempotency_key: Optional[str] = None, **request: Unpack[schema.IssueToken]
    ) -> schema.IssuedToken:
        """Issues a short-lived token for one user, such as for a browser: ``issue_token(sub="user123", expires_in=900)``."""
        answer = await self._requests.send("POST", f"{API}/tokens", body={**request}, idempotency_key=idempotency_key)
        return cast("schema.IssuedToken", answer)

    async def revoke_tokens(self, **request: Unpack[schema.RevokeTokens]) -> schema.RevokedTokens:
        """Revokes one token (``jti``), those of a user (``sub``), or all of the organization (``all=True``)."""
        return cast("schema.RevokedTokens", await self._requests.send("POST", f"{API}/tokens/revoke", body={**request}))
