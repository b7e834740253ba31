#!/usr/bin/env python3
"""How the cost of a night grows with what is kept: builds a state month by month, and after some of the months times a
night that brings one more day, beside DuckDB computing the percentiles of the same tickets, and checks that both agree.

    cargo build --release
    python3 tests/bench/nights.py --save

As it stands it makes 24 months of 833,000 tickets (20 million; about 60 GB of lines, kept as 4 GB of zstd), and takes about
half an hour, 8 GB of disk and 3 GB of memory. A quick try:

    python3 tests/bench/nights.py --months 3 --tickets 20000 --after 1,3

The day lies behind the last month, as a night's lines do. An archive file comes in the night after its day, whatever month its
tickets belong to: so a night brings feedback on visits of the months before, and touches them. What is timed is
`queuestat nightly` as it is configured by default: three reports with all pages, one of them of all time. It is run on a copy
of the state, so that the next run of it finds the same; the files are warm.
"""

import argparse
import csv
import datetime
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

import run as bench

CONFIG = """time_zone = "Europe/Stockholm"
[nightly]
archive = ["archive"]
out = "site"
state_dir = "state"
"""

# The percentiles that `locations.csv`, `daily.csv` and `hourly.csv` of all time need, from the rows as they are kept:
# without joining a ticket, and without a chart. What it prints is compared with `locations.csv`.
DUCKDB = """
import duckdb, json, sys
state = sys.argv[1]
db = duckdb.connect()
db.execute('SET enable_progress_bar = false')
db.execute(f'''CREATE TABLE names AS SELECT parse_filename(filename, true) AS month, CAST(place AS UINTEGER) AS place,
    places[place + 1][1] AS organization, places[place + 1][2] AS location
    FROM (SELECT *, unnest(range(len(places))) AS place
    FROM read_json('{state}/rows/*.json', filename=true, columns={{places: 'VARCHAR[][]'}}))''')
db.execute(f'''CREATE VIEW tickets AS SELECT organization, location, service_day, (service_day + 3) % 7 + 1 AS weekday, hour, wait_s, call_wait_s, service_s
    FROM (SELECT *, parse_filename(filename, true) AS month FROM read_parquet('{state}/rows/*.parquet', filename=true))
    JOIN names USING (month, place)''')
quantiles = ', '.join(f'quantile_cont({c}, {q})' for c in ('wait_s', 'call_wait_s', 'service_s') for q in (0.5, 0.9))
of_locations = db.execute(f'''SELECT organization, location, count(*), count(wait_s), {quantiles} FROM tickets
    GROUP BY ALL ORDER BY ALL''').fetchall()
db.execute(f'SELECT organization, location, service_day, count(*), {quantiles} FROM tickets GROUP BY ALL').fetchall()
db.execute(f'SELECT organization, location, weekday, hour, count(*), {quantiles} FROM tickets GROUP BY ALL').fetchall()
print(json.dumps(of_locations))
"""


