"""The benchmark runs and says what it says in its promised shape. Never how fast: a loaded machine
is no place for that."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from harness.programs import REPOSITORY, program

FIGURE = {"type": "object", "required": ["median", "spread", "runs"],
          "properties": {"median": {"type": "number"}, "spread": {"type": "number"},
                         "runs": {"type": "array", "minItems": 1,
                                  "items": {"type": "number"}}}}
SHAPE = {
    "type": "object",
    "required": ["machine", "lines", "missing", "failures", "noisy"],
    "properties": {
        "machine": {"type": "object", "required": ["date", "processor", "cores", "openssl"]},
        "failures": {"type": "array", "maxItems": 0},
        "missing": {"type": "array", "items": {"type": "string"}},
        "lines": {
            "type": "array", "minItems": 15,
            "items": {
                "type": "object",
                "required": ["name", "unit", "ours", "limit", "ratio", "goal", "met", "peers"],
                "properties": {
                    "ours": FIGURE, "limit": {"anyOf": [FIGURE, {"type": "null"}]},
                    "ratio": {"type": ["number", "null"]}, "met": {"type": ["boolean", "null"]},
                    "peers": {"type": "object", "additionalProperties": FIGURE}}}}}}


@pytest.mark.slow
def test_the_smallest_form_runs_and_writes_its_table(folder):
    jsonschema = pytest.importorskip("jsonschema")
    figures = folder / "figures.json"
    done = subprocess.run(
        [REPOSITORY / "Scripts" / "bench", "--quick", "--json", figures],
        env={**os.environ, "P2PCHAT_BIN": str(Path(program("p2pchat-bench")).parent)},
        capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    table = json.loads(figures.read_text())
    jsonschema.validate(table, SHAPE)
    for line in table["lines"]:
        assert line["name"] in done.stdout
        assert (line["ratio"] is None) == (line["limit"] is None)
        if line["goal"]:
            assert line["met"] is not None
