#!/usr/bin/env python3
"""Times `report --only csv` on the same webhooks in every form, and in a few envelopes and containers, against plain lines.

    cargo build --release
    python3 tests/bench/forms.py --save
    python3 tests/bench/forms.py --old /path/to/an/older/queuestat

Needs Python 3.11 only. As it stands it takes about 1 GB of lines for each case (one after the other, each removed when it
has been measured) and some minutes to write them; this is a quick try:

    python3 tests/bench/forms.py --tickets 2400 --runs 1

The archives come from `synth` of the binary that is measured (fixed seed, one file). Each round runs every binary once on
plain lines and once on the case, in turn, so that a slow minute of the machine falls on all of them. With `--old` a case
that only one of the binaries can read says so. The number of tickets must be that of plain lines everywhere.
"""

import argparse
import csv
import datetime
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
AS_OF = "2022-01-01T00:00:00Z"
PLAIN = ("lines", "none", "none")

FORMS = ("crlf,comma-lines,concatenated,several,pretty,array,array-one-line,array-pretty,batches,sequence,prefixed,csv,tsv,copy,"
         "utf16le,utf16be,nul-padded")
ENVELOPES = "apigw-v2,apigw-base64,sns-in-sqs,eventbridge,cloudwatch,logstash,docker,twice,string-in-string"
CONTAINERS = "gzip,zstd,bzip2,xz,lz4,gzip-twice,tar,tar-gz,zip,zip-zstd"


def measured(command):
    """Wall and CPU seconds and peak memory in MB of a command; what it said last instead, if it failed."""
    with tempfile.TemporaryFile() as said:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        # 3: published, but something about the input is to be looked at.
        if process.returncode not in (0, 3):
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            return None, f"exit code {process.returncode}: {lines[0] if lines else ''}"
    return (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), None


def tickets(folder):
    """Tickets of all organizations, from the CSV files of a report."""
    total = 0
    for path in folder.rglob("locations.csv"):
        with path.open(encoding="utf-8") as rows:
            total += sum(int(row["tickets"]) for row in csv.DictReader(rows))
    return total


class Bench:
    """The binaries and folders of one run."""

    def __init__(self, args):
        self.args = args
        self.work = args.work.resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.binaries = {"new": str(args.binary.resolve())}
        if args.old:
            self.binaries = {"old": str(args.old.resolve()), **self.binaries}

    def archive(self, case):
        """The files of a case."""
        folder = self.work / "-".join(case)
        shutil.rmtree(folder, ignore_errors=True)
        form, envelope, container = case
        subprocess.run([self.binaries["new"], "synth", "--tickets", str(self.args.tickets), "--locations", "200", "--days", "28",
                        "--line-bytes", "1000", "--clean", "--seed", "7", "--one-file", "--form", form, "--envelope", envelope,
                        "--container", container, "--out", folder], check=True, stderr=subprocess.DEVNULL)
        return sorted(folder.glob("archive.*"))

    def report(self, which, files):
        """Costs of a report, its tickets, and what went wrong."""
        out = self.work / f"report-{which}"
        shutil.rmtree(out, ignore_errors=True)
        cost, trouble = measured([self.binaries[which], "report", *files, "--as-of", AS_OF, "--quiet", "--only", "csv", "--out", out])
        return cost, tickets(out) if cost else 0, trouble

    def measure(self, case, plain):
        """For each binary: medians on the case and on plain lines of the same rounds, or what went wrong."""
        files = self.archive(case)
        for path in [*plain, *files]:
            with open(path, "rb", buffering=0) as warm:
                while warm.read(1 << 20):
                    pass
        costs = {which: {"plain": [], "case": []} for which in self.binaries}
        troubles = {}
        for turn in range(self.args.runs):
            print(f"{' × '.join(case)}: {turn + 1}/{self.args.runs}", file=sys.stderr)
            for which in self.binaries:
                for what, read in (("plain", plain), ("case", files)):
                    cost, count, trouble = self.report(which, read)
                    if cost and count != self.args.tickets:
                        trouble = f"{count} of {self.args.tickets} tickets"
                    if trouble and what == "plain":
                        sys.exit(f"plain lines, {which} binary: {trouble}")
                    if trouble:
                        troubles[which] = trouble
                    else:
                        costs[which][what].append(cost)
        size = sum(map(os.path.getsize, files))
        shutil.rmtree(files[0].parent)
        median = {which: {what: [statistics.median(column) for column in zip(*runs)] for what, runs in both.items()}
                  for which, both in costs.items()}
        return size, median, troubles


