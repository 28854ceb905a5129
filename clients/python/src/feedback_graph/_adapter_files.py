"""What training leaves beside the weights of an adapter: ``adapter_config.json`` and the model card."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Optional, Union

if TYPE_CHECKING:
    from . import schema

CONFIG = "adapter_config.json"
CARD = "README.md"
MAX_CONFIG_BYTES = 128 * 1024
"""What the server takes of a configuration."""
MAX_CARD_BYTES = 1024 * 1024
"""Of a card only the front matter is sent."""


class ImportedAdapter(NamedTuple):
    """An adapter that was registered from the files of its training."""

    adapter: schema.Adapter
    notes: list[str]
    """What was decided while the files were read, in sentences."""


class AdapterFiles(NamedTuple):
    """The files of one adapter."""

    name: str
    """The name of their directory."""
    config: Optional[str]
    front_matter: Optional[str]


def read_adapter_files(path: Union[str, os.PathLike[str]]) -> AdapterFiles:
    """Reads an adapter's directory, or one of the two files in it."""
    place = Path(path).resolve(strict=True)
    directory = place if place.is_dir() else place.parent
    if place.is_dir():
        config, card = _read(place / CONFIG, MAX_CONFIG_BYTES), _read(place / CARD, MAX_CARD_BYTES)
    elif place.suffix == ".json":
        config, card = _read(place, MAX_CONFIG_BYTES), None
    else:
        config, card = None, _read(place, MAX_CARD_BYTES)
    front = None if card is None else _front_matter(card)
    if config is None and front is None:
        raise FileNotFoundError(f"There is neither {CONFIG} nor a model card with YAML front matter")
    return AdapterFiles(directory.name, config, front)


def _read(path: Path, most: int) -> Optional[str]:
    if not path.is_file():
        return None
    if path.stat().st_size > most:
        raise ValueError(f"{path.name} is larger than {most} bytes")
    return path.read_text(encoding="utf-8")


def _front_matter(card: str) -> Optional[str]:
    lines = card.lstrip("\ufeff").splitlines()
    if not lines or lines[0].rstrip() != "---":
        return None
    for at, line in enumerate(lines[1:], start=1):
        if line.rstrip() in ("---", "..."):
            return "\n".join([*lines[:at], "---", ""])
    return None