def first_of(month):
    """The first day of a month counted from January 2023."""
    return datetime.date(2023 + month // 12, month % 12 + 1, 1)


def size_of(folder):
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class Nights:
    """An archive that grows, and its state."""

    def __init__(self, args):
        self.args = args
        self.bench = bench.Bench(args)
        self.home = args.work.resolve() / f"nights-{args.tickets}"
        self.archive, self.to_come = self.home / "archive", self.home / "to-come"
        shutil.rmtree(self.home, ignore_errors=True)
        self.archive.mkdir(parents=True)
        (self.home / "queuestat.toml").write_text(CONFIG)

    def synth(self, name, tickets, first, days, seed):
        folder = self.to_come / name
        command = [self.args.binary, "synth", "--out", folder, "--tickets", tickets, "--locations", self.args.locations, "--days", days,
                   "--first-day", first, "--seed", seed, "--compression", "zstd"]
        subprocess.run([*map(str, command)], check=True, capture_output=True)
        (folder / "queuestat.toml").unlink()

    def arrive(self, as_of):
        """Moves the files of the days before into the archive; returns them."""
        new = []
        for path in sorted(self.to_come.rglob("*.zst")):
            date = datetime.date.fromisoformat(path.name[:10])
            if date < as_of:
                place = self.archive / path.relative_to(self.to_come)
                place.parent.mkdir(parents=True, exist_ok=True)
                path.rename(place)
                # Closed half an hour after midnight.
                closed = datetime.datetime.combine(date, datetime.time(), datetime.timezone.utc) + datetime.timedelta(days=1, minutes=30)
                os.utime(place, (closed.timestamp(), closed.timestamp()))
                new.append(place)
        return new

    def night(self, home, as_of):
        # Faulty lines are part of the archive, so exit code 3 is all well.
        command = ["sh", "-c", '"$@"; code=$?; [ $code -eq 3 ] || exit $code', "sh", str(self.args.binary.resolve()), "nightly", "--quiet",
                   "--config", str(home / "queuestat.toml"), "--as-of", f"{as_of}T02:00:00Z"]
        return bench.measured(command)

    def grow(self, month):
        first, following = first_of(month), first_of(month + 1)
        self.synth(f"{first:%Y-%m}", self.args.tickets, first, (following - first).days, month + 1)
        self.arrive(following)
        wall, cpu, peak, _ = self.night(self.home, following)
        print(f"{first:%Y-%m}: {wall:.1f} s, {peak:.0f} MB", file=sys.stderr)
        return wall, cpu, peak

    def one_more_day(self, months):
        """Medians of a night with one more day, and of the peer on the state after it."""
        day = first_of(months)
        self.synth("one-more-day", self.args.tickets // 30, day, 1, 1_000 + months)
        new = self.arrive(day + datetime.timedelta(days=1))
        state, kept = self.home / "state", self.home / "state.kept"
        site, site_kept = self.home / "site", self.home / "site.kept"
        costs, peer = [], []
        for _ in range(self.args.runs):
            for folder, copy in ((state, kept), (site, site_kept)):
                shutil.rmtree(copy, ignore_errors=True)
                subprocess.run(["cp", "-a", folder, copy], check=True)
            costs.append(self.night(self.home, day + datetime.timedelta(days=1))[:3])
            current = newest(state)
            peer.append(bench.measured(self.bench.script(DUCKDB, current)))
            stages = json.loads((site / "current/run.json").read_text())
            compare(json.loads(peer[-1][3]), site / "current/all")
            size = size_of(current)
            for folder, copy in ((state, kept), (site, site_kept)):
                shutil.rmtree(folder)
                copy.rename(folder)
        for path in new:
            back = self.to_come / path.relative_to(self.archive)
            path.rename(back)
        shutil.rmtree(self.to_come / "one-more-day")
        middle = [statistics.median(each) for each in zip(*costs)]
        theirs = [statistics.median(each) for each in zip(*[one[:3] for one in peer])]
        return middle, theirs, stages, size


def newest(state):
    """The folder of the newest generation."""
    return max(state.glob("gen-*"), key=lambda path: int(path.name.split("-")[1]))


def compare(theirs, report):
    """Stops if DuckDB and `locations.csv` differ."""
    ours = {}
    for path in report.rglob("locations.csv"):
        for row in csv.DictReader(path.open()):
            ours[row["organization"], row["location"]] = row
    if len(ours) != len(theirs):
        sys.exit(f"{len(ours)} locations here, {len(theirs)} there")
    for organization, location, tickets, waits, *quantiles in theirs:
        row = ours[organization, location]
        names = [f"{kind}_p{q}_s" for kind in ("wait", "call_wait", "service") for q in (50, 90)]
        same = (int(row["tickets"]), int(row["waits"])) == (tickets, waits)
        for name, value in zip(names, quantiles):
            same = same and (row[name] == "" if value is None else abs(float(row[name]) - value) < 0.006)
        if not same:
            sys.exit(f"{location}: the figures differ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=bench.ROOT / "target/release/queuestat")
    parser.add_argument("--work", type=pathlib.Path, default=bench.ROOT / "target/bench")
    parser.add_argument("--peers-env", type=pathlib.Path, default=bench.ROOT / "target/bench/peers")
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--tickets", type=int, default=833_000, help="a month")
    parser.add_argument("--locations", type=int, default=200)
    parser.add_argument("--after", default="1,6,12,24", help="numbers of months after which a day is timed")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--save", action="store_true", help="write the result to tests/bench/runs")
    args = parser.parse_args()
    args.peers = ""
    nights = Nights(args)
    after = {int(n) for n in args.after.split(",")}
    lines = [
        f"One more day of {args.tickets // 30:,} tickets, medians of {args.runs}; `load and merge` is part of the wall.",
        "",
        "| months kept | tickets kept | months written | wall | CPU | peak memory | load and merge | state | state a million tickets | DuckDB: percentiles of all time | its memory |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    months = []
    for month in range(args.months):
        months.append(nights.grow(month))
        if month + 1 in after:
            (wall, cpu, peak), (their_wall, _, their_peak), done, size = nights.one_more_day(month + 1)
            merge = dict(done["stages"]).get("merge with the state", 0.0)
            lines.append(f"| {month + 1} | {done['tickets']:,} | {done['periods_written']} | {wall:.2f} s | {cpu:.2f} s | {peak:,.0f} MB | {merge:.2f} s "
                         f"| {size / 1e6:,.0f} MB | {size / done['tickets']:.1f} MB | {their_wall:.2f} s | {their_peak:,.0f} MB |")
            print(lines[-1], file=sys.stderr)
            stages = ", ".join(f"{name} {seconds:.2f}" for name, seconds in done["stages"] if seconds >= 0.05)
    (wall, _, peak) = months[-1]
    lines += ["", f"A night that brings all of month {args.months}, {args.tickets:,} tickets: {wall:.1f} s, {peak:,.0f} MB.", "",
              f"Stages of the last night of a day, seconds: {stages}."]
    text = "\n".join([f"# Nights on a growing state, {datetime.date.today()}", "", nights.bench.machine(), "", *lines, ""])
    print(text)
    if args.save:
        name = f"{datetime.date.today()}-nights-{os.cpu_count()}-cores.md"
        (bench.ROOT / "tests/bench/runs" / name).write_text(text)


if __name__ == "__main__":
    main()
