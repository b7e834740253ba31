#!/usr/bin/env python3
"""Times queuestat against DuckDB and Polars on the same generated archive, and checks that their figures agree.

    python3 tests/bench/run.py [--tickets 220000] [--runs 5] [--forms plain,gzip,zstd] [--peers duckdb,polars] [--save]

Needs the release binary (`cargo build --release`) and Python 3; the peers are installed into `target/bench/peers`.
220,000 tickets make about 1 GB of lines. Each round runs every contender once, so that a slow minute of the machine
falls on all of them; the files are read once before, so that nobody pays for a cold cache.
"""

import argparse
import csv
import datetime
import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "bench"
BINARY = ROOT / "target" / "release" / "queuestat"
AS_OF = "2022-01-01T00:00:00Z"
PEERS = WORK / "peers"

DUCKDB_FULL = """
WITH lines AS (
  SELECT type AS event, organization, data.position AS p, filename
  FROM read_json('{files}', format='newline_delimited', filename=true, maximum_object_size=1048576, columns={{
    type: 'VARCHAR', organization: 'VARCHAR',
    data: 'STRUCT(position STRUCT(id VARCHAR, location JSON, type VARCHAR, queue VARCHAR, status VARCHAR, createdAt TIMESTAMP,
      activatedAt TIMESTAMP, calledAt TIMESTAMP, fulfilledAt TIMESTAMP, completedAt TIMESTAMP, rejectedAt TIMESTAMP,
      retryCount INTEGER, numberOfPeople INTEGER, booking STRUCT("start" TIMESTAMP, "end" TIMESTAMP), feedback STRUCT(rating DOUBLE)))'}})),
snapshots AS (
  SELECT *, greatest(p.createdAt, p.activatedAt, p.calledAt, p.fulfilledAt, p.completedAt, p.rejectedAt) AS k,
    CASE WHEN event IN ('positionFulfilled','positionCompleted','feedbackReceived') OR p.status IN ('fulfilled','completed') THEN p.fulfilledAt END AS checked_in,
    coalesce(p.location->>'locationName', p.location->>'$') AS name FROM lines),
tickets AS (
  SELECT organization, p.id AS id, min(p.createdAt) AS created, min(p.activatedAt) AS activated, min(p.calledAt) AS called,
    max(p.calledAt) AS last_called, min(checked_in) AS checked_in, min(p.completedAt) AS completed, min(p.rejectedAt) AS rejected,
    max(p.retryCount) AS retries, max_by(name, k) AS location, max_by(p.queue, k) AS queue, max_by(p.type, k) AS kind,
    max_by(p.numberOfPeople, k) AS people, max_by(p.booking."start", k) AS start, max_by(p.booking."end", k) AS "end",
    max_by(p.feedback.rating, k) FILTER (p.feedback.rating IS NOT NULL) AS rating,
    bool_or(event IN ('positionFulfilled','positionCompleted') OR p.status IN ('fulfilled','completed') OR checked_in IS NOT NULL) AS served,
    bool_or(event = 'positionCancelled') AS by_customer, bool_or(event = 'positionCancelledByStaff') AS by_staff,
    bool_or(event IN ('positionRemoved','bookingRemoved')) AS removed, bool_or(p.status = 'rejected') AS was_rejected
  FROM snapshots GROUP BY ALL),
waits AS (
  SELECT *, CASE WHEN kind = 'booking' THEN greatest(created, coalesce(activated, start)) ELSE created END AS entered,
    CAST(CASE WHEN kind = 'booking' THEN coalesce(start, created) ELSE created END AS DATE) AS day FROM tickets)
SELECT organization, location, day, count(*) AS tickets, count(*) FILTER (served) AS served, count(rating) AS ratings, sum(rating) AS stars,
  count(*) FILTER (NOT served AND by_customer) AS by_customer, count(*) FILTER (NOT served AND NOT by_customer AND by_staff) AS by_staff,
  quantile_cont(greatest(epoch_ms(checked_in) - epoch_ms(entered), 0) // 1000, 0.5) AS p50,
  quantile_cont(greatest(epoch_ms(checked_in) - epoch_ms(entered), 0) // 1000, 0.9) AS p90
FROM waits GROUP BY ALL
"""

DUCKDB_NARROW = """
WITH lines AS (
  SELECT data.position AS p, type AS event
  FROM read_json('{files}', format='newline_delimited', maximum_object_size=1048576, columns={{type: 'VARCHAR',
    data: 'STRUCT(position STRUCT(id VARCHAR, queue VARCHAR, createdAt TIMESTAMP, feedback STRUCT(rating DOUBLE)))'}})),
tickets AS (SELECT p.id AS id, any_value(p.queue) AS queue, min(p.createdAt) AS created, max(p.feedback.rating) AS rating FROM lines GROUP BY 1)
SELECT queue, CAST(created AS DATE) AS day, count(*) AS tickets, count(rating) AS ratings, avg(rating) AS mean FROM tickets GROUP BY ALL
"""

DUCKDB = """
import duckdb, json, sys
rows = duckdb.sql(sys.argv[1]).fetchall()
totals = {}
for row in rows:
    key = row[1] if len(row) > 6 else row[0]
    got = totals.setdefault(key, [0, 0, 0])
    got[0] += row[3] if len(row) > 6 else row[2]
    if len(row) > 6:
        got[1] += row[4]
        got[2] += row[5]
print(json.dumps(totals, ensure_ascii=False))
"""

