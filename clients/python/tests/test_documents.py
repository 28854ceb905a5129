"""docs/train.md and the README run as they stand; what needs TRL runs in test/trainers/."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from conftest import CLI, NODE, Server
from documents import ROOT, blocks, environment_of

from feedback_graph import Client

HEAVY = re.compile(r"^from (trl|peft|datasets|transformers) import", re.MULTILINE)


def test_train_page(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (script,) = blocks("docs/train.md", "bash")
    environment = environment_of(script, server.url, f"'{NODE}' '{CLI}'", server.environment)
    for name in ("FEEDBACK_URL", "FEEDBACK_TOKEN"):
        monkeypatch.setenv(name, environment[name])
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    code = blocks("docs/train.md", "python")
    assert len(code) == 4
    for block in code:
        if HEAVY.search(block):
            names["client"].register_adapter("help_lora_v2")
        else:
            exec(block, names)
    names["client"].close()
    said = capsys.readouterr().out
    assert said.startswith("3 []\n")
    assert "of 3 entries" in said
    assert (tmp_path / "train.jsonl").exists()


def test_readme(server: Server, client: Client, token: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    client.submit(type="negative", question="What is flagged?", answer="This is flagged.")
    names: dict[str, Any] = {}
    for block in blocks("clients/python/README.md", "python"):
        exec(block.replace("http://127.0.0.1:4000", server.url).replace("…", token), names)
        names["client"] = client
    assert client.stats()["total_feedback"] == 2_502
    assert [batch["state"] for batch in client.list_batches()] == ["committed"]


def test_every_method_is_documented() -> None:
    for name in dir(Client):
        if not name.startswith("_"):
            assert getattr(Client, name).__doc__, name


def test_version_is_that_of_the_server() -> None:
    import json

    from feedback_graph import __version__

    assert json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["version"] == __version__
