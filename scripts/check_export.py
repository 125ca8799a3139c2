#!/usr/bin/env python3
"""Reads what `load-test export` wrote, each format by another implementation, and compares.

    target/python/bin/python scripts/check_export.py FOLDER STARTED_MS

FOLDER holds timeline.jsonl, .csv, .parquet and .hlog of the same runs, the earliest of which started so
many milliseconds after the Unix epoch. Needs DuckDB and HdrHistogram's
port to Python, which scripts/python_tools installs. Prints what is wrong, and then exits with 1.
"""

import collections
import csv
import json
import math
import pathlib
import sys
import urllib.parse

import duckdb
from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

TEXTS = ["run", "test", "region", "method", "name"]
COUNTS = ["second", "epoch_s", "requests", "failures", "bytes"]
TIMES = ["mean_ms", "min_ms", "max_ms"]
PERCENTILES = ["50", "66", "75", "80", "90", "95", "98", "99", "99.9", "99.99", "100"]
SPAN = (1, 4 * 24 * 3600 * 1_000_000, 3)

problems = []


def expect(holds, problem):
    if not holds:
        problems.append(problem)


def flat(line):
    """A line of JSON as a row of the other tables."""
    row = {column: line[column] for column in TEXTS + COUNTS + TIMES}
    named = line["percentiles_ms"]
    row |= {f"p{name.replace('.', '_')}_ms": named[name] for name in PERCENTILES}
    return row


def at_percentile(recorded, percentile):
    """The rank is rounded up; the port itself rounds it to the nearest."""
    total = sum(times for _, times in recorded)
    rank = max(1, math.ceil(percentile * total / 100 - 1e-9))
    for value, times in recorded:
        rank -= times
        if rank <= 0:
            return value


def check_lines(lines):
    keys = [(line["epoch_s"], line["run"], line["region"], line["name"], line["method"])
            for line in lines]
    expect(len(set(keys)) == len(keys), "jsonl: a row is there twice")
    for line in lines:
        histogram = HdrHistogram.decode(line["hdr"])
        where = f"jsonl: {line['second']} {line['name']!r}"
        expect(histogram.get_total_count() == line["requests"], f"{where}: the histogram's count")
        recorded = [(item.value_iterated_to, item.count_at_value_iterated_to)
                    for item in histogram.get_recorded_iterator()]
        for name in PERCENTILES:
            told = line["percentiles_ms"][name] * 1000
            found = at_percentile(recorded, float(name))
            expect(math.isclose(told, found, rel_tol=2e-3), f"{where}: {name}%: {told} {found}")


def check_csv(path, lines):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, strict=True))
    expect(len(rows) == len(lines), f"csv: {len(rows)} rows of {len(lines)}")
    for row, line in zip(rows, lines):
        for column, value in flat(line).items():
            cell = row[column]
            if column in TEXTS:
                expect(not cell.startswith(tuple("=+-@\t\r\n")), f"csv: a formula: {cell!r}")
                expect(cell.removeprefix("'") == value, f"csv: {column}: {cell!r}, not {value!r}")
            else:
                expect(float(cell) == value, f"csv: {column}: {cell}, not {value}")
        expect(None not in row and None not in row.values(), f"csv: cells of {row}")


def check_parquet(path, lines):
    found = duckdb.read_parquet(str(path))
    rows = [dict(zip(found.columns, row)) for row in found.fetchall()]
    expected = [flat(line) | {"hdr": line["hdr"]} for line in lines]
    with open(path.with_suffix(".csv"), newline="", encoding="utf-8") as file:
        columns = next(csv.reader(file)) + ["hdr"]
    expect(found.columns == columns, f"parquet: columns {found.columns}, not {columns}")
    expect(len(rows) == len(expected), f"parquet: {len(rows)} rows of {len(expected)}")
    for row, line in zip(rows, expected):
        expect(row == line, f"parquet: {row}, not {line}")
    requests = duckdb.sql(f"select sum(requests) from '{path}'").fetchall()[0][0] or 0
    expect(requests == sum(line["requests"] for line in lines), "parquet: the sum of requests")


def tag(line):
    method = urllib.parse.quote(line["method"], safe="")
    return method, line["name"]


def check_hlog(path, lines, base_ms):
    expected = collections.defaultdict(HdrSum)
    for line in lines:
        expected[line["run"], line["second"], tag(line)].add(line)
        if line["method"] != "TRANSACTION":
            expected[line["run"], line["second"], None].add(line)
    found = collections.Counter()
    last = 0
    reader = HistogramLogReader(str(path), HdrHistogram(*SPAN))
    while (histogram := reader.get_next_interval_histogram()) is not None:
        begun = histogram.get_start_time_stamp()
        expect(begun >= last, "hlog: the intervals are not in order")
        last = begun
        expect(math.isclose(histogram.get_end_time_stamp() - begun, 1000), "hlog: a length")
        name = histogram.get_tag()
        if name is not None:
            expect(name.isascii() and name.isprintable() and "," not in name, f"hlog: {name!r}")
            method, _, name = name.partition(":")
            name = (urllib.parse.quote(urllib.parse.unquote(method), safe=""), urllib.parse.unquote(name))
        found[name] += histogram.get_total_count()
    reader.close()
    expect(reader.observed_start_time and reader.observed_base_time, "hlog: no times")
    expect(round(reader.start_time_sec * 1000) == base_ms, "hlog: StartTime")
    sums = collections.Counter()
    for (_, _, name), part in expected.items():
        sums[name] += part.requests
    expect(found == sums, f"hlog: {found}, not {sums}")
    with open(path, encoding="utf-8", newline="") as file:
        intervals = [text for text in file if not text.startswith(("#", '"'))]
    expect(len(intervals) == len(expected), f"hlog: {len(intervals)} intervals of {len(expected)}")
    for text in intervals:
        greatest, hdr = text.rstrip("\n").split(",")[-2:]
        found = HdrHistogram.decode(hdr).get_max_value() / 1000
        expect(math.isclose(float(greatest), found, rel_tol=2e-3), f"hlog: Interval_Max {greatest}")


class HdrSum:
    def __init__(self):
        self.requests = 0

    def add(self, line):
        self.requests += line["requests"]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, base_ms = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    text = (folder / "timeline.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.split("\n") if line]
    check_lines(lines)
    check_csv(folder / "timeline.csv", lines)
    check_parquet(folder / "timeline.parquet", lines)
    check_hlog(folder / "timeline.hlog", lines, base_ms)
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
