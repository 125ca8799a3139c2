"""Checks lines for CloudWatch, each by itself: against the schema of its embedded metric format, and
that all that a line refers to is in it. Prints what the metrics add up to, as JSON.

Usage: check_emf.py SCHEMA FILE
"""

import json
import sys
from collections import defaultdict

from jsonschema import Draft7Validator

# The most that CloudWatch takes as one event, bytes.
LARGEST = 256 * 1024

schema_file, lines_file = sys.argv[1:]
with open(schema_file) as file:
    schema = json.load(file)
Draft7Validator.check_schema(schema)
root = Draft7Validator(schema)


def part(name):
    return Draft7Validator({**schema["definitions"][name], "definitions": schema["definitions"]})


dimension, value = part("dimension"), part("value")
sums = defaultdict(float)
metrics = set()
with open(lines_file) as file:
    lines = file.read().splitlines()
for text in lines:
    assert len(text.encode()) <= LARGEST, len(text)
    line = json.loads(text)
    root.validate(line)
    for directive in line["_aws"]["CloudWatchMetrics"]:
        names = [metric["Name"] for metric in directive["Metrics"]]
        for name in names:
            value.validate(line[name])
            told = line[name]
            if isinstance(told, dict):
                values, counts = told["Values"], told["Counts"]
                assert len(values) == len(counts), told
                assert sum(counts) == told["Count"], told
                assert told["Min"] <= min(values) and max(values) <= told["Max"], told
                mean = sum(v * c for v, c in zip(values, counts)) / told["Count"]
                assert abs(mean * told["Count"] / told["Sum"] - 1) < 0.01, told
        for keys in directive["Dimensions"]:
            for key in keys:
                dimension.validate(line[key])
            for name in names:
                metrics.add((directive["Namespace"], name, *((key, line[key]) for key in keys)))
                told = line[name]
                sums[f"{name} by {','.join(keys)}"] += told["Count"] if isinstance(told, dict) else told
print(json.dumps({"lines": len(lines), "metrics": len(metrics), "sums": sums}))
