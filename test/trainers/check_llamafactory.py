"""LLaMA-Factory's parser, converter and processors, in the order in which its loader runs them."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

from expectations import check_example, read_export, split_labels
from tiny import tiny_tokenizer

# Audio is no part of exports, and its library is large.
sys.modules.setdefault("torchaudio", ModuleType("torchaudio"))

from llamafactory.data import get_template_and_fix_tokenizer  # noqa: E402
from llamafactory.data.converter import align_dataset  # noqa: E402
from llamafactory.data.parser import get_dataset_list  # noqa: E402
from llamafactory.data.processor import (  # noqa: E402
    FeedbackDatasetProcessor,
    PairwiseDatasetProcessor,
    SupervisedDatasetProcessor,
)
from llamafactory.hparams import DataArguments  # noqa: E402

PROCESSORS = {"sft": SupervisedDatasetProcessor, "dpo": PairwiseDatasetProcessor, "kto": FeedbackDatasetProcessor}
TEMPLATES = {"chatml": "<|im_end|>", "llama3": "<|eot_id|>", "phi": "<|end|>"}


def check(directory, exports, failures):
    for name, export in exports.items():
        if export["format"].startswith("llamafactory-"):
            for template, eos in TEMPLATES.items():
                _check_export(directory, name, export, template, eos, failures)


def _check_export(directory, name, export, template_name, eos, failures):
    [attributes] = get_dataset_list([export["dataset"]], export["dataset_info"])
    failures.equal(Path(directory, attributes.dataset_name).exists(), True, f"{name}: the file that it names is there")
    # The last turn alone is judged: earlier ones are read.
    arguments = DataArguments(
        template=template_name, dataset=export["dataset"], dataset_dir=str(directory), cutoff_len=4096, mask_history=True
    )
    aligned = align_dataset(read_export(directory, name), attributes, arguments, SimpleNamespace(local_process_index=0))
    tokenizer = tiny_tokenizer(eos=eos)
    template = get_template_and_fix_tokenizer(tokenizer, arguments)
    task = export["task"]
    processor = PROCESSORS[task](template=template, tokenizer=tokenizer, processor=None, data_args=arguments)
    prepared = processor.preprocess_dataset(aligned.to_dict())
    keys = [key for key in prepared if key.endswith("input_ids") and not key.startswith("kl_")]
    failures.equal({len(prepared[key]) for key in keys}, {len(export["rows"])}, f"{name}, {template_name}: rows")
    for place, expected in enumerate(export["rows"]):
        what = f"{name}, {template_name}, row {place + 1}"
        sides = {"dpo": {"chosen": "chosen_", "rejected": "rejected_"}}.get(task, {"completion": ""})
        for side, prefix in sides.items():
            ids, labels = prepared[f"{prefix}input_ids"][place], prepared[f"{prefix}labels"][place]
            prompt, text = split_labels(tokenizer, ids, labels)
            check_example(failures, what, expected, prompt, **{side: text})
        if task == "kto":
            failures.equal(prepared["kto_tags"][place], expected["label"], f"{what}: label")
