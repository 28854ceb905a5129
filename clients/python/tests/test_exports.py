"""Exports that break off, change or are not what they should be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable, Optional

import httpx
import pytest
from fakes import make, refusal

from feedback_graph import (
    ChecksumError,
    ConnectionFailedError,
)

pytestmark = pytest.mark.usefixtures("pauses")


CONTENT = b"".join(json.dumps({"n": n, "text": "x\u2028y" * 50}).encode() + b"\n" for n in range(100))


class Pieces(httpx.SyncByteStream):
    """A body in pieces, which may break off."""

    def __init__(self, content: bytes, breaks_off: bool = False) -> None:
        self._content = content
        self._breaks_off = breaks_off

    def __iter__(self) -> Iterator[bytes]:
        for at in range(0, len(self._content), 1_000):
            yield self._content[at : at + 1_000]
        if self._breaks_off:
            raise httpx.RemoteProtocolError("peer closed connection")


class Exports:
    """A server with one export."""

    def __init__(self, *bodies: Callable[[int], httpx.Response], sha256: Optional[str] = None) -> None:
        self.bodies = iter(bodies)
        self.ranges: list[Optional[str]] = []
        self.tokens: list[str] = []
        self.manifests = 0
        self.sha256 = sha256 or hashlib.sha256(CONTENT).hexdigest()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/manifest"):
            self.manifests += 1
            return httpx.Response(200, json={"sha256": self.sha256, "bytes": len(CONTENT), "counts": {"rows": 100}})
        if request.url.path.endswith("/export"):
            wanted = request.headers.get("range")
            self.ranges.append(wanted)
            self.tokens.append(request.headers["authorization"])
            assert wanted is None or request.headers["if-range"] == '"tag"'
            return next(self.bodies)(0 if wanted is None else int(wanted[len("bytes=") : -1]))
        return httpx.Response(200, json={"training_batch_id": 7, "state": "open", "count": 3})


def part(
    end: Optional[int] = None, etag: str = '"tag"', breaks_off: Optional[bool] = None
) -> Callable[[int], httpx.Response]:
    """The export from where it is asked for to ``end``."""

    def answer(start: int) -> httpx.Response:
        broken = end is not None if breaks_off is None else breaks_off
        headers = {"etag": etag}
        if start > 0:
            headers["content-range"] = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
        stream = Pieces(CONTENT[start:end], broken)
        return httpx.Response(206 if start > 0 else 200, headers=headers, stream=stream)

    return answer


def whole(_: int) -> httpx.Response:
    return httpx.Response(200, headers={"etag": '"tag"'}, stream=Pieces(CONTENT))


def wrong(_: int) -> httpx.Response:
    return httpx.Response(200, headers={"etag": '"tag"'}, stream=Pieces(CONTENT.replace(b'"n": 42', b'"n": 43')))


def nonsense(_: int) -> httpx.Response:
    return httpx.Response(200, headers={"etag": '"tag"'}, stream=Pieces(b"<" * len(CONTENT)))


def refuse(status: int) -> Callable[[int], httpx.Response]:
    return lambda _: refusal(status)


def download(server: Exports, path: Path, **options: Any) -> bytes:
    batch = make(server, **options).batch(7)
    assert batch.download(path, format="trl-dpo").rows == 100
    return path.read_bytes()


def test_half_a_stream(tmp_path: Path) -> None:
    # Every part makes progress, so the number of breaks does not matter.
    server = Exports(part(5_000), part(9_000), part(15_000), part(20_000), part())
    assert download(server, tmp_path / "train.jsonl") == CONTENT
    assert server.ranges == [None, "bytes=5000-", "bytes=9000-", "bytes=15000-", "bytes=20000-"]
    assert server.manifests == 1


def test_half_a_stream_that_ends_without_an_error(tmp_path: Path) -> None:
    server = Exports(part(5_000, breaks_off=False), part())
    assert download(server, tmp_path / "train.jsonl") == CONTENT


def test_half_a_stream_of_a_server_that_ignores_ranges(tmp_path: Path) -> None:
    server = Exports(part(5_500), whole)
    assert download(server, tmp_path / "train.jsonl") == CONTENT


def test_streams_that_never_go_on(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    file.write_bytes(b"good")
    server = Exports(part(5_000), *[part(5_000)] * 3)
    with pytest.raises(ConnectionFailedError):
        download(server, file)
    assert file.read_bytes() == b"good"
    assert list(tmp_path.iterdir()) == [file]


def test_export_that_changes_meanwhile(tmp_path: Path) -> None:
    # An erasure: the tag of the second answer is another one, and the download starts again.
    server = Exports(part(5_000), lambda _: httpx.Response(200, headers={"etag": '"other"'}, content=b"?"), whole)
    assert download(server, tmp_path / "train.jsonl") == CONTENT
    assert server.manifests == 2


def test_wrong_checksum(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    assert download(Exports(wrong, whole), file) == CONTENT
    with pytest.raises(ChecksumError):
        download(Exports(wrong, wrong), file)
    assert file.read_bytes() == CONTENT
    assert list(tmp_path.iterdir()) == [file]


def test_endless_export(tmp_path: Path) -> None:
    def endless(_: int) -> httpx.Response:
        return httpx.Response(200, headers={"etag": '"tag"'}, stream=Pieces(CONTENT * 1_000))

    with pytest.raises(ChecksumError):
        download(Exports(endless, endless), tmp_path / "train.jsonl")


def test_token_that_expires_in_the_middle_of_an_export(tmp_path: Path) -> None:
    tokens = iter(["first"] * 4 + ["second"] * 9)
    server = Exports(part(5_000), refuse(401), part())
    assert download(server, tmp_path / "train.jsonl", token=lambda: next(tokens)) == CONTENT
    assert server.tokens[0] == "Bearer first"
    assert server.tokens[-1] == "Bearer second"


def test_rows() -> None:
    server = Exports(part(5_000), part(), whole, wrong, nonsense)
    rows = make(server).batch(7).rows("trl-dpo")
    for _ in range(2):
        assert [row["n"] for row in rows] == list(range(100))
    for _ in range(2):
        with pytest.raises(ChecksumError):
            list(rows)
    with pytest.raises(ValueError, match="JSON Lines"):
        make(server).batch(7).rows("trl-dpo", file_type="parquet")


def test_directory_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        make(Exports()).batch(7).download(tmp_path, format="trl-dpo")
    with pytest.raises(FileNotFoundError):
        make(Exports()).batch(7).download(tmp_path / "none" / "train.jsonl", format="trl-dpo")
