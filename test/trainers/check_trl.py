"""TRL's own preparation for SFT, DPO and KTO."""

from expectations import check_example, read_export, split_labels, taught
from tiny import tiny_model, tiny_tokenizer
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, SFTConfig, SFTTrainer


def check(directory, exports, failures):
    tokenizer = tiny_tokenizer()
    for name, export in exports.items():
        if export["format"].startswith("trl-"):
            _check_export(directory, name, export, tokenizer, failures)


def _check_export(directory, name, export, tokenizer, failures):
    task = export["task"]
    dataset = read_export(directory, name)
    model = tiny_model(tokenizer)
    common = {
        "output_dir": str(directory),
        "use_cpu": True,
        "report_to": "none",
        "max_length": 4096,
        "per_device_train_batch_size": 2,
        "bf16": False,
    }
    if task == "sft":
        trainer = SFTTrainer(model, SFTConfig(**common), train_dataset=dataset, processing_class=tokenizer)
    elif task == "dpo":
        config = DPOConfig(**common)
        trainer = DPOTrainer(model, tiny_model(tokenizer), config, train_dataset=dataset, processing_class=tokenizer)
    else:
        config = KTOConfig(**common)
        trainer = KTOTrainer(model, tiny_model(tokenizer), config, train_dataset=dataset, processing_class=tokenizer)
    prepared = trainer.train_dataset
    failures.equal(len(prepared), len(export["rows"]), f"{name}: rows")
    for place, (row, expected) in enumerate(zip(prepared, export["rows"])):
        what = f"{name}, row {place + 1}"
        if task == "sft":
            prompt, completion = split_labels(tokenizer, row["input_ids"], row["labels"])
            check_example(failures, what, expected, prompt, completion=completion)
        elif task == "dpo":
            texts = {side: taught(tokenizer, row[f"{side}_ids"]) for side in ("chosen", "rejected")}
            check_example(failures, what, expected, tokenizer.decode(row["prompt_ids"]), **texts)
        else:
            completion = taught(tokenizer, row["completion_ids"])
            check_example(failures, what, expected, tokenizer.decode(row["prompt_ids"]), completion=completion)
            failures.equal(row["label"], expected["label"], f"{what}: label")
