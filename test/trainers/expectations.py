"""What each trainer must learn from the exports, and how that is told from what it has prepared."""

import json
from pathlib import Path

IGNORED = -100


class Failures:
    """Collects what is wrong, so that one run shows all of it."""

    def __init__(self):
        self.checked = 0
        self.messages = []

    def equal(self, found, expected, what):
        self.checked += 1
        if found != expected:
            self.messages.append(f"{what}:\n    found    {found!r}\n    expected {expected!r}")

    def contains_in_order(self, text, parts, what):
        self.checked += 1
        at = 0
        for part in parts:
            place = text.find(part, at)
            if place < 0:
                self.messages.append(f"{what}: {part!r} is not in its place in {text!r}")
                return
            at = place + len(part)

    def lacks(self, text, part, what):
        self.checked += 1
        if part in text:
            self.messages.append(f"{what}: {part!r} must not be in {text!r}")


def read_lines(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf8").splitlines()]


def read_export(directory, name):
    """The rows of an export by `datasets`, from JSON Lines, and from Parquet, which must be the same."""
    from datasets import load_dataset

    lines = load_dataset("json", data_files=str(Path(directory) / f"{name}.jsonl"), split="train")
    parquet = load_dataset("parquet", data_files=str(Path(directory) / f"{name}.parquet"), split="train")
    assert lines.to_list() == parquet.to_list(), f"{name}: JSON Lines and Parquet differ"
    return lines


def taught(tokenizer, ids):
    """The text of tokens that a model is trained on, without what ends a turn."""
    return tokenizer.decode(ids, skip_special_tokens=True).strip("\n")


def split_labels(tokenizer, input_ids, labels):
    """What comes before the last text that is learned, and that text."""
    assert len(input_ids) == len(labels)
    end = max(place for place, label in enumerate(labels) if label != IGNORED) + 1
    start = max((place for place, label in enumerate(labels[:end]) if label == IGNORED), default=-1) + 1
    return tokenizer.decode(input_ids[:start]), taught(tokenizer, labels[start:end])


def check_example(failures, what, expected, prompt, **texts):
    """A prompt has every turn in order and gives away no answer; each text is exactly what was exported."""
    failures.contains_in_order(prompt, [turn["content"] for turn in expected["prompt"]], f"{what}: prompt")
    for name, text in texts.items():
        failures.equal(text, expected[name], f"{what}: {name}")
        failures.lacks(prompt, expected[name], f"{what}: prompt")
