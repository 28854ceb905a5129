"""What the server takes and answers, as ``schema/openapi.json`` of the repository describes it.

Printed by ``npm run schema``. Everything here is a dictionary: a server that is newer than this client may add names.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, TypedDict, Union

from typing_extensions import NotRequired

Time = Union[datetime, int, str]
"""A time that is sent: a datetime with a time zone, epoch milliseconds, or RFC 3339."""


class Adapter(TypedDict):
    """The object ``Adapter`` of the API."""

    id: str
    """Id of the adapter or base model, as chosen by the client."""

    revision: int
    """Revision number, starting at 1 and incremented by every registration and every change of the stage."""

    version: NotRequired[str]
    """Version of the adapter."""

    base_model: NotRequired[str]
    """Base model of the adapter."""

    peft_type: NotRequired[str]
    """Fine-tuning method, as named by PEFT: ``LORA``, ``ADALORA`` and so on."""

    rank: NotRequired[int]
    """Rank of the update matrices (``r`` in PEFT)."""

    lora_alpha: NotRequired[float]
    """LoRA alpha (``lora_alpha`` in PEFT), greater than 0. Updates are scaled by ``lora_alpha / rank``."""

    target_modules: NotRequired[list[str]]
    """Names of the adapted modules, or a single pattern that matches them: 32 KiB in total."""

    datasets: NotRequired[list[str]]
    """Names of the datasets the adapter was trained on."""

    stage: NotRequired[Literal["candidate", "production", "retired"]]
    """Stage of the adapter. Several adapters can be at each stage."""

    stage_version: NotRequired[str]
    """Version the adapter had when it was put at its stage. A version registered since then was not checked for the stage."""

    created_at: int
    """Time the adapter was first named or registered, in epoch milliseconds."""

    updated_at: int
    """Time the adapter was last registered, in epoch milliseconds."""

    derived_from: list[Derivation]
    """Parents of the adapter, ordered by id."""


class AdapterFeedbackList(TypedDict):
    """The object ``AdapterFeedbackList`` of the API."""

    adapter_id: str
    """Id of the adapter."""

    feedback: list[Feedback]
    """Entries of the page."""

    count: int
    """Number of entries returned."""

    total_linked: int
    """Number of entries linked to the adapter, regardless of filters."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


class AdapterList(TypedDict):
    """The object ``AdapterList`` of the API."""

    adapters: list[ListedAdapter]
    """Adapters, ordered by id."""

    count: int
    """Number of adapters returned."""

    limit: int
    """The requested page size."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


class AdapterRegistration(TypedDict):
    """The object ``AdapterRegistration`` of the API."""

    version: NotRequired[str]
    """Version of the adapter."""

    base_model: NotRequired[str]
    """Base model of the adapter."""

    peft_type: NotRequired[str]
    """Fine-tuning method, as named by PEFT: ``LORA``, ``ADALORA`` and so on."""

    rank: NotRequired[int]
    """Rank of the update matrices (``r`` in PEFT)."""

    lora_alpha: NotRequired[float]
    """LoRA alpha (``lora_alpha`` in PEFT), greater than 0. Updates are scaled by ``lora_alpha / rank``."""

    target_modules: NotRequired[list[str]]
    """Names of the adapted modules, or a single pattern that matches them: 32 KiB in total."""

    datasets: NotRequired[list[str]]
    """Names of the datasets the adapter was trained on."""

    derived_from: NotRequired[list[str]]
    """Ids of the parents, which are adapters or base models. Replaces the current parents. If omitted, the parents are unchanged; an adapter without parents is derived from its base model."""

    relation: NotRequired[Literal["adapter", "finetune", "merge", "quantized"]]
    """How the adapter was derived from its parent, in the vocabulary of model cards (``base_model_relation``)."""


class AdapterStageChange(TypedDict):
    """The object ``AdapterStageChange`` of the API."""

    id: str
    """Id of the change. Ids are in chronological order."""

    stage: Literal["candidate", "production", "retired"]
    """Stage of the adapter. Several adapters can be at each stage."""

    previous_stage: NotRequired[Literal["candidate", "production", "retired"]]
    """Stage of the adapter. Several adapters can be at each stage."""

    created_at: int
    """Time of the change, in epoch milliseconds."""

    created_by: str
    """Who made the change: the token's ``sub``."""

    reason: NotRequired[str]
    """The stated reason."""

    forced: bool
    """Whether the adapter was promoted although a rule did not hold."""

    adapter_version: NotRequired[str]
    """Registered version of the adapter at that time."""

    revision: int
    """Revision of the adapter that the change made."""

    rules_revision: NotRequired[int]
    """Revision of the organization's rules that were checked. Omitted if none had to be checked."""

    replaced_by: NotRequired[str]
    """Id of the adapter whose promotion retired this one."""

    results: list[PromotionRuleResult]
    """The rules that were checked, with their results."""


class AdapterStageChangeList(TypedDict):
    """The object ``AdapterStageChangeList`` of the API."""

    changes: list[AdapterStageChange]
    """Changes of the stage, newest first."""

    count: int
    """Number of changes returned."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


class AdapterStatsPreferences(TypedDict):
    """Approved preferences between the adapter's answers and those of others. Absent if a version is requested."""

    won_count: int
    """Number of preferences won."""

    lost_count: int
    """Number of preferences lost."""

    tied_count: int
    """Number of ties."""

    win_rate: NotRequired[float]
    """``won_count / (won_count + lost_count)``: ties are left out. Absent if there are neither."""

    win_rate_low: NotRequired[float]
    """Lower bound of the 95 % confidence interval of ``win_rate`` (Wilson score interval, 1927)."""

    win_rate_high: NotRequired[float]
    """Upper bound of the same interval."""


class AdapterStats(TypedDict):
    """The object ``AdapterStats`` of the API."""

    id: str
    """Id of the adapter or base model, as chosen by the client."""

    version: NotRequired[str]
    """The requested version, if any."""

    total_feedback: int
    """Number of entries."""

    positive_count: int
    """Number of positive entries."""

    negative_count: int
    """Number of negative entries."""

    preference_count: NotRequired[int]
    """Number of preferences between several answers; absent if there are none."""

    pending_validation: int
    """Number of entries that await validation."""

    approved_count: int
    """Number of approved entries."""

    rejected_count: int
    """Number of rejected entries."""

    flagged_count: int
    """Number of entries that need manual review."""

    unused_for_training: int
    """Number of entries neither used nor held by a training batch. Entries held by an open training batch count as neither unused nor used."""

    used_for_training: int
    """Number of entries that a training batch has used."""

    positive_ratio: float
    """``positive_count / (positive_count + negative_count)``; 0 if there are no such entries."""

    preferences: NotRequired[AdapterStatsPreferences]
    """Approved preferences between the adapter's answers and those of others. Absent if a version is requested."""


class AdapterStatsByDay(TypedDict):
    """The object ``AdapterStatsByDay`` of the API."""

    id: str
    """Id of the adapter."""

    days: list[DailyFeedbackStats]
    """Counts of the entries submitted on each day, by their current state, in the order of days."""

    count: int
    """Number of days."""


class BatchEntryResult(TypedDict):
    """The object ``BatchEntryResult`` of the API."""

    status: int
    """201 or 200, or the status with which this entry would have been refused on its own."""

    id: NotRequired[str]
    """Opaque id of the entry."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement."""

    question: NotRequired[str]
    """The original question."""

    answer: NotRequired[str]
    """The model's response."""

    validation_status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    validation_reasons: NotRequired[list[str]]
    """Why the entry was flagged or rejected; empty otherwise."""

    version: NotRequired[int]
    """Version number, starting at 1 and incremented by every change."""

    created_at: NotRequired[int]
    """Time the entry was submitted, in epoch milliseconds."""

    updated: NotRequired[bool]
    """Whether the submission changed the existing entry. Omitted for a new entry."""

    message: NotRequired[str]
    """The outcome, as a sentence for people."""

    error: NotRequired[str]
    """Kind of error, as a heading for people."""

    details: NotRequired[str]
    """One sentence that explains the error to people."""

    code: NotRequired[Literal["BAD_USER_INPUT", "UNAUTHENTICATED", "OPERATION_LIMIT_EXCEEDED", "INTROSPECTION_DISABLED", "PERSISTED_OPERATIONS_ONLY", "FORBIDDEN", "NOT_FOUND", "METHOD_NOT_ALLOWED", "CONFLICT", "GONE", "PRECONDITION_FAILED", "PAYLOAD_TOO_LARGE", "URI_TOO_LONG", "UNSUPPORTED_MEDIA_TYPE", "RANGE_NOT_SATISFIABLE", "UNPROCESSABLE", "RATE_LIMITED", "INTERNAL_SERVER_ERROR", "UNAVAILABLE"]]
    """Kind of error, for programs."""

    issues: NotRequired[list[Issue]]
    """All problems with the input."""


class BatchResult(TypedDict):
    """The object ``BatchResult`` of the API."""

    results: list[BatchEntryResult]
    """One result for each entry, in the order submitted."""

    stored: int
    """Number of entries stored."""


class BatchSubmission(TypedDict):
    """The object ``BatchSubmission`` of the API."""

    feedback: list[Submission]
    """Entries, each in the format of a single submission."""

    keep_revised: NotRequired[bool]
    """Whether to leave an entry alone that was revised or withdrawn since it said the same: for imports that are run again."""


class BulkOperation(TypedDict):
    """The object ``BulkOperation`` of the API."""

    id: str
    """Id of the operation."""

    state: Literal["running", "done", "canceled", "undoing", "undone"]
    """State of the operation."""

    action: Literal["link", "unlink", "approve", "reject", "reopen", "tag"]
    """What to do to each entry. link and unlink need the permission ``feedback:link``; approve, reject, reopen (undo the review) and tag need ``feedback:review``."""

    reason: NotRequired[str]
    """For approve and reject: the reason, from 1 to 500 characters. It must not name persons."""

    add_tags: NotRequired[list[str]]
    """For tag: tags to add, at most 32."""

    remove_tags: NotRequired[list[str]]
    """For tag: tags to remove, at most 32."""

    adapter_id: NotRequired[str]
    """For link and unlink: the adapter."""

    total: int
    """Number of entries."""

    done: int
    """Number of entries that it has changed or skipped."""

    changed: int
    """Number of entries that it has changed."""

    skipped: BulkSkipped

    undo: NotRequired[BulkUndo]

    created_by: str
    """The ``sub`` claim of the token of the user who started it."""

    created_at: int
    """Time it was started, in epoch milliseconds."""

    updated_at: int
    """Time of its last progress, in epoch milliseconds."""

    expires_at: int
    """Time until which it can be read and undone, in epoch milliseconds."""