def cells(which, median, troubles):
    """Wall, its ratio to plain lines, CPU and peak of one binary."""
    if which in troubles:
        return ["–", "–", "–", troubles[which].replace("|", "/")[:60]]
    (wall, cpu, peak), plain = median[which]["case"], median[which]["plain"][0]
    return [f"{wall:.2f}", f"{wall / plain:.2f}", f"{cpu:.2f}", f"{peak:.0f}"]


def table(bench, results):
    head = ["form × envelope × container", "MB"]
    for which in bench.binaries:
        of = f" ({which})" if len(bench.binaries) > 1 else ""
        head += [f"wall s{of}", f"wall / plain lines{of}", f"CPU s{of}", f"peak MB{of}"]
    rows = [head, ["---"] * len(head)]
    for case, (size, median, troubles) in results.items():
        row = [" × ".join(case), f"{size / 1e6:,.0f}"]
        for which in bench.binaries:
            row += cells(which, median, troubles)
        rows.append(row)
    return ["| " + " | ".join(row) + " |" for row in rows]


def machine(bench):
    cpu = platform.machine()
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    if cpuinfo.exists():
        cpu = next((line.split(":")[1].strip() for line in cpuinfo.open() if line.startswith("model name")), cpu)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    versions = [f"{which}: {subprocess.run([path, '--version'], capture_output=True, check=True, text=True).stdout.strip()}"
                for which, path in bench.binaries.items()]
    return f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release()}; {'; '.join(versions)}"


def cases(args):
    yield PLAIN
    yield from ((form, "none", "none") for form in filter(None, args.forms.split(",")))
    yield from (("lines", envelope, "none") for envelope in filter(None, args.envelopes.split(",")))
    yield from (("lines", "none", container) for container in filter(None, args.containers.split(",")))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=236_300, help="4,232 bytes of lines each [%(default)s]")
    parser.add_argument("--forms", default=FORMS, help="[%(default)s]")
    parser.add_argument("--envelopes", default=ENVELOPES, help="[%(default)s]")
    parser.add_argument("--containers", default=CONTAINERS, help="[%(default)s]")
    parser.add_argument("--runs", type=int, default=2, help="[%(default)s]")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "release" / "queuestat")
    parser.add_argument("--old", type=pathlib.Path, help="another binary, to run in turn with it")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "target" / "bench" / "forms", help="folder of the archives")
    parser.add_argument("--save", action="store_true", help="keep the result under tests/bench/runs")
    return parser.parse_args()


def main():
    args = arguments()
    bench = Bench(args)
    plain = bench.archive(PLAIN)
    kept = bench.work / "plain"
    shutil.rmtree(kept, ignore_errors=True)
    plain[0].parent.rename(kept)
    plain = sorted(kept.glob("archive.*"))
    today = datetime.date.today()
    size = sum(map(os.path.getsize, plain))
    lines = [f"# {today}, forms of {size / 1e6:,.0f} MB of lines, medians of {args.runs} runs", "", machine(bench), "",
             "Each case and plain lines in turn; the ratio is that to plain lines of the same rounds.", ""]
    results = {}
    for case in cases(args):
        results[case] = bench.measure(case, plain)
        print(table(bench, {case: results[case]})[-1], flush=True)
    lines += [*table(bench, results), ""]
    print("\n".join(lines))
    if args.save:
        path = ROOT / "tests" / "bench" / "runs" / f"{today}-{os.cpu_count()}-cores-forms-{args.tickets}.md"
        path.write_text("\n".join(lines), encoding="utf-8")
    for made in [kept, *(bench.work / f"report-{which}" for which in bench.binaries)]:
        shutil.rmtree(made, ignore_errors=True)


if __name__ == "__main__":
    main()
