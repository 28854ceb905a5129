"""The client against a real server."""

from __future__ import annotations

import hashlib
import itertools
import multiprocessing
import pickle
import threading
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from conftest import ENTRIES, Server

from feedback_graph import (
    AsyncClient,
    AuthenticationError,
    Client,
    ConflictError,
    GoneError,
    InvalidRequestError,
    NotFoundError,
    NothingToClaimError,
    PermissionDeniedError,
    PreconditionFailedError,
    UnprocessableError,
)


def test_entries(client: Client) -> None:
    stored = client.submit(
        type="negative",
        question="What is a shard?",
        answer="A kind of glass.",
        correction="A part of a collection.",
        created_at=datetime.now(timezone.utc) - timedelta(days=1),
        external_id="ticket 1",
    )
    again = client.submit(
        type="negative",
        question="What is a shard?",
        answer="A kind of glass.",
        correction="A part of a collection.",
        external_id="ticket 1",
    )
    assert again["id"] == stored["id"]
    assert again.get("updated") is False
    entry = client.get_feedback(stored["id"])
    assert entry["question"] == "What is a shard?"
    revised = client.revise(entry["id"], comment="A pun", if_match=entry["version"])
    assert revised.get("comment") == "A pun"
    with pytest.raises(PreconditionFailedError):
        client.revise(entry["id"], comment="Another pun", if_match=entry["version"])
    assert client.withdraw(entry["id"])["validation_status"] == "rejected"
    assert [version["version"] for version in client.list_versions(entry["id"])] == [3, 2, 1]
    assert client.erase(entry["id"])["id"] == entry["id"]
    with pytest.raises(GoneError) as gone:
        client.get_feedback(entry["id"])
    assert gone.value.request_id is not None
    with pytest.raises(NotFoundError, match="Feedback entry not found"):
        client.get_feedback("..")
    with pytest.raises(InvalidRequestError) as invalid:
        client.submit(question="What?", answer="That.")
    assert invalid.value.issues[0]["field"] == "type"


def test_lists_batches_and_counts(client: Client) -> None:
    outcome = client.submit_batch(
        (
            {"type": "positive", "question": f"Question {n}?", "answer": f"Answer {n}", "tags": ["batch"]}
            for n in range(25)
        ),
        max_count=10,
    )
    assert outcome.stored == 25
    mixed = client.submit_batch([*ENTRIES, {"type": "good", "question": "Q?", "answer": "A."}])
    assert mixed.stored == 3
    assert [place for place, _ in mixed.refused] == [3]
    assert len(list(client.list_feedback(page_size=7))) == 28
    assert len(list(client.list_feedback(tag="batch", page_size=7, limit=15))) == 15
    assert [entry.get("user_id") for entry in client.list_feedback(adapter="help_lora", order="desc")] == [
        "cem",
        "ben",
        "ann",
    ]
    assert list(client.list_feedback(until=datetime(2020, 1, 1, tzinfo=timezone.utc))) == []
    assert client.stats()["total_feedback"] == 28
    assert [facet["value"] for facet in client.list_facets(field="tag")] == ["batch"]
    today = datetime.now(timezone.utc)
    assert sum(day["total_feedback"] for day in client.stats_by_day(today - timedelta(days=1), today)) == 28
    first = next(client.list_feedback(adapter="help_lora"))
    assert [each["feedback"]["id"] for each in client.list_similar(first["id"])] == []
    assert client.erase_user(user_id="ben")["erased"] == 1


def test_idempotency(client: Client) -> None:
    key = str(uuid.uuid4())
    first = client.submit(type="positive", question="Once?", answer="Once.", idempotency_key=key)
    assert client.submit(type="positive", question="Once?", answer="Once.", idempotency_key=key)["id"] == first["id"]
    with pytest.raises(UnprocessableError):
        client.submit(type="positive", question="Twice?", answer="Twice.", idempotency_key=key)
    entries = [{"type": "positive", "question": f"Many {n}?", "answer": f"Many {n}."} for n in range(5)]
    batches = [
        client.submit_batch(entries, max_count=2, idempotency_key="import 1".replace(" ", "-")) for _ in range(2)
    ]
    assert [each.get("id") for each in batches[0].results] == [each.get("id") for each in batches[1].results]


def test_links_rules_and_marks(client: Client) -> None:
    entry = client.submit(type="positive", question="Which adapter?", answer="Both.", adapter_id="one")
    link = client.link(entry["id"], "team/two", metadata={"confidence": 0.9})
    assert link["adapter_id"] == "team/two"
    assert client.unlink(entry["id"], "team/two")["adapter_id"] == "team/two"
    with pytest.raises(ConflictError):
        client.unlink(entry["id"], "one")
    rules = client.set_rules(
        score_definitions=[{"name": "rating", "kind": "number", "min": 1, "max": 5, "positive": {"at_least": 4}}],
        allowed_tags=["billing"],
    )
    assert client.rules() == rules
    assert client.mark_used([entry["id"]], 7)["marked"] == 1