class BulkOperationList(TypedDict):
    """The object ``BulkOperationList`` of the API."""

    operations: list[BulkOperation]
    """Operations of the page, newest first."""

    count: int
    """Number of operations returned."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


class BulkPreview(TypedDict):
    """The object ``BulkPreview`` of the API."""

    selected: int
    """Number of selected entries."""

    changed: int
    """Number of entries that would change."""

    skipped: BulkSkipped


BulkPreviewRequestFilterScoresItemKeywords = TypedDict(
    "BulkPreviewRequestFilterScoresItemKeywords",
    {
        "is": "NotRequired[str]",
    },
)


class BulkPreviewRequestFilterScoresItem(BulkPreviewRequestFilterScoresItemKeywords):
    """The object ``BulkPreviewRequestFilterScoresItem`` of the API."""

    name: str
    """Name of the score."""

    min: NotRequired[float]
    """Smallest matching number."""

    max: NotRequired[float]
    """Largest matching number."""


class BulkPreviewRequestFilter(TypedDict):
    """The filter of a list of entries."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    unused: NotRequired[bool]
    """true: only entries neither used nor held by a training batch; false: only used entries."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    user: NotRequired[str]
    """Only entries from this user, as identified by the client."""

    interaction: NotRequired[str]
    """Only entries about this interaction."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    since: NotRequired[Time]
    """Only entries submitted at or after this time, in RFC 3339 or epoch milliseconds."""

    until: NotRequired[Time]
    """Only entries submitted before this time, in RFC 3339 or epoch milliseconds."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""

    adapter_version: NotRequired[str]
    """Only entries submitted for this version of ``adapter``."""

    scores: NotRequired[list[BulkPreviewRequestFilterScoresItem]]
    """Only entries with each of these scores, up to 8."""

    search: NotRequired[str]
    """Only entries with these words in the question, the answer, the correction, the comment or the messages. Words are joined by ``AND``, which may be left out, and by ``OR``; ``NOT`` or ``-`` excludes; ``shard*`` is the beginning of a word, ``"shard by"`` a phrase, and brackets group. Case and diacritics make no difference. An entry is found within about a second after it is stored. Up to 500 characters and 32 words."""


class BulkPreviewRequest(TypedDict):
    """The object ``BulkPreviewRequest`` of the API."""

    action: Literal["link", "unlink", "approve", "reject", "reopen", "tag"]
    """What to do to each entry. link and unlink need the permission ``feedback:link``; approve, reject, reopen (undo the review) and tag need ``feedback:review``."""

    reason: NotRequired[str]
    """For approve and reject: the reason, from 1 to 500 characters. It must not name persons."""

    add_tags: NotRequired[list[str]]
    """For tag: tags to add, at most 32."""

    remove_tags: NotRequired[list[str]]
    """For tag: tags to remove, at most 32."""

    adapter_id: NotRequired[str]
    """For link and unlink: the adapter."""

    ids: NotRequired[list[str]]
    """Ids of entries, from 1 to 10000; or else a filter."""

    filter: NotRequired[BulkPreviewRequestFilter]
    """The filter of a list of entries."""


BulkRequestFilterScoresItemKeywords = TypedDict(
    "BulkRequestFilterScoresItemKeywords",
    {
        "is": "NotRequired[str]",
    },
)


class BulkRequestFilterScoresItem(BulkRequestFilterScoresItemKeywords):
    """The object ``BulkRequestFilterScoresItem`` of the API."""

    name: str
    """Name of the score."""

    min: NotRequired[float]
    """Smallest matching number."""

    max: NotRequired[float]
    """Largest matching number."""


class BulkRequestFilter(TypedDict):
    """The filter of a list of entries."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    unused: NotRequired[bool]
    """true: only entries neither used nor held by a training batch; false: only used entries."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    user: NotRequired[str]
    """Only entries from this user, as identified by the client."""

    interaction: NotRequired[str]
    """Only entries about this interaction."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    since: NotRequired[Time]
    """Only entries submitted at or after this time, in RFC 3339 or epoch milliseconds."""

    until: NotRequired[Time]
    """Only entries submitted before this time, in RFC 3339 or epoch milliseconds."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""

    adapter_version: NotRequired[str]
    """Only entries submitted for this version of ``adapter``."""

    scores: NotRequired[list[BulkRequestFilterScoresItem]]
    """Only entries with each of these scores, up to 8."""

    search: NotRequired[str]
    """Only entries with these words in the question, the answer, the correction, the comment or the messages. Words are joined by ``AND``, which may be left out, and by ``OR``; ``NOT`` or ``-`` excludes; ``shard*`` is the beginning of a word, ``"shard by"`` a phrase, and brackets group. Case and diacritics make no difference. An entry is found within about a second after it is stored. Up to 500 characters and 32 words."""


class BulkRequest(TypedDict):
    """The object ``BulkRequest`` of the API."""

    action: Literal["link", "unlink", "approve", "reject", "reopen", "tag"]
    """What to do to each entry. link and unlink need the permission ``feedback:link``; approve, reject, reopen (undo the review) and tag need ``feedback:review``."""

    reason: NotRequired[str]
    """For approve and reject: the reason, from 1 to 500 characters. It must not name persons."""

    add_tags: NotRequired[list[str]]
    """For tag: tags to add, at most 32."""

    remove_tags: NotRequired[list[str]]
    """For tag: tags to remove, at most 32."""

    adapter_id: NotRequired[str]
    """For link and unlink: the adapter."""

    ids: NotRequired[list[str]]
    """Ids of entries, from 1 to 10000; or else a filter."""

    filter: NotRequired[BulkRequestFilter]
    """The filter of a list of entries."""

    expected_count: NotRequired[int]
    """Number of entries that the selection had in the preview. If it has another one by now, nothing is changed (409)."""


class BulkSkipped(TypedDict):
    """Numbers of entries that stay as they are, by reason."""

    unchanged: NotRequired[int]
    """Number of entries."""

    not_found: NotRequired[int]
    """Number of entries."""

    erased: NotRequired[int]
    """Number of entries."""

    held_for_training: NotRequired[int]
    """Number of entries."""

    used_for_training: NotRequired[int]
    """Number of entries."""

    claimed_by_reviewer: NotRequired[int]
    """Number of entries."""

    withdrawn: NotRequired[int]
    """Number of entries."""

    not_reviewed: NotRequired[int]
    """Number of entries."""

    too_many_tags: NotRequired[int]
    """Number of entries."""

    too_many_links: NotRequired[int]
    """Number of entries."""

    named_by_submission: NotRequired[int]
    """Number of entries."""

    linked_by_other: NotRequired[int]
    """Number of entries."""

    changed_since: NotRequired[int]
    """Number of entries."""

    failed: NotRequired[int]
    """Number of entries."""


class BulkUndo(TypedDict):
    """How far its undo is."""

    created_by: str
    """The ``sub`` claim of the token of the user who undoes it."""

    total: int
    """Number of entries that the undo has to look at."""

    done: int
    """Number of entries that it has looked at."""

    restored: int
    """Number of entries that have again what they had before."""

    skipped: BulkSkipped


class Candidate(TypedDict):
    """One of the answers of a preference, with either ``answer`` or ``messages``."""

    answer: NotRequired[Union[str, None]]
    """The answer, not blank."""

    messages: NotRequired[Union[list[ChatMessage], None]]
    """Instead: the conversation, of which the last message is the answer."""

    adapter_id: NotRequired[Union[str, None]]
    """The LoRA adapter that gave the answer."""

    model_version: NotRequired[Union[str, None]]
    """Version of the model that gave the answer."""


class Change(TypedDict):
    """The object ``Change`` of the API."""

    id: str
    """Position of the change in the feed. Ids are ascending, with gaps."""

    at: int
    """Time of the change, in epoch milliseconds."""

    action: Literal["feedback.submit", "feedback.link", "feedback.unlink", "feedback.use", "feedback.review", "feedback.erase", "feedback.judge", "feedback.reopen", "feedback.revise", "feedback.tag", "bulk_operation.start", "bulk_operation.cancel", "bulk_operation.undo", "token.issue", "token.revoke", "feedback_rules.set", "saved_view.share", "saved_view.change", "saved_view.delete", "adapter.create", "adapter.register", "adapter.stage", "adapter.stage_forced", "adapter.evaluate", "promotion_rules.set", "feedback.claim", "feedback.release", "training_batch.record", "training_batch.claim", "training_batch.export", "training_batch.renew", "training_batch.commit", "training_batch.release", "training_batch.expire", "webhook.create", "webhook.change", "webhook.enable", "webhook.disable", "webhook.rotate_secret", "webhook.test", "webhook.redeliver", "webhook.delete"]
    """The recorded action. More actions may be added."""

    node: str
    """Id of the changed entry, adapter or training batch."""

    version: int
    """Version of the node after the change."""


class ChangeList(TypedDict):
    """The object ``ChangeList`` of the API."""

    changes: list[Change]
    """Changes, in commit order."""

    count: int
    """Number of changes returned."""

    next_after: str
    """The ``after`` of the next page, even if that page is still empty."""

    has_more: bool
    """Whether the next page already has changes."""


class ChatMessage(TypedDict):
    """A message in the form of OpenAI's chat API."""

    role: Literal["system", "user", "assistant", "tool"]
    """Author of the message. Only the first message may be a system message."""

    content: NotRequired[Union[str, list[Any]]]
    """The text, or a list of parts: ``{"type": "text", "text": …}`` and, in user messages, ``{"type": "image_url", "image_url": {"url": …}}``, which is stored as a reference. Omitted if the assistant only calls tools."""

    name: NotRequired[str]
    """Name of the speaker."""

    tool_calls: NotRequired[list[Any]]
    """Calls made by the assistant: ``{"id": …, "type": "function", "function": {"name": …, "arguments": …}}``."""

    tool_call_id: NotRequired[str]
    """Id of the call that a ``tool`` message answers."""


class DailyFeedbackStats(TypedDict):
    """The object ``DailyFeedbackStats`` of the API."""

    day: str
    """The UTC day, such as ``2030-01-31``."""

    total_feedback: int
    """Number of entries."""

    positive_count: int
    """Number of positive entries."""

    negative_count: int
    """Number of negative entries."""

    preference_count: NotRequired[int]
    """Number of preferences between several answers; absent if there are none."""

    pending_validation: int
    """Number of entries that await validation."""

    approved_count: int
    """Number of approved entries."""

    rejected_count: int
    """Number of rejected entries."""

    flagged_count: int
    """Number of entries that need manual review."""

    unused_for_training: int
    """Number of entries neither used nor held by a training batch. Entries held by an open training batch count as neither unused nor used."""

    used_for_training: int
    """Number of entries that a training batch has used."""

    positive_ratio: float
    """``positive_count / (positive_count + negative_count)``; 0 if there are no such entries."""


class DailyReviews(TypedDict):
    """The object ``DailyReviews`` of the API."""

    day: str
    """The UTC day, such as ``2030-01-31``."""

    reviewed: int
    """Number of entries that the reviewer has decided."""


class DeletedView(TypedDict):
    """The object ``DeletedView`` of the API."""

    id: str
    """Id of the view."""


class DeletedWebhook(TypedDict):
    """The object ``DeletedWebhook`` of the API."""

    id: str
    """Id of the webhook."""


class Derivation(TypedDict):
    """The object ``Derivation`` of the API."""

    id: str
    """Id of the adapter or base model, as chosen by the client."""

    relation: NotRequired[Literal["adapter", "finetune", "merge", "quantized"]]
    """How the adapter was derived from its parent, in the vocabulary of model cards (``base_model_relation``)."""

    revision: NotRequired[str]
    """The revision of the parent that the child was derived from: a branch, a tag or a commit."""

    created_at: int
    """Time the derivation was registered, in epoch milliseconds."""


class Erasure(TypedDict):
    """The object ``Erasure`` of the API."""

    id: str
    """Opaque id of the entry."""

    erased_at: int
    """Time the entry was erased, in epoch milliseconds."""

    training_batches: list[str]
    """Ids of the training batches that include an erased entry."""

    adapters: list[str]
    """Ids of the adapters trained on those training batches."""


class Error(TypedDict):
    """The object ``Error`` of the API."""

    error: str
    """Kind of error, as a heading for people."""

    details: str
    """One sentence that explains the error to people."""

    code: Literal["BAD_USER_INPUT", "UNAUTHENTICATED", "OPERATION_LIMIT_EXCEEDED", "INTROSPECTION_DISABLED", "PERSISTED_OPERATIONS_ONLY", "FORBIDDEN", "NOT_FOUND", "METHOD_NOT_ALLOWED", "CONFLICT", "GONE", "PRECONDITION_FAILED", "PAYLOAD_TOO_LARGE", "URI_TOO_LONG", "UNSUPPORTED_MEDIA_TYPE", "RANGE_NOT_SATISFIABLE", "UNPROCESSABLE", "RATE_LIMITED", "INTERNAL_SERVER_ERROR", "UNAVAILABLE"]
    """Kind of error, for programs."""

    issues: NotRequired[list[Issue]]
    """All problems with the input."""


class Evaluation(TypedDict):
    """The object ``Evaluation`` of the API."""

    id: str
    """Id of the evaluation. Ids are in the order of recording."""

    name: str
    """Name of the metric."""

    value: float
    """The value."""

    dataset: NotRequired[str]
    """Dataset it was measured on."""

    run: NotRequired[str]
    """Id or URL of the run that measured it."""

    adapter_version: NotRequired[str]
    """Registered version of the adapter when it was recorded."""

    measured_at: int
    """Time of the measurement, in epoch milliseconds."""

    created_at: int
    """Time it was recorded, in epoch milliseconds."""

    created_by: str
    """Who recorded it: the token's ``sub``."""


class EvaluationList(TypedDict):
    """The object ``EvaluationList`` of the API."""

    evaluations: list[Evaluation]
    """Evaluations."""

    count: int
    """Number of evaluations returned."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


class EvaluationRequest(TypedDict):
    """The object ``EvaluationRequest`` of the API."""

    name: str
    """Name of the metric, 1 to 256 bytes."""

    value: float
    """The value."""

    dataset: NotRequired[str]
    """Dataset it was measured on, 1 to 256 bytes."""

    run: NotRequired[str]
    """Id or URL of the run that measured it, 1 to 256 bytes."""

    measured_at: NotRequired[int]
    """Time of the measurement, in epoch milliseconds; now by default."""


class EvaluationsRequest(TypedDict):
    """The object ``EvaluationsRequest`` of the API."""

    evaluations: list[EvaluationRequest]
    """The evaluations: all are recorded or none."""


class Feedback(TypedDict):
    """The object ``Feedback`` of the API."""

    id: str
    """Opaque id of the entry."""

    type: Literal["positive", "negative", "preference"]
    """The judgement: of one answer positive or negative, of several a preference."""

    question: str
    """The original question."""

    answer: str
    """The model's response."""

    messages: NotRequired[list[ChatMessage]]
    """The conversation, if the entry was submitted with ``messages``."""

    tools: NotRequired[list[dict[str, Any]]]
    """Definitions of the tools the model could call."""

    candidates: NotRequired[list[Candidate]]
    """The answers of a preference. The answer of the entry is the preferred one, or the first of a tie."""

    preferred: NotRequired[Union[int, Literal["tie"]]]
    """The place of the preferred candidate, counted from 0, or ``tie``."""

    user_id: NotRequired[str]
    """The user who gave the feedback, as identified by the client."""

    interaction_id: NotRequired[str]
    """The interaction with the model that the feedback is about."""

    conversation_id: NotRequired[str]
    """The conversation that the interaction belongs to."""

    correction: NotRequired[str]
    """The correct answer."""

    comment: NotRequired[str]
    """An additional comment."""

    reason: NotRequired[str]
    """The user's reason."""

    tags: NotRequired[list[str]]
    """Tags of the entry."""

    scores: NotRequired[dict[str, Any]]
    """Scores by name: each a number, a boolean or a category."""

    metadata: NotRequired[dict[str, Any]]
    """Other data that the client stores with the entry."""

    validation_status: Literal["pending", "approved", "rejected", "flagged"]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    validation_reasons: list[str]
    """Why the entry was flagged or rejected; empty otherwise."""

    model_version: NotRequired[str]
    """Version of the model that gave the answer."""

    adapter_id: NotRequired[str]
    """The LoRA adapter that gave the answer."""

    adapter_version: NotRequired[str]
    """Version of the adapter."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Who or what gave the judgement."""

    response_id: NotRequired[str]
    """Id of the response, as assigned by the model or its provider."""

    trace_id: NotRequired[str]
    """The OpenTelemetry trace in which the answer was generated."""

    span_id: NotRequired[str]
    """The span within that trace."""

    external_id: NotRequired[str]
    """The client's own id for the entry, if it supplied one."""

    used_for_training: bool
    """Whether a training batch has used the entry."""

    training_batch_id: int
    """Number of the training batch that holds or has used the entry; 0 if there is none."""

    version: int
    """Version number, starting at 1 and incremented by every change."""

    created_at: int
    """Time the entry was submitted, in epoch milliseconds."""


