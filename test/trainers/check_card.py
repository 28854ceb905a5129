"""Reads the model card of an adapter as the Hugging Face Hub does."""

from huggingface_hub import ModelCard


def check(directory, _exports, failures):
    card = ModelCard((directory / "card.md").read_text(encoding="utf8"))
    failures.equal(card.data.base_model, "org/base", "base model")
    failures.equal(card.data.base_model_relation, "adapter", "relation")
    (result,) = card.data.eval_results
    found = (result.task_type, result.dataset_name, result.metric_type, result.metric_value)
    failures.equal(found, ("text-generation", "help-desk-eval", "accuracy", 0.93), "evaluation")
    failures.contains_in_order(card.text, ["## Training data", "## Evaluation", "### 3. Data processing"], "sections")
