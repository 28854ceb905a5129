"""The Python client where trainers use it: examples/train_dpo.py, docs/train.md, and data sets out of rows."""

import contextlib
import io
import json
import os
import runpy
import sys
from pathlib import Path

from tiny import tiny_model, tiny_tokenizer

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "clients" / "python"
sys.path[:0] = [str(CLIENT / "src"), str(CLIENT / "tests")]

from documents import blocks  # noqa: E402
from feedback_graph import Client, InvalidRequestError  # noqa: E402

EXAMPLE = ROOT / "examples" / "train_dpo.py"
NUMBER_OF_ENTRIES = 30


def check(directory, exports, failures):
    model = directory / "tiny-model"
    tokenizer = tiny_tokenizer()
    tokenizer.save_pretrained(model)
    tiny_model(tokenizer).save_pretrained(model)
    with Client() as client:
        _check_example(client, directory, model, failures)
        _check_failed_training(client, directory, failures)
        _check_data_sets(client, directory, failures)
        _check_page(client, directory, model, failures)


def _submit(client, adapter):
    outcome = client.submit_batch(
        {
            "type": "negative",
            "question": f"What is the {n}th number of the list of {adapter}?",
            "answer": f"It is {n + 1}.",
            "correction": f"It is {n}, as the list begins with zero.",
            "adapter_id": adapter,
        }
        for n in range(NUMBER_OF_ENTRIES)
    )
    assert outcome.stored == NUMBER_OF_ENTRIES


def _run(program, directory, *arguments):
    """Runs a program in this process, where its libraries are loaded already. Returns what it printed, and its error."""
    said, before = io.StringIO(), (sys.argv, os.getcwd())
    error = None
    sys.argv = [str(program), *arguments]
    os.chdir(directory)
    try:
        # Progress bars would fill the log.
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
            runpy.run_path(str(program), run_name="__main__")
    except Exception as raised:
        error = raised
    finally:
        sys.argv, place = before
        os.chdir(place)
    return said.getvalue(), error


def _check_example(client, directory, model, failures):
    _submit(client, "example_v1")
    small = ("--rank", "2", "--base-model", "tiny-llama", "--output", "adapters")
    asked = ("--model", str(model), "--adapter", "example_v2", "--version", "v2.0", "--learn-from", "example_v1", *small)
    said, error = _run(EXAMPLE, directory, *asked)
    failures.equal(error, None, "examples/train_dpo.py")
    failures.equal("learned from the 30 entries" in said, True, f"what it said: {said}")
    batch = next(client.list_batches())
    failures.equal(batch["state"], "committed", "the batch of the example")
    failures.equal(batch.get("produced_adapter"), "example_v2", "the adapter of the example")
    failures.equal({"train_loss", "eval_loss", "eval_rewards/accuracies"} - set(batch.get("metrics", {})), set(), "metrics")
    adapter = client.get_adapter("example_v2")
    failures.equal((adapter.get("rank"), adapter.get("peft_type")), (2, "LORA"), "what adapter_config.json says")
    failures.equal({each["id"] for each in adapter["derived_from"]}, {"tiny-llama", "example_v1"}, "its parents")
    failures.equal(str(directory) in json.dumps(adapter), False, "a path of this machine is in the adapter")
    config = json.loads((directory / "adapters" / "example_v2" / "adapter_config.json").read_text())
    failures.equal(config["r"], 2, "the rank of the adapter that was written")
    said, error = _run(EXAMPLE, directory, *asked)
    failures.equal((said, error), ("There is nothing new to learn from.\n", None), "a second run")


def _check_failed_training(client, directory, failures):
    _submit(client, "failing_v1")
    asked = ("--model", str(directory / "none"), "--adapter", "failing_v2", "--learn-from", "failing_v1")
    _, error = _run(EXAMPLE, directory, *asked)
    failures.equal(error is None, False, "a training without a model fails")
    failures.equal(next(client.list_batches())["state"], "released", "the batch of a training that failed")


def _check_data_sets(client, directory, failures):
    from datasets import Dataset

    with client.claim(filter={"adapter": "failing_v1"}) as batch:
        rows = batch.rows("trl-dpo")
        cache = str(directory / "rows")
        first = Dataset.from_generator(rows, cache_dir=cache)
        failures.equal(len(first), NUMBER_OF_ENTRIES, "rows of a data set")
        failures.equal(first.to_list(), list(rows), "the rows")
        # The same rows have the same fingerprint, so they are found in the cache even after a renewal.
        batch.renew(lease_minutes=600)
        second = Dataset.from_generator(batch.rows("trl-dpo"), cache_dir=cache)
        failures.equal(second.cache_files, first.cache_files, "the cache of the same rows")
        bound = Dataset.from_generator(batch.rows, gen_kwargs={"format": "trl-dpo"}, cache_dir=cache)
        failures.equal(bound.to_list(), first.to_list(), "rows of a method")
        lazy = Dataset.from_generator(lambda: batch.rows("trl-dpo"), cache_dir=cache)
        failures.equal(len(lazy), NUMBER_OF_ENTRIES, "rows of a function")
        try:
            batch.rows("trl-none")
        except InvalidRequestError:
            return
        failures.equal("no error", "an error", "a format that there is not")


def _check_page(client, directory, model, failures):
    # The three entries of the page alone may all be held out.
    _submit(client, "help_lora_v1")
    code = "\n".join(blocks("docs/train.md", "python"))
    named = 'model = "Qwen/Qwen3-0.6B"'
    failures.equal(named in code, True, "docs/train.md names a model")
    program = directory / "page.py"
    program.write_text(code.replace(named, f"model = {str(model)!r}"), encoding="utf8")
    said, error = _run(program, directory)
    failures.equal(error, None, "docs/train.md")
    failures.equal("'negative', " in said, True, f"what docs/train.md prints: {said}")
    committed = client.get_adapter("help_lora_v2")
    failures.equal(committed.get("rank"), 16, "the adapter of docs/train.md")
    failures.equal("train_loss" in next(client.list_batches()).get("metrics", {}), True, "the metrics of docs/train.md")