class FeedbackFacet(TypedDict):
    """The object ``FeedbackFacet`` of the API."""

    value: str
    """The value."""

    total_feedback: int
    """Number of entries."""

    positive_count: int
    """Number of positive entries."""

    negative_count: int
    """Number of negative entries."""

    preference_count: NotRequired[int]
    """Number of preferences between several answers; absent if there are none."""

    pending_validation: int
    """Number of entries that await validation."""

    approved_count: int
    """Number of approved entries."""

    rejected_count: int
    """Number of rejected entries."""

    flagged_count: int
    """Number of entries that need manual review."""

    unused_for_training: int
    """Number of entries neither used nor held by a training batch. Entries held by an open training batch count as neither unused nor used."""

    used_for_training: int
    """Number of entries that a training batch has used."""

    positive_ratio: float
    """``positive_count / (positive_count + negative_count)``; 0 if there are no such entries."""


class FeedbackFacetList(TypedDict):
    """The object ``FeedbackFacetList`` of the API."""

    field: str
    """The field."""

    values: list[FeedbackFacet]
    """Values of the page, in their order."""

    count: int
    """Number of values returned."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


FeedbackFilterScoresItemKeywords = TypedDict(
    "FeedbackFilterScoresItemKeywords",
    {
        "is": "NotRequired[str]",
    },
)


class FeedbackFilterScoresItem(FeedbackFilterScoresItemKeywords):
    """The object ``FeedbackFilterScoresItem`` of the API."""

    name: str
    """Name of the score."""

    min: NotRequired[float]
    """Smallest matching number."""

    max: NotRequired[float]
    """Largest matching number."""


class FeedbackFilter(TypedDict):
    """The filter; without fields, it selects all entries."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    unused: NotRequired[bool]
    """true: only entries neither used nor held by a training batch; false: only used entries."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    user: NotRequired[str]
    """Only entries from this user, as identified by the client."""

    interaction: NotRequired[str]
    """Only entries about this interaction."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    since: NotRequired[int]
    """Only entries submitted at or after this time, in epoch milliseconds."""

    until: NotRequired[int]
    """Only entries submitted before this time, in epoch milliseconds."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""

    adapter_version: NotRequired[str]
    """Only entries submitted for this version of ``adapter``."""

    scores: NotRequired[list[FeedbackFilterScoresItem]]
    """Only entries with each of these scores, up to 8."""

    search: NotRequired[str]
    """Only entries with these words in the question, the answer, the correction, the comment or the messages. Words are joined by ``AND``, which may be left out, and by ``OR``; ``NOT`` or ``-`` excludes; ``shard*`` is the beginning of a word, ``"shard by"`` a phrase, and brackets group. Case and diacritics make no difference. An entry is found within about a second after it is stored. Up to 500 characters and 32 words."""


class FeedbackLink(TypedDict):
    """The object ``FeedbackLink`` of the API."""

    type: Literal["FEEDBACK_FOR"]
    """Type of the edge."""

    feedback_id: str
    """Id of the linked entry."""

    adapter_id: str
    """Id of the adapter."""

    adapter_version: NotRequired[str]
    """Version of the adapter, if the submission named one."""

    metadata: NotRequired[dict[str, Any]]
    """Properties of the link."""

    created_at: int
    """Time the link was created, in epoch milliseconds."""


class FeedbackList(TypedDict):
    """The object ``FeedbackList`` of the API."""

    feedback: list[Feedback]
    """Entries of the page."""

    count: int
    """Number of entries returned."""

    limit: int
    """The requested page size."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


class FeedbackRules(TypedDict):
    """The object ``FeedbackRules`` of the API."""

    score_definitions: list[ScoreDefinition]
    """Definitions of the allowed scores, at most 50. If empty, every score is allowed. An entry submitted without a ``type`` takes it from its first score, in this order, whose definition says which values are good or bad; if the value is neither, the entry is negative and flagged."""

    allowed_tags: list[str]
    """Allowed tags: at most 1,000, of 1 to 256 bytes each. If empty, every tag is allowed."""

    revision: int
    """Revision number of the rules, incremented by every change; 0 until they are first set."""


class FeedbackRulesRequest(TypedDict):
    """The object ``FeedbackRulesRequest`` of the API."""

    score_definitions: NotRequired[list[ScoreDefinition]]
    """Definitions of the allowed scores, at most 50. If empty, every score is allowed. An entry submitted without a ``type`` takes it from its first score, in this order, whose definition says which values are good or bad; if the value is neither, the entry is negative and flagged."""

    allowed_tags: NotRequired[list[str]]
    """Allowed tags: at most 1,000, of 1 to 256 bytes each. If empty, every tag is allowed."""

    revision: NotRequired[int]
    """Expected current revision of the rules."""


class FeedbackStats(TypedDict):
    """The object ``FeedbackStats`` of the API."""

    total_feedback: int
    """Number of entries."""

    positive_count: int
    """Number of positive entries."""

    negative_count: int
    """Number of negative entries."""

    preference_count: NotRequired[int]
    """Number of preferences between several answers; absent if there are none."""

    pending_validation: int
    """Number of entries that await validation."""

    approved_count: int
    """Number of approved entries."""

    rejected_count: int
    """Number of rejected entries."""

    flagged_count: int
    """Number of entries that need manual review."""

    unused_for_training: int
    """Number of entries neither used nor held by a training batch. Entries held by an open training batch count as neither unused nor used."""

    used_for_training: int
    """Number of entries that a training batch has used."""

    positive_ratio: float
    """``positive_count / (positive_count + negative_count)``; 0 if there are no such entries."""


class FeedbackStatsByDay(TypedDict):
    """The object ``FeedbackStatsByDay`` of the API."""

    days: list[DailyFeedbackStats]
    """Counts of the entries submitted on each day, by their current state, in the order of days."""

    count: int
    """Number of days."""


class FeedbackUnlinked(TypedDict):
    """The object ``FeedbackUnlinked`` of the API."""

    feedback_id: str
    """Id of the entry."""

    adapter_id: str
    """Id of the adapter that the entry is no longer linked to."""

    version: int
    """Version number of the entry, incremented by the change."""


class FeedbackVersion(TypedDict):
    """The object ``FeedbackVersion`` of the API."""

    id: str
    """Opaque id of the entry."""

    type: Literal["positive", "negative", "preference"]
    """The judgement: of one answer positive or negative, of several a preference."""

    question: str
    """The original question."""

    answer: str
    """The model's response."""

    messages: NotRequired[list[ChatMessage]]
    """The conversation, if the entry was submitted with ``messages``."""

    tools: NotRequired[list[dict[str, Any]]]
    """Definitions of the tools the model could call."""

    candidates: NotRequired[list[Candidate]]
    """The answers of a preference. The answer of the entry is the preferred one, or the first of a tie."""

    preferred: NotRequired[Union[int, Literal["tie"]]]
    """The place of the preferred candidate, counted from 0, or ``tie``."""

    user_id: NotRequired[str]
    """The user who gave the feedback, as identified by the client."""

    interaction_id: NotRequired[str]
    """The interaction with the model that the feedback is about."""

    conversation_id: NotRequired[str]
    """The conversation that the interaction belongs to."""

    correction: NotRequired[str]
    """The correct answer."""

    comment: NotRequired[str]
    """An additional comment."""

    reason: NotRequired[str]
    """The user's reason."""

    tags: NotRequired[list[str]]
    """Tags of the entry."""

    scores: NotRequired[dict[str, Any]]
    """Scores by name: each a number, a boolean or a category."""

    metadata: NotRequired[dict[str, Any]]
    """Other data that the client stores with the entry."""

    validation_status: Literal["pending", "approved", "rejected", "flagged"]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    validation_reasons: list[str]
    """Why the entry was flagged or rejected; empty otherwise."""

    model_version: NotRequired[str]
    """Version of the model that gave the answer."""

    adapter_id: NotRequired[str]
    """The LoRA adapter that gave the answer."""

    adapter_version: NotRequired[str]
    """Version of the adapter."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Who or what gave the judgement."""

    response_id: NotRequired[str]
    """Id of the response, as assigned by the model or its provider."""

    trace_id: NotRequired[str]
    """The OpenTelemetry trace in which the answer was generated."""

    span_id: NotRequired[str]
    """The span within that trace."""

    external_id: NotRequired[str]
    """The client's own id for the entry, if it supplied one."""

    used_for_training: bool
    """Whether a training batch has used the entry."""

    training_batch_id: int
    """Number of the training batch that holds or has used the entry; 0 if there is none."""

    version: int
    """Version number, starting at 1 and incremented by every change."""

    created_at: int
    """Time the entry was submitted, in epoch milliseconds."""

    updated_at: int
    """Time this version was created, in epoch milliseconds."""


class FeedbackVersionList(TypedDict):
    """The object ``FeedbackVersionList`` of the API."""

    id: str
    """Opaque id of the entry."""

    versions: list[FeedbackVersion]
    """Newest first."""

    count: int
    """Number of versions returned."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


class GraphQuery(TypedDict):
    """The object ``GraphQuery`` of the API."""

    query: str
    """The query, such as ``MATCH (a:Adapter) RETURN a.id``."""

    parameters: NotRequired[dict[str, Any]]
    """Values of the query's ``$`` parameters."""


class GraphQueryResult(TypedDict):
    """The object ``GraphQueryResult`` of the API."""

    columns: list[str]
    """Column names, in order."""

    rows: list[list[Any]]
    """Rows, each with one value per column. A node is ``{id, labels, properties}``, a relationship ``{id, type, from, to, properties}`` and a path ``{nodes, relationships}``."""

    plan: NotRequired[Any]
    """The query plan, for a query that starts with EXPLAIN (which is not executed) or PROFILE (which reports what each step did)."""


class Issue(TypedDict):
    """The object ``Issue`` of the API."""

    field: str
    """The invalid field, parameter or header. Places in lists count from 0: ``messages[2].content``."""

    problem: str
    """What is allowed there."""

    missing: NotRequired[bool]
    """Whether the field is required but missing."""


class IssueToken(TypedDict):
    """The object ``IssueToken`` of the API."""

    sub: str
    """The user that the token is for: 1 to 256 bytes."""

    roles: NotRequired[list[str]]
    """Roles and single permissions, all of which the issuer must have; ``submitter`` by default. ``tokens:issue``, ``org:admin`` and ``server:operate`` are never issued."""

    expires_in: NotRequired[int]
    """Seconds until the token expires; 900 by default."""

    interaction_id: NotRequired[str]
    """The only interaction that the token submits feedback about, and whose entries it reads."""

    model_version: NotRequired[str]
    """The only model version that the token submits feedback about."""

    adapter_id: NotRequired[str]
    """The only adapter that the token submits feedback about."""


class IssuedToken(TypedDict):
    """The object ``IssuedToken`` of the API."""

    token: str
    """The token."""

    token_type: Literal["Bearer"]
    """How to send it: ``Authorization: Bearer``."""

    jti: str
    """Id of the token, by which it can be revoked."""

    sub: str
    """The user that the token is for."""

    permissions: list[str]
    """The permissions of the token."""

    expires_at: int
    """Time the token expires, in epoch milliseconds."""


class Lineage(TypedDict):
    """The object ``Lineage`` of the API."""

    id: str
    """Id of the adapter or base model, as chosen by the client."""

    nodes: list[LineageNode]
    """Adapters in the graph: the adapter itself first, then the nearest."""

    edges: list[LineageEdge]
    """Every derivation between two of the nodes."""

    truncated: bool
    """Whether the lineage has more adapters than ``limit``."""


class LineageEdge(TypedDict):
    """The object ``LineageEdge`` of the API."""

    child_id: str
    """Id of the derived adapter."""

    parent_id: str
    """Id of the parent."""

    created_at: int
    """Time the derivation was registered, in epoch milliseconds."""


class LineageNode(TypedDict):
    """The object ``LineageNode`` of the API."""

    id: str
    """Id of the adapter or base model, as chosen by the client."""

    version: NotRequired[str]
    """Version of the adapter."""

    depth: int
    """Number of generations from the adapter: 0 for the adapter itself, positive for ancestors, negative for descendants."""


class LinkRequest(TypedDict):
    """The object ``LinkRequest`` of the API."""

    adapter_id: str
    """Id of the adapter to link to; created if it does not exist."""

    metadata: NotRequired[dict[str, Any]]
    """Properties of the link: at most 4 KiB of JSON."""


class ListedAdapter(TypedDict):
    """The object ``ListedAdapter`` of the API."""

    id: str
    """Id of the adapter or base model, as chosen by the client."""

    revision: int
    """Revision number, starting at 1 and incremented by every registration and every change of the stage."""

    version: NotRequired[str]
    """Version of the adapter."""

    base_model: NotRequired[str]
    """Base model of the adapter."""

    peft_type: NotRequired[str]
    """Fine-tuning method, as named by PEFT: ``LORA``, ``ADALORA`` and so on."""

    rank: NotRequired[int]
    """Rank of the update matrices (``r`` in PEFT)."""

    lora_alpha: NotRequired[float]
    """LoRA alpha (``lora_alpha`` in PEFT), greater than 0. Updates are scaled by ``lora_alpha / rank``."""

    target_modules: NotRequired[list[str]]
    """Names of the adapted modules, or a single pattern that matches them: 32 KiB in total."""

    datasets: NotRequired[list[str]]
    """Names of the datasets the adapter was trained on."""

    stage: NotRequired[Literal["candidate", "production", "retired"]]
    """Stage of the adapter. Several adapters can be at each stage."""

    stage_version: NotRequired[str]
    """Version the adapter had when it was put at its stage. A version registered since then was not checked for the stage."""

    created_at: int
    """Time the adapter was first named or registered, in epoch milliseconds."""

    updated_at: int
    """Time the adapter was last registered, in epoch milliseconds."""


