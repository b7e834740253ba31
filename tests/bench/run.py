#!/usr/bin/env python3
"""Times queuestat against DuckDB, Polars, ClickHouse and bare decompression on the same generated archives, checks that their
figures agree, and says which targets are met.

    cargo build --release
    python3 tests/bench/run.py --save

Needs Python 3.11, and the network once: the peers are installed into `target/bench/peers`. As it stands the command takes
about half an hour, 12 GB of disk and 6 GB of memory; this is a quick try:

    python3 tests/bench/run.py --sizes 24000 --runs 1

A size is a number of tickets (4,232 bytes of lines each), perhaps with forms of its own: `--sizes 24000,945200:plain`. The
archives (`synth`, fixed seed) are made once and kept in `target/bench`. Each round runs every contender once, so that a
slow minute of the machine falls on all of them; the files are read once before, so that nobody pays for a cold cache.
Peak memory is that of the process, as the system counts it: for the peers with Python, whose share is printed.
"""

import argparse
import collections
import csv
import datetime
import json
import os
import pathlib
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import peers

ROOT = pathlib.Path(__file__).resolve().parents[2]
AS_OF = "2022-01-01T00:00:00Z"
BYTES_PER_TICKET = 4232

CSV, REPORT = "queuestat, all CSV files", "queuestat, with charts and pages"
FULL, NARROW, POLARS = "DuckDB, full ticket record", "DuckDB, narrowest query", "Polars, streaming"
CLICKHOUSE = "ClickHouse (chdb), narrowest query"
BARE = {"gzip": {"bare decompression, isal": "isal", "bare decompression, zlib-ng": "zlib-ng"},
        "zstd": {"bare decompression, zstandard": "zstandard"}}

# The location that is renamed halfway; see `peers.DUCKDB_COMPARE`.
RENAMED, RENAMED_TO = ("Nordhem Malmö Kitchen planning", "Nordhem Malmö Kitchen & Bath"), "Nordhem Malmö"

# One archive: how many tickets, in which form, in one file or one a day and organization.
Case = collections.namedtuple("Case", "tickets form files")
# Medians of the runs of one contender; `least` and `most` are of the wall.
Cost = collections.namedtuple("Cost", "wall cpu peak least most")


