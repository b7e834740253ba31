#!/usr/bin/env python3
"""Runs tests against mutants, until one fails:

    run.py seen CRATE PROGRAM...     which mutants each test of these test programs could notice, written to CRATE/seen.json
    run.py run CRATE [MISSED]        each mutant of CRATE/mutants.json, or those that were missed in the results MISSED

PROGRAM is a built test program, such as target/debug/deps/suite-…; those given first are asked first. A mutant is run with the
tests that come by it, a few in one process, as many as take WHOLE seconds without a mutant (40): those of its own module
first, then those whose names begin with one of FIRST, in that order, then quick ones. Tests that take longer than LONGEST
seconds (20) are left out, and those whose names begin with one of SKIP. Each mutant is a line on standard output: caught, slow
(it did not end), missed, or unseen (no test comes by it); its number; the tests that caught it; and what it is.
"""
import json, os, pathlib, re, signal, subprocess, sys, tempfile, time

WHOLE = float(os.environ.get("WHOLE", "40"))
LONGEST = float(os.environ.get("LONGEST", "20"))
TOGETHER = 3.0
FIRST = tuple(os.environ.get("FIRST", "").split())
SKIP = tuple(
    "tidy:: circles:: named_paths:: guide:: recipes:: init:: full_disk:: killed killed_nights:: signals:: twenty:: fuzz_ "
    "attacked:: object_stores:: system:: upgrade:: log_format:: trouble:: cli::guide".split()
)


def ended(command, crate, seconds, **variables):
    """The exit code, or None if it has to be killed, with all that it started: by its own time, however busy the machine is."""
    around = {k: v for k, v in os.environ.items() if k not in ("MUTANT", "MUTANTS_SEEN")}
    around |= dict(variables, PROPTEST_RNG_SEED="1", PROPTEST_MAX_SHRINK_ITERS="0", PROPTEST_DISABLE_FAILURE_PERSISTENCE="1")
    quiet = dict(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    command = ["prlimit", f"--cpu={int(seconds) + 1}", *command]
    started = subprocess.Popen(command, cwd=crate, env=around, start_new_session=True, **quiet)
    try:
        code = started.wait(20 * seconds)
        return None if code == -signal.SIGXCPU or code == -signal.SIGKILL else code
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
        return None


def seen(crate, programs):
    path = crate / "seen.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    for program in programs:
        name = re.sub("-[0-9a-f]{16}$", "", os.path.basename(program))
        listed = subprocess.run([program, "--list", "--format", "terse"], cwd=crate, capture_output=True, text=True, check=True)
        tests = {}
        for test in [line.removesuffix(": test") for line in listed.stdout.splitlines() if line.endswith(": test")]:
            if test.startswith(SKIP):
                continue
            with tempfile.NamedTemporaryFile() as file:
                begin = time.monotonic()
                code = ended([program, "--exact", test], crate, LONGEST * 2, MUTANTS_SEEN=file.name)
                took = time.monotonic() - begin
                ids = sorted({int(line) for line in open(file.name) if line.strip().isdigit()})
            print(f"{took:6.2f} {code} {len(ids):5} {test}", flush=True)
            if code == 0 and ids:
                tests[test] = [round(took, 2), ids]
        known[name] = {"program": str(pathlib.Path(program).resolve()), "tests": tests}
        path.write_text(json.dumps(known))


def groups(tests, mutant):
    """The tests that come by a mutant: quick ones first, a few together."""
    near = mutant["file"].removeprefix("src/").removesuffix(".rs").replace("/", "::").removesuffix("::mod")

    def rank(name):
        return -1 if name.startswith(near) else next((at for at, begin in enumerate(FIRST) if name.startswith(begin)), len(FIRST))

    mine = sorted((rank(name), took, name) for name, (took, ids) in tests.items() if mutant["id"] in ids)
    out, whole = [], 0.0
    for _, took, name in mine:
        if took > LONGEST or whole + took > WHOLE:
            continue
        whole += took
        if out and out[-1][0] + took <= TOGETHER:
            out[-1] = (out[-1][0] + took, out[-1][1] + [name])
        else:
            out.append((took, [name]))
    return out


def judge(crate, known, mutant):
    found = "unseen"
    for one in known.values():
        for took, tests in groups(one["tests"], mutant):
            found = "missed"
            command = [one["program"], "--exact", "--test-threads", "1", *tests]
            code = ended(command, crate, 3 + 4 * took, MUTANT=str(mutant["id"]))
            if code != 0:
                return ("slow" if code is None else "caught"), " ".join(tests)
    return found, "-"


def run(crate, missed):
    mutants = json.loads((crate / "mutants.json").read_text())
    if missed:
        again = {int(line.split("\t")[1]) for line in open(missed) if line.startswith(("missed", "unseen"))}
        mutants = [m for m in mutants if m["id"] in again]
    known = json.loads((crate / "seen.json").read_text())
    for one in known.values():
        one["tests"] = {name: (took, set(ids)) for name, (took, ids) in one["tests"].items()}
    for mutant in mutants:
        found, by = judge(crate, known, mutant)
        print(found, mutant["id"], by, mutant["name"], sep="\t", flush=True)


if sys.argv[1] == "seen":
    seen(pathlib.Path(sys.argv[2]), sys.argv[3:])
else:
    run(pathlib.Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
