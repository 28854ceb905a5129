"""The code of documents, as it is run by tests: here what needs no libraries of trainers, in test/trainers/ the rest."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a page in one language."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [code for name, code in _BLOCK.findall(text) if name == language]


def environment_of(script: str, url: str, command: str, environment: dict[str, str]) -> dict[str, str]:
    """What a shell has exported after a script that stands in a page.

    :param command: what ``npx feedback-graph`` is
    """
    runnable = script.replace("http://127.0.0.1:4000", url).replace("npx feedback-graph", command)
    run = ["bash", "--norc", "-euo", "pipefail", "-c", f"{runnable}\nenv -0"]
    said = subprocess.run(run, env=environment, check=True, capture_output=True, text=True).stdout
    return dict(line.split("=", 1) for line in said.split("\0") if "=" in line)