def measured(command):
    """Wall and CPU seconds, peak memory in MB, and output of a command.

    The peak of a child is never below that of this process, which started it; so nothing large is read here.
    """
    with tempfile.TemporaryFile() as trouble:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=trouble)
        out = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if process.returncode != 0:
            trouble.seek(0)
            sys.exit(f"{command[0]} failed: {trouble.read().decode()[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out


def size_name(tickets):
    size = tickets * BYTES_PER_TICKET
    return f"{size / 1e9:.1f} GB" if size > 950e6 else f"{size / 1e6:.0f} MB"


class Bench:
    """The tools and folders of one run of the benchmark."""

    def __init__(self, args):
        self.args = args
        self.binary = str(args.binary.resolve())
        self.work = args.work.resolve()
        self.contenders = set(args.peers.split(",")) - {""}
        environment = args.peers_env.resolve()
        self.python = str(environment / "bin" / "python")
        if not environment.exists():
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        if subprocess.run([self.python, "-c", peers.VERSIONS, *peers.PACKAGES], capture_output=True).returncode != 0:
            subprocess.run([self.python, "-m", "pip", "install", "-q", *peers.PACKAGES], check=True)

    def script(self, text, *arguments):
        return [self.python, "-c", text, *map(str, arguments)]

    def machine(self):
        """What was measured on what."""
        cpu = platform.machine()
        cpuinfo = pathlib.Path("/proc/cpuinfo")
        if cpuinfo.exists():
            cpu = next((line.split(":")[1].strip() for line in cpuinfo.open() if line.startswith("model name")), cpu)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
        ours = subprocess.run([self.binary, "--version"], capture_output=True, check=True, text=True).stdout.strip()
        theirs = measured(self.script(peers.VERSIONS, *peers.PACKAGES))[3].decode().strip()
        return f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release()}; {ours}, {theirs}"

    def made(self, name, make):
        """A folder of the archives, made once; a folder half made is never taken for a whole one."""
        folder = self.work / name
        if not folder.exists():
            half = self.work / f"{name}.half"
            shutil.rmtree(half, ignore_errors=True)
            half.parent.mkdir(parents=True, exist_ok=True)
            make(half)
            half.rename(folder)
        return folder

    def synth(self, tickets, form, *more):
        command = [self.binary, "synth", "--tickets", str(tickets), "--locations", "200", "--days", "28", "--compression", form,
                   "--line-bytes", "1000", "--clean", "--seed", "7", *more, "--out"]
        return lambda folder: subprocess.run([*command, folder], check=True)

    def archive(self, case):
        """The files of a case."""
        if case.files == "one":
            folder = self.made(f"one-{case.tickets}-{case.form}", self.synth(case.tickets, case.form, "--one-file"))
            return sorted(folder.glob("archive.jsonl*"))
        folder = self.made(f"many-{case.tickets}-plain", lambda half: self.unwrapped(case.tickets, half))
        if case.form != "plain":
            make = self.script(peers.COMPRESS, case.form, folder)
            folder = self.made(f"many-{case.tickets}-{case.form}", lambda half: subprocess.run([*make, half], check=True))
        return sorted(folder.rglob("*.jsonl*"))

    def unwrapped(self, tickets, folder):
        """One file a day and organization. `synth` puts envelopes around some of their lines, which the queries of the
        peers do not read: they are taken off."""
        self.synth(tickets, "plain")(folder)
        for path in folder.rglob("*.jsonl"):
            bare = path.with_suffix(".bare")
            with path.open(encoding="utf-8") as lines, bare.open("w", encoding="utf-8") as out:
                for line in lines:
                    _, envelope, rest = line.partition('"source":"webhook",')
                    payload = rest.partition(":")[2].removesuffix("}\n") if envelope else line.removesuffix("\n")
                    out.write((json.loads(payload) if payload.startswith('"') else payload) + "\n")
            bare.replace(path)

    def commands(self, case, files):
        """The contenders of a case and their commands."""
        run = [self.binary, "report", *files, "--as-of", AS_OF, "--quiet", "--out"]
        # Each replaces what it wrote in the round before: hundreds of pages are not the CSV run's to remove.
        commands = {CSV: [*run, str(self.work / "csv"), "--only", "csv"], REPORT: [*run, str(self.work / "report")]}
        if "duckdb" in self.contenders:
            commands[FULL] = self.script(peers.DUCKDB, peers.DUCKDB_FULL.format(files=files), 3, 4, 5)
            commands[NARROW] = self.script(peers.DUCKDB, peers.DUCKDB_NARROW.format(files=files), 2, 3)
        if "polars" in self.contenders:
            commands[POLARS] = self.script(peers.POLARS, *files)
        if "clickhouse" in self.contenders:
            commands[CLICKHOUSE] = self.script(peers.CLICKHOUSE, *files)
        if "bare" in self.contenders:
            commands |= {name: self.script(peers.BARE, library, *files) for name, library in BARE.get(case.form, {}).items()}
        return commands

    def measure(self, case):
        """Runs the contenders of a case, compares their figures, and returns the size of the files and the costs."""
        files = [str(path) for path in self.archive(case)]
        for path in files:
            # Written anew, which keeps it in memory in large pieces. A file that was read back from a disk lies there in small ones:
            # copying it out took 0.20 s a GB instead of 0.07.
            again = pathlib.Path(path + ".again")
            shutil.copyfile(path, again)
            again.replace(path)
        results = collections.defaultdict(list)
        for turn in range(self.args.runs):
            for name, command in self.commands(case, files).items():
                print(f"{size_name(case.tickets)}, {case.form}, {case.files}: {turn + 1}/{self.args.runs} {name}", file=sys.stderr)
                results[name].append(measured(command))
        self.compare(case, files, {name: json.loads(runs[-1][3]) for name, runs in results.items() if runs[-1][3]})
        medians = {}
        for name, runs in results.items():
            walls, cpus, peaks = ([run[at] for run in runs] for at in range(3))
            medians[name] = Cost(*map(statistics.median, (walls, cpus, peaks)), min(walls), max(walls))
        return sum(map(os.path.getsize, files)), medians

    def compare(self, case, files, answers):
        """Fails unless everybody counted the same; per location also waits, with their mean, median and 90th percentile."""
        mine = self.ours()
        sums = [sum(row[at] for row in mine.values()) for at in range(3)]
        assert sums[0] == case.tickets, (sums, case)
        for name, figures in ((FULL, sums), (NARROW, [sums[0], sums[2]]), (POLARS, [sums[0], sums[2]]),
                              (CLICKHOUSE, [sums[0], sums[2]])):
            assert answers.get(name, figures) == figures, (name, answers[name], figures)
        bare = {name: size for name, size in answers.items() if name.startswith("bare")}
        assert len(set(bare.values())) <= 1, bare
        if "duckdb" not in self.contenders:
            return
        query = peers.DUCKDB_COMPARE.format(files=files, renamed=RENAMED, renamed_to=RENAMED_TO)
        theirs = {(row[0], row[1]): row[2:] for row in json.loads(measured(self.script(peers.DUCKDB, query))[3])}
        assert mine.keys() == theirs.keys(), mine.keys() ^ theirs.keys()
        for place, row in mine.items():
            counts, values = row[:4], row[4:]
            *others, total = theirs[place][:5]
            assert counts == others, (place, counts, others)
            if place[1] == RENAMED_TO:
                continue
            for a, b in zip(values, [total / counts[3] if counts[3] else None, *theirs[place][5:]]):
                # We print two decimals.
                assert (a is None and b is None) or abs(a - b) < 0.00501, (place, row, theirs[place])

    def ours(self):
        """From locations.csv by organization and location: tickets, served, ratings, waits; mean, p50 and p90 of these."""
        totals = {}
        for path in sorted((self.work / "report").rglob("locations.csv")):
            with path.open(encoding="utf-8") as rows:
                for row in csv.DictReader(rows):
                    place = row["location"].removeprefix("'")
                    counts = [int(row[key]) for key in ("tickets", "served", "ratings", "waits")]
                    values = [float(row[key]) if row[key] else None for key in ("wait_mean_s", "wait_p50_s", "wait_p90_s")]
                    key = (row["organization"].removeprefix("'"), RENAMED_TO if place in RENAMED else place)
                    if key in totals:
                        counts = [a + b for a, b in zip(counts, totals[key])]
                    totals[key] = counts + values
        return totals