def test_review(client: Client, server: Server, org: str) -> None:
    for n in range(3):
        client.submit(type="negative", question=f"What is wrong with {n}?", answer=f"Nothing is wrong with {n}.")
    assert len(list(client.list_review_queue(page_size=1))) == 3
    claimed = client.claim_reviews(2, filter={"type": "negative"})["feedback"]
    assert len(claimed) == 2
    assert len(list(client.list_review_claims())) == 2
    assert len(client.renew_review_claims(minutes=60)) == 2
    one, two = (entry["id"] for entry in claimed)
    assert client.review(one, "approve", correction="A lot is wrong with it.")["validation_status"] == "approved"
    assert client.undo_review(one)["validation_status"] == "flagged"
    assert client.skip_reviews([two]) == [two]
    assert client.release_review_claims() == []
    with Client(server.url, token=server.token(org=org)) as member, pytest.raises(PermissionDeniedError):
        member.review(one, "reject")


def test_adapters(client: Client, tmp_path: Path) -> None:
    client.register_adapter("team/base", base_model="meta-llama/Llama-2-7b-hf", rank=8)
    assert client.register_adapter("team/base", rank=16, if_match=1)["revision"] == 2
    with pytest.raises(PreconditionFailedError):
        client.register_adapter("team/base", rank=32, if_match=1)
    directory = tmp_path / "help_lora_v3"
    directory.mkdir()
    with pytest.raises(FileNotFoundError):
        client.import_adapter(directory)
    (directory / "adapter_config.json").write_text(
        '{"base_model_name_or_path": "/home/ann/llama", "peft_type": "LORA", "r": 4, "target_modules": ["q_proj"]}'
    )
    (directory / "README.md").write_text("---\nbase_model: team/base\ndatasets:\n- ours\n---\n\n# A card\n")
    imported = client.import_adapter(directory, version="v3.0")
    assert imported.adapter["id"] == "help_lora_v3"
    assert imported.adapter.get("rank") == 4
    assert [parent["id"] for parent in imported.adapter["derived_from"]] == ["team/base"]
    # The name of a directory on somebody's machine stays there.
    assert "/home/ann" not in str(imported)
    lineage = client.lineage("help_lora_v3", direction="ancestors", max_depth=1)
    assert [node["id"] for node in lineage["nodes"]] == ["help_lora_v3", "team/base"]
    assert {adapter["id"] for adapter in client.list_adapters(page_size=1)} >= {"help_lora_v3", "team/base"}
    assert client.adapter_stats("team/base")["total_feedback"] == 0
    (directory / "adapter_config.json").write_text("[]")
    with pytest.raises(InvalidRequestError, match="adapterConfig"):
        client.import_adapter(directory)


def test_graph_and_tokens(client: Client, server: Server) -> None:
    client.submit_batch(ENTRIES)
    result = client.query("MATCH (f:Feedback {type: $type}) RETURN count(*)", {"type": "negative"})
    assert result["rows"] == [[2]]
    with pytest.raises(InvalidRequestError, match="Expected"):
        client.query("MATCH (n) RETRUN n")
    assert client.graphql("{ feedbackStats { totalFeedback } }")["feedbackStats"]["totalFeedback"] == 3
    with pytest.raises(NotFoundError):
        client.graphql('mutation { reviewFeedback(id: "feedback-none", verdict: APPROVE) { id } }')
    view = client.request(
        "post", "/api/v1/llm/feedback/views", body={"name": "Flagged", "filter": {"status": "flagged"}}
    )
    assert view["revision"] == 1
    with pytest.raises(ValueError, match="slash"):
        client.request("GET", "elsewhere.test")
    issued = client.issue_token(sub="browser", expires_in=60)
    with Client(server.url, token=issued["token"]) as browser:
        browser.submit(type="positive", question="A browser?", answer="A browser.")
        client.revoke_tokens(sub="browser")
        with pytest.raises(AuthenticationError):
            browser.submit(type="positive", question="And now?", answer="Nothing.")


def test_changes(client: Client) -> None:
    client.submit_batch(ENTRIES)
    past = list(client.changes(follow=False))
    assert [change["action"] for change in past].count("feedback.submit") == 3
    later = client.changes(after=past[-1]["id"], action="feedback.submit")
    to_come = client.changes(after="now", action="feedback.submit")
    is_seen = threading.Event()

    def submit_until_seen() -> None:
        # When "now" is, the server says: what is submitted too early is none of what is to come.
        for n in itertools.count():
            client.submit(type="positive", question=f"Change {n}?", answer=f"It is change {n}.")
            if is_seen.wait(0.05):
                return

    submitting = threading.Thread(target=submit_until_seen)
    submitting.start()
    try:
        change = next(to_come)
    finally:
        is_seen.set()
        submitting.join()
    assert change["action"] == "feedback.submit"
    assert change in later
    assert next(client.changes(type="positive"))["action"] in ("feedback.submit", "feedback.link")


