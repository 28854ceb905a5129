"""Trains a LoRA adapter with DPO on what people said of a model's answers, and records what it learned from.

    export FEEDBACK_URL=https://feedback.example.com FEEDBACK_TOKEN=…
    python examples/train_dpo.py --model Qwen/Qwen3-0.6B --adapter help_lora_v2 --learn-from help_lora_v1

Needs feedback-graph[trl], trl, peft and datasets. docs/train.md explains every step.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Optional

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoTokenizer
from trl import DPOConfig, DPOTrainer

from feedback_graph import Batch, Client, NothingToClaimError
from feedback_graph.trl import FeedbackGraphCallback


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Trains a LoRA adapter with DPO on feedback.")
    parser.add_argument("--model", required=True, help="the base model: a name on the hub, or a directory")
    parser.add_argument("--adapter", required=True, help="the id that the new adapter gets")
    parser.add_argument("--version", help="the version of the new adapter, such as v2.0")
    parser.add_argument("--learn-from", help="the adapter whose feedback is learned from; all feedback by default")
    parser.add_argument("--base-model", help="the id of the base model, if --model is a directory")
    parser.add_argument("--output", default="output", help="where the adapter is written: in a directory of its id")
    parser.add_argument("--limit", type=int, default=5_000, help="the most entries to learn from")
    parser.add_argument("--holdout", type=float, default=0.1, help="the share of entries to evaluate with")
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--rank", type=int, default=16)
    return parser.parse_args()


def load(batch: Batch, split: str, directory: str) -> Optional[Dataset]:
    """The rows of a split. They are kept in a directory that is removed, so that erased feedback does not live on in a cache."""
    rows = batch.rows("trl-dpo", split=split)
    return Dataset.from_generator(rows, cache_dir=directory) if len(rows) > 0 else None


def train(batch: Batch, arguments: argparse.Namespace, output: Path) -> None:
    """Trains on a batch, and writes the adapter."""
    has_bf16 = torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    with tempfile.TemporaryDirectory() as cache:
        training, evaluation = load(batch, "train", cache), load(batch, "holdout", cache)
        if training is None:
            raise SystemExit("None of the entries makes a pair to learn from")
        trainer = DPOTrainer(
            model=arguments.model,
            args=DPOConfig(
                output_dir=cache,
                num_train_epochs=arguments.epochs,
                per_device_train_batch_size=arguments.batch_size,
                per_device_eval_batch_size=arguments.batch_size,
                bf16=has_bf16,
                logging_steps=1,
                save_strategy="no",
                report_to="none",
            ),
            train_dataset=training,
            eval_dataset=evaluation,
            processing_class=AutoTokenizer.from_pretrained(arguments.model),
            peft_config=LoraConfig(
                r=arguments.rank, lora_alpha=2 * arguments.rank, target_modules="all-linear", task_type="CAUSAL_LM"
            ),
            # It puts what the trainer logs into the metrics of the commit.
            callbacks=[FeedbackGraphCallback(batch)],
        )
        trainer.train()
        if evaluation is not None:
            trainer.evaluate()
        trainer.save_model(str(output))


def main() -> None:
    arguments = parse_arguments()
    output = Path(arguments.output) / arguments.adapter
    filter = {} if arguments.learn_from is None else {"adapter": arguments.learn_from}
    with Client() as client:
        try:
            # Nobody else gets these entries. If the block ends in an error, they are given back.
            claim = client.claim(filter=filter, limit=arguments.limit, holdout=arguments.holdout)
        except NothingToClaimError:
            print("There is nothing new to learn from.")
            return
        with claim as batch:
            train(batch, arguments, output)
            imported = client.import_adapter(
                output, id=arguments.adapter, version=arguments.version, base_model=arguments.base_model
            )
            for note in imported.notes:
                print(note)
            batch.commit(
                produced_adapter=arguments.adapter, version=arguments.version, base_adapter=arguments.learn_from
            )
            print(f"{arguments.adapter} learned from the {batch.count} entries of training batch {batch.number}.")


if __name__ == "__main__":
    main()