def table(head, rows):
    return ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(row) + " |" for row in rows), ""]


def case_table(case, size, costs):
    """Costs of every contender on one archive."""
    mine, rows = costs[CSV], []
    for name, cost in costs.items():
        rows.append([name, f"{cost.wall:.2f}", f"{cost.least:.2f}–{cost.most:.2f}", f"{cost.cpu:.2f}", f"{cost.peak:.0f}",
                     f"{mine.wall / cost.wall:.2f}", f"{mine.peak / cost.peak:.2f}"])
    where = "one file" if case.files == "one" else "one file a day and organization"
    head = ["", "wall s", "least–most", "CPU s", "peak MB", "our wall / theirs", "our memory / theirs"]
    return [f"## {size_name(case.tickets)}, {case.form}, {where}: {size / 1e6:,.0f} MB", "", *table(head, rows)]


def growth(results):
    """Pairs of neighbouring sizes of the same form: how many times the wall and the memory, for us and DuckDB."""
    for small, large in zip(results, list(results)[1:]):
        if small[1:] == large[1:] and small.tickets < large.tickets:
            for name in (CSV, FULL):
                if name in results[small] and name in results[large]:
                    a, b = results[small][name], results[large][name]
                    yield name, small, large, large.tickets / small.tickets, b.wall / a.wall, b.peak / a.peak


def growth_table(results):
    rows = [[name, f"{small.form}, {small.files}", f"{size_name(small.tickets)} → {size_name(large.tickets)}", f"{times:.2f}", f"{wall:.2f}", f"{peak:.2f}"]
            for name, small, large, times, wall, peak in growth(results)]
    return ["## Growth", "", *table(["", "form, files", "from → to", "input ×", "wall ×", "memory ×"], rows)] if rows else []