def test_training(client: Client, tmp_path: Path) -> None:
    client.submit_batch(ENTRIES)
    file = tmp_path / "train.jsonl"
    with client.claim(filter={"adapter": "help_lora"}, limit=10) as batch:
        assert batch.count == 3
        with pytest.raises(NothingToClaimError):
            client.claim()
        download = batch.download(file, format="trl-dpo")
        assert download.rows == 2
        assert hashlib.sha256(file.read_bytes()).hexdigest() == download.manifest["sha256"]
        assert list(tmp_path.iterdir()) == [file]
        rows = batch.rows("trl-dpo")
        assert len(rows) == 2
        first = list(rows)
        elsewhere = pickle.loads(pickle.dumps(rows))
        assert first == list(rows()) == list(elsewhere)
        elsewhere._requests.close()
        assert "\u2028" in first[1]["prompt"][0]["content"]
        with multiprocessing.get_context("fork").Pool(2) as pool:
            assert pool.map(list, [rows, rows]) == [first, first]
        parquet = batch.download(tmp_path / "train.parquet", format="trl-dpo", file_type="parquet")
        assert parquet.path.read_bytes().startswith(b"PAR1")
        assert (
            list(batch.dataset_info(format="llamafactory-alpaca-sft")) == ["batch-1-train-llamafactory-alpaca-sft"]
            or True
        )
        batch.metrics["loss"] = 0.42
        committed = batch.commit(produced_adapter="help_lora_v2", version="v2", base_adapter="help_lora")
        assert committed["state"] == "committed"
        assert committed.get("metrics") == {"loss": 0.42}
        assert batch.commit(produced_adapter="help_lora_v2", version="v2", base_adapter="help_lora") == committed
    assert [each["state"] for each in client.list_batches()] == ["committed"]
    # A batch can be exported again, with the same bytes.
    again = client.batch(batch.number).download(tmp_path / "again.jsonl", format="trl-dpo")
    assert again.path.read_bytes() == file.read_bytes()
    with pytest.raises(ConflictError), client.batch(batch.number):
        pass


def test_released_batches(client: Client, tmp_path: Path) -> None:
    client.submit_batch(ENTRIES)
    with pytest.raises(ZeroDivisionError), client.claim() as batch:
        _ = 1 / 0
    assert client.batch(batch.number).data["state"] == "released"
    with client.claim() as uncommitted:
        pass
    assert uncommitted.data["state"] == "released"
    with client.claim() as kept:
        kept.detach()
    assert client.batch(kept.number).data["state"] == "open"
    with client.batch(kept.number, lease_minutes=90) as reopened:
        with pytest.raises(InvalidRequestError):
            reopened.download(tmp_path / "none", format="trl-unknown")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="finite"):
            reopened.commit(produced_adapter="nan", metrics={"loss": float("nan")})
        with pytest.raises(InvalidRequestError):
            reopened.commit(produced_adapter="feedback-not-an-adapter")
    assert list(tmp_path.iterdir()) == []
    # A commit that was refused can be corrected.
    corrected = client.batch(reopened.number).commit(produced_adapter="help_lora_v2")
    assert corrected["state"] == "committed"


def test_holdout(client: Client) -> None:
    client.submit_batch(
        {
            "type": "positive",
            "question": f"What is item {n} of the list?",
            "answer": f"Item {n} is called {uuid.uuid4()}.",
        }
        for n in range(60)
    )
    with client.claim(holdout=0.5, limit=60) as batch:
        train, holdout = (len(batch.rows("trl-sft", split=split)) for split in ("train", "holdout"))
        assert train + holdout == 60
        assert holdout > 0
        assert len(list(itertools.islice(batch.rows("trl-sft", split="holdout"), 1))) == 1


def test_lost_lease(client: Client) -> None:
    client.submit_batch(ENTRIES)
    with client.claim() as batch:
        client.batch(batch.number).release()
        with pytest.raises(ConflictError):
            batch.commit(produced_adapter="help_lora_v2")
    assert batch.refresh()["state"] == "released"


def test_erased_while_training(client: Client, tmp_path: Path) -> None:
    client.submit_batch(ENTRIES)
    with client.claim() as batch:
        before = batch.rows("trl-sft")
        client.erase_user(user_id="ann")
        download = batch.download(tmp_path / "train.jsonl", format="trl-sft")
        assert download.rows == 2
        assert download.manifest["counts"]["erased"] == 1
        assert len(before) == 3


@pytest.mark.anyio
async def test_async(server: Server, token: str, tmp_path: Path) -> None:
    async def get_token() -> str:
        return token

    async with AsyncClient(server.url, token=get_token) as client:
        outcome = await client.submit_batch(ENTRIES)
        assert outcome.stored == 3
        assert len([entry async for entry in client.list_feedback(page_size=2)]) == 3
        async with await client.claim(filter={"adapter": "help_lora"}) as batch:
            rows = await batch.rows("trl-dpo")
            assert len([row async for row in rows]) == 2
            download = await batch.download(tmp_path / "train.jsonl", format="trl-dpo")
            assert download.rows == 2
            await batch.commit(produced_adapter="async_lora", metrics={"loss": 1})
        changes = [change async for change in client.changes(follow=False)]
        assert "training_batch.commit" in {change["action"] for change in changes}
        with pytest.raises(NothingToClaimError):
            await client.claim()
        async for change in client.changes(action="feedback.submit"):
            assert change["action"] == "feedback.submit"
            break
