"""A server for all tests, and clients of it that each see an organization of their own."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import tempfile
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Optional

import pytest

from feedback_graph import Client
from feedback_graph._sync import batch, changes, exports, requests

ROOT = Path(__file__).resolve().parents[3]
CLI = ROOT / "dist" / "bundle" / "cli.js"
NODE = os.environ.get("NODE", "node")
LIMITS = {"FEEDBACK_LIMIT_USER_PER_MINUTE": "0", "FEEDBACK_LIMIT_ORG_PER_HOUR": "0"}
RECEIVERS = {"FEEDBACK_WEBHOOKS_ALLOW_PRIVATE": "on"}


class Server(NamedTuple):
    """A server in a process of its own."""

    url: str
    environment: dict[str, str]

    def token(self, *roles: str, org: str, sub: str = "trainer", expires: Optional[str] = None) -> str:
        """A token that the command line signs."""
        command = [NODE, str(CLI), "token", "--sub", sub, "--org", org]
        for role in roles:
            command += ["--role", role]
        if expires is not None:
            command += ["--expires", expires]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="feedback-graph-python-") as directory:
        environment = {
            **os.environ,
            **LIMITS,
            **RECEIVERS,
            "FEEDBACK_STORE": f"rocksdb:{directory}/data",
            "FEEDBACK_PORT": "0",
            "FEEDBACK_JWT_SECRET": secrets.token_urlsafe(32),
        }
        process = subprocess.Popen(
            [NODE, str(CLI), "serve"], env=environment, stdout=subprocess.PIPE, text=True, cwd=directory
        )
        try:
            assert process.stdout is not None
            for line in process.stdout:
                found = re.search(r"listens on (http:\S+)", line)
                if found:
                    break
            else:
                raise RuntimeError("The server ended before it listened")
            # Its log must go somewhere, or it waits for room in the pipe.
            drain = threading.Thread(target=lambda: process.stdout and process.stdout.read(), daemon=True)
            drain.start()
            yield Server(found[1], environment)
        finally:
            process.terminate()
            process.wait(timeout=30)
            drain.join(timeout=5)
            process.stdout and process.stdout.close()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the client waited for, without waiting."""
    waited: list[float] = []
    for module in (requests, exports, changes, batch):
        clock = type(
            "Clock", (), {"sleep": staticmethod(waited.append), "monotonic": staticmethod(module.time.monotonic)}
        )
        monkeypatch.setattr(module, "time", clock)
    return waited


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def org() -> str:
    return f"org-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def token(server: Server, org: str) -> str:
    return server.token("admin", org=org)


@pytest.fixture
def client(server: Server, token: str) -> Iterator[Client]:
    with Client(server.url, token=token) as made:
        yield made


ENTRIES = [
    {
        "type": "positive",
        "question": "How do I enable sharding in ThemisDB?",
        "answer": "Use the SHARD BY clause in CREATE COLLECTION.",
        "adapter_id": "help_lora",
        "user_id": "ann",
    },
    {
        "type": "negative",
        "question": "What is the default replication factor?",
        "answer": "The default replication factor is 1.",
        "correction": "The default replication factor is 3 for production.",
        "adapter_id": "help_lora",
        "user_id": "ben",
    },
    {
        "type": "negative",
        # Strings of Python would be split at U+2028, lines of JSON are not.
        "question": "Does a backup stop the writes\u2028of a collection?",
        "answer": "Yes, every write waits until the backup has ended.",
        "correction": "No, a backup reads a snapshot and writes go on meanwhile.",
        "adapter_id": "help_lora",
        "user_id": "cem",
    },
]