def targets(results):
    """Each target, where it was measured, the limit and the figure."""
    for case, costs in results.items():
        mine = costs[CSV]
        limits = [(FULL, 0.5), (NARROW, 0.75), (POLARS, 0.2)] if case.form == "plain" else [(FULL, 0.65)]
        for name, limit in limits:
            if name in costs:
                yield f"wall / {name}", case, limit, mine.wall / costs[name].wall
        if FULL in costs:
            yield f"peak memory / {FULL}", case, 0.4, mine.peak / costs[FULL].peak
        bare = {name: cost.wall for name, cost in costs.items() if name in BARE.get(case.form, {})}
        if bare:
            fastest = min(bare, key=bare.get)
            yield f"wall / {fastest}", case, 2.0, mine.wall / bare[fastest]
        yield "seconds for charts and pages", case, 2.0, costs[REPORT].wall - mine.wall
    for name, _, large, times, wall, peak in growth(results):
        # The target is of 4 GB over 1 GB.
        if name == CSV and 3.9 < times < 4.1:
            yield "wall / wall of a quarter of it", large, 4.4, wall
            yield "memory / memory of a quarter of it", large, 4.0, peak


def targets_table(results):
    rows = [[what, f"{size_name(case.tickets)}, {case.form}, {case.files}", f"≤ {limit:g}", f"{value:.3f}", "met" if value <= limit else "**missed**"]
            for what, case, limit, value in targets(results)]
    return ["## Targets", "", *table(["all CSV files", "size, form, files", "target", "measured", ""], rows)]


def cases(args):
    """Every archive to measure, by form and then by size. Plain lines come in one file."""
    sizes = {}
    for size in args.sizes.split(","):
        tickets, _, forms = size.partition(":")
        sizes[int(tickets)] = forms.split("+") if forms else args.forms.split(",")
    for form in ("plain", "gzip", "zstd"):
        for files in args.files.split(","):
            if form != "plain" or files == "one" or args.files == "many":
                yield from (Case(tickets, form, files) for tickets in sorted(sizes) if form in sizes[tickets])


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="24000,236300,945200", help="tickets of each size, perhaps with forms: 945200:plain+zstd [%(default)s]")
    parser.add_argument("--forms", default="plain,gzip,zstd", help="[%(default)s]")
    parser.add_argument("--files", default="one,many", help="one file, or (compressed only) one a day and organization [%(default)s]")
    parser.add_argument("--peers", default="duckdb,polars,clickhouse,bare", help="[%(default)s]")
    parser.add_argument("--runs", type=int, default=5, help="[%(default)s]")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "release" / "queuestat")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "target" / "bench", help="folder of the archives")
    parser.add_argument("--peers-env", type=pathlib.Path, default=ROOT / "target" / "bench" / "peers", help="Python environment of the peers")
    parser.add_argument("--save", action="store_true", help="keep the result under tests/bench/runs")
    args = parser.parse_args()
    if args.save and args.runs < 5:
        parser.error("a result that is kept takes at least 5 runs")
    return args


def main():
    args = arguments()
    bench = Bench(args)
    today = datetime.date.today()
    idle = measured(bench.script("import duckdb"))[2]
    lines = [f"# {today}, medians of {args.runs} runs", "", bench.machine(), "",
             f"Peak memory of the peers includes Python: with DuckDB loaded and nothing read it is {idle:.0f} MB.", ""]
    results = {}
    for case in cases(args):
        size, results[case] = bench.measure(case)
        lines += case_table(case, size, results[case])
        print("\n".join(case_table(case, size, results[case])), flush=True)
    closing = growth_table(results) + targets_table(results)
    print("\n".join(closing))
    if args.save:
        sizes = "-".join(map(str, sorted({case.tickets for case in results})))
        path = ROOT / "tests" / "bench" / "runs" / f"{today}-{os.cpu_count()}-cores-{sizes}.md"
        path.write_text("\n".join(lines + closing), encoding="utf-8")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
