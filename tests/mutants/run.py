#!/usr/bin/env python3
"""Runs the tests once for each mutant: run.py CRATE IDS SECONDS COMMAND...

CRATE holds the mutants.json of switch.py. IDS is the start of the paths of files (src/statistics), or a file of results of an
earlier run, of which those that were missed are run again. COMMAND is a built test program and its arguments, in which {} stands
for the module of the mutant. Each mutant is a line on standard output: caught, slow or missed, and what it is.
"""
import concurrent.futures, json, os, pathlib, subprocess, sys

crate, ids, seconds, command = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
mutants = json.load(open(pathlib.Path(crate, "mutants.json")))
if os.path.isfile(ids):
    again = {int(line.split("\t")[1]) for line in open(ids) if line.startswith("missed")}
    mutants = [m for m in mutants if m["id"] in again]
else:
    mutants = [m for m in mutants if m["file"].startswith(ids)]


def run(mutant):
    around = dict(os.environ, MUTANT=str(mutant["id"]), PROPTEST_RNG_SEED="1", PROPTEST_MAX_SHRINK_ITERS="0")
    module = mutant["file"].removeprefix("src/").removesuffix(".rs").removesuffix("/mod").replace("/", "::")
    asked = [part.replace("{}", module + "::") for part in command]
    try:
        done = subprocess.run(asked, env=around, cwd=crate, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=seconds)
        return "caught" if done.returncode else "missed"
    except subprocess.TimeoutExpired:
        return "slow"


with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS", "2"))) as pool:
    for mutant, result in zip(mutants, pool.map(run, mutants)):
        print(result, mutant["id"], mutant["name"], sep="\t", flush=True)
