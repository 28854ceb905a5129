"""Reads the model card of an adapter as the Hugging Face Hub does."""

from huggingface_hub import ModelCard


def check(directory, _exports, failures):
    card = ModelCard((directory / "card.md").read_text(encoding="utf8"))
    failures.equal(card.data.base_model, "org/base", "base model")
    failures.equal(card.data.base_model_relation, "adapter", "relation")
    found = {(each.task_type, each.dataset_name, each.metric_type, each.metric_value) for each in card.data.eval_results}
    expected = {
        ("text-generation", "help-desk-eval", "accuracy", 0.93),
        ("text-generation", "2026-01-01", "no", 1e-7),
        ("text-generation", "zero\u2028license: mit\u2028---", "12:30", 2),
    }
    failures.equal(found, expected, "evaluations")
    failures.equal(card.data.license, None, "license")
    sections = ["## Training data", "## Evaluation", "### 2. List of data sources", "### 3. Data processing aspects"]
    failures.contains_in_order(card.text, sections, "sections")