class MarkUsedRequest(TypedDict):
    """The object ``MarkUsedRequest`` of the API."""

    feedback_ids: list[str]
    """Ids of the approved entries that were used."""

    training_batch_id: int
    """Number of the training batch that used them."""

    expected_versions: NotRequired[list[int]]
    """Expected current version of each entry, in the order of ``feedback_ids``. A mismatch is refused with 409."""


class MarkUsedResult(TypedDict):
    """The object ``MarkUsedResult`` of the API."""

    marked: int
    """Number of entries marked as used."""

    training_batch_id: int
    """Number of the training batch."""


class NewAdapterStage(TypedDict):
    """The new entry of its history."""

    id: str
    """Id of the change. Ids are in chronological order."""

    stage: Literal["candidate", "production", "retired"]
    """Stage of the adapter. Several adapters can be at each stage."""

    previous_stage: NotRequired[Literal["candidate", "production", "retired"]]
    """Stage of the adapter. Several adapters can be at each stage."""

    created_at: int
    """Time of the change, in epoch milliseconds."""

    created_by: str
    """Who made the change: the token's ``sub``."""

    reason: NotRequired[str]
    """The stated reason."""

    forced: bool
    """Whether the adapter was promoted although a rule did not hold."""

    adapter_version: NotRequired[str]
    """Registered version of the adapter at that time."""

    revision: int
    """Revision of the adapter that the change made."""

    rules_revision: NotRequired[int]
    """Revision of the organization's rules that were checked. Omitted if none had to be checked."""

    replaced_by: NotRequired[str]
    """Id of the adapter whose promotion retired this one."""


class Promotion(TypedDict):
    """The object ``Promotion`` of the API."""

    id: str
    """Id of the adapter."""

    stage: Literal["candidate", "production", "retired"]
    """Stage of the adapter. Several adapters can be at each stage."""

    revision: int
    """Revision of the adapter."""

    promoted: bool
    """Whether the adapter is at the requested stage."""

    check: NotRequired[PromotionCheck]

    changed: bool
    """Whether the request changed the stage: false if the adapter was at it already."""

    change: NotRequired[NewAdapterStage]

    retired: list[str]
    """Ids of the adapters that the change retired."""


class PromotionCheck(TypedDict):
    """The object ``PromotionCheck`` of the API."""

    stage: Literal["candidate", "production"]
    """A stage with rules."""

    passed: bool
    """Whether every rule holds."""

    results: list[PromotionRuleResult]
    """The rules of the stage with their results."""

    rules_revision: int
    """Revision number of the rules, incremented by every change; 0 until they are first set and the defaults apply."""


class PromotionRefusal(TypedDict):
    """The object ``PromotionRefusal`` of the API."""

    error: str
    """Kind of error, as a heading for people."""

    details: str
    """One sentence that explains the error to people."""

    code: Literal["BAD_USER_INPUT", "UNAUTHENTICATED", "OPERATION_LIMIT_EXCEEDED", "INTROSPECTION_DISABLED", "PERSISTED_OPERATIONS_ONLY", "FORBIDDEN", "NOT_FOUND", "METHOD_NOT_ALLOWED", "CONFLICT", "GONE", "PRECONDITION_FAILED", "PAYLOAD_TOO_LARGE", "URI_TOO_LONG", "UNSUPPORTED_MEDIA_TYPE", "RANGE_NOT_SATISFIABLE", "UNPROCESSABLE", "RATE_LIMITED", "INTERNAL_SERVER_ERROR", "UNAVAILABLE"]
    """Kind of error, for programs."""

    issues: NotRequired[list[Issue]]
    """All problems with the input."""

    promoted: NotRequired[bool]
    """Whether the adapter is at the requested stage."""

    check: NotRequired[PromotionCheck]


class PromotionRequest(TypedDict):
    """The object ``PromotionRequest`` of the API."""

    stage: NotRequired[Literal["candidate", "production", "retired"]]
    """The new stage; production by default."""

    reason: NotRequired[str]
    """The reason, at most 500 characters; required with ``force``. It must not name persons."""

    rules: NotRequired[list[PromotionRuleRequest]]
    """Rules that must hold in addition to those of the organization."""

    force: NotRequired[bool]
    """Whether to promote the adapter even if a rule does not hold. Requires the permission ``org:admin``."""

    retire: NotRequired[list[str]]
    """Ids of adapters to retire in the same change."""


class PromotionRule(TypedDict):
    """The object ``PromotionRule`` of the API."""

    kind: Literal["entries", "positive_share", "win_rate", "metric", "metric_against_parent"]
    """What the rule measures. entries: approved entries linked to the adapter; positive_share: on the questions the adapter and a parent were both judged on, the share it got right minus the share the parent got right (with several parents, the smallest difference); win_rate: the share of decided preferences its answers won; metric: the newest evaluation of its registered version by a metric; metric_against_parent: that value minus the value of a parent by the same metric on the same dataset (with several parents or datasets, the rule must hold for each pair that has both values; an adapter without an evaluation of its own does not pass)."""

    at_least: NotRequired[float]
    """Smallest allowed value: an integer from 1 for entries, from -1 to 1 for positive_share, from 0 to 1 for win_rate."""

    at_most: NotRequired[float]
    """Largest allowed value, as of a loss. Only for metric and metric_against_parent, which require one of the two bounds."""

    minimum_count: NotRequired[int]
    """Smallest number of common questions (positive_share) or decided preferences (win_rate) for the value to count; 1 by default."""

    bound: NotRequired[Literal["rate", "low"]]
    """For win_rate: the value to compare. rate: the win rate (default); low: the lower bound of its 95 % confidence interval."""

    metric: NotRequired[str]
    """For metric and metric_against_parent: name of the metric, 1 to 256 bytes."""

    dataset: NotRequired[str]
    """Dataset the metric was measured on. If omitted, the newest evaluation on any dataset counts (metric), or every dataset both were measured on (metric_against_parent)."""

    passes_unmeasured: NotRequired[bool]
    """Whether an adapter whose value cannot be determined passes; false by default. For metric_against_parent: whether one passes if no parent has a value to compare with."""

    stage: Literal["candidate", "production"]
    """A stage with rules."""


class PromotionRuleRequest(TypedDict):
    """A condition for promotions to ``stage``: production by default."""

    kind: Literal["entries", "positive_share", "win_rate", "metric", "metric_against_parent"]
    """What the rule measures. entries: approved entries linked to the adapter; positive_share: on the questions the adapter and a parent were both judged on, the share it got right minus the share the parent got right (with several parents, the smallest difference); win_rate: the share of decided preferences its answers won; metric: the newest evaluation of its registered version by a metric; metric_against_parent: that value minus the value of a parent by the same metric on the same dataset (with several parents or datasets, the rule must hold for each pair that has both values; an adapter without an evaluation of its own does not pass)."""

    at_least: NotRequired[float]
    """Smallest allowed value: an integer from 1 for entries, from -1 to 1 for positive_share, from 0 to 1 for win_rate."""

    at_most: NotRequired[float]
    """Largest allowed value, as of a loss. Only for metric and metric_against_parent, which require one of the two bounds."""

    minimum_count: NotRequired[int]
    """Smallest number of common questions (positive_share) or decided preferences (win_rate) for the value to count; 1 by default."""

    bound: NotRequired[Literal["rate", "low"]]
    """For win_rate: the value to compare. rate: the win rate (default); low: the lower bound of its 95 % confidence interval."""

    metric: NotRequired[str]
    """For metric and metric_against_parent: name of the metric, 1 to 256 bytes."""

    dataset: NotRequired[str]
    """Dataset the metric was measured on. If omitted, the newest evaluation on any dataset counts (metric), or every dataset both were measured on (metric_against_parent)."""

    passes_unmeasured: NotRequired[bool]
    """Whether an adapter whose value cannot be determined passes; false by default. For metric_against_parent: whether one passes if no parent has a value to compare with."""

    stage: NotRequired[Literal["candidate", "production"]]
    """A stage with rules."""


class PromotionRuleResult(TypedDict):
    """The object ``PromotionRuleResult`` of the API."""

    rule: PromotionRule

    source: Literal["organization", "request"]
    """Where the rule comes from."""

    passed: bool
    """Whether the rule holds."""

    measured: NotRequired[float]
    """The measured value. Omitted if it cannot be determined."""

    count: NotRequired[int]
    """Number of entries, common questions or decided preferences the value is based on."""

    parent_id: NotRequired[str]
    """Id of the parent it was compared with: the one it did worst against."""

    explanation: str
    """The finding, as a readable sentence."""


class PromotionRules(TypedDict):
    """The object ``PromotionRules`` of the API."""

    rules: list[PromotionRule]
    """The rules. All rules of a stage must hold."""

    revision: int
    """Revision number of the rules, incremented by every change; 0 until they are first set and the defaults apply."""


class PromotionRulesRequest(TypedDict):
    """The object ``PromotionRulesRequest`` of the API."""

    rules: list[PromotionRuleRequest]
    """The rules. If empty, every promotion is allowed."""

    revision: NotRequired[int]
    """Expected current revision of the rules."""


class ReleasedReviewClaims(TypedDict):
    """The object ``ReleasedReviewClaims`` of the API."""

    released_ids: list[str]
    """Ids of the entries that are back in the queue."""

    count: int
    """Number of entries released."""


class RenewedReviewClaim(TypedDict):
    """The object ``RenewedReviewClaim`` of the API."""

    id: str
    """Id of the claimed entry."""

    claimed_until: int
    """Time the claim expires, in epoch milliseconds."""


class RenewedReviewClaims(TypedDict):
    """The object ``RenewedReviewClaims`` of the API."""

    claims: list[RenewedReviewClaim]
    """All of the reviewer's claims."""

    count: int
    """Number of claims renewed."""


class ReviewClaim(TypedDict):
    """The object ``ReviewClaim`` of the API."""

    feedback: list[ReviewEntry]
    """The claimed entries."""

    count: int
    """Number of entries claimed."""

    has_more: bool
    """Whether more entries may match. If true and nothing was claimed, no match was found within what one request may look through: claim again with ``next_cursor``."""

    are_skipped: bool
    """Whether the entries are ones the reviewer has skipped, because no others match."""

    next_cursor: NotRequired[str]
    """Where the search ended, for use as ``cursor``. Absent if the next claim starts at the front of the queue."""


class ReviewClaimRequestFilter(TypedDict):
    """Filter for the entries to claim, by the names that the list of entries gives its parameters. Only flagged entries can be claimed."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    unused: NotRequired[bool]
    """true: only entries neither used nor held by a training batch; false: only used entries."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    user: NotRequired[str]
    """Only entries from this user, as identified by the client."""

    interaction: NotRequired[str]
    """Only entries about this interaction."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    score: NotRequired[str]
    """Only entries with these scores: conditions with commas between them, each a name, ``>=``, ``<=`` or ``=``, and a number, a category, ``true`` or ``false``, such as ``rating>=4,tone=friendly``."""

    since: NotRequired[Time]
    """Only entries submitted at or after this time, in RFC 3339 or epoch milliseconds."""

    until: NotRequired[Time]
    """Only entries submitted before this time, in RFC 3339 or epoch milliseconds."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""

    search: NotRequired[str]
    """Only entries with these words in the question, the answer, the correction, the comment or the messages. Words are joined by ``AND``, which may be left out, and by ``OR``; ``NOT`` or ``-`` excludes; ``shard*`` is the beginning of a word, ``"shard by"`` a phrase, and brackets group. Case and diacritics make no difference. An entry is found within about a second after it is stored. Up to 500 characters and 32 words."""


class ReviewClaimRequest(TypedDict):
    """The object ``ReviewClaimRequest`` of the API."""

    count: int
    """Maximum number of entries to claim."""

    minutes: NotRequired[int]
    """Duration of the claim in minutes."""

    filter: NotRequired[ReviewClaimRequestFilter]
    """Filter for the entries to claim, by the names that the list of entries gives its parameters. Only flagged entries can be claimed."""

    cursor: NotRequired[str]
    """The ``next_cursor`` of an earlier claim with the same filter: only later entries are claimed."""

    ids: NotRequired[list[str]]
    """Only these entries, from 1 to 100, as far as they are unclaimed, flagged and match the filter; also those the reviewer has skipped. Not allowed with ``cursor``."""


class ReviewClaims(TypedDict):
    """The object ``ReviewClaims`` of the API."""

    feedback: list[ReviewEntry]
    """Entries of the page, oldest first."""

    count: int
    """Number of entries returned."""

    total: int
    """Total number of entries that the reviewer has claimed."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


class ReviewEntryReview(TypedDict):
    """The reviewer's decision."""

    verdict: Literal["approve", "reject"]
    """The decision."""

    reviewer: str
    """The ``sub`` claim of the reviewer's token."""

    reason: NotRequired[str]
    """The reviewer's reason."""

    at: int
    """Time of the decision, in epoch milliseconds."""


