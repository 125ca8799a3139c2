"""Writes histograms.json beside itself: histograms made by HdrHistogram's Python port.

    python3 -m venv /tmp/hdr && /tmp/hdr/bin/pip install hdrhistogram==0.10.8
    /tmp/hdr/bin/python engine/tests/golden/histograms.py

The number of values is 1 or a multiple of 10,000, so that every percentile is the time of a whole
rank: implementations differ in how they round others.
"""

import json
import pathlib
import random

from hdrh.histogram import HdrHistogram

PERCENTILES = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100]
DAY_US = 24 * 3600 * 1_000_000
COUNT = 10_000

chance = random.Random(20261121)
CASES = {
    "one": [1234],
    "same": [50_000] * COUNT,
    "uniform": [chance.randint(1, 2_000) for _ in range(COUNT)],
    "web": [int(chance.lognormvariate(10, 0.6)) + 1 for _ in range(COUNT)],
    "two_humps": [int(chance.gauss(3_000 if i % 10 else 900_000, 200)) for i in range(COUNT)],
    "long_tail": [min(int(500 * chance.paretovariate(0.5)), DAY_US) for _ in range(COUNT)],
}


def case(name, values):
    histogram = HdrHistogram(1, DAY_US, 3)
    for value in values:
        assert histogram.record_value(value)
    recorded = histogram.get_recorded_iterator()
    return {
        "name": name,
        "latency": {
            "hdr": histogram.encode().decode(),
            "sum_us": sum(values),
            "min_us": min(values),
            "max_us": max(values),
        },
        "counts": [[i.value_iterated_to, i.count_added_in_this_iter_step] for i in recorded],
        "percentiles": [[p, histogram.get_value_at_percentile(p)] for p in PERCENTILES],
    }


if __name__ == "__main__":
    lines = [json.dumps(case(*item), separators=(",", ":")) for item in CASES.items()]
    target = pathlib.Path(__file__).with_name("histograms.json")
    target.write_text("[\n" + ",\n".join(lines) + "\n]\n")