POLARS = """
import polars as pl, sys, json
S = pl.Struct
position = S({"id": pl.String, "queue": pl.String, "createdAt": pl.String, "fulfilledAt": pl.String, "status": pl.String,
              "feedback": S({"rating": pl.Float64})})
frame = (pl.scan_ndjson(sys.argv[1].split(","), schema={"type": pl.String, "organization": pl.String, "data": S({"position": position})})
  .select("type", pl.col("data").struct.field("position").struct.unnest())
  .group_by("id").agg(pl.col("queue").first(), pl.col("createdAt").min(), pl.col("feedback").struct.field("rating").max())
  .group_by("queue", pl.col("createdAt").str.slice(0, 10)).agg(pl.len(), pl.col("rating").count()))
out = frame.collect(engine="streaming")
print(json.dumps(out.group_by("queue").agg(pl.col("len").sum()).rows()))
"""


def measured(command):
    """Wall and CPU seconds, peak memory in MB, and output of a command."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out = process.stdout.read()
    err = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed: {err.decode()[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out


def archive(tickets, form):
    """The archive of this size and form, made once."""
    folder = WORK / f"archive-{tickets}-{form}"
    if not folder.exists():
        subprocess.run([BINARY, "synth", "--out", folder, "--tickets", str(tickets), "--locations", "200", "--days", "28",
                        "--compression", form, "--line-bytes", "1000", "--one-file", "--clean", "--seed", "7"], check=True)
    return next(folder.glob("archive*"))


def answer(runs):
    """What the last run printed, behind the progress bar that DuckDB draws for slow queries."""
    out = runs[-1][3]
    return json.loads(out[out.index(b"{"):])


def ours(out):
    """Tickets, served and ratings by location, from locations.csv."""
    totals = {}
    for path in sorted(pathlib.Path(out).rglob("locations.csv")):
        for row in csv.DictReader(path.open(encoding="utf-8")):
            totals[row["location"].removeprefix("'")] = [int(row[k]) for k in ("tickets", "served", "ratings")]
    return totals


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=220_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--forms", default="plain")
    parser.add_argument("--peers", default="duckdb,polars")
    parser.add_argument("--save", action="store_true", help="keep the result under tests/bench/runs")
    args = parser.parse_args()
    peers = [p for p in args.peers.split(",") if p]
    if peers and not PEERS.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        subprocess.run([PEERS / "bin" / "pip", "install", "-q", "duckdb", "polars"], check=True)
    python = str(PEERS / "bin" / "python")
    lines = [f"# {datetime.date.today()}, {os.cpu_count()} cores, {platform.machine()}, {args.tickets:,} tickets, medians of {args.runs} runs", ""]
    for form in args.forms.split(","):
        file = archive(args.tickets, form)
        out = WORK / "report"
        run = [str(BINARY), "report", str(file), "--out", str(out), "--as-of", AS_OF, "--quiet"]
        contenders = {"queuestat, all CSV files": run + ["--only", "csv"], "queuestat, with charts and pages": run}
        if "duckdb" in peers:
            contenders["DuckDB, full ticket record"] = [python, "-c", DUCKDB, DUCKDB_FULL.format(files=file)]
            contenders["DuckDB, narrowest query"] = [python, "-c", DUCKDB, DUCKDB_NARROW.format(files=file)]
        if "polars" in peers and form == "plain":
            contenders["Polars, streaming"] = [python, "-c", POLARS, str(file)]
        with file.open("rb") as warm:
            while warm.read(1 << 24):
                pass
        results = {name: [] for name in contenders}
        for _ in range(args.runs):
            for name, command in contenders.items():
                results[name].append(measured(command))
        mine = ours(out)
        if "duckdb" in peers:
            theirs = answer(results["DuckDB, full ticket record"])
            # Webhooks of one queue come without a name; we take the queue's, the query leaves them apart.
            nameless = theirs.pop("null", [0, 0, 0])
            theirs["Riyadh Vaccination"] = [a + b for a, b in zip(theirs["Riyadh Vaccination"], nameless)]
            # One queue is renamed halfway; the query does not break ties of time by the kind of event, so the two names
            # are compared together.
            for totals in (mine, theirs):
                old, new = (totals.pop(f"Nordhem Malmö Kitchen {n}") for n in ("planning", "& Bath"))
                totals["Nordhem Malmö"] = [a + b for a, b in zip(old, new)]
            assert mine == theirs, {k: (mine.get(k), theirs.get(k)) for k in mine.keys() | theirs.keys() if mine.get(k) != theirs.get(k)}
            narrow = answer(results["DuckDB, narrowest query"])
            assert sum(v[0] for v in narrow.values()) == sum(v[0] for v in mine.values())
        if "polars" in peers and form == "plain":
            assert sum(n for _, n in json.loads(results["Polars, streaming"][-1][3])) == sum(v[0] for v in mine.values())
        base = [statistics.median(r[i] for r in results["queuestat, all CSV files"]) for i in range(3)]
        lines += [f"## {form}, {file.stat().st_size / 1e6:,.0f} MB", "", "| | wall s | CPU s | peak MB | our wall / theirs | our memory / theirs |", "|---|---|---|---|---|---|"]
        for name, runs in results.items():
            wall, cpu, peak = (statistics.median(r[i] for r in runs) for i in range(3))
            lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {base[0] / wall:.2f} | {base[2] / peak:.2f} |")
        lines.append("")
    text = "\n".join(lines)
    print(text)
    if args.save:
        path = ROOT / "tests" / "bench" / "runs" / f"{datetime.date.today()}-{os.cpu_count()}-cores-{args.tickets}.md"
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
