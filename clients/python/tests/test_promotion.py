"""Evaluations and promotions of adapters."""

from __future__ import annotations

import pickle

import pytest

from feedback_graph import Client, ConflictError, PreconditionFailedError, PromotionRefusedError


def test_promotion(client: Client) -> None:
    for id in ("team/one", "team/two"):
        client.register_adapter(id, peft_type="LORA", version="v1")
    rules = client.set_promotion_rules(
        [{"kind": "metric", "metric": "accuracy", "dataset": "help", "at_least": 0.9}], revision=0
    )
    assert client.promotion_rules() == rules
    (low,) = client.record_evaluations("team/two", [{"name": "accuracy", "value": 0.8, "dataset": "help"}])
    assert low["value"] == 0.8
    assert client.check_promotion("team/two")["passed"] is False
    with pytest.raises(PromotionRefusedError) as refused:
        client.promote("team/two")
    assert isinstance(refused.value, ConflictError)
    assert [(each.get("measured"), each["passed"]) for each in refused.value.check["results"]] == [(0.8, False)]
    assert pickle.loads(pickle.dumps(refused.value)).check == refused.value.check

    client.promote("team/one", force=True, reason="The first one")
    client.record_evaluations("team/two", [{"name": "accuracy", "value": 0.95, "dataset": "help"}])
    assert [each["value"] for each in client.list_evaluations("team/two", page_size=1)] == [0.95, 0.8]
    with pytest.raises(PreconditionFailedError):
        client.promote("team/two", if_match=99)
    promoted = client.promote("team/two", reason="Better", retire=["team/one"])
    assert (promoted["stage"], promoted["changed"], promoted["retired"]) == ("production", True, ["team/one"])
    assert client.promote("team/two")["changed"] is False
    assert [each.get("reason") for each in client.list_stages("team/two")] == ["Better"]
    assert [each["id"] for each in client.list_adapters(stage="production")] == ["team/two"]
    assert client.adapter_bom("team/two")["bomFormat"] == "CycloneDX"
