"""A callback for the trainers of TRL and transformers, which hands their metrics to a training batch.

Needs transformers: ``pip install 'feedback-graph[trl]'``.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any, Optional

from ._sync.batch import Batch

try:
    from transformers import TrainerCallback
except ImportError as error:
    raise ImportError("The callback needs transformers: pip install 'feedback-graph[trl]'") from error

logger = logging.getLogger("feedback_graph")

MAX_METRICS = 100
MAX_NAME_BYTES = 64


class FeedbackGraphCallback(TrainerCallback):
    """Collects the last value of each number that a trainer logs, for ``batch.commit(…)`` to post.

    ``DPOTrainer(…, callbacks=[FeedbackGraphCallback(batch)])``. The training stops at the next step if the lease of the batch is
    lost, as its entries may then be in another training: ``batch.lease_error`` says why.

    :param batch: the batch that is trained on
    :param prefix: what the names begin with, such as ``"dpo/"`` if several trainings share a batch
    """

    def __init__(self, batch: Batch, *, prefix: str = "") -> None:
        self._batch = batch
        self._prefix = prefix

    def on_log(
        self, args: Any, state: Any, control: Any, logs: Optional[Mapping[str, object]] = None, **kwargs: Any
    ) -> None:
        """Takes what the trainer logs, evaluations included."""
        if not state.is_world_process_zero:
            return
        metrics = self._batch.metrics
        for name, value in (logs or {}).items():
            key = f"{self._prefix}{name}"
            number = _number(value)
            if number is None or len(key.encode()) > MAX_NAME_BYTES:
                continue
            if key not in metrics and len(metrics) >= MAX_METRICS:
                logger.warning("A commit has at most %d metrics: others are left out", MAX_METRICS)
                return
            metrics[key] = number

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> Any:
        """Stops a training whose entries are no longer held."""
        if self._batch.lease_error is not None:
            control.should_training_stop = True
        return control


def _number(value: object) -> Optional[float]:
    """A finite number, also of numpy and torch; None for anything else."""
    if isinstance(value, (str, bytes, bool)) or value is None:
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
