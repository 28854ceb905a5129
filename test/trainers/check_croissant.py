"""Loads every export by its Croissant description, as mlcroissant does, which also verifies its SHA-256."""

import json
import logging

import mlcroissant as mlc
from absl import logging as absl_logging


def check(directory, exports, failures):
    # It warns on standard error of what it only recommends.
    absl_logging.set_verbosity(absl_logging.ERROR)
    logging.getLogger().setLevel(logging.ERROR)
    for description in sorted((directory / "croissant").glob("*/croissant.json")):
        name = description.parent.name
        export = exports[name.rsplit(".", 1)[0]]
        dataset = mlc.Dataset(jsonld=description)
        issues = dataset.metadata.ctx.issues
        failures.equal((sorted(issues.errors), sorted(issues.warnings)), ([], []), f"{name}: issues")
        rows = list(dataset.records("rows"))
        failures.equal(len(rows), len(export["rows"]), f"{name}: rows")
        described = json.loads(description.read_text(encoding="utf8"))
        fields = {field["@id"] for field in described["recordSet"][0]["field"]}
        failures.equal(set().union(*rows), fields, f"{name}: fields")
        failures.lacks(json.dumps(described), "oak", f"{name}: description")