class ReviewEntry(TypedDict):
    """The object ``ReviewEntry`` of the API."""

    id: str
    """Opaque id of the entry."""

    type: Literal["positive", "negative", "preference"]
    """The judgement: of one answer positive or negative, of several a preference."""

    question: str
    """The original question."""

    answer: str
    """The model's response."""

    messages: NotRequired[list[ChatMessage]]
    """The conversation, if the entry was submitted with ``messages``."""

    tools: NotRequired[list[dict[str, Any]]]
    """Definitions of the tools the model could call."""

    candidates: NotRequired[list[Candidate]]
    """The answers of a preference. The answer of the entry is the preferred one, or the first of a tie."""

    preferred: NotRequired[Union[int, Literal["tie"]]]
    """The place of the preferred candidate, counted from 0, or ``tie``."""

    user_id: NotRequired[str]
    """The user who gave the feedback, as identified by the client."""

    interaction_id: NotRequired[str]
    """The interaction with the model that the feedback is about."""

    conversation_id: NotRequired[str]
    """The conversation that the interaction belongs to."""

    correction: NotRequired[str]
    """The correct answer."""

    comment: NotRequired[str]
    """An additional comment."""

    reason: NotRequired[str]
    """The user's reason."""

    tags: NotRequired[list[str]]
    """Tags of the entry."""

    scores: NotRequired[dict[str, Any]]
    """Scores by name: each a number, a boolean or a category."""

    metadata: NotRequired[dict[str, Any]]
    """Other data that the client stores with the entry."""

    validation_status: Literal["pending", "approved", "rejected", "flagged"]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    validation_reasons: list[str]
    """Why the entry was flagged or rejected; empty otherwise."""

    model_version: NotRequired[str]
    """Version of the model that gave the answer."""

    adapter_id: NotRequired[str]
    """The LoRA adapter that gave the answer."""

    adapter_version: NotRequired[str]
    """Version of the adapter."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Who or what gave the judgement."""

    response_id: NotRequired[str]
    """Id of the response, as assigned by the model or its provider."""

    trace_id: NotRequired[str]
    """The OpenTelemetry trace in which the answer was generated."""

    span_id: NotRequired[str]
    """The span within that trace."""

    external_id: NotRequired[str]
    """The client's own id for the entry, if it supplied one."""

    used_for_training: bool
    """Whether a training batch has used the entry."""

    training_batch_id: int
    """Number of the training batch that holds or has used the entry; 0 if there is none."""

    version: int
    """Version number, starting at 1 and incremented by every change."""

    created_at: int
    """Time the entry was submitted, in epoch milliseconds."""

    review: NotRequired[ReviewEntryReview]
    """The reviewer's decision."""

    claimed_by: NotRequired[str]
    """The ``sub`` claim of the token of the reviewer who has claimed the entry."""

    claimed_until: NotRequired[int]
    """Time the claim expires, in epoch milliseconds."""


class ReviewQueue(TypedDict):
    """The object ``ReviewQueue`` of the API."""

    feedback: list[ReviewEntry]
    """Entries of the page, in the order of the queue."""

    count: int
    """Number of entries returned."""

    total: int
    """Total number of entries in the queue."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


class ReviewRelease(TypedDict):
    """Without ``ids``, all that the reviewer has claimed."""

    ids: NotRequired[list[str]]
    """Ids of entries, from 1 to 100."""


class ReviewRenewal(TypedDict):
    """The object ``ReviewRenewal`` of the API."""

    minutes: NotRequired[int]
    """Duration of the claim in minutes."""


class ReviewRequest(TypedDict):
    """The object ``ReviewRequest`` of the API."""

    verdict: Literal["approve", "reject"]
    """The decision."""

    reason: NotRequired[str]
    """Reason for the decision, from 1 to 500 characters; stored with the entry."""

    correction: NotRequired[str]
    """The correct answer. Replaces any existing correction."""


class ReviewSkip(TypedDict):
    """The object ``ReviewSkip`` of the API."""

    ids: list[str]
    """Ids of entries, from 1 to 100."""


class ReviewsByDay(TypedDict):
    """The object ``ReviewsByDay`` of the API."""

    days: list[DailyReviews]
    """Counts of each day, in the order of days."""

    count: int
    """Number of days."""


class Revision(TypedDict):
    """The object ``Revision`` of the API."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement. With ``candidates``, it is a preference."""

    preferred: NotRequired[Union[int, Literal["tie"], None]]
    """The place of the preferred candidate, counted from 0, or ``tie`` if none is better than the others."""

    correction: NotRequired[Union[str, None]]
    """The correct answer, for negative feedback."""

    comment: NotRequired[Union[str, None]]
    """An additional comment."""

    reason: NotRequired[Union[str, None]]
    """The user's reason, often one of the choices in a form."""

    tags: NotRequired[Union[list[str], None]]
    """Distinct tags: at most 32, of 1 to 256 bytes each."""

    scores: NotRequired[Union[dict[str, Any], None]]
    """Scores by name, at most 32: each a number, a boolean or a category."""

    metadata: NotRequired[Union[dict[str, Any], None]]
    """Other data to store with the entry: a JSON object of at most 16 KiB."""

    withdrawn: NotRequired[bool]
    """true withdraws the entry; false restores it."""


class RevokeTokens(TypedDict):
    """The object ``RevokeTokens`` of the API."""

    jti: NotRequired[str]
    """One token, by its id."""

    sub: NotRequired[str]
    """All tokens of one user."""

    all: NotRequired[bool]
    """true: all tokens of the organization, including the one of this request."""

    before: NotRequired[Time]
    """With ``sub`` or ``all``: revokes only tokens without an issue time (now by default) and those issued up to this time, in RFC 3339 or epoch milliseconds."""


class RevokedTokens(TypedDict):
    """The object ``RevokedTokens`` of the API."""

    before: int
    """Tokens issued up to this time are revoked, in epoch milliseconds."""


class SavedView(TypedDict):
    """The object ``SavedView`` of the API."""

    id: str
    """Id of the view."""

    name: str
    """Name of the view: 1 to 256 bytes, not blank."""

    order: NotRequired[Literal["asc", "desc"]]
    """asc: oldest first; desc: newest first; absent: the default of the list."""

    columns: list[str]
    """Names of the columns to show, at most 50; what they mean is up to the client."""

    shared: bool
    """Whether everybody in the organization who reads feedback can read the view."""

    filter: FeedbackFilter

    revision: int
    """Revision number of the view, incremented by every change."""

    created_by: str
    """The ``sub`` claim of the token of the user who owns the view."""

    created_at: int
    """Time the view was saved first, in epoch milliseconds."""

    updated_at: int
    """Time of the last change, in epoch milliseconds."""


SavedViewChangeFilterScoresItemKeywords = TypedDict(
    "SavedViewChangeFilterScoresItemKeywords",
    {
        "is": "NotRequired[str]",
    },
)


class SavedViewChangeFilterScoresItem(SavedViewChangeFilterScoresItemKeywords):
    """The object ``SavedViewChangeFilterScoresItem`` of the API."""

    name: str
    """Name of the score."""

    min: NotRequired[float]
    """Smallest matching number."""

    max: NotRequired[float]
    """Largest matching number."""


class SavedViewChangeFilter(TypedDict):
    """The filter of a list of entries."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    unused: NotRequired[bool]
    """true: only entries neither used nor held by a training batch; false: only used entries."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    user: NotRequired[str]
    """Only entries from this user, as identified by the client."""

    interaction: NotRequired[str]
    """Only entries about this interaction."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    since: NotRequired[Time]
    """Only entries submitted at or after this time, in RFC 3339 or epoch milliseconds."""

    until: NotRequired[Time]
    """Only entries submitted before this time, in RFC 3339 or epoch milliseconds."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""

    adapter_version: NotRequired[str]
    """Only entries submitted for this version of ``adapter``."""

    scores: NotRequired[list[SavedViewChangeFilterScoresItem]]
    """Only entries with each of these scores, up to 8."""

    search: NotRequired[str]
    """Only entries with these words in the question, the answer, the correction, the comment or the messages. Words are joined by ``AND``, which may be left out, and by ``OR``; ``NOT`` or ``-`` excludes; ``shard*`` is the beginning of a word, ``"shard by"`` a phrase, and brackets group. Case and diacritics make no difference. An entry is found within about a second after it is stored. Up to 500 characters and 32 words."""


class SavedViewChange(TypedDict):
    """The object ``SavedViewChange`` of the API."""

    name: NotRequired[str]
    """Name of the view: 1 to 256 bytes, not blank."""

    filter: NotRequired[SavedViewChangeFilter]
    """The filter of a list of entries."""

    order: NotRequired[Union[Literal["asc", "desc"], None]]
    """Order of the list; null for the default of the list."""

    columns: NotRequired[list[str]]
    """Names of the columns to show, at most 50; what they mean is up to the client."""

    shared: NotRequired[bool]
    """Whether everybody in the organization who reads feedback can read the view."""

    revision: NotRequired[int]
    """Expected current revision of the view."""


class SavedViewList(TypedDict):
    """The object ``SavedViewList`` of the API."""

    views: list[SavedView]
    """Views of the page, oldest first."""

    count: int
    """Number of views returned."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


SavedViewRequestFilterScoresItemKeywords = TypedDict(
    "SavedViewRequestFilterScoresItemKeywords",
    {
        "is": "NotRequired[str]",
    },
)


class SavedViewRequestFilterScoresItem(SavedViewRequestFilterScoresItemKeywords):
    """The object ``SavedViewRequestFilterScoresItem`` of the API."""

    name: str
    """Name of the score."""

    min: NotRequired[float]
    """Smallest matching number."""

    max: NotRequired[float]
    """Largest matching number."""


class SavedViewRequestFilter(TypedDict):
    """The filter of a list of entries."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    unused: NotRequired[bool]
    """true: only entries neither used nor held by a training batch; false: only used entries."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    user: NotRequired[str]
    """Only entries from this user, as identified by the client."""

    interaction: NotRequired[str]
    """Only entries about this interaction."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    since: NotRequired[Time]
    """Only entries submitted at or after this time, in RFC 3339 or epoch milliseconds."""

    until: NotRequired[Time]
    """Only entries submitted before this time, in RFC 3339 or epoch milliseconds."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""

    adapter_version: NotRequired[str]
    """Only entries submitted for this version of ``adapter``."""

    scores: NotRequired[list[SavedViewRequestFilterScoresItem]]
    """Only entries with each of these scores, up to 8."""

    search: NotRequired[str]
    """Only entries with these words in the question, the answer, the correction, the comment or the messages. Words are joined by ``AND``, which may be left out, and by ``OR``; ``NOT`` or ``-`` excludes; ``shard*`` is the beginning of a word, ``"shard by"`` a phrase, and brackets group. Case and diacritics make no difference. An entry is found within about a second after it is stored. Up to 500 characters and 32 words."""


class SavedViewRequest(TypedDict):
    """The object ``SavedViewRequest`` of the API."""

    name: str
    """Name of the view: 1 to 256 bytes, not blank."""

    filter: NotRequired[SavedViewRequestFilter]
    """The filter of a list of entries."""

    order: NotRequired[Literal["asc", "desc"]]
    """asc: oldest first; desc: newest first; absent: the default of the list."""

    columns: NotRequired[list[str]]
    """Names of the columns to show, at most 50; what they mean is up to the client."""

    shared: NotRequired[bool]
    """Whether everybody in the organization who reads feedback can read the view."""


class ScoreCondition(TypedDict):
    """The object ``ScoreCondition`` of the API."""

    at_least: NotRequired[float]
    """Smallest matching number."""

    at_most: NotRequired[float]
    """Largest matching number."""

    one_of: NotRequired[list[str]]
    """Matching categories, or ``true`` and ``false`` for a boolean."""


class ScoreDefinition(TypedDict):
    """The object ``ScoreDefinition`` of the API."""

    name: str
    """Name of the score, 1 to 256 bytes."""

    kind: Literal["number", "boolean", "category"]
    """Kind of its values."""

    min: NotRequired[float]
    """Smallest number allowed."""

    max: NotRequired[float]
    """Largest number allowed."""

    categories: NotRequired[list[str]]
    """Allowed categories, at most 100. If omitted, every category is allowed."""

    positive: NotRequired[ScoreCondition]

    negative: NotRequired[ScoreCondition]


class SimilarFeedback(TypedDict):
    """The object ``SimilarFeedback`` of the API."""

    similarity: float
    """How alike question and answer of both are: the share of sequences of three words that both have, of all that either has."""

    feedback: Feedback


class SimilarFeedbackList(TypedDict):
    """The object ``SimilarFeedbackList`` of the API."""

    id: str
    """Opaque id of the entry."""

    similar: list[SimilarFeedback]
    """Similar entries, the most similar first."""

    count: int
    """Number of entries returned."""


class SkippedReviews(TypedDict):
    """The object ``SkippedReviews`` of the API."""

    skipped_ids: list[str]
    """Ids of the skipped entries: those that still await a decision."""

    count: int
    """Number of entries skipped."""


class Submission(TypedDict):
    """The object ``Submission`` of the API."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement. With ``candidates``, it is a preference."""

    question: NotRequired[str]
    """The original question, not blank. Omit it if there are ``messages``: it is the last user message."""

    answer: NotRequired[str]
    """The model's response, not blank. Omit it if there are ``messages``: it is the last one."""

    messages: NotRequired[Union[list[ChatMessage], None]]
    """Instead of ``question`` and ``answer``: 2 to 500 messages in the form of OpenAI's chat API, of which the last one is the judged answer."""

    tools: NotRequired[Union[list[dict[str, Any]], None]]
    """Definitions of the tools the model could call, in the format of OpenAI's chat API: at most 128."""

    candidates: NotRequired[Union[list[Candidate], None]]
    """Instead of ``answer``: 2 to 8 different answers, each as ``answer`` or as the ``messages`` that end with it, with the adapter and the model version that gave it. The entry is linked to each of the adapters."""

    preferred: NotRequired[Union[int, Literal["tie"], None]]
    """The place of the preferred candidate, counted from 0, or ``tie`` if none is better than the others."""

    user_id: NotRequired[Union[str, None]]
    """The user who gave the feedback, as identified by the client. Like all ids, 1 to 256 bytes."""

    interaction_id: NotRequired[Union[str, None]]
    """The interaction with the model that the feedback is about."""

    conversation_id: NotRequired[Union[str, None]]
    """The conversation that the interaction belongs to."""

    correction: NotRequired[Union[str, None]]
    """The correct answer, for negative feedback."""

    comment: NotRequired[Union[str, None]]
    """An additional comment."""

    reason: NotRequired[Union[str, None]]
    """The user's reason, often one of the choices in a form."""

    tags: NotRequired[Union[list[str], None]]
    """Distinct tags: at most 32, of 1 to 256 bytes each."""

    scores: NotRequired[Union[dict[str, Any], None]]
    """Scores by name, at most 32: each a number, a boolean or a category."""

    metadata: NotRequired[Union[dict[str, Any], None]]
    """Other data to store with the entry: a JSON object of at most 16 KiB."""

    model_version: NotRequired[Union[str, None]]
    """Version of the model that gave the answer."""

    adapter_id: NotRequired[Union[str, None]]
    """The LoRA adapter that gave the answer. The entry is linked to it automatically."""

    adapter_version: NotRequired[Union[str, None]]
    """Version of the adapter."""

    source: NotRequired[Union[Literal["user", "reviewer", "import", "llm", "code"], None]]
    """Who or what gave the judgement: a user, a reviewer, an import, another model (llm) or a program (code)."""

    response_id: NotRequired[Union[str, None]]
    """Id of the response, as assigned by the model or its provider."""

    trace_id: NotRequired[Union[str, None]]
    """The OpenTelemetry trace in which the answer was generated."""

    span_id: NotRequired[Union[str, None]]
    """The span within that trace."""

    external_id: NotRequired[Union[str, None]]
    """The client's own id for the entry. Submitting the same id again returns the existing entry, updated if the submission differs."""

    created_at: NotRequired[Union[Time, None]]
    """Time of the judgement, for what happened earlier (now by default, and never in the future), in RFC 3339 or epoch milliseconds."""


