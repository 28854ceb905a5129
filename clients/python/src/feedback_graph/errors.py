"""The errors of this library: all of them are a :class:`FeedbackGraphError`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from .schema import BatchEntryResult, PromotionCheck


class FeedbackGraphError(Exception):
    """What every error of this library is."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The constructors of subclasses take more than the message, which is all that exceptions keep for pickle.
        return _restore, (type(self), self.args, self.__dict__)


def _restore(kind: type[FeedbackGraphError], args: tuple[Any, ...], state: dict[str, Any]) -> FeedbackGraphError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConnectionFailedError(FeedbackGraphError):
    """The server could not be reached, or the connection broke; whether a request took effect may be unknown."""


class TimedOutError(ConnectionFailedError):
    """The server did not answer in time."""


class UnexpectedResponseError(FeedbackGraphError):
    """What answered does not speak this API, such as a proxy with a page of HTML."""

    def __init__(self, message: str, *, status: int, request_id: Optional[str] = None) -> None:
        super().__init__(message)
        self.status = status
        self.request_id = request_id


class ChecksumError(FeedbackGraphError):
    """An export is not the file that its manifest describes."""


class BatchError(FeedbackGraphError):
    """A call of ``submit_batch`` ended before all entries were sent; ``__cause__`` says why.

    Entries from ``position`` on were not answered: repeat the call with the same entries and the same ``idempotency_key``, or
    with those from ``position`` on. Of the first of them it is unknown whether the server has them.
    """

    def __init__(self, message: str, *, results: Sequence[BatchEntryResult], position: int) -> None:
        super().__init__(message)
        self.results = list(results)
        self.position = position


class ApiError(FeedbackGraphError):
    """The server refused a request, and says why."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        issues: Sequence[Mapping[str, Any]] = (),
        request_id: Optional[str] = None,
        retry_after: Optional[float] = None,
        limit: Optional[int] = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        """The HTTP status."""
        self.code = code
        """The kind of error, as docs/api.md lists them: ``BAD_USER_INPUT``, ``NOT_FOUND`` …"""
        self.issues = list(issues)
        """What is wrong with the input, each with its ``field`` and ``problem``."""
        self.request_id = request_id
        """The ``X-Request-Id`` of the response, by which the server's log knows it."""
        self.retry_after = retry_after
        """Seconds that the server asks to wait."""
        self.limit = limit
        """The request limit that has the least left, if the server names one."""


class InvalidRequestError(ApiError):
    """400: a field or a parameter is missing or wrong, or a limit of one request would be exceeded."""


class AuthenticationError(ApiError):
    """401: the token is missing, malformed, expired, revoked or wrongly signed."""


class PermissionDeniedError(ApiError):
    """403: the token lacks the permission."""


class NotFoundError(ApiError):
    """404: there is no such entry, adapter or batch."""


class ConflictError(ApiError):
    """409: what the request would change is in a state that does not allow it."""


class NothingToClaimError(ConflictError):
    """409: no approved, unused and unclaimed entry matches the filter of a claim."""


class PromotionRefusedError(ConflictError):
    """409: a rule of the stage does not hold, and nothing was changed."""

    def __init__(self, message: str, *, check: PromotionCheck, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.check = check
        """Every rule of the stage with what it measured."""


class WebhookVerificationError(FeedbackGraphError):
    """A request to a webhook is not to be believed. The message shows neither a secret nor the body."""


class GoneError(ApiError):
    """410: the entry was erased."""


class PreconditionFailedError(ApiError):
    """412: the entry or adapter has another version than ``if_match`` says."""


class PayloadTooLargeError(ApiError):
    """413: the request is too large."""


class UnprocessableError(ApiError):
    """422: the idempotency key was used for another request."""


class RateLimitError(ApiError):
    """429: a request limit is exhausted, for longer than the client waits."""


class ServerError(ApiError):
    """5xx: the server failed, or cannot do this now."""


_BY_STATUS: Mapping[int, type[ApiError]] = {
    400: InvalidRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    410: GoneError,
    412: PreconditionFailedError,
    413: PayloadTooLargeError,
    422: UnprocessableError,
    429: RateLimitError,
}


def error_class(status: int) -> type[ApiError]:
    """The class for a status."""
    if status >= 500:
        return ServerError
    return _BY_STATUS.get(status, ApiError)


_BY_CODE: Mapping[str, int] = {
    "BAD_USER_INPUT": 400,
    "OPERATION_LIMIT_EXCEEDED": 400,
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "INTROSPECTION_DISABLED": 403,
    "PERSISTED_OPERATIONS_ONLY": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "GONE": 410,
    "PRECONDITION_FAILED": 412,
    "PAYLOAD_TOO_LARGE": 413,
    "UNPROCESSABLE": 422,
    "RATE_LIMITED": 429,
    "INTERNAL_SERVER_ERROR": 500,
    "UNAVAILABLE": 503,
}


def status_of_code(code: str) -> int:
    """The status that REST has for a code that GraphQL tells; 400 for what it does not know, such as a syntax error."""
    return _BY_CODE.get(code, 400)
