"""Axolotl's prompt strategies, each with three chat templates."""

from axolotl.prompt_strategies import bradley_terry, chat_template, dpo, kto, orpo  # noqa: F401
from axolotl.prompt_strategies.bradley_terry import load as load_bradley_terry
from axolotl.prompt_strategies.chat_template import load as load_chat_template
from axolotl.prompt_strategies.dpo import load as load_dpo
from axolotl.prompt_strategies.kto import load as load_kto
from axolotl.prompt_strategies.orpo.chat_template import load as load_orpo
from axolotl.utils.dict import DictDefault
from expectations import check_example, read_export, split_labels, taught
from tiny import tiny_tokenizer

TEMPLATES = {"chatml": "<|im_end|>", "llama3": "<|eot_id|>", "phi_3": "<|end|>"}


def check(directory, exports, failures):
    for name, export in exports.items():
        if not export["format"].startswith("axolotl-"):
            continue
        dataset = read_export(directory, name)
        failures.equal(len(dataset), len(export["rows"]), f"{name}: rows")
        for template, eos in TEMPLATES.items():
            tokenizer = tiny_tokenizer(eos=eos)
            prepare = PREPARATIONS[export["format"]](tokenizer, template, export)
            for place, expected in enumerate(export["rows"]):
                prompt, texts, label = prepare(dict(dataset[place]))
                what = f"{name}, {template}, row {place + 1}"
                check_example(failures, what, expected, prompt, **texts)
                if label is not None:
                    failures.equal(label, expected["label"], f"{what}: label")


def _config(template, **more):
    common = {"train_on_inputs": False, "sequence_len": 4096, "chat_template": template}
    return DictDefault({**common, **more})


def _sft(tokenizer, template, _export):
    strategy = load_chat_template(tokenizer, _config(template), {"type": "chat_template"})

    def prepare(row):
        prepared = strategy.tokenize_prompt(row)
        prompt, completion = split_labels(tokenizer, prepared["input_ids"], prepared["labels"])
        return prompt, {"completion": completion}, None

    return prepare


def _dpo(strategy):
    def load(tokenizer, template, _export):
        transform = load_dpo(strategy, _config(template, datasets=[{"type": strategy}]))
        if isinstance(transform, tuple):
            transform = transform[0]

        def prepare(row):
            try:
                made = transform(row, tokenizer=tokenizer)
            except TypeError:
                made = transform(row)
            texts = {side: taught(tokenizer, tokenizer.encode(made[side])) for side in ("chosen", "rejected")}
            return made["prompt"], texts, None

        return prepare

    return load


def _kto(tokenizer, template, export):
    fields = {"field_prompt": "prompt", "field_system": "system", "field_completion": "completion"}
    prompt_format = "{system}\n{prompt}" if export.get("system") else "{prompt}"
    config = _config(template, datasets=[{"type": {**fields, "field_label": "label", "prompt_format": prompt_format}}])
    transform = load_kto("user_defined.default", config)

    def prepare(row):
        made = transform(row)
        return made["prompt"], {"completion": made["completion"]}, made["label"]

    return prepare


def _orpo(tokenizer, template, _export):
    strategy = load_orpo(tokenizer, _config(template), {"type": "chat_template.argilla"})

    def prepare(row):
        prepared = strategy.tokenize_prompt(row)
        prompt, chosen = split_labels(tokenizer, prepared["input_ids"], prepared["labels"])
        _, rejected = split_labels(tokenizer, prepared["rejected_ids"], prepared["rejected_labels"])
        return prompt, {"chosen": chosen, "rejected": rejected}, None

    return prepare


# What a template says before an answer. The strategy tells prompt and answer apart in no other way: a reward is of both.
ANSWER_BEGINS = {
    "chatml": "<|im_start|>assistant\n",
    "llama3": "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "phi_3": "<|assistant|>\n",
}


def _bradley_terry(tokenizer, template, _export):
    config = _config(template, reward_model=True)
    strategy = load_bradley_terry("chat_template", tokenizer, config, {"type": "bradley_terry.chat_template"})

    def prepare(row):
        prepared = strategy.tokenize_prompt(row)
        prompts, texts = set(), {}
        for side in ("chosen", "rejected"):
            whole = tokenizer.decode(prepared[f"{side}_ids"])
            prompt, _, answer = whole.rpartition(ANSWER_BEGINS[template])
            prompts.add(prompt)
            texts[side] = taught(tokenizer, tokenizer.encode(answer))
        [prompt] = prompts
        return prompt, texts, None

    return prepare


PREPARATIONS = {
    "axolotl-bradley-terry": _bradley_terry,
    "axolotl-sft": _sft,
    "axolotl-dpo": _dpo("chat_template.default"),
    "axolotl-dpo-intel": _dpo("chatml.intel"),
    "axolotl-kto": _kto,
    "axolotl-orpo": _orpo,
}
