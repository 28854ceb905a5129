"""The review of flagged entries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Optional, cast

from .._protocol import FEEDBACK, path_segment, without_none
from .base import AsyncMethods
from .pages import PAGE_SIZE

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .. import schema

REVIEW = f"{FEEDBACK}/review"


class AsyncReviewMethods(AsyncMethods):
    """What reviewers do; they need the role ``reviewer``."""

    def list_review_queue(
        self, *, limit: Optional[int] = None, page_size: int = PAGE_SIZE, **filters: Unpack[schema.ListReviewQueueQuery]
    ) -> AsyncIterator[schema.ReviewEntry]:
        """Goes through what waits for a decision: flagged entries, then pending ones, each oldest first."""
        return self._items(REVIEW, "feedback", limit, page_size, **filters)

    async def claim_reviews(
        self,
        count: int = 10,
        *,
        minutes: int = 30,
        filter: Optional[schema.ReviewClaimRequestFilter] = None,
        ids: Optional[Iterable[str]] = None,
        cursor: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> schema.ReviewClaim:
        """Claims the oldest flagged entries that nobody else has claimed, for so many minutes.

        :param ids: claim of these entries those that are still unclaimed
        :param cursor: the ``next_cursor`` of a claim that found nothing although ``has_more`` is true
        """
        body = without_none(
            {
                "count": count,
                "minutes": minutes,
                "filter": filter,
                "ids": None if ids is None else list(ids),
                "cursor": cursor,
            }
        )
        return cast("schema.ReviewClaim", await self._post("claim", body, idempotency_key))

    def list_review_claims(
        self, *, limit: Optional[int] = None, page_size: int = PAGE_SIZE
    ) -> AsyncIterator[schema.ReviewEntry]:
        """Goes through the entries that this reviewer has claimed."""
        return self._items(f"{REVIEW}/claims", "feedback", limit, page_size)

    async def renew_review_claims(self, *, minutes: int = 30) -> list[schema.RenewedReviewClaim]:
        """Renews all claims of this reviewer, for so many minutes from now."""
        answer = await self._post("claims/renew", {"minutes": minutes}, None)
        return cast("list[schema.RenewedReviewClaim]", answer["claims"])

    async def release_review_claims(self, ids: Optional[Iterable[str]] = None) -> list[str]:
        """Gives back all claims of this reviewer, or those of the given entries. Returns the ids that are back in the queue."""
        body = without_none({"ids": None if ids is None else list(ids)})
        return cast("list[str]", (await self._post("claims/release", body, None))["released_ids"])

    async def skip_reviews(self, ids: Iterable[str]) -> list[str]:
        """Leaves entries to other reviewers. Returns the ids that were skipped."""
        return cast("list[str]", (await self._post("skip", {"ids": list(ids)}, None))["skipped_ids"])

    async def review(
        self,
        id: str,
        verdict: Literal["approve", "reject"],
        *,
        reason: Optional[str] = None,
        correction: Optional[str] = None,
        if_match: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> schema.ReviewEntry:
        """Decides on an entry.

        :param if_match: the version that the entry must still have
        """
        body = without_none({"verdict": verdict, "reason": reason, "correction": correction})
        answer = await self._post(path_segment(id, "id"), body, idempotency_key, if_match)
        return cast("schema.ReviewEntry", answer)

    async def undo_review(
        self, id: str, *, if_match: Optional[int] = None, idempotency_key: Optional[str] = None
    ) -> schema.ReviewEntry:
        """Undoes a decision."""
        answer = await self._post(f"{path_segment(id, 'id')}/undo", None, idempotency_key, if_match)
        return cast("schema.ReviewEntry", answer)

    async def _post(
        self,
        path: str,
        body: Optional[Mapping[str, Any]],
        idempotency_key: Optional[str],
        if_match: Optional[int] = None,
    ) -> Any:
        return await self._requests.send(
            "POST", f"{REVIEW}/{path}", body=body, idempotency_key=idempotency_key, if_match=if_match
        )
