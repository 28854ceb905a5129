"""Evaluations of adapters, their promotion, and their bill of materials."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any, Literal, Optional, cast

from .._protocol import ADAPTERS, PROMOTION_RULES, path_segment, without_none
from .base import AsyncMethods
from .pages import PAGE_SIZE

if TYPE_CHECKING:
    from .. import schema

Stage = Literal["candidate", "production", "retired"]


class AsyncPromotionMethods(AsyncMethods):
    """What decides whether an adapter is used."""

    async def record_evaluations(
        self,
        id: str,
        evaluations: Iterable[schema.EvaluationRequest],
        *,
        idempotency_key: Optional[str] = None,
    ) -> list[schema.Evaluation]:
        """Records 1 to 100 evaluations of an adapter, all of them or none.

        ``client.record_evaluations("help_lora_v2", [{"name": "accuracy", "value": 0.93, "dataset": "help-desk-eval"}])``
        """
        body = {"evaluations": list(evaluations)}
        answer = await self._requests.send(
            "POST", f"{_adapter(id)}/evaluations", body=body, idempotency_key=idempotency_key
        )
        return cast("list[schema.Evaluation]", answer["evaluations"])

    def list_evaluations(
        self, id: str, *, limit: Optional[int] = None, page_size: int = PAGE_SIZE
    ) -> AsyncIterator[schema.Evaluation]:
        """Goes through the evaluations of an adapter, the last recorded first."""
        return self._items(f"{_adapter(id)}/evaluations", "evaluations", limit, page_size)

    async def promote(
        self,
        id: str,
        stage: Stage = "production",
        *,
        reason: Optional[str] = None,
        retire: Optional[Iterable[str]] = None,
        rules: Optional[Iterable[schema.PromotionRuleRequest]] = None,
        force: bool = False,
        if_match: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> schema.Promotion:
        """Puts an adapter at a stage if it meets the rules of that stage; one that is there already stays as it is.

        :param retire: adapters that the same change retires
        :param rules: rules that must hold as well
        :param force: whatever the rules say; needs a reason and the permission ``org:admin``
        :param if_match: the revision that the adapter must still have
        :raises PromotionRefusedError: if a rule does not hold; its ``check`` has every rule with what it measured
        """
        body: dict[str, Any] = without_none(
            {
                "stage": stage,
                "reason": reason,
                "retire": None if retire is None else list(retire),
                "rules": None if rules is None else list(rules),
                "force": force or None,
            }
        )
        answer = await self._requests.send(
            "POST", f"{_adapter(id)}/promote", body=body, if_match=if_match, idempotency_key=idempotency_key
        )
        return cast("schema.Promotion", answer)

    async def check_promotion(
        self, id: str, stage: Literal["candidate", "production"] = "production"
    ) -> schema.PromotionCheck:
        """Reads what a promotion would say, without one."""
        answer = await self._requests.send("GET", f"{_adapter(id)}/promotion", params={"stage": stage})
        return cast("schema.PromotionCheck", answer)

    def list_stages(
        self, id: str, *, limit: Optional[int] = None, page_size: int = PAGE_SIZE
    ) -> AsyncIterator[schema.AdapterStageChange]:
        """Goes through the changes of an adapter's stage, newest first."""
        return self._items(f"{_adapter(id)}/stages", "changes", limit, page_size)

    async def promotion_rules(self) -> schema.PromotionRules:
        """Reads what the organization asks of adapters that are promoted."""
        return cast("schema.PromotionRules", await self._requests.send("GET", PROMOTION_RULES))

    async def set_promotion_rules(
        self,
        rules: Iterable[schema.PromotionRuleRequest],
        *,
        revision: Optional[int] = None,
        idempotency_key: Optional[str] = None,
    ) -> schema.PromotionRules:
        """Says what the organization asks of adapters that are promoted.

        :param revision: the revision that the rules must still have
        """
        body = without_none({"rules": list(rules), "revision": revision})
        answer = await self._requests.send("PUT", PROMOTION_RULES, body=body, idempotency_key=idempotency_key)
        return cast("schema.PromotionRules", answer)

    async def adapter_bom(self, id: str) -> dict[str, Any]:
        """Reads the bill of materials of an adapter: CycloneDX, with its lineage."""
        return cast("dict[str, Any]", await self._requests.send("GET", f"{_adapter(id)}/bom"))


def _adapter(id: str) -> str:
    return f"{ADAPTERS}/{path_segment(id, 'id')}"
