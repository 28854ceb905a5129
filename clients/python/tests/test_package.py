"""What is published."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from typing_extensions import get_args, get_type_hints

import feedback_graph
from feedback_graph import schema

PROJECT = Path(__file__).resolve().parents[1]


def test_types_can_be_evaluated() -> None:
    hints = get_type_hints(schema.Submission)
    assert type(None) in get_args(hints["scores"])
    assert set(get_type_hints(schema.TrainingBatchRequestFilterScoresItem)) >= {"name", "is"}


def test_wheel(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(PROJECT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"feedback_graph-{feedback_graph.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    assert {"feedback_graph/py.typed", "feedback_graph/schema.py", "feedback_graph/_sync/client.py"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "License-Expression: Apache-2.0" in metadata
    assert "Requires-Python: >=3.9" in metadata
    assert "# feedback-graph for Python" in metadata
