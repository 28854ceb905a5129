"""The client for feedback-graph servers: submit feedback, review it, and train on it.

>>> from feedback_graph import Client
>>> client = Client("https://feedback.example.com", token="…")
"""

from __future__ import annotations

from ._adapter_files import ImportedAdapter
from ._async.batch import AsyncBatch
from ._async.client import AsyncClient
from ._async.exports import AsyncRows
from ._batching import BatchOutcome
from ._files import Download
from ._sync.batch import Batch
from ._sync.client import Client
from ._sync.exports import Rows
from ._version import __version__
from ._webhooks import verify_webhook
from .errors import (
    ApiError,
    AuthenticationError,
    BatchError,
    ChecksumError,
    ConflictError,
    ConnectionFailedError,
    FeedbackGraphError,
    GoneError,
    InvalidRequestError,
    NotFoundError,
    NothingToClaimError,
    PayloadTooLargeError,
    PermissionDeniedError,
    PreconditionFailedError,
    PromotionRefusedError,
    RateLimitError,
    ServerError,
    TimedOutError,
    UnexpectedResponseError,
    UnprocessableError,
    WebhookVerificationError,
)

__all__ = [
    "ApiError",
    "AsyncBatch",
    "AsyncClient",
    "AsyncRows",
    "AuthenticationError",
    "Batch",
    "BatchError",
    "BatchOutcome",
    "ChecksumError",
    "Client",
    "ConflictError",
    "ConnectionFailedError",
    "Download",
    "FeedbackGraphError",
    "GoneError",
    "ImportedAdapter",
    "InvalidRequestError",
    "NotFoundError",
    "NothingToClaimError",
    "PayloadTooLargeError",
    "PermissionDeniedError",
    "PreconditionFailedError",
    "PromotionRefusedError",
    "RateLimitError",
    "Rows",
    "ServerError",
    "TimedOutError",
    "UnexpectedResponseError",
    "UnprocessableError",
    "WebhookVerificationError",
    "__version__",
    "verify_webhook",
]