class SubmittedFeedback(TypedDict):
    """The object ``SubmittedFeedback`` of the API."""

    id: str
    """Opaque id of the entry."""

    type: Literal["positive", "negative", "preference"]
    """The judgement."""

    question: str
    """The original question."""

    answer: str
    """The model's response."""

    validation_status: Literal["pending", "approved", "rejected", "flagged"]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    validation_reasons: list[str]
    """Why the entry was flagged or rejected; empty otherwise."""

    version: int
    """Version number, starting at 1 and incremented by every change."""

    created_at: int
    """Time the entry was submitted, in epoch milliseconds."""

    updated: NotRequired[bool]
    """Whether the submission changed the existing entry. Omitted for a new entry."""

    message: str
    """The outcome, as a sentence for people."""


class TrainingBatchProgress(TypedDict):
    """How far the batch is, while it is claiming, committing or releasing."""

    done: int
    """Number of entries that are claimed, marked as used or released."""

    total: int
    """Number of all of them. An estimate while claiming, which may end with fewer."""


class TrainingBatchClaimed(TypedDict):
    """Counts of the entries that the batch has claimed."""

    total: int
    """Number of claimed entries."""

    positive: int
    """Number of positive entries."""

    negative: int
    """Number of negative entries."""

    preferences: int
    """Number of preferences."""

    corrected: int
    """Number of negative entries with a correction."""

    holdout: int
    """Number of entries held out of training."""


TrainingBatchFilterScoresItemKeywords = TypedDict(
    "TrainingBatchFilterScoresItemKeywords",
    {
        "is": "NotRequired[str]",
    },
)


class TrainingBatchFilterScoresItem(TrainingBatchFilterScoresItemKeywords):
    """The object ``TrainingBatchFilterScoresItem`` of the API."""

    name: str
    """Name of the score."""

    min: NotRequired[float]
    """Smallest matching number."""

    max: NotRequired[float]
    """Largest matching number."""


class TrainingBatchFilter(TypedDict):
    """The filter of the claim."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """Only entries with this judgement."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""

    lineage: NotRequired[Literal["self", "ancestors", "descendants"]]
    """Relatives of ``adapter`` whose entries are claimed too; ``self`` for none."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    scores: NotRequired[list[TrainingBatchFilterScoresItem]]
    """Only entries with each of these scores, up to 8."""

    since: NotRequired[int]
    """Only entries submitted at or after this time, in epoch milliseconds."""

    until: NotRequired[int]
    """Only entries submitted before this time, in epoch milliseconds."""


class TrainingBatch(TypedDict):
    """The object ``TrainingBatch`` of the API."""

    training_batch_id: int
    """Number of the training batch."""

    state: Literal["external", "claiming", "open", "exported", "committing", "committed", "releasing", "released", "expired"]
    """open, exported, committed, released or expired; claiming, committing and releasing are under way, as ``progress`` tells."""

    count: int
    """Number of entries in the training batch; 0 once it is released or expired."""

    progress: NotRequired[TrainingBatchProgress]
    """How far the batch is, while it is claiming, committing or releasing."""

    claimed: NotRequired[TrainingBatchClaimed]
    """Counts of the entries that the batch has claimed."""

    filter: NotRequired[TrainingBatchFilter]
    """The filter of the claim."""

    order: NotRequired[Literal["oldest", "newest"]]
    """Which entries to claim first."""

    limit: NotRequired[int]
    """Maximum number of entries that the claim asked for."""

    holdout: NotRequired[float]
    """Share of the entries held out of training."""

    max_per_user: NotRequired[int]
    """Maximum number of entries of one user; absent if unbounded."""

    lease_until: NotRequired[int]
    """Time the lease on the entries expires, in epoch milliseconds."""

    created_at: int
    """Time the training batch was created, in epoch milliseconds."""

    created_by: NotRequired[str]
    """The ``sub`` claim of the token that created the training batch."""

    updated_at: int
    """Time the training batch last changed, in epoch milliseconds."""

    produced_adapter: NotRequired[str]
    """Id of the produced adapter."""

    version: NotRequired[str]
    """Version of the produced adapter."""

    base_adapter: NotRequired[str]
    """Id of the adapter that training started from."""

    metrics: NotRequired[dict[str, float]]
    """Metrics reported by the trainer, as numbers by name."""

    committed_at: NotRequired[int]
    """Time the training batch was committed, in epoch milliseconds."""

    digest: NotRequired[str]
    """SHA-256 hash over the ids and versions of the entries."""


class TrainingBatchList(TypedDict):
    """The object ``TrainingBatchList`` of the API."""

    training_batches: list[TrainingBatch]
    """Training batches, highest number first."""

    count: int
    """Number of training batches returned."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


TrainingBatchRequestFilterScoresItemKeywords = TypedDict(
    "TrainingBatchRequestFilterScoresItemKeywords",
    {
        "is": "NotRequired[str]",
    },
)


class TrainingBatchRequestFilterScoresItem(TrainingBatchRequestFilterScoresItemKeywords):
    """The object ``TrainingBatchRequestFilterScoresItem`` of the API."""

    name: str
    """Name of the score."""

    min: NotRequired[float]
    """Smallest matching number."""

    max: NotRequired[float]
    """Largest matching number."""


class TrainingBatchRequestFilter(TypedDict):
    """Filter for the entries to claim; all eligible entries by default."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """Only entries with this judgement."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""

    lineage: NotRequired[Literal["self", "ancestors", "descendants"]]
    """Relatives of ``adapter`` whose entries are claimed too; ``self`` for none."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    scores: NotRequired[list[TrainingBatchRequestFilterScoresItem]]
    """Only entries with each of these scores, up to 8."""

    since: NotRequired[Time]
    """Only entries submitted at or after this time, in RFC 3339 or epoch milliseconds."""

    until: NotRequired[Time]
    """Only entries submitted before this time, in RFC 3339 or epoch milliseconds."""


class TrainingBatchRequest(TypedDict):
    """The object ``TrainingBatchRequest`` of the API."""

    filter: NotRequired[TrainingBatchRequestFilter]
    """Filter for the entries to claim; all eligible entries by default."""

    limit: int
    """Maximum number of entries to claim."""

    order: NotRequired[Literal["oldest", "newest"]]
    """Which entries to claim first."""

    holdout: NotRequired[float]
    """Share of the entries to hold out of training, from 0 (default) to 0.5."""

    lease_minutes: NotRequired[int]
    """Duration of the lease in minutes; 1440 by default."""

    max_per_user: NotRequired[int]
    """Maximum number of entries of one user; no bound by default. An entry without ``user_id`` counts for its submitter."""


class TrainingCommit(TypedDict):
    """The object ``TrainingCommit`` of the API."""

    produced_adapter: str
    """Id of the produced adapter; registered if it does not exist."""

    version: NotRequired[str]
    """Version of the produced adapter."""

    base_adapter: NotRequired[str]
    """Id of the adapter or base model the produced adapter was derived from."""

    metrics: NotRequired[dict[str, float]]
    """Metrics reported by the trainer: at most 100 numbers by name."""


TrainingManifestFilterScoresItemKeywords = TypedDict(
    "TrainingManifestFilterScoresItemKeywords",
    {
        "is": "NotRequired[str]",
    },
)


class TrainingManifestFilterScoresItem(TrainingManifestFilterScoresItemKeywords):
    """The object ``TrainingManifestFilterScoresItem`` of the API."""

    name: str
    """Name of the score."""

    min: NotRequired[float]
    """Smallest matching number."""

    max: NotRequired[float]
    """Largest matching number."""


class TrainingManifestFilter(TypedDict):
    """The filter of the claim."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """Only entries with this judgement."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""

    lineage: NotRequired[Literal["self", "ancestors", "descendants"]]
    """Relatives of ``adapter`` whose entries are claimed too; ``self`` for none."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    scores: NotRequired[list[TrainingManifestFilterScoresItem]]
    """Only entries with each of these scores, up to 8."""


class TrainingManifestCountsDropped(TypedDict):
    """Number of entries that produce no row in the format, by reason."""

    blank_text: int
    """Number of entries. A text required by the row has no visible characters."""

    conversation_not_supported: int
    """Number of entries. The format has no place for earlier turns, tools or images of the conversation."""

    superseded: int
    """Number of entries. The same user judged the same interaction, or the same answer to the same question, again later."""

    correction_equals_answer: int
    """Number of entries. The correction is the same as the answer."""

    outvoted: int
    """Number of entries. More users judged the same answer, the correction or the same two answers the other way."""

    tied: int
    """Number of entries. As many users judged the same answer, the correction or the same two answers the other way."""

    positive_has_no_rejected_answer: int
    """Number of entries. A preference pair needs a worse answer to the same question, and the training batch has none left."""

    answers_are_equal: int
    """Number of entries. The preferred answer is the same as the others, perhaps since a plugin has replaced texts."""

    preference_tied: int
    """Number of entries. The user prefers none of the answers."""

    preference_is_no_verdict: int
    """Number of entries. A preference says which answer is better, and not that one is good or bad."""

    negative_without_correction: int
    """Number of entries. The answer is bad and there is no better one to learn from."""


class TrainingManifestCounts(TypedDict):
    """Counts of entries and rows."""

    entries: int
    """Number of entries in the split, including erased ones."""

    rows: int
    """Number of rows in the file."""

    erased: int
    """Number of entries erased since they were claimed."""

    paired: int
    """Number of entries that share the row of a later entry, as the other answer to the same question."""

    exact_duplicates: int
    """Number of rows left out because their texts equal those of another row."""

    near_duplicates: int
    """Number of rows left out as near-duplicates of another row."""

    dropped: TrainingManifestCountsDropped
    """Number of entries that produce no row in the format, by reason."""


class TrainingManifestFeedbackItemPairedWith(TypedDict):
    """The entry with the other answer to the same question, included in the same row."""

    id: str
    """Id of the other entry."""

    version: int
    """The exported version of the other entry."""


class TrainingManifestFeedbackItem(TypedDict):
    """The object ``TrainingManifestFeedbackItem`` of the API."""

    id: str
    """Id of the entry."""

    version: int
    """The exported version of the entry."""

    paired_with: NotRequired[TrainingManifestFeedbackItemPairedWith]
    """The entry with the other answer to the same question, included in the same row."""


class TrainingManifest(TypedDict):
    """The object ``TrainingManifest`` of the API."""

    training_batch_id: int
    """Number of the training batch."""

    claimed_at: int
    """Time the training batch was claimed, in epoch milliseconds."""

    filter: TrainingManifestFilter
    """The filter of the claim."""

    order: Literal["oldest", "newest"]
    """Which entries to claim first."""

    holdout: float
    """Share of the entries held out of training."""

    max_per_user: NotRequired[int]
    """Maximum number of entries of one user; absent if unbounded."""

    format: str
    """Format of the rows."""

    file_type: str
    """Type of the file."""

    file_name: str
    """Name of the file that the export is downloaded as."""

    split: str
    """The exported part of the training batch."""

    system: NotRequired[str]
    """The system prompt in the rows."""

    similarity: float
    """Similarity at which rows are collapsed as near-duplicates."""

    pair_same_question: bool
    """Whether a good and a bad answer to the same question make a preference pair."""

    sha256: str
    """SHA-256 hash of the complete file, in hexadecimal."""

    bytes: int
    """Size of the complete file in bytes."""

    counts: TrainingManifestCounts
    """Counts of entries and rows."""

    feedback: list[TrainingManifestFeedbackItem]
    """Entries that produced a row, in row order."""

    erased: list[str]
    """Ids of entries erased since they were claimed."""

    dataset_info: NotRequired[Any]
    """The dataset description, for LLaMA-Factory formats only."""


class TrainingRenewal(TypedDict):
    """The object ``TrainingRenewal`` of the API."""

    lease_minutes: NotRequired[int]
    """Duration of the lease in minutes; 1440 by default."""


class UserErasure(TypedDict):
    """The object ``UserErasure`` of the API."""

    erased: int
    """Number of erased entries."""

    training_batches: list[str]
    """Ids of the training batches that include an erased entry."""

    adapters: list[str]
    """Ids of the adapters trained on those training batches."""


class WebhookFilter(TypedDict):
    """Which entries the webhook is told of, as they are when it is sent; empty: all."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """Only entries with this judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """Only entries with this validation status."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter, and the adapter itself."""

    tag: NotRequired[str]
    """Only entries with this tag."""


