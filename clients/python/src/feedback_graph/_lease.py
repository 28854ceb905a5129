"""Keeps the lease of a training batch: renews it beside the training, in a thread or a task."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Optional

from .errors import ApiError, ConflictError, GoneError, NotFoundError

logger = logging.getLogger("feedback_graph")

LONGEST_INTERVAL = 600.0
RETRY_INTERVAL = 15.0
LONGEST_STOP = 5.0


class _Schedule:
    """When to renew, and when the lease is lost."""

    def __init__(self, lease_minutes: int) -> None:
        self._lease = lease_minutes * 60.0
        self.interval = min(self._lease / 3, LONGEST_INTERVAL)
        self._held_until = time.monotonic() + self._lease

    def renewed(self, started: float) -> None:
        """A renewal that began at ``started`` succeeded."""
        self._held_until = started + self._lease

    def after_failure(self, number: int, error: Exception) -> Optional[float]:
        """Seconds until the next attempt; None if the lease is lost."""
        lost = isinstance(error, (ConflictError, NotFoundError, GoneError)) or time.monotonic() >= self._held_until
        what = "is lost" if lost else "could not be renewed and is tried again"
        reason = f"{type(error).__name__} {error.status}" if isinstance(error, ApiError) else type(error).__name__
        logger.warning("The lease of training batch %d %s (%s)", number, what, reason)
        return None if lost else min(self.interval, RETRY_INTERVAL)


class LeaseThread:
    """Renews in a daemon thread, which a training that blocks the main thread does not hold up."""

    def __init__(self, number: int, lease_minutes: int, renew: Callable[[], Any]) -> None:
        self._number = number
        self._schedule = _Schedule(lease_minutes)
        self._renew = renew
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"feedback-graph-lease-{number}", daemon=True)
        self.error: Optional[Exception] = None
        """Why the lease is lost."""

    def start(self) -> None:
        """Begins to renew."""
        self._thread.start()

    def stop(self) -> None:
        """Ends renewing. A renewal under way is waited for only so long, and what becomes of it does not matter."""
        self._stop.set()
        self._thread.join(LONGEST_STOP)

    def _run(self) -> None:
        pause: Optional[float] = self._schedule.interval
        while pause is not None and not self._stop.wait(pause):
            started = time.monotonic()
            try:
                self._renew()
            except Exception as error:
                if self._stop.is_set():
                    return
                pause = self._schedule.after_failure(self._number, error)
                if pause is None:
                    self.error = error
            else:
                self._schedule.renewed(started)
                pause = self._schedule.interval


class LeaseTask:
    """Renews in a task of the event loop, which must get its turn while the training runs."""

    def __init__(self, number: int, lease_minutes: int, renew: Callable[[], Awaitable[Any]]) -> None:
        self._number = number
        self._schedule = _Schedule(lease_minutes)
        self._renew = renew
        self._task: Optional[asyncio.Task[None]] = None
        self.error: Optional[Exception] = None
        """Why the lease is lost."""

    async def start(self) -> None:
        """Begins to renew."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Ends renewing."""
        task = self._task
        if task is None:
            return
        task.cancel()
        await asyncio.wait([task])

    async def _run(self) -> None:
        pause: Optional[float] = self._schedule.interval
        while pause is not None:
            await asyncio.sleep(pause)
            started = time.monotonic()
            try:
                await self._renew()
            except Exception as error:
                pause = self._schedule.after_failure(self._number, error)
                if pause is None:
                    self.error = error
            else:
                self._schedule.renewed(started)
                pause = self._schedule.interval
