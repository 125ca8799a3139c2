#!/usr/bin/env python3
"""Reads a run's CSV files as Locust's users do, and checks that they make sense.

    scripts/check_csv.py results/<test>/<run> <test>

Needs Python's standard library only. Prints what is wrong, and then exits with 1.
"""

import csv
import datetime
import json
import math
import pathlib
import sys

PERCENTILES = ["50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "99.99%", "100%"]
HEADERS = {
    "stats": "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,"
    "Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,"
    "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%",
    "stats_history": "Timestamp,User Count,Type,Name,Requests/s,Failures/s,"
    "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,"
    "Total Request Count,Total Failure Count,Total Median Response Time,"
    "Total Average Response Time,Total Min Response Time,Total Max Response Time,"
    "Total Average Content Size",
    "failures": "Method,Name,Error,Occurrences,First Seen,Last Seen",
    "exceptions": "Count,Message,Traceback,Nodes",
}

problems = []


def expect(holds, problem):
    if not holds:
        problems.append(problem)


def close(a, b):
    return math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-9)


def read(folder, prefix, kind):
    with open(folder / f"{prefix}_{kind}.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, strict=True))
    header = HEADERS[kind].split(",")
    expect(rows[0] == header, f"{kind}: the header is {rows[0]}")
    for number, row in enumerate(rows[1:], 2):
        expect(len(row) == len(header), f"{kind}: row {number} has {len(row)} cells")
    return [dict(zip(header, row)) for row in rows[1:]]


def check_times(where, row, least, greatest):
    """Percentiles ascend, between the least and the greatest time."""
    times = [row[name] for name in PERCENTILES]
    if "N/A" in times:
        expect(set(times) == {"N/A"}, f"{where}: only some percentiles are N/A")
        return
    times = [float(time) for time in times]
    expect(times == sorted(times), f"{where}: percentiles do not ascend: {times}")
    expect(least <= times[0] and times[-1] <= greatest, f"{where}: percentiles beyond min or max")


def check_stats(rows, report):
    *single, all_rows = rows
    expect((all_rows["Type"], all_rows["Name"]) == ("", "Aggregated"), "stats: no last Aggregated")
    names = [(row["Name"], row["Type"]) for row in single]
    expect(names == sorted(names), "stats: rows are not sorted")
    told = [(t["name"], t["method"]) for t in report["transactions"]]
    expect(names == told, f"stats: names are not those of report.json: {names} {told}")
    for column in ("Request Count", "Failure Count"):
        # What is made of several requests does not count besides them.
        total = sum(int(row[column]) for row in single if row["Type"] != "TRANSACTION")
        expect(total == int(all_rows[column]), f"stats: {column} does not add up")
    for row in rows:
        check_stats_row(row, report["summary"]["duration_s"])


def check_stats_row(row, duration):
    where, requests = f"stats: {row['Name']!r}", int(row["Request Count"])
    if requests == 0:
        return
    least, greatest = float(row["Min Response Time"]), float(row["Max Response Time"])
    check_times(where, row, least, greatest)
    expect(row["Median Response Time"] == row["50%"], f"{where}: two medians")
    expect(close(row["100%"], greatest), f"{where}: 100% is not the maximum")
    expect(least <= float(row["Average Response Time"]) <= greatest, f"{where}: average")
    expect(int(row["Failure Count"]) <= requests, f"{where}: more failures than requests")
    expect(close(float(row["Requests/s"]) * duration, requests), f"{where}: Requests/s")
    expect(close(float(row["Failures/s"]) * duration, row["Failure Count"]), f"{where}: Failures/s")


def check_history(rows, stats):
    requests = failures = 0
    last = -1
    for row in rows:
        where = f"history: {row['Timestamp']}"
        expect((row["Type"], row["Name"]) == ("", "Aggregated"), f"{where}: not Aggregated")
        expect(int(row["Timestamp"]) > last, f"{where}: seconds do not ascend")
        last = int(row["Timestamp"])
        requests += float(row["Requests/s"])
        failures += float(row["Failures/s"])
        expect(int(row["Total Request Count"]) == requests, f"{where}: requests are not cumulative")
        expect(int(row["Total Failure Count"]) == failures, f"{where}: failures are not cumulative")
        if requests:
            least, most = row["Total Min Response Time"], row["Total Max Response Time"]
            check_times(where, row, float(least), float(most))
    if rows:
        for column in ("Request Count", "Failure Count", "Median Response Time",
                       "Average Response Time", "Min Response Time", "Max Response Time",
                       "Average Content Size"):
            same = rows[-1][f"Total {column}"] == stats[-1][column]
            expect(same, f"history: the last Total {column} is not that of the statistics")


def instant(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def check_errors(failures, exceptions, stats, report):
    count = sum(int(row["Occurrences"]) for row in failures)
    expect(count == int(stats[-1]["Failure Count"]), "failures: they do not add up")
    for row, told in zip(failures, report["failures"]):
        expect((row["Method"], row["Name"], row["Error"])
               == (told["method"], told["name"], told["reason"]), f"failures: {row}")
        first, last = (instant(row[f"{at} Seen"]) for at in ("First", "Last"))
        expect(first <= last, f"failures: times of {row}")
    expect(len(failures) == len(report["failures"]), "failures: rows are missing")
    messages = [told["message"] for told in report["exceptions"]]
    expect([row["Message"] for row in exceptions] == messages, "exceptions: messages differ")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, prefix = pathlib.Path(sys.argv[1]), sys.argv[2]
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    tables = {kind: read(folder, prefix, kind) for kind in HEADERS}
    check_stats(tables["stats"], report)
    check_history(tables["stats_history"], tables["stats"])
    check_errors(tables["failures"], tables["exceptions"], tables["stats"], report)
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