class WebhookTrainingReady(TypedDict):
    """When ``training.ready`` is sent; required with that event."""

    adapter_id: NotRequired[str]
    """The adapter; if omitted, any adapter, each on its own."""

    threshold: int
    """Number of approved entries, not used by training, that is enough."""

    cooldown_seconds: int
    """Seconds after one event in which there is no other about the same adapter; 3600 by default."""


class Webhook(TypedDict):
    """The object ``Webhook`` of the API."""

    id: str
    """Id of the webhook."""

    url: str
    """URL of the receiver: https, without user name, password and fragment, at a public address."""

    description: NotRequired[str]
    """What the webhook is for: 1 to 256 bytes."""

    events: list[Literal["feedback.submitted", "feedback.validated", "feedback.reviewed", "feedback.reopened", "feedback.revised", "feedback.tagged", "feedback.linked", "feedback.unlinked", "feedback.claimed", "feedback.released", "feedback.used", "feedback.erased", "adapter.created", "adapter.registered", "adapter.stage_changed", "adapter.evaluated", "training_batch.recorded", "training_batch.claimed", "training_batch.exported", "training_batch.renewed", "training_batch.committed", "training_batch.released", "training_batch.expired", "training.ready"]]
    """Events that the webhook is told of."""

    filter: WebhookFilter
    """Which entries the webhook is told of, as they are when it is sent; empty: all."""

    include: list[Literal["entry"]]
    """``entry``: deliveries have the whole entry as it is when it is sent, texts included. By default: empty."""

    training_ready: NotRequired[WebhookTrainingReady]
    """When ``training.ready`` is sent; required with that event."""

    enabled: bool
    """Whether events are sent."""

    disabled_reason: NotRequired[Literal["user", "gone", "failing", "restored"]]
    """Why no events are sent. user: a user disabled the webhook; gone: the receiver answered 410; failing: every attempt has failed for five days; restored: it came from a backup without its secret."""

    failing_since: NotRequired[int]
    """Time since which every attempt has failed, in epoch milliseconds."""

    previous_secret_until: NotRequired[int]
    """Time until which deliveries are signed with the previous secret, too, in epoch milliseconds."""

    revision: int
    """Revision number of the webhook, incremented by every change."""

    created_at: int
    """Time the webhook was created, in epoch milliseconds."""

    updated_at: int
    """Time of the last change, in epoch milliseconds."""


class WebhookChangeFilter(TypedDict):
    """Which entries the webhook is told of, as they are when it is sent; empty: all."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """Only entries with this judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """Only entries with this validation status."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter, and the adapter itself."""

    tag: NotRequired[str]
    """Only entries with this tag."""


class WebhookChangeTrainingReady(TypedDict):
    """When ``training.ready`` is sent; required with that event."""

    adapter_id: NotRequired[str]
    """The adapter; if omitted, any adapter, each on its own."""

    threshold: int
    """Number of approved entries, not used by training, that is enough."""

    cooldown_seconds: NotRequired[int]
    """Seconds after one event in which there is no other about the same adapter; 3600 by default."""


class WebhookChange(TypedDict):
    """The object ``WebhookChange`` of the API."""

    url: NotRequired[str]
    """URL of the receiver: https, without user name, password and fragment, at a public address."""

    description: NotRequired[Union[str, None]]
    """What the webhook is for: 1 to 256 bytes. null: none."""

    events: NotRequired[list[Literal["feedback.submitted", "feedback.validated", "feedback.reviewed", "feedback.reopened", "feedback.revised", "feedback.tagged", "feedback.linked", "feedback.unlinked", "feedback.claimed", "feedback.released", "feedback.used", "feedback.erased", "adapter.created", "adapter.registered", "adapter.stage_changed", "adapter.evaluated", "training_batch.recorded", "training_batch.claimed", "training_batch.exported", "training_batch.renewed", "training_batch.committed", "training_batch.released", "training_batch.expired", "training.ready"]]]
    """Events that the webhook is told of."""

    filter: NotRequired[WebhookChangeFilter]
    """Which entries the webhook is told of, as they are when it is sent; empty: all."""

    include: NotRequired[list[Literal["entry"]]]
    """``entry``: deliveries have the whole entry as it is when it is sent, texts included. By default: empty."""

    training_ready: NotRequired[Union[WebhookChangeTrainingReady, None]]
    """When ``training.ready`` is sent; required with that event."""

    enabled: NotRequired[bool]
    """Whether to send events. A webhook that is enabled again is told of what happens from then on."""

    revision: NotRequired[int]
    """Expected current revision of the webhook."""


class WebhookDelivery(TypedDict):
    """The object ``WebhookDelivery`` of the API."""

    id: str
    """Id of the delivery, which each attempt has as its header ``webhook-id``."""

    event: Literal["feedback.submitted", "feedback.validated", "feedback.reviewed", "feedback.reopened", "feedback.revised", "feedback.tagged", "feedback.linked", "feedback.unlinked", "feedback.claimed", "feedback.released", "feedback.used", "feedback.erased", "adapter.created", "adapter.registered", "adapter.stage_changed", "adapter.evaluated", "training_batch.recorded", "training_batch.claimed", "training_batch.exported", "training_batch.renewed", "training_batch.committed", "training_batch.released", "training_batch.expired", "training.ready", "webhook.test"]
    """The event."""

    node: str
    """Id of the entry, adapter or training batch; of the webhook itself for a test."""

    version: NotRequired[int]
    """Version of the node that the event made."""

    status: Literal["pending", "delivered", "dead"]
    """pending: still to be made; delivered: the receiver has taken it; dead: given up."""

    attempts: int
    """Number of attempts."""

    response_status: NotRequired[int]
    """Status of the last response."""

    problem: NotRequired[Literal["address_refused", "name_not_resolved", "tls", "connection", "timeout", "redirect", "status", "invalid_response", "unreadable_event"]]
    """Why the last attempt has failed."""

    duration_ms: NotRequired[int]
    """Milliseconds that the last attempt took."""

    attempted_at: NotRequired[int]
    """Time of the last attempt, in epoch milliseconds."""

    next_attempt_at: NotRequired[int]
    """Time of the next attempt, in epoch milliseconds; omitted if an earlier delivery about the same node is first."""

    at: int
    """Time of the event, in epoch milliseconds."""

    created_at: int
    """Time the delivery was queued, in epoch milliseconds."""

    finished_at: NotRequired[int]
    """Time it was delivered or given up, in epoch milliseconds."""


class WebhookDeliveryList(TypedDict):
    """The object ``WebhookDeliveryList`` of the API."""

    deliveries: list[WebhookDelivery]
    """Deliveries of the page, newest first."""

    count: int
    """Number of deliveries returned."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


class WebhookList(TypedDict):
    """The object ``WebhookList`` of the API."""

    webhooks: list[Webhook]
    """Webhooks of the page, oldest first."""

    count: int
    """Number of webhooks returned."""

    next_cursor: NotRequired[str]
    """The ``cursor`` of the next page, if there is one."""


class WebhookRequestFilter(TypedDict):
    """Which entries the webhook is told of, as they are when it is sent; empty: all."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """Only entries with this judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """Only entries with this validation status."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter, and the adapter itself."""

    tag: NotRequired[str]
    """Only entries with this tag."""


class WebhookRequestTrainingReady(TypedDict):
    """When ``training.ready`` is sent; required with that event."""

    adapter_id: NotRequired[str]
    """The adapter; if omitted, any adapter, each on its own."""

    threshold: int
    """Number of approved entries, not used by training, that is enough."""

    cooldown_seconds: NotRequired[int]
    """Seconds after one event in which there is no other about the same adapter; 3600 by default."""


class WebhookRequest(TypedDict):
    """The object ``WebhookRequest`` of the API."""

    url: str
    """URL of the receiver: https, without user name, password and fragment, at a public address."""

    description: NotRequired[str]
    """What the webhook is for: 1 to 256 bytes."""

    events: list[Literal["feedback.submitted", "feedback.validated", "feedback.reviewed", "feedback.reopened", "feedback.revised", "feedback.tagged", "feedback.linked", "feedback.unlinked", "feedback.claimed", "feedback.released", "feedback.used", "feedback.erased", "adapter.created", "adapter.registered", "adapter.stage_changed", "adapter.evaluated", "training_batch.recorded", "training_batch.claimed", "training_batch.exported", "training_batch.renewed", "training_batch.committed", "training_batch.released", "training_batch.expired", "training.ready"]]
    """Events that the webhook is told of."""

    filter: NotRequired[WebhookRequestFilter]
    """Which entries the webhook is told of, as they are when it is sent; empty: all."""

    include: NotRequired[list[Literal["entry"]]]
    """``entry``: deliveries have the whole entry as it is when it is sent, texts included. By default: empty."""

    training_ready: NotRequired[WebhookRequestTrainingReady]
    """When ``training.ready`` is sent; required with that event."""


class WebhookSecretRotation(TypedDict):
    """The object ``WebhookSecretRotation`` of the API."""

    grace_seconds: NotRequired[int]
    """Seconds for which the previous secret stays valid; 86400 by default."""


class WebhookWithSecretFilter(TypedDict):
    """Which entries the webhook is told of, as they are when it is sent; empty: all."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """Only entries with this judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """Only entries with this validation status."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter, and the adapter itself."""

    tag: NotRequired[str]
    """Only entries with this tag."""


class WebhookWithSecretTrainingReady(TypedDict):
    """When ``training.ready`` is sent; required with that event."""

    adapter_id: NotRequired[str]
    """The adapter; if omitted, any adapter, each on its own."""

    threshold: int
    """Number of approved entries, not used by training, that is enough."""

    cooldown_seconds: int
    """Seconds after one event in which there is no other about the same adapter; 3600 by default."""


class WebhookWithSecret(TypedDict):
    """The object ``WebhookWithSecret`` of the API."""

    id: str
    """Id of the webhook."""

    url: str
    """URL of the receiver: https, without user name, password and fragment, at a public address."""

    description: NotRequired[str]
    """What the webhook is for: 1 to 256 bytes."""

    events: list[Literal["feedback.submitted", "feedback.validated", "feedback.reviewed", "feedback.reopened", "feedback.revised", "feedback.tagged", "feedback.linked", "feedback.unlinked", "feedback.claimed", "feedback.released", "feedback.used", "feedback.erased", "adapter.created", "adapter.registered", "adapter.stage_changed", "adapter.evaluated", "training_batch.recorded", "training_batch.claimed", "training_batch.exported", "training_batch.renewed", "training_batch.committed", "training_batch.released", "training_batch.expired", "training.ready"]]
    """Events that the webhook is told of."""

    filter: WebhookWithSecretFilter
    """Which entries the webhook is told of, as they are when it is sent; empty: all."""

    include: list[Literal["entry"]]
    """``entry``: deliveries have the whole entry as it is when it is sent, texts included. By default: empty."""

    training_ready: NotRequired[WebhookWithSecretTrainingReady]
    """When ``training.ready`` is sent; required with that event."""

    enabled: bool
    """Whether events are sent."""

    disabled_reason: NotRequired[Literal["user", "gone", "failing", "restored"]]
    """Why no events are sent. user: a user disabled the webhook; gone: the receiver answered 410; failing: every attempt has failed for five days; restored: it came from a backup without its secret."""

    failing_since: NotRequired[int]
    """Time since which every attempt has failed, in epoch milliseconds."""

    previous_secret_until: NotRequired[int]
    """Time until which deliveries are signed with the previous secret, too, in epoch milliseconds."""

    revision: int
    """Revision number of the webhook, incremented by every change."""

    created_at: int
    """Time the webhook was created, in epoch milliseconds."""

    updated_at: int
    """Time of the last change, in epoch milliseconds."""

    secret: str
    """The secret by which the receiver verifies signatures. No other route returns it."""


class ListFeedbackQuery(TypedDict):
    """The parameters of ``listFeedback``, without those of its pages."""

    order: NotRequired[Literal["asc", "desc"]]
    """asc: oldest first (the default without ``search``); desc: newest first (the default with it)."""

    search: NotRequired[str]
    """Only entries with these words in the question, the answer, the correction, the comment or the messages. Words are joined by ``AND``, which may be left out, and by ``OR``; ``NOT`` or ``-`` excludes; ``shard*`` is the beginning of a word, ``"shard by"`` a phrase, and brackets group. Case and diacritics make no difference. An entry is found within about a second after it is stored. Up to 500 characters and 32 words."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    unused: NotRequired[bool]
    """true: only entries neither used nor held by a training batch; false: only used entries."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    user: NotRequired[str]
    """Only entries from this user, as identified by the client."""

    interaction: NotRequired[str]
    """Only entries about this interaction."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    score: NotRequired[str]
    """Only entries with these scores: conditions with commas between them, each a name, ``>=``, ``<=`` or ``=``, and a number, a category, ``true`` or ``false``, such as ``rating>=4,tone=friendly``."""

    since: NotRequired[Time]
    """Only entries submitted at or after this time, in RFC 3339 or epoch milliseconds."""

    until: NotRequired[Time]
    """Only entries submitted before this time, in RFC 3339 or epoch milliseconds."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""


