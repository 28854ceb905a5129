"""Feedback entries: submit, read, change, link, erase, count."""

from __future__ import annotations

from collections.abc import Iterator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Optional, cast

from .._batching import MAX_BYTES, MAX_COUNT, BatchOutcome, Piece, UnsendableError, pieces
from .._protocol import FEEDBACK, LONG_TIMEOUT, path_segment, without_none
from ..errors import BatchError, ConnectionFailedError, FeedbackGraphError, PayloadTooLargeError, RateLimitError
from .base import Methods
from .pages import PAGE_SIZE

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .. import schema


class FeedbackMethods(Methods):
    """What a client does with feedback entries."""

    def submit(
        self, *, idempotency_key: Optional[str] = None, **entry: Unpack[schema.Submission]
    ) -> schema.SubmittedFeedback:
        """Submits what somebody says of an answer.

        ``client.submit(type="negative", question=…, answer=…, correction=…)``. The entry is stored even if validation flags or
        rejects it, as ``validation_status`` tells.

        :param idempotency_key: a key of your own, under which the call can be repeated within 24 hours
        """
        body = {**without_none(entry)}
        return cast(
            "schema.SubmittedFeedback",
            self._requests.send("POST", FEEDBACK, body=body, idempotency_key=idempotency_key),
        )

    def submit_batch(
        self,
        entries: Iterable[Mapping[str, Any]],
        *,
        keep_revised: bool = False,
        idempotency_key: Optional[str] = None,
        max_count: int = MAX_COUNT,
        max_bytes: int = MAX_BYTES,
    ) -> BatchOutcome:
        """Submits many entries, in as many requests as their number and size need.

        :param entries: dictionaries with the fields of :meth:`submit`; read as they are sent, so a generator will do
        :param keep_revised: leave an entry alone that was revised or withdrawn since it said the same
        :param idempotency_key: under which the call can be repeated with the same entries
        :param max_count: entries of one request, 1 to 1,000
        :param max_bytes: bytes of one request
        :raises BatchError: if it ended before all were sent
        """
        if not 1 <= max_count <= MAX_COUNT:
            raise ValueError(f"max_count must be from 1 to {MAX_COUNT}")
        results: list[schema.BatchEntryResult] = []
        waiting: list[Piece] = []
        try:
            for piece in pieces(entries, max_count, max_bytes):
                waiting.append(piece)
                while waiting:
                    next_piece = waiting.pop(0)
                    try:
                        results += self._submit_piece(next_piece, keep_revised, idempotency_key)
                    except (PayloadTooLargeError, RateLimitError) as error:
                        smaller = _smaller(next_piece, error)
                        if smaller is None:
                            raise _broken_off(results) from error
                        waiting[:0] = smaller
                    except FeedbackGraphError as error:
                        raise _broken_off(results) from error
        except UnsendableError as error:
            message = f"The entry {error.place} (counted from 0) cannot be sent: {error.reason}"
            raise BatchError(message, results=results, position=len(results)) from error.reason
        return BatchOutcome(results)

    def _submit_piece(
        self, piece: Piece, keep_revised: bool, idempotency_key: Optional[str]
    ) -> list[schema.BatchEntryResult]:
        key = None if idempotency_key is None else f"{idempotency_key}.{piece.start}-{piece.end}"
        answer = self._requests.send(
            "POST",
            f"{FEEDBACK}/batch",
            content=piece.body(keep_revised),
            idempotency_key=key,
            cost=len(piece.entries),
            timeout=LONG_TIMEOUT,
        )
        results = cast("list[schema.BatchEntryResult]", answer.get("results", []))
        if len(results) != len(piece.entries):
            raise ConnectionFailedError("The server did not answer with a result for each entry")
        return results

    def get_feedback(self, id: str) -> schema.Feedback:
        """Reads an entry."""
        return cast("schema.Feedback", self._requests.send("GET", _entry(id)))

    def list_feedback(
        self, *, limit: Optional[int] = None, page_size: int = PAGE_SIZE, **filters: Unpack[schema.ListFeedbackQuery]
    ) -> Iterator[schema.Feedback]:
        """Goes through the entries that match all filters, oldest first unless ``order="desc"``.

        :param limit: the most entries that it gives; all by default
        :param page_size: entries of one request, 1 to 1,000
        """
        return self._items(FEEDBACK, "feedback", limit, page_size, **filters)

    def list_versions(
        self, id: str, *, limit: Optional[int] = None, page_size: int = PAGE_SIZE
    ) -> Iterator[schema.FeedbackVersion]:
        """Goes through the versions of an entry, newest first."""
        return self._items(f"{_entry(id)}/versions", "versions", limit, page_size)

    def list_similar(self, id: str, *, limit: int = 5) -> list[schema.SimilarFeedback]:
        """Lists entries whose question and answer are nearly the same, the most similar first: 1 to 20."""
        answer = self._requests.send("GET", f"{_entry(id)}/similar", params={"limit": limit})
        return cast("list[schema.SimilarFeedback]", answer["similar"])

    def revise(
        self, id: str, *, if_match: Optional[int] = None, **changes: Unpack[schema.Revision]
    ) -> schema.Feedback:
        """Changes an entry that this token's user submitted. ``correction=None`` clears a correction.

        :param if_match: the version that the entry must still have
        """
        return cast(
            "schema.Feedback", self._requests.send("PATCH", _entry(id), body={**changes}, if_match=if_match)
        )

    def withdraw(self, id: str, *, if_match: Optional[int] = None) -> schema.Feedback:
        """Takes an entry back. ``revise(id, withdrawn=False)`` restores it."""
        return self.revise(id, if_match=if_match, withdrawn=True)

    def erase(self, id: str, *, if_match: Optional[int] = None) -> schema.Erasure:
        """Erases an entry for good. The answer has the batches and adapters that learned from it."""
        return cast("schema.Erasure", self._requests.send("DELETE", _entry(id), if_match=if_match))

    def erase_user(self, *, user_id: Optional[str] = None, sub: Optional[str] = None) -> schema.UserErasure:
        """Erases all entries of a user, whom ``user_id`` or the ``sub`` of their tokens names."""
        if (user_id is None) == (sub is None):
            raise ValueError("Name the user either by 'user_id' or by 'sub'")
        params = {"user_id": user_id, "sub": sub}
        return cast(
            "schema.UserErasure", self._requests.send("DELETE", FEEDBACK, params=params, timeout=LONG_TIMEOUT)
        )

    def link(
        self,
        id: str,
        adapter_id: str,
        *,
        metadata: Optional[Mapping[str, Any]] = None,
        if_match: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> schema.FeedbackLink:
        """Links an entry to a further adapter. Linking again replaces the metadata."""
        body = without_none({"adapter_id": adapter_id, "metadata": metadata})
        answer = self._requests.send(
            "POST", f"{_entry(id)}/link", body=body, if_match=if_match, idempotency_key=idempotency_key
        )
        return cast("schema.FeedbackLink", answer)

    def unlink(self, id: str, adapter_id: str, *, if_match: Optional[int] = None) -> schema.FeedbackUnlinked:
        """Removes the link of an entry to an adapter."""
        path = f"{_entry(id)}/link/{path_segment(adapter_id, 'adapter_id')}"
        return cast("schema.FeedbackUnlinked", self._requests.send("DELETE", path, if_match=if_match))

    def mark_used(
        self,
        feedback_ids: Iterable[str],
        training_batch_id: int,
        *,
        expected_versions: Optional[Iterable[int]] = None,
        idempotency_key: Optional[str] = None,
    ) -> schema.MarkUsedResult:
        """Marks 1 to 1,000 entries as used under a batch number of your own; ``claim`` selects and reserves them instead."""
        body = without_none(
            {
                "feedback_ids": list(feedback_ids),
                "training_batch_id": training_batch_id,
                "expected_versions": None if expected_versions is None else list(expected_versions),
            }
        )
        answer = self._requests.send("POST", f"{FEEDBACK}/mark-used", body=body, idempotency_key=idempotency_key)
        return cast("schema.MarkUsedResult", answer)

    def stats(self) -> schema.FeedbackStats:
        """Counts all entries of the organization."""
        return cast("schema.FeedbackStats", self._requests.send("GET", f"{FEEDBACK}/stats"))

    def stats_by_day(self, since: schema.Time, until: schema.Time) -> list[schema.DailyFeedbackStats]:
        """Counts the entries of each UTC day: at most 366 days."""
        params = {"since": since, "until": until}
        answer = self._requests.send("GET", f"{FEEDBACK}/stats/by-day", params=params)
        return cast("list[schema.DailyFeedbackStats]", answer["days"])

    def list_facets(
        self,
        *,
        limit: Optional[int] = None,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[schema.ListFeedbackFacetsQuery],
    ) -> Iterator[schema.FeedbackFacet]:
        """Goes through the values of a field, each with its counts: ``list_facets(field="tag", status="approved")``."""
        return self._items(f"{FEEDBACK}/facets", "values", limit, page_size, **filters)

    def rules(self) -> schema.FeedbackRules:
        """Reads which scores and tags entries may have."""
        return cast("schema.FeedbackRules", self._requests.send("GET", f"{FEEDBACK}/rules"))

    def set_rules(
        self, *, idempotency_key: Optional[str] = None, **rules: Unpack[schema.FeedbackRulesRequest]
    ) -> schema.FeedbackRules:
        """Says which scores and tags entries may have."""
        answer = self._requests.send("PUT", f"{FEEDBACK}/rules", body={**rules}, idempotency_key=idempotency_key)
        return cast("schema.FeedbackRules", answer)


def _entry(id: str) -> str:
    return f"{FEEDBACK}/{path_segment(id, 'id')}"


def _smaller(piece: Piece, error: PayloadTooLargeError | RateLimitError) -> Optional[list[Piece]]:
    """The piece in parts that a server with tighter limits takes; None if smaller ones would not help."""
    count = len(piece.entries)
    if isinstance(error, PayloadTooLargeError):
        return piece.split((count + 1) // 2) if count > 1 else None
    if error.limit is None or count <= error.limit:
        return None
    # Half of the limit, since other requests of the same user count, too.
    return piece.split(max(1, error.limit // 2))


def _broken_off(results: list[schema.BatchEntryResult]) -> BatchError:
    position = len(results)
    return BatchError(
        f"The entries from {position} on were not answered (counted from 0)", results=results, position=position
    )
