#!/usr/bin/env python3
"""The report of Spark against the report of one machine, with real PySpark and two executors as processes of their own.

    pip install --target DIR 'pyspark>=4' pyarrow 'pandas<3'        (and a Java that it runs on)
    PYTHONPATH=DIR python3 tests/spark/check.py target/release/queuestat --tickets 70000

The archive is as awkward as archives are: one organization has nine of ten tickets, one file half of the bytes, one file is
damaged. It is reported three times: by `queuestat report`, by Spark, and by Spark while an executor is killed that reads. All
files must be the same, byte for byte. 70,000 tickets are 300 MB.
"""

import argparse
import filecmp
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

AS_OF = "2021-08-01T00:00:00Z"
NEEDS_A_LOOK = 3


def archive_of(binary, tickets, folder):
    """An archive with one large organization, one large file and one damaged file."""
    days = 14
    subprocess.run([binary, "synth", "--out", folder, "--tickets", str(tickets), "--locations", "20", "--days", str(days), "--line-bytes", "1000",
                    "--compression", "plain"], check=True, capture_output=True)
    (folder / "queuestat.toml").unlink()
    files = sorted((path for path in folder.rglob("*.jsonl") if path.parent.name != "nordhem"), key=lambda path: path.stat().st_size)
    # Nine tenths of the second organization go to the first.
    large = files[len(files) // 5:]
    with (folder / "large.jsonl").open("wb") as out:
        for path in large:
            out.write(path.read_bytes().replace(b'"riyadh-clinic"', b'"nordhem"'))
            path.unlink()
    damaged = sorted(folder.glob("nordhem/*.jsonl"))[3]
    content = damaged.read_bytes()
    half = len(content) // 2
    damaged.write_bytes(content[:half] + b"\xff\x00{" * 50 + content[half + 300:])
    subprocess.run(["gzip", "-9", str(damaged)], check=True)
    packed = damaged.with_name(damaged.name + ".gz")
    packed.write_bytes(packed.read_bytes()[:-2000])
    return folder


def same(one, other):
    """The paths at which two folders differ."""
    wrong = []

    def look(compared, at):
        wrong.extend(f"{at}{name}" for name in compared.left_only + compared.right_only + compared.funny_files)
        _, differ, failed = filecmp.cmpfiles(compared.left, compared.right, compared.common_files, shallow=False)
        wrong.extend(f"{at}{name}" for name in differ + failed)
        for name, sub in compared.subdirs.items():
            look(sub, f"{at}{name}/")

    look(filecmp.dircmp(one, other), "")
    return wrong


def children(of):
    """The processes below a process, with their command lines."""
    found, parents = {}, {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                parents.setdefault(parent, []).append((int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")))
            except OSError:
                continue
    todo = [of]
    while todo:
        for pid, command in parents.get(todo.pop(), []):
            found[pid] = command
            todo.append(pid)
    return found


def kill_one(process, told):
    """Kills an executor as soon as it runs queuestat."""
    while process.poll() is None:
        all_of_it = children(process.pid)
        for pid, command in all_of_it.items():
            if "CoarseGrainedExecutorBackend" in command and any("pieces fold" in below for below in children(pid).values()):
                os.kill(pid, signal.SIGKILL)
                told.append(pid)
                return
        time.sleep(0.02)


def spark(args, job, archive, out, kill=False):
    """Runs the job on two executors; returns the exit code, the seconds, and how many executors were killed."""
    import pyspark

    home = pathlib.Path(pyspark.__file__).parent
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable,
                   "PYTHONPATH": os.pathsep.join(path for path in (str(home.parent), os.environ.get("PYTHONPATH", "")) if path)}
    parts = ["--parts", "6", "--tables", "4", "--fold-bytes", str(max(1 << 20, 40 * args.tickets))]
    command = [str(home / "bin/spark-submit"), "--master", "local-cluster[2,1,1024]", "--driver-memory", "1g", str(job), "--archive", str(archive),
               "--out", str(out), "--binary", str(args.binary), "--as-of", AS_OF, *parts]
    if args.only:
        command += ["--publish", f"--only {args.only}"]
    started, told = time.monotonic(), []
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=out.parent)
        if kill:
            watch = threading.Thread(target=kill_one, args=(process, told))
            watch.start()
        code = process.wait(timeout=1_500)
        if code not in (0, NEEDS_A_LOOK):
            log.seek(0)
            sys.exit(f"the job ended with exit code {code}:\n{log.read()[-6_000:]}")
    return code, time.monotonic() - started, len(told)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--tickets", type=int, default=3_000)
    parser.add_argument("--only", help="publish a part, such as csv")
    args = parser.parse_args()
    args.binary = args.binary.resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        archive = archive_of(args.binary, args.tickets, folder / "archive")
        files = [path.stat().st_size for path in archive.rglob("*") if path.is_file()]
        print(f"{len(files)} files, {sum(files) / 1e6:.1f} MB, the largest {max(files) / 1e6:.1f} MB")
        job = folder / "job.py"
        job.write_bytes(subprocess.run([args.binary, "spark-job"], check=True, capture_output=True).stdout)
        single = folder / "single"
        only = ["--only", args.only] if args.only else []
        started = time.monotonic()
        code = subprocess.run([args.binary, "report", archive, "--out", single, "--as-of", AS_OF, *only], capture_output=True).returncode
        print(f"one machine: exit code {code}, {time.monotonic() - started:.1f} s")
        for name, kill in (("spark", False), ("spark, an executor killed", True)):
            out = folder / "out"
            theirs, seconds, killed = spark(args, job, archive, out, kill)
            wrong = same(single, out)
            print(f"{name}: exit code {theirs}, {seconds:.1f} s, {killed} killed, {len(wrong)} files differ")
            if wrong or theirs != code or killed != int(kill):
                sys.exit(f"not the report of one machine: {wrong[:10]}")
            shutil.rmtree(out)
    print("Spark reports what one machine reports")


if __name__ == "__main__":
    main()
