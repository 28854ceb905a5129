"""Makes the synchronous client of the asynchronous one: python scripts/generate_sync.py [--check]"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "feedback_graph"
WORDS = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "aclose": "close",
    "aiter_bytes": "iter_bytes",
    "aread": "read",
    "asyncio": "time",
    "asynccontextmanager": "contextmanager",
    "AsyncBaseTransport": "BaseTransport",
    "AsyncHTTPTransport": "HTTPTransport",
    "AsyncIterator": "Iterator",
    "AsyncToken": "Token",
    "get_token_async": "get_token",
    "LeaseTask": "LeaseThread",
    "asynchronous": "synchronous",
}
WORD = re.compile(r"\b\w+\b")


def to_sync(text: str) -> str:
    """The same code without ``async`` and ``await``."""
    text = re.sub(r"\basync (def|with|for)\b", r"\1", text)
    text = re.sub(r"\bawait ", "", text)

    def rename(match: re.Match[str]) -> str:
        word = match[0]
        if word in WORDS:
            return WORDS[word]
        return word[len("Async") :] if word.startswith("Async") and word != "Async" else word

    lines = WORD.sub(rename, text).splitlines(keepends=True)
    # What the names of two modules became is imported once.
    return "".join(line for at, line in enumerate(lines) if not (line.startswith("import ") and line in lines[:at]))


def main() -> int:
    is_check = sys.argv[1:] == ["--check"]
    stale = []
    for source in sorted((PACKAGE / "_async").glob("*.py")):
        target = PACKAGE / "_sync" / source.name
        text = to_sync(source.read_text(encoding="utf-8"))
        if source.name == "__init__.py":
            text = '"""The synchronous client, made of the asynchronous one by ``scripts/generate_sync.py``."""\n'
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            stale.append(source.name)
            if not is_check:
                target.write_text(text, encoding="utf-8")
    if is_check and stale:
        print(f"Run scripts/generate_sync.py: {', '.join(stale)} changed")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
