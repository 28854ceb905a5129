"""Downloads of exports: resumed where they break off, and verified against the manifest."""

from __future__ import annotations

import time
import hashlib
import json
from collections.abc import Iterator, Callable, Mapping
from typing import TYPE_CHECKING, Any, Optional, cast

import httpx

from .._lines import LineSplitter
from .._protocol import BATCHES, EXPORT_TIMEOUT, LONG_TIMEOUT, backoff, connection_error, may_pass
from ..errors import ChecksumError, ConnectionFailedError
from .requests import Requests

if TYPE_CHECKING:
    from .. import schema

CHANGED = "The export is not what its manifest describes; an entry may have been erased meanwhile"


def fetch_manifest(requests: Requests, number: int, options: Mapping[str, Any]) -> schema.TrainingManifest:
    """The manifest of an export."""
    path = f"{BATCHES}/{number}/manifest"
    return cast("schema.TrainingManifest", requests.send("GET", path, params=options, timeout=LONG_TIMEOUT))


def export_bytes(
    requests: Requests, number: int, options: Mapping[str, Any], manifest: schema.TrainingManifest
) -> Iterator[bytes]:
    """The bytes of an export. It ends well only if they have the size and the SHA-256 of the manifest.

    A connection that breaks off is made again as often as the client's ``max_retries`` says, counted from the last byte that
    arrived, and goes on behind that byte.
    """
    path = f"{BATCHES}/{number}/export"
    digest = hashlib.sha256()
    received = 0
    etag: Optional[str] = None
    failures = 0
    while True:
        headers = {"accept-encoding": "identity"}
        if received > 0 and etag is not None:
            headers.update({"range": f"bytes={received}-", "if-range": etag})
        lost: Optional[httpx.RequestError] = None
        try:
            with requests.stream(path, options, headers, EXPORT_TIMEOUT) as response:
                skipped = _place(response, received, etag)
                etag = response.headers.get("etag")
                for data in response.iter_bytes():
                    part = data[skipped:]
                    skipped = max(0, skipped - len(data))
                    if not part:
                        continue
                    received += len(part)
                    if received > manifest["bytes"]:
                        raise ChecksumError(CHANGED)
                    failures = 0
                    digest.update(part)
                    yield part
        except httpx.RequestError as error:
            lost = error
        if received == manifest["bytes"]:
            break
        if failures >= requests.settings.max_retries or (lost is not None and not may_pass(lost)):
            if lost is not None:
                raise connection_error(requests.settings, lost) from lost
            raise ConnectionFailedError(f"The export broke off after {received} of {manifest['bytes']} bytes")
        time.sleep(backoff(failures))
        failures += 1
    if digest.hexdigest() != manifest["sha256"]:
        raise ChecksumError(CHANGED)


def _place(response: httpx.Response, received: int, etag: Optional[str]) -> int:
    """How many bytes of a response are those that arrived already."""
    if received == 0:
        return 0
    if etag is not None and response.headers.get("etag") != etag:
        raise ChecksumError(CHANGED)
    if response.status_code == 206:
        if not response.headers.get("content-range", "").startswith(f"bytes {received}-"):
            raise ChecksumError("The server did not go on with the export where it broke off")
        return 0
    return received


def export_rows(
    requests: Requests, number: int, options: Mapping[str, Any], manifest: schema.TrainingManifest
) -> Iterator[dict[str, Any]]:
    """The rows of an export in JSON Lines."""
    lines = LineSplitter()
    for data in export_bytes(requests, number, options, manifest):
        for line in lines.add(data):
            yield _row(line)
    if lines.rest():
        yield _row(lines.rest())


def _row(line: bytes) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", json.loads(line))
    except ValueError as error:
        raise ChecksumError(CHANGED) from error


class Rows:
    """The rows of an export, which can be gone through again and again: each time they are read from the server.

    They are verified when the last one has been read: with a wrong checksum, going through them ends with a
    :class:`ChecksumError`. ``datasets.Dataset.from_generator`` takes them as they are. A pickle of them has the
    client's token in it.
    """

    def __init__(
        self, requests: Requests, number: int, options: Mapping[str, Any], manifest: schema.TrainingManifest
    ) -> None:
        self._requests = requests
        self._number = number
        self._options = dict(options)
        self.manifest = manifest
        """What the rows are made of."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return export_rows(self._requests, self._number, self._options, self.manifest)

    def __call__(self) -> Iterator[dict[str, Any]]:
        """The same, for what takes a function."""
        return self.__iter__()

    def __len__(self) -> int:
        return self.manifest["counts"]["rows"]

    def __repr__(self) -> str:
        return f"<{len(self)} rows of training batch {self._number} as {self._options['format']}>"


def write_verified(
    requests: Requests,
    number: int,
    options: Mapping[str, Any],
    write: Callable[[bytes], object],
    restart: Callable[[], object],
) -> schema.TrainingManifest:
    """Hands the bytes of an export to ``write``; starts once more, after ``restart``, if they are not those of the manifest."""
    manifest = fetch_manifest(requests, number, options)
    try:
        for data in export_bytes(requests, number, options, manifest):
            write(data)
    except ChecksumError:
        restart()
        # An erasure changes the file and its manifest; a fault of the network does not repeat itself.
        manifest = fetch_manifest(requests, number, options)
        for data in export_bytes(requests, number, options, manifest):
            write(data)
    return manifest