class EraseFeedbackOfUserQuery(TypedDict):
    """The parameters of ``eraseFeedbackOfUser``, without those of its pages."""

    user_id: NotRequired[str]
    """The user, as identified by the client. Either this or ``sub``."""

    sub: NotRequired[str]
    """The user, as identified by the ``sub`` of tokens."""


class ListFeedbackByAdapterQuery(TypedDict):
    """The parameters of ``listFeedbackByAdapter``, without those of its pages."""

    order: NotRequired[Literal["asc", "desc"]]
    """asc: oldest first (the default without ``search``); desc: newest first (the default with it)."""

    search: NotRequired[str]
    """Only entries with these words in the question, the answer, the correction, the comment or the messages. Words are joined by ``AND``, which may be left out, and by ``OR``; ``NOT`` or ``-`` excludes; ``shard*`` is the beginning of a word, ``"shard by"`` a phrase, and brackets group. Case and diacritics make no difference. An entry is found within about a second after it is stored. Up to 500 characters and 32 words."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    unused: NotRequired[bool]
    """true: only entries neither used nor held by a training batch; false: only used entries."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    user: NotRequired[str]
    """Only entries from this user, as identified by the client."""

    interaction: NotRequired[str]
    """Only entries about this interaction."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    score: NotRequired[str]
    """Only entries with these scores: conditions with commas between them, each a name, ``>=``, ``<=`` or ``=``, and a number, a category, ``true`` or ``false``, such as ``rating>=4,tone=friendly``."""

    since: NotRequired[Time]
    """Only entries submitted at or after this time, in RFC 3339 or epoch milliseconds."""

    until: NotRequired[Time]
    """Only entries submitted before this time, in RFC 3339 or epoch milliseconds."""


class ListFeedbackFacetsQuery(TypedDict):
    """The parameters of ``listFeedbackFacets``, without those of its pages."""

    field: Literal["tag", "source", "conversation", "model", "score"]
    """The field whose values to count."""

    score_name: NotRequired[str]
    """The name of the score, if ``field`` is ``score``."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    unused: NotRequired[bool]
    """true: only entries neither used nor held by a training batch; false: only used entries."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    user: NotRequired[str]
    """Only entries from this user, as identified by the client."""

    interaction: NotRequired[str]
    """Only entries about this interaction."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    score: NotRequired[str]
    """Only entries with these scores: conditions with commas between them, each a name, ``>=``, ``<=`` or ``=``, and a number, a category, ``true`` or ``false``, such as ``rating>=4,tone=friendly``."""

    since: NotRequired[Time]
    """Only entries submitted at or after this time, in RFC 3339 or epoch milliseconds."""

    until: NotRequired[Time]
    """Only entries submitted before this time, in RFC 3339 or epoch milliseconds."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""


class ListSavedViewsQuery(TypedDict):
    """The parameters of ``listSavedViews``, without those of its pages."""

    scope: NotRequired[Literal["own", "shared"]]
    """own: the user's own views; shared: those that users share with the organization."""


class ListReviewQueueQuery(TypedDict):
    """The parameters of ``listReviewQueue``, without those of its pages."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """Only entries with this validation status. By default, flagged entries and then pending ones."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """Only entries with this judgement."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""


class GetFeedbackStatsByDayQuery(TypedDict):
    """The parameters of ``getFeedbackStatsByDay``, without those of its pages."""

    since: Time
    """Any time on the first day, in RFC 3339 or epoch milliseconds."""

    until: Time
    """Any time on the last day, in RFC 3339 or epoch milliseconds."""


class GetAdapterStatsByDayQuery(TypedDict):
    """The parameters of ``getAdapterStatsByDay``, without those of its pages."""

    since: Time
    """Any time on the first day, in RFC 3339 or epoch milliseconds."""

    until: Time
    """Any time on the last day, in RFC 3339 or epoch milliseconds."""


class GetReviewsByDayQuery(TypedDict):
    """The parameters of ``getReviewsByDay``, without those of its pages."""

    since: Time
    """Any time on the first day, in RFC 3339 or epoch milliseconds."""

    until: Time
    """Any time on the last day, in RFC 3339 or epoch milliseconds."""


class ListAdaptersQuery(TypedDict):
    """The parameters of ``listAdapters``, without those of its pages."""

    stage: NotRequired[Literal["candidate", "production", "retired"]]
    """Stage of the adapter. Several adapters can be at each stage."""


class GetAdapterLineageQuery(TypedDict):
    """The parameters of ``getAdapterLineage``, without those of its pages."""

    direction: NotRequired[Literal["ancestors", "descendants", "both"]]
    """Direction in which to follow ``DERIVED_FROM`` edges: ancestors, descendants or both."""

    max_depth: NotRequired[int]
    """Maximum number of generations to follow. Unlimited by default."""


class GetAdapterStatsQuery(TypedDict):
    """The parameters of ``getAdapterStats``, without those of its pages."""

    version: NotRequired[str]
    """Count only entries submitted for this version of the adapter."""


class CheckPromotionQuery(TypedDict):
    """The parameters of ``checkPromotion``, without those of its pages."""

    stage: NotRequired[Literal["candidate", "production"]]
    """The stage whose rules to check."""


class ListTrainingBatchesQuery(TypedDict):
    """The parameters of ``listTrainingBatches``, without those of its pages."""

    state: NotRequired[Literal["external", "claiming", "open", "exported", "committing", "committed", "releasing", "released", "expired"]]
    """Only training batches in this state."""


class ExportTrainingBatchQuery(TypedDict):
    """The parameters of ``exportTrainingBatch``, without those of its pages."""

    format: Literal["raw", "trl-sft", "trl-dpo", "trl-kto", "trl-sft-text", "trl-dpo-text", "trl-kto-text", "openai", "openai-dpo", "axolotl-sft", "axolotl-dpo", "axolotl-dpo-intel", "axolotl-orpo", "axolotl-bradley-terry", "axolotl-kto", "llamafactory-alpaca-sft", "llamafactory-alpaca-dpo", "llamafactory-alpaca-kto", "llamafactory-sharegpt-sft", "llamafactory-sharegpt-dpo", "llamafactory-sharegpt-kto", "llamafactory-openai-sft", "llamafactory-openai-dpo", "llamafactory-openai-kto"]
    """Format of the rows."""

    split: NotRequired[Literal["train", "holdout"]]
    """Part of the training batch to export; ``train`` by default."""

    file_type: NotRequired[Literal["jsonl", "parquet"]]
    """File type; JSON Lines by default. The ``raw`` format is not available as Parquet."""

    pair_same_question: NotRequired[bool]
    """Whether a positive and a negative entry about the same question make a preference pair; ``true`` by default."""

    system: NotRequired[str]
    """System prompt to add to every row: at most 10000 characters."""


class GetTrainingManifestQuery(TypedDict):
    """The parameters of ``getTrainingManifest``, without those of its pages."""

    format: Literal["raw", "trl-sft", "trl-dpo", "trl-kto", "trl-sft-text", "trl-dpo-text", "trl-kto-text", "openai", "openai-dpo", "axolotl-sft", "axolotl-dpo", "axolotl-dpo-intel", "axolotl-orpo", "axolotl-bradley-terry", "axolotl-kto", "llamafactory-alpaca-sft", "llamafactory-alpaca-dpo", "llamafactory-alpaca-kto", "llamafactory-sharegpt-sft", "llamafactory-sharegpt-dpo", "llamafactory-sharegpt-kto", "llamafactory-openai-sft", "llamafactory-openai-dpo", "llamafactory-openai-kto"]
    """Format of the rows."""

    split: NotRequired[Literal["train", "holdout"]]
    """Part of the training batch to export; ``train`` by default."""

    file_type: NotRequired[Literal["jsonl", "parquet"]]
    """File type; JSON Lines by default. The ``raw`` format is not available as Parquet."""

    pair_same_question: NotRequired[bool]
    """Whether a positive and a negative entry about the same question make a preference pair; ``true`` by default."""

    system: NotRequired[str]
    """System prompt to add to every row: at most 10000 characters."""


class GetCroissantQuery(TypedDict):
    """The parameters of ``getCroissant``, without those of its pages."""

    format: Literal["raw", "trl-sft", "trl-dpo", "trl-kto", "trl-sft-text", "trl-dpo-text", "trl-kto-text", "openai", "openai-dpo", "axolotl-sft", "axolotl-dpo", "axolotl-dpo-intel", "axolotl-orpo", "axolotl-bradley-terry", "axolotl-kto", "llamafactory-alpaca-sft", "llamafactory-alpaca-dpo", "llamafactory-alpaca-kto", "llamafactory-sharegpt-sft", "llamafactory-sharegpt-dpo", "llamafactory-sharegpt-kto", "llamafactory-openai-sft", "llamafactory-openai-dpo", "llamafactory-openai-kto"]
    """Format of the rows."""

    split: NotRequired[Literal["train", "holdout"]]
    """Part of the training batch to export; ``train`` by default."""

    file_type: NotRequired[Literal["jsonl", "parquet"]]
    """File type; JSON Lines by default. The ``raw`` format is not available as Parquet."""

    pair_same_question: NotRequired[bool]
    """Whether a positive and a negative entry about the same question make a preference pair; ``true`` by default."""

    system: NotRequired[str]
    """System prompt to add to every row: at most 10000 characters."""

    license: NotRequired[str]
    """License of the rows, as its URL or SPDX identifier, to state in the description: 1 to 256 bytes."""


class GetDatasetInfoQuery(TypedDict):
    """The parameters of ``getDatasetInfo``, without those of its pages."""

    format: Literal["raw", "trl-sft", "trl-dpo", "trl-kto", "trl-sft-text", "trl-dpo-text", "trl-kto-text", "openai", "openai-dpo", "axolotl-sft", "axolotl-dpo", "axolotl-dpo-intel", "axolotl-orpo", "axolotl-bradley-terry", "axolotl-kto", "llamafactory-alpaca-sft", "llamafactory-alpaca-dpo", "llamafactory-alpaca-kto", "llamafactory-sharegpt-sft", "llamafactory-sharegpt-dpo", "llamafactory-sharegpt-kto", "llamafactory-openai-sft", "llamafactory-openai-dpo", "llamafactory-openai-kto"]
    """Format of the rows."""

    split: NotRequired[Literal["train", "holdout"]]
    """Part of the training batch to export; ``train`` by default."""

    file_type: NotRequired[Literal["jsonl", "parquet"]]
    """File type; JSON Lines by default. The ``raw`` format is not available as Parquet."""

    pair_same_question: NotRequired[bool]
    """Whether a positive and a negative entry about the same question make a preference pair; ``true`` by default."""

    system: NotRequired[str]
    """System prompt to add to every row: at most 10000 characters."""


class ListFeedbackChangesQuery(TypedDict):
    """The parameters of ``listFeedbackChanges``, without those of its pages."""

    action: NotRequired[Literal["feedback.submit", "feedback.link", "feedback.unlink", "feedback.use", "feedback.review", "feedback.erase", "feedback.judge", "feedback.reopen", "feedback.revise", "feedback.tag", "bulk_operation.start", "bulk_operation.cancel", "bulk_operation.undo", "token.issue", "token.revoke", "feedback_rules.set", "saved_view.share", "saved_view.change", "saved_view.delete", "adapter.create", "adapter.register", "adapter.stage", "adapter.stage_forced", "adapter.evaluate", "promotion_rules.set", "feedback.claim", "feedback.release", "training_batch.record", "training_batch.claim", "training_batch.export", "training_batch.renew", "training_batch.commit", "training_batch.release", "training_batch.expire", "webhook.create", "webhook.change", "webhook.enable", "webhook.disable", "webhook.rotate_secret", "webhook.test", "webhook.redeliver", "webhook.delete"]]
    """The recorded action. More actions may be added."""

    type: NotRequired[Literal["positive", "negative", "preference"]]
    """The judgement."""

    status: NotRequired[Literal["pending", "approved", "rejected", "flagged"]]
    """approved: passed validation; pending: awaits validation; rejected: failed validation; flagged: needs manual review."""

    unused: NotRequired[bool]
    """true: only entries neither used nor held by a training batch; false: only used entries."""

    model: NotRequired[str]
    """Only entries about answers from this model version."""

    source: NotRequired[Literal["user", "reviewer", "import", "llm", "code"]]
    """Only entries from this source."""

    user: NotRequired[str]
    """Only entries from this user, as identified by the client."""

    interaction: NotRequired[str]
    """Only entries about this interaction."""

    conversation: NotRequired[str]
    """Only entries about interactions of this conversation."""

    tag: NotRequired[str]
    """Only entries with this tag."""

    score: NotRequired[str]
    """Only entries with these scores: conditions with commas between them, each a name, ``>=``, ``<=`` or ``=``, and a number, a category, ``true`` or ``false``, such as ``rating>=4,tone=friendly``."""

    since: NotRequired[Time]
    """Only entries submitted at or after this time, in RFC 3339 or epoch milliseconds."""

    until: NotRequired[Time]
    """Only entries submitted before this time, in RFC 3339 or epoch milliseconds."""

    adapter: NotRequired[str]
    """Only entries linked to this adapter."""


class ListWebhookDeliveriesQuery(TypedDict):
    """The parameters of ``listWebhookDeliveries``, without those of its pages."""

    status: NotRequired[Literal["pending", "delivered", "dead"]]
    """Only deliveries with this status."""


Croissant = dict[str, Any]


CycloneDxBom = dict[str, Any]


DatasetInfo = dict[str, dict[str, Any]]
