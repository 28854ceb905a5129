"""Loads every export in a directory as its trainer would, and asserts what that would learn: python check.py DIRECTORY

The Python client trains on the server that FEEDBACK_URL and FEEDBACK_TOKEN name.
"""

import importlib
import json
import os
import sys
import time
import traceback
from pathlib import Path

os.environ.update(
    HF_HUB_OFFLINE="1",
    TRANSFORMERS_OFFLINE="1",
    HF_DATASETS_DISABLE_PROGRESS_BARS="1",
    TOKENIZERS_PARALLELISM="false",
    DISABLE_VERSION_CHECK="1",
    LLAMAFACTORY_VERBOSITY="ERROR",
    AXOLOTL_DO_NOT_TRACK="1",
    WANDB_DISABLED="true",
)

from expectations import Failures, read_export  # noqa: E402


def check_openai(directory, exports, failures):
    """There is no library to run: the documented shape."""
    for name, export in exports.items():
        if not export["format"].startswith("openai"):
            continue
        rows = read_export(directory, name).to_list()
        failures.equal(len(rows), len(export["rows"]), f"{name}: rows")
        for place, (row, expected) in enumerate(zip(rows, export["rows"])):
            prompt, said = expected["prompt"], lambda text: [{"role": "assistant", "content": text}]
            if export["task"] == "sft":
                whole = {"messages": prompt + said(expected["completion"])}
            else:
                sides = {"preferred_output": said(expected["chosen"]), "non_preferred_output": said(expected["rejected"])}
                whole = {"input": {"messages": prompt}, **sides}
            failures.equal(row, whole, f"{name}, row {place + 1}")


def main():
    directory = Path(sys.argv[1])
    exports = json.loads((directory / "exports.json").read_text(encoding="utf8"))
    checks = {"OpenAI": check_openai}
    modules = (
        ("TRL", "check_trl"),
        ("LLaMA-Factory", "check_llamafactory"),
        ("Axolotl", "check_axolotl"),
        ("Croissant", "check_croissant"),
        ("model card", "check_card"),
        ("Python client", "check_client"),
    )
    for title, module in modules:
        checks[title] = lambda *given, module=module: importlib.import_module(module).check(*given)
    passed = failed = 0
    for title, check in checks.items():
        failures, before = Failures(), time.monotonic()
        try:
            check(directory, exports, failures)
        except Exception:
            failures.messages.append(traceback.format_exc())
        seconds = f"({time.monotonic() - before:.1f} s)"
        if failures.messages or failures.checked == 0:
            failed += 1
            print(f"  FAIL  {title} {seconds}")
            for message in failures.messages[:20] or ["nothing was checked"]:
                print(f"  {message}")
        else:
            passed += 1
            print(f"  ok    {title}: {failures.checked} assertions {seconds}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
