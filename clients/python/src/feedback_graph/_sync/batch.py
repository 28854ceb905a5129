"""A training batch: its exports, its lease, and its end."""

from __future__ import annotations

import time
import logging
import math
import os
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Optional, Union, cast

from .._files import AtomicFile, Download
from .._lease import LeaseThread
from .._protocol import BATCHES, LONG_TIMEOUT, backoff, without_none
from ..errors import ApiError, ConnectionFailedError, FeedbackGraphError, RateLimitError, ServerError
from .exports import Rows, fetch_manifest, write_verified
from .requests import Requests

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .. import schema

logger = logging.getLogger("feedback_graph")

DEFAULT_LEASE_MINUTES = 60
RESPOND_ASYNC = "respond-async"
"""Lets a server answer at once where there is much to do, and go on."""
_UNDER_WAY = ("claiming", "committing", "releasing")
_CHANGING = ("state", "updated_at", "lease_until")


class Batch:
    """Entries that are held for one training.

    In a ``with`` block its lease is renewed until the block ends. A block that ends before :meth:`commit` was called gives the
    entries back, whether by an exception or not; :meth:`detach` leaves them with the batch.
    """

    def __init__(
        self, requests: Requests, data: schema.TrainingBatch, lease_minutes: int, *, is_fresh: bool
    ) -> None:
        self._requests = requests
        self._lease_minutes = lease_minutes
        self._lease: Optional[LeaseThread] = None
        self._is_fresh = is_fresh
        self._is_settled = False
        self.data = data
        """What the server said of the batch when it was last asked."""
        self.metrics: dict[str, float] = {}
        """What :meth:`commit` records unless it is told otherwise; the callback for trainers puts its numbers here."""

    def __getstate__(self) -> dict[str, Any]:
        # Another process can export; the lease stays here. What a renewal changes would make two pickles differ.
        stable = {name: value for name, value in self.data.items() if name not in _CHANGING}
        return {**self.__dict__, "_lease": None, "data": {"state": "open", **stable}, "metrics": {}}

    @property
    def number(self) -> int:
        """The number of the batch."""
        return self.data["training_batch_id"]

    @property
    def count(self) -> int:
        """How many entries it holds."""
        return self.data["count"]

    @property
    def lease_error(self) -> Optional[Exception]:
        """Why its entries are no longer held for it, if its lease was lost in a ``with`` block."""
        return None if self._lease is None else self._lease.error

    def __repr__(self) -> str:
        return f"<training batch {self.number}, {self.data['state']}, {self.count} entries>"

    def __enter__(self) -> Batch:
        if not self._is_fresh:
            self.renew()
        self._is_fresh = False
        self._is_settled = False
        self._lease = LeaseThread(self.number, self._lease_minutes, self.renew)
        self._lease.start()
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        if self._lease is not None:
            self._lease.stop()
        if self._is_settled:
            return
        try:
            self.release()
        except FeedbackGraphError as problem:
            if error is None and self.lease_error is None:
                raise
            # What went wrong in the block is what its caller is to see; the lease ends by itself.
            logger.warning("Training batch %d was not released (%s)", self.number, type(problem).__name__)

    def detach(self) -> None:
        """Leaves the entries with the batch at the end of the block, until its lease ends."""
        self._is_settled = True

    def refresh(self) -> schema.TrainingBatch:
        """Reads the batch again."""
        return self._took(self._requests.send("GET", f"{BATCHES}/{self.number}"))

    def renew(self, lease_minutes: Optional[int] = None) -> schema.TrainingBatch:
        """Holds the entries for so many minutes from now; a lease never becomes shorter."""
        minutes = self._lease_minutes if lease_minutes is None else lease_minutes
        path = f"{BATCHES}/{self.number}/renew"
        return self._took(self._requests.send("POST", path, body={"lease_minutes": minutes}))

    def manifest(self, **options: Unpack[schema.ExportTrainingBatchQuery]) -> schema.TrainingManifest:
        """Reads what an export has in it and what became of the other entries: ``batch.manifest(format="trl-dpo")``."""
        return fetch_manifest(self._requests, self.number, options)

    def dataset_info(self, **options: Unpack[schema.ExportTrainingBatchQuery]) -> dict[str, Any]:
        """Reads the entry of ``dataset_info.json`` for one of LLaMA-Factory's formats."""
        path = f"{BATCHES}/{self.number}/dataset_info.json"
        return cast("dict[str, Any]", self._requests.send("GET", path, params=options))

    def download(
        self, path: Union[str, os.PathLike[str]], **options: Unpack[schema.ExportTrainingBatchQuery]
    ) -> Download:
        """Downloads an export: ``batch.download("train.jsonl", format="trl-dpo", split="train")``.

        It goes on where a connection breaks off. The file is put in its place only when its SHA-256 is that of the manifest; until
        then, what was there stays, and what does not become whole is removed.

        :raises ChecksumError: if what arrives is not what the manifest describes, twice
        """
        with AtomicFile(path) as file:
            manifest = write_verified(self._requests, self.number, options, file.write, file.restart)
            file.keep()
        return Download(file.path, manifest)

    def rows(self, format: str, **options: Any) -> Rows:
        """The rows of an export, without a file: ``batch.rows("trl-dpo", split="holdout")``.

        ``datasets.Dataset.from_generator(batch.rows("trl-dpo"))`` makes a data set of them.
        """
        if options.get("file_type", "jsonl") != "jsonl":
            raise ValueError("Rows are read from JSON Lines; download() writes other file types")
        asked = {"format": format, **options}
        return Rows(self._requests, self.number, asked, fetch_manifest(self._requests, self.number, asked))

    def commit(
        self,
        *,
        produced_adapter: str,
        version: Optional[str] = None,
        base_adapter: Optional[str] = None,
        metrics: Optional[Mapping[str, float]] = None,
        patience: float = 300.0,
    ) -> schema.TrainingBatch:
        """Marks all entries as used and records the adapter that was trained on them; it is registered if it is new.

        If it fails, the end of a ``with`` block does not give the entries back, as a training may be worth more than that: correct
        the values, or repeat ``client.batch(number).commit(…)``, before the lease ends. A commit may be repeated.

        :param metrics: numbers by name, at most 100; those in :attr:`metrics` by default
        :param patience: seconds for which it goes on trying while the server is down
        """
        self._is_settled = True
        numbers = dict(self.metrics if metrics is None else metrics)
        wrong = [name for name, value in numbers.items() if not math.isfinite(value)]
        if wrong:
            raise ValueError(f"Metrics must be finite numbers, which '{wrong[0]}' is not")
        given = {"produced_adapter": produced_adapter, "version": version, "base_adapter": base_adapter}
        body = without_none({**given, "metrics": numbers or None})
        data = self._commit(body, time.monotonic() + patience)
        if self._lease is not None:
            # What is committed has no lease any more, and a renewal that came too late is no fault.
            self._lease.stop()
            self._lease.error = None
        return self._took(data)

    def release(self) -> schema.TrainingBatch:
        """Gives all entries back."""
        data = self._post("release", None)
        self._is_settled = True
        return self._took(data)

    def _commit(self, body: Mapping[str, Any], deadline: float) -> schema.TrainingBatch:
        attempt = 0
        while True:
            try:
                return self._post("commit", body)
            except (ConnectionFailedError, ServerError, RateLimitError) as error:
                asked = error.retry_after or 0.0 if isinstance(error, ApiError) else 0.0
                is_over = time.monotonic() + asked >= deadline
                if is_over or (isinstance(error, ServerError) and error.status == 500):
                    raise
                logger.warning("Training batch %d could not be committed yet (%s)", self.number, type(error).__name__)
            time.sleep(max(asked, backoff(attempt)))
            attempt += 1

    def _post(self, action: str, body: Optional[Mapping[str, Any]]) -> schema.TrainingBatch:
        path = f"{BATCHES}/{self.number}/{action}"
        data = self._requests.send("POST", path, body=body, prefer=RESPOND_ASYNC, timeout=LONG_TIMEOUT)
        return settled(self._requests, cast("schema.TrainingBatch", data))

    def _took(self, data: schema.TrainingBatch) -> schema.TrainingBatch:
        self.data = data
        return data


def settled(requests: Requests, data: schema.TrainingBatch) -> schema.TrainingBatch:
    """The batch once the server has done what it is at, which its ``progress`` tells of meanwhile."""
    attempt = 0
    while data["state"] in _UNDER_WAY:
        # Up to two seconds, which leaves others most of the limits on requests.
        time.sleep(backoff(min(attempt, 2)))
        attempt += 1
        data = cast("schema.TrainingBatch", requests.send("GET", f"{BATCHES}/{data['training_batch_id']}"))
    return data
