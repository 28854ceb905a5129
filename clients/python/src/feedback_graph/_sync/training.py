"""Training batches: claim, list, open again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Optional, cast

from .._protocol import BATCHES, LONG_TIMEOUT, without_none
from ..errors import ConflictError, NothingToClaimError
from .base import Methods
from .batch import DEFAULT_LEASE_MINUTES, RESPOND_ASYNC, Batch, settled
from .pages import PAGE_SIZE

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .. import schema


class TrainingMethods(Methods):
    """What trainers do; they need the role ``trainer``."""

    def claim(
        self,
        *,
        filter: Optional[schema.TrainingBatchRequestFilter] = None,
        limit: int = 1_000,
        holdout: float = 0.0,
        order: Optional[Literal["oldest", "newest"]] = None,
        max_per_user: Optional[int] = None,
        lease_minutes: int = DEFAULT_LEASE_MINUTES,
        idempotency_key: Optional[str] = None,
    ) -> Batch:
        """Claims approved, unused and unclaimed entries for one training.

        ``with client.claim(filter={"adapter": "help_lora"}, limit=5_000, holdout=0.1) as batch:`` renews the lease until the
        block ends, and gives the entries back unless ``batch.commit(…)`` was called.

        :param limit: the most entries, up to 100,000
        :param holdout: the share that is held out for evaluation, up to 0.5
        :param max_per_user: the most entries of one user
        :param lease_minutes: how long the entries are held without a renewal
        :raises NothingToClaimError: if no entry matches
        """
        body = without_none(
            {
                "filter": filter,
                "limit": limit,
                "holdout": holdout,
                "order": order,
                "max_per_user": max_per_user,
                "lease_minutes": lease_minutes,
            }
        )
        try:
            data = self._requests.send(
                "POST",
                BATCHES,
                body=body,
                idempotency_key=idempotency_key,
                prefer=RESPOND_ASYNC,
                timeout=LONG_TIMEOUT,
            )
        except ConflictError as error:
            raise NothingToClaimError(
                str(error), status=error.status, code=error.code, request_id=error.request_id
            ) from error
        batch = settled(self._requests, cast("schema.TrainingBatch", data))
        return Batch(self._requests, batch, lease_minutes, is_fresh=True)

    def batch(self, number: int, *, lease_minutes: int = DEFAULT_LEASE_MINUTES) -> Batch:
        """Opens a training batch that exists, to go on with it or to export it again."""
        data = self._requests.send("GET", f"{BATCHES}/{int(number)}")
        return Batch(self._requests, cast("schema.TrainingBatch", data), lease_minutes, is_fresh=False)

    def list_batches(
        self,
        *,
        limit: Optional[int] = None,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[schema.ListTrainingBatchesQuery],
    ) -> Iterator[schema.TrainingBatch]:
        """Goes through the training batches, highest number first: ``list_batches(state="open")``."""
        return self._items(BATCHES, "training_batches", limit, page_size, **filters)
