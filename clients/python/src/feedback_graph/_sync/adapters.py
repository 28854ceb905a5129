"""Adapters and base models, and what they descend from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Optional, Union, cast

from .._adapter_files import ImportedAdapter, read_adapter_files
from .._protocol import ADAPTERS, path_segment, without_none
from .base import Methods
from .graph import graphql
from .pages import PAGE_SIZE

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .. import schema

_IMPORT = """mutation ($input: ImportAdapterInput!) {
  importAdapter(input: $input) { notes adapter { id } }
}"""


class AdapterMethods(Methods):
    """What a client does with adapters."""

    def register_adapter(
        self,
        id: str,
        *,
        if_match: Optional[int] = None,
        idempotency_key: Optional[str] = None,
        **fields: Unpack[schema.AdapterRegistration],
    ) -> schema.Adapter:
        """Registers an adapter or base model, or changes the given fields of one.

        :param if_match: the revision that the adapter must still have
        """
        answer = self._requests.send(
            "PUT",
            _adapter(id),
            body=without_none(fields),
            if_match=if_match,
            idempotency_key=idempotency_key,
        )
        return cast("schema.Adapter", answer)

    def import_adapter(
        self,
        path: Union[str, os.PathLike[str]],
        *,
        id: Optional[str] = None,
        version: Optional[str] = None,
        base_model: Optional[str] = None,
    ) -> ImportedAdapter:
        """Registers an adapter from the files that PEFT wrote: ``adapter_config.json`` and the front matter of ``README.md``.

        :param path: the directory of the adapter, or one of the two files
        :param id: the id of the adapter; the name of its directory by default
        :param base_model: the id of the base model, for files that name it by a path
        """
        files = read_adapter_files(path)
        adapter_id = files.name if id is None else id
        given = without_none(
            {
                "id": adapter_id,
                "version": version,
                "baseModel": base_model,
                "adapterConfig": files.config,
                "modelCard": files.front_matter,
            }
        )
        answer = graphql(self._requests, _IMPORT, {"input": given}, is_repeatable=True)
        notes = [str(note) for note in answer["importAdapter"]["notes"]]
        return ImportedAdapter(self.get_adapter(adapter_id), notes)

    def get_adapter(self, id: str) -> schema.Adapter:
        """Reads an adapter with its parents."""
        return cast("schema.Adapter", self._requests.send("GET", _adapter(id)))

    def list_adapters(
        self, *, limit: Optional[int] = None, page_size: int = PAGE_SIZE, **filters: Unpack[schema.ListAdaptersQuery]
    ) -> Iterator[schema.ListedAdapter]:
        """Goes through adapters and base models, ordered by id: all, or those of ``list_adapters(stage="production")``."""
        return self._items(ADAPTERS, "adapters", limit, page_size, **filters)

    def lineage(
        self, id: str, *, limit: Optional[int] = None, **how: Unpack[schema.GetAdapterLineageQuery]
    ) -> schema.Lineage:
        """Reads the ancestors and descendants of an adapter."""
        params = {**how, "limit": limit}
        return cast("schema.Lineage", self._requests.send("GET", f"{_adapter(id)}/lineage", params=params))

    def adapter_stats(self, id: str, *, version: Optional[str] = None) -> schema.AdapterStats:
        """Counts the entries linked to an adapter, and how often its answers were preferred."""
        answer = self._requests.send("GET", f"{_adapter(id)}/stats", params={"version": version})
        return cast("schema.AdapterStats", answer)

    def adapter_stats_by_day(
        self, id: str, since: schema.Time, until: schema.Time
    ) -> list[schema.DailyFeedbackStats]:
        """Counts the entries linked to an adapter on each UTC day: at most 366 days."""
        params = {"since": since, "until": until}
        answer = self._requests.send("GET", f"{_adapter(id)}/stats/by-day", params=params)
        return cast("list[schema.DailyFeedbackStats]", answer["days"])


def _adapter(id: str) -> str:
    return f"{ADAPTERS}/{path_segment(id, 'id')}"
