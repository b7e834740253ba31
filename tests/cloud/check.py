#!/usr/bin/env python3
"""Archives in an object store against the same files in a folder: a real server of S3 on this machine, and a proxy that
delays, cuts, corrupts and refuses.

    pip install --target DIR 'moto[server]' boto3
    PYTHONPATH=DIR python3 tests/cloud/check.py target/debug/queuestat     # built with --features cloud
"""

import gzip
import io
import json
import pathlib
import shutil
import signal
import sys
import tarfile
import tempfile
import time
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from program import AS_OF, Program, tree
from proxy import Proxy
from store import Store

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUCKET = "hooks"


def archive(program):
    """An archive of every kind: small and large, plain, compressed, in containers, hidden, empty, foreign."""
    folder = program.path("archive")
    shutil.copytree(ROOT / "data", folder)
    # A configuration beside the files is looked for in a folder only.
    (folder / "queuestat.toml").rename(program.path("archive.toml"))
    made = program.run("synth", "--out", program.path("made"), "--tickets", "16000", "--seed", "7")
    assert made.returncode == 0, made.stderr
    lines = b"".join(path.read_bytes() for path in sorted(program.path("made").rglob("*.jsonl")))
    assert len(lines) > 9 << 20, f"the large object has {len(lines)} bytes only"
    (folder / "big").mkdir()
    (folder / "big/plain.jsonl").write_bytes(lines)
    (folder / "big/packed.jsonl.gz").write_bytes(gzip.compress(lines, 1, mtime=0))
    part = lines[: 200_000].rsplit(b"\n", 1)[0] + b"\n"
    with tarfile.open(folder / "some.tar.gz", "w:gz") as tar:
        for n in range(3):
            info = tarfile.TarInfo(f"day-{n}.jsonl")
            info.size = len(part)
            tar.addfile(info, io.BytesIO(part))
    with zipfile.ZipFile(folder / "many.zip", "w", zipfile.ZIP_STORED) as to:
        for n in range(60):
            to.writestr(f"in/{n:02}.jsonl", part)
    (folder / ".hidden.jsonl").write_bytes(b"{}")
    (folder / "empty.jsonl").write_bytes(b"")
    (folder / "_SUCCESS").write_bytes(b"")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "with space ö%2F+&=.jsonl").write_bytes(part)
    return folder


class Checks:
    def __init__(self, binary, work):
        self.program = Program(binary, work)
        self.store = Store()
        self.proxy = Proxy(self.store.port)
        self.store.bucket(BUCKET)
        self.folder = archive(self.program)
        self.store.upload(BUCKET, "all/", self.folder)

    def run(self, *args, **more):
        return self.program.run(*args, endpoint=self.proxy.url, **more)

    def report(self, *inputs, out, **more):
        return self.run("report", *inputs, "--out", self.program.path(out), "--as-of", AS_OF, "--force", "--config", "archive.toml", **more)

    # -- the same as a folder -------------------------------------------------------------------

    def test_equal_bytes(self):
        here = self.report(self.folder, out="local")
        assert here.returncode in (0, 3), here.stderr
        self.proxy.reset()
        for threads in ("1", "2", "5"):
            done = self.report(f"s3://{BUCKET}/all/", "--threads", threads, out=f"remote{threads}")
            assert done.returncode in (0, 3), done.stderr
            local, remote = tree(self.program.path("local")), tree(self.program.path(f"remote{threads}"))
            assert local.keys() == remote.keys(), (local.keys() ^ remote.keys(), done.stderr)
            other = [name for name in local if local[name] != remote[name]]
            assert not other, f"differ from the local run: {other}"
        gets = [one for one in self.proxy.seen if one.method == "GET" and not one.is_list]
        untagged = [one.key for one in gets if not one.headers.get("If-Match")]
        assert not untagged, f"read without If-Match: {untagged}"
        assert self.proxy.most_at_once > 4, self.proxy.most_at_once

    def test_addresses(self):
        """One object, patterns, several prefixes, a prefix without a slash, the bucket, standard questions."""

        def same(local, remote):
            here = self.run("ask", *local, "--as-of", AS_OF, "--by", "location", "--measure", "all", "--format", "csv")
            there = self.run("ask", *remote, "--as-of", AS_OF, "--by", "location", "--measure", "all", "--format", "csv")
            assert here.stdout and here.stdout == there.stdout, (remote, there.stderr)

        at, root = f"s3://{BUCKET}/all", self.folder
        same([root / "big/plain.jsonl"], [f"{at}/big/plain.jsonl"])
        same([root / "many.zip"], [f"{at}/many.zip"])
        same([root / "with space ö%2F+&=.jsonl"], [f"{at}/with space ö%2F+&=.jsonl"])
        same([f"{root}/big/*.gz"], [f"{at}/big/*.gz"])
        same([f"{root}/**/p*.{{gz,jsonl}}"], [f"{at}/**/p*.{{gz,jsonl}}"])
        same([root / "big"], [f"{at}/big"])
        same([root / "big", root / "some.tar.gz"], [f"{at}/big/", root / "some.tar.gz"])
        same([root], [f"s3://{BUCKET}"])
        said = self.run("check", f"{at}/big/", "--as-of", AS_OF)
        assert said.returncode in (0, 3), said.stderr

    def test_profile(self):
        aws = self.program.path(".aws")
        aws.mkdir()
        (aws / "credentials").write_text("[night]\naws_access_key_id = id\naws_secret_access_key = hush\n")
        (aws / "config").write_text(f"[profile night]\nregion = eu-north-1\nendpoint_url = {self.proxy.url}\n")
        ask = ("check", f"s3://{BUCKET}/all/big/plain.jsonl", "--as-of", AS_OF)
        done = self.program.run(*ask, more={"AWS_PROFILE": "night"})
        assert done.returncode in (0, 3), done.stderr
        done = self.program.run(*ask, more={"AWS_PROFILE": "nobody"})
        assert done.returncode == 2 and "AWS_PROFILE" in done.stderr, done.stderr
        shutil.rmtree(aws)

    def test_odd_keys(self):
        """Keys that a file system or a client would not have: each is read as itself, or named."""
        self.store.bucket("odd")
        keys = [
            "a/b.jsonl", "a//b.jsonl", "a/b/.jsonl", "//x.jsonl", "/a/b.jsonl", "a/b.jsonl/", "a///b.jsonl", "a/ b.jsonl", "a/b.jsonl ",
            "a/%2F.jsonl", "a/%2f.jsonl", "a/100%.jsonl", "a/b+c.jsonl", "a/b c.jsonl", "a/b#c.jsonl", "a/b?c=d&e.jsonl", "a/ö/日本.jsonl",
            "a/<&>'\".jsonl", "a/[x]{y}*.jsonl", "a/\\b.jsonl", "a/~b;c,d:@$!.jsonl", "a/...jsonl", "a/b../c.jsonl", "a/\uf8f0/b.jsonl",
            "l/" + "k" * 1000 + "/" + "m" * 15 + ".jsonl", "dots/x/../b.jsonl", "dots/./b.jsonl", "dots/..",
        ]
        unread = [key for key in keys if key.startswith("dots/")]
        hidden = ["a/b/.jsonl", "a/...jsonl"]
        lines = (self.folder / "big/plain.jsonl").read_bytes().splitlines(keepends=True)
        tame = self.program.path("tame")
        tame.mkdir()
        put = lambda key, data: self.store.put_odd("odd", key, data)
        for n, key in enumerate(keys):
            data = b"".join(lines[n * 60 : (n + 1) * 60])
            put(key, data)
            if key not in unread + hidden:
                (tame / f"{n:02}.jsonl").write_bytes(data)
        for folder in ("a/", "a/b/", "/", "empty//"):
            put(folder, b"")
        ask = lambda *inputs: self.run(
            "ask", *inputs, "--as-of", AS_OF, "--by", "location", "--measure", "all", "--format", "csv"
        )
        here, there = ask(tame), ask("s3://odd")
        assert here.stdout and here.stdout == there.stdout, there.stderr
        sent = [one for one in self.proxy.seen if one.bucket == "odd" and not one.is_list]
        assert sent and not {one.key for one in sent} & set(unread), "a request went to another key"

        done = self.report("s3://odd", out="odd")
        assert done.returncode == 3, done.stderr
        files = "".join(path.read_text() for path in self.program.path("odd").rglob("files.csv"))
        for key in unread:
            assert key in files and "`.` or `..`" in files, (key, files)
        assert "dots/" in done.stderr and "copy it to another key" in done.stderr + files, done.stderr
        # Each by its name, and by what its key begins with.
        for n, key in enumerate(keys):
            if key in unread or key.endswith("/") or set(key) & set("*[{?"):
                continue
            one = self.program.path("one.jsonl")
            one.write_bytes(b"".join(lines[n * 60 : (n + 1) * 60]))
            here, there = ask(one), ask(f"s3://odd/{key}")
            assert here.stdout and here.stdout == there.stdout, (key, there.stderr)
        for prefix in ("/", "a//", "a/b.jsonl/", "l/"):
            below = self.program.path("below")
            shutil.rmtree(below, ignore_errors=True)
            below.mkdir()
            for n, key in enumerate(keys):
                if key.startswith(prefix):
                    (below / f"{n:02}.jsonl").write_bytes(b"".join(lines[n * 60 : (n + 1) * 60]))
            here, there = ask(below), ask(f"s3://odd/{prefix}")
            assert here.stdout and here.stdout == there.stdout, (prefix, there.stderr)
        for address in ("s3://odd/dots/..", "s3://odd/dots/x/../b.jsonl", "s3://odd/empty/"):
            assert ask(address).returncode == 2, address
        # Pages of a listing: moto cuts them at 1,000.
        for n in range(1100):
            put(f"many//{n:04}.jsonl", lines[n])
        (self.program.path("many.jsonl")).write_bytes(b"".join(lines[:1100]))
        here, there = ask(self.program.path("many.jsonl")), ask("s3://odd/many/")
        assert here.stdout and here.stdout == there.stdout, there.stderr

        # A night knows them again.
        self.program.path("odd.toml").write_text(
            '[nightly]\narchive = ["s3://odd/a/"]\nout = "odd-site"\nstate_dir = "odd-state"\n[[nightly.report]]\nname = "all"\nall = true\n'
        )
        reads = lambda: sorted({one.key for one in self.proxy.seen if one.method == "GET" and not one.is_list})
        for day, expected in ((1, True), (2, False)):
            self.proxy.reset()
            night = self.run("nightly", "--config", "odd.toml", "--as-of", f"2022-01-0{day}T00:00:00Z")
            assert night.returncode in (0, 3) and bool(reads()) == expected, (night.stderr, reads())

    # -- stopping -------------------------------------------------------------------------------

    def test_a_run_that_waits_stops_when_asked_to(self):
        big = lambda one: one.key.endswith("big/plain.jsonl") and self.gets(one)
        zipped = lambda one: one.key.endswith("many.zip") and self.gets(one)
        later = lambda one: big(one) and not (one.range or "").startswith("bytes=0-")
        small = lambda one: one.key.endswith("_SUCCESS") or one.key.endswith("with space ö%2F+&=.jsonl")
        stall, busy = [("delay", 40)], [("answer", 503, "SlowDown")]
        out = ("--out", self.program.path("stop"), "--as-of", AS_OF, "--config", "archive.toml")
        report = ("report", f"s3://{BUCKET}/all/", *out)
        night = ("nightly", "--config", "stop.toml", "--as-of", AS_OF)
        self.program.path("stop.toml").write_text(
            f'[nightly]\narchive = ["s3://{BUCKET}/all/big/"]\nout = "stop"\nstate_dir = "stop-state"\n'
        )
        for name, command, wanted, action, how in [
            ("a listing", report, lambda one: one.is_list, stall, signal.SIGTERM),
            ("a busy listing", report, lambda one: one.is_list, busy, signal.SIGINT),
            ("one object", ("report", f"s3://{BUCKET}/all/big/plain.jsonl", *out), lambda one: one.method == "HEAD", stall, signal.SIGTERM),
            ("small", report, small, stall, signal.SIGTERM),
            ("first part", report, big, stall, signal.SIGINT),
            ("later part", report, later, stall, signal.SIGTERM),
            ("busy", report, big, busy, signal.SIGTERM),
            ("zip", report, zipped, stall, signal.SIGTERM),
            ("a night", night, later, stall, signal.SIGTERM),
        ]:
            hit = []
            rule = lambda one: (hit.append(one), action)[1] if wanted(one) else None
            self.proxy.reset(rule)
            # Somebody waits by then, and has tried again if it was told to.
            waits = lambda: len(hit) > (2 if action is busy else 0)
            code, said, seconds = self.program.stopped(*command, endpoint=self.proxy.url, when=waits, how=how)
            self.proxy.reset()
            word = "SIGINT" if how == signal.SIGINT else "SIGTERM"
            assert code == 128 + how and f"stopped by {word}: nothing was kept" in said, (name, code, said)
            assert seconds < 2, (name, seconds)
            assert not self.program.path("stop/current").exists() and not self.program.path("stop/index.html").exists(), name
            print(f"  {name}: {seconds:.1f} s", flush=True)

    # -- in pieces ------------------------------------------------------------------------------

    def test_pieces(self):
        """Pieces of a bucket make the CSV files that those of a folder make, and one run."""
        made = {}
        for name, source in (("local", self.folder), ("remote", f"s3://{BUCKET}/all/")):
            work = self.program.path(f"pieces-{name}")
            at = lambda *parts: work.joinpath(*parts)
            step = lambda *args: self.run("pieces", *args, "--work", at("work"))
            done = [step("list", source, "--as-of", AS_OF, "--config", "archive.toml", "--parts", "3")]
            # A file, and members of a container, in several folds.
            for n, files in enumerate(("0-3", "4-40", "41-")):
                if files.endswith("-"):
                    files += str(json.loads(at("work/list.json").read_text())["content"]["files"] - 1)
                done.append(step("fold", "--files", files, "--out", at("folds", str(n))))
            done.append(step("names", at("folds")))
            done.append(step("join", "--out", at("joins", "0"), at("folds")))
            done.append(step("places", at("joins")))
            done.append(step("tabulate", "--out", at("tables", "0"), at("joins")))
            done.append(step("publish", at("tables"), "--out", at("report")))
            for one in done:
                assert one.returncode in (0, 3), (name, one.args, one.stderr)
            made[name] = {path: data for path, data in tree(at("report")).items() if path.endswith(".csv")}
        whole = {path: data for path, data in tree(self.program.path("local")).items() if path.endswith(".csv")}
        assert whole and made["local"] == whole and made["remote"] == whole
        # An object that is replaced between `list` and `fold` is left out and named.
        key = "all/big/plain.jsonl"
        data = (self.folder / "big/plain.jsonl").read_bytes()
        self.store.put(BUCKET, key, data[:-1] + b" ")
        late = self.run("pieces", "fold", "--work", self.program.path("pieces-remote/work"), "--out", self.program.path("late"))
        self.store.put(BUCKET, key, data)
        assert late.returncode in (0, 3), late.stderr
        piece = json.loads((self.program.path("late") / "piece.json").read_text())["content"]
        states = {file["name"]: file for file in piece["files"]}
        assert states["big/plain.jsonl"]["state"] == "replaced", states["big/plain.jsonl"]

    # -- nights ---------------------------------------------------------------------------------

    def night(self, *more, **how):
        return self.run("nightly", "--config", "night.toml", *more, **how)

    def test_nights(self):
        self.store.bucket("nights")
        lines = (self.folder / "big/plain.jsonl").read_bytes().splitlines(keepends=True)
        half, rest = b"".join(lines[:4000]), b"".join(lines[4000:4500])
        put = lambda key, data: self.store.put("nights", key, data)
        for n in range(40):
            put(f"a/{n:02}.jsonl", b"".join(lines[n * 50 : (n + 1) * 50]))
        put("a/large.jsonl", half)
        put("a/old.png", b"\x89PNG\r\n\x1a\n" + bytes(100))
        with zipfile.ZipFile(self.program.path("z.zip"), "w") as to:
            to.writestr("x.jsonl", rest)
        put("a/z.zip", self.program.path("z.zip").read_bytes())
        self.program.path("night.toml").write_text(
            '[nightly]\narchive = ["s3://nights/a/"]\nout = "site"\n[[nightly.report]]\nname = "all"\nall = true\n'
        )
        reads = lambda: sorted({one.key for one in self.proxy.seen if one.method == "GET" and not one.is_list})
        self.proxy.reset()
        first = self.night("--as-of", "2022-01-01T00:00:00Z")
        assert first.returncode in (0, 3), first.stderr
        assert len(reads()) == 43, reads()
        assert self.program.path("queuestat-state").is_dir(), "the state lies beside the configuration"

        self.proxy.reset()
        second = self.night("--as-of", "2022-01-02T00:00:00Z")
        assert second.returncode in (0, 3), second.stderr
        assert reads() == [], f"read although nothing changed: {reads()}"

        # The same size, another content: only the ETag shows it.
        other = half.replace(b'"rating":5', b'"rating":4')
        assert len(other) == len(half) and other != half
        put("a/large.jsonl", other)
        self.proxy.reset()
        third = self.night("--as-of", "2022-01-03T00:00:00Z")
        assert reads() == ["a/large.jsonl"], reads()
        assert "rewritten" in third.stderr, third.stderr

        # The same content under the same key: another time, the same ETag.
        put("a/00.jsonl", b"".join(lines[:50]))
        # A grown object and a new one.
        put("a/01.jsonl", b"".join(lines[50:101]))
        put("a/new.jsonl", rest)
        self.proxy.reset()
        fourth = self.night("--as-of", "2022-01-04T00:00:00Z")
        assert fourth.returncode in (0, 3), fourth.stderr
        assert reads() == ["a/01.jsonl", "a/new.jsonl"], reads()

        # Every figure is that of one report; nothing is lost when the bucket cannot be listed.
        before = tree(self.program.path("queuestat-state"))
        self.proxy.reset(lambda one: [("answer", 403, "AccessDenied")] if one.is_list else None)
        denied = self.night("--as-of", "2022-01-05T00:00:00Z")
        assert denied.returncode == 5 and "s3://nights/a/" in denied.stderr, denied.stderr
        assert "403 AccessDenied" in denied.stderr, denied.stderr
        after = tree(self.program.path("queuestat-state"))
        assert {name: data for name, data in before.items() if "LOCK" not in name} == {
            name: data for name, data in after.items() if "LOCK" not in name
        }
        self.proxy.reset()
        fifth = self.night("--as-of", "2022-01-06T00:00:00Z")
        assert fifth.returncode in (0, 3), fifth.stderr

    # -- faults ---------------------------------------------------------------------------------

    def fault(self, rule, *inputs, out="fault", more=(), **how):
        """Runs a report over a faulty store; whatever happens, the folder is whole or as it was."""
        kept = tree(self.program.path("local"))
        shutil.rmtree(self.program.path(out), ignore_errors=True)
        shutil.copytree(self.program.path("local"), self.program.path(out))
        self.proxy.reset(rule)
        begin = time.monotonic()
        done = self.report(*(inputs or [f"s3://{BUCKET}/all/"]), *more, out=out, **how)
        done.seconds = time.monotonic() - begin
        self.proxy.reset()
        done.is_same = tree(self.program.path(out)) == kept
        if done.returncode not in (0, 3):
            assert done.is_same, "a run that failed has changed the report"
        return done

    def times(self, n, action, wanted):
        """An action for the first `n` requests that are wanted, of each part of each object."""
        left = {}

        def rule(one):
            # What goes on behind a cut belongs to the same part.
            part = (one.key, int((one.range or "bytes=0-")[6:].split("-")[0]) >> 18)
            if not wanted(one) or left.setdefault(part, n) == 0:
                return None
            left[part] -= 1
            return [action]

        return rule

    @staticmethod
    def gets(one):
        return one.method == "GET" and not one.is_list

    def test_passing_faults_change_nothing(self):
        for name, action in [
            ("delay", ("delay", 0.05)),
            ("cut", ("cut", 1000)),
            ("cut at once", ("cut", 0)),
            ("throttled", ("answer", 503, "SlowDown")),
            ("failed", ("answer", 500, "InternalError")),
            ("corrupt", ("flip", 5000)),
        ]:
            wanted = self.gets
            if name == "corrupt":
                # Of an object in parts only the whole has a checksum: see below.
                wanted = lambda one: self.gets(one) and not one.range
            done = self.fault(self.times(1, action, wanted))
            assert done.returncode in (0, 3) and done.is_same, (name, done.returncode, done.stderr)
            print(f"  {name}: {done.seconds:.1f} s", flush=True)
        done = self.fault(self.times(2, ("answer", 503, "SlowDown"), lambda one: one.is_list))
        assert done.is_same, done.stderr
        done = self.fault(self.times(1, ("cut", 700), lambda one: one.is_list))
        assert done.is_same, done.stderr

    def test_lasting_faults_are_named(self):
        big = lambda one: one.key.endswith("big/plain.jsonl")
        for name, rule, code, words in [
            ("throttled", lambda one: [("answer", 503, "SlowDown")] if big(one) and self.gets(one) else None, 5, "asks to slow down"),
            ("cut", lambda one: [("cut", 1000)] if big(one) and self.gets(one) else None, 5, "connection to the store broke"),
            ("corrupt part", lambda one: [("flip", 100)] if big(one) and self.gets(one) and one.range else None, 5, "checksum"),
            ("redirect", lambda one: [("redirect", f"{self.proxy.url}/{one.bucket}/{one.key}")] if big(one) else None, 5, "sends on"),
        ]:
            done = self.fault(rule, more=("--threads", "2"))
            assert done.returncode == code, (name, done.returncode, done.stderr)
            assert words in done.stderr and "big/plain.jsonl" in done.stderr, (name, done.stderr)
            assert done.seconds < 90, (name, done.seconds)
        small = lambda one: one.key.endswith("with space ö%2F+&=.jsonl")
        done = self.fault(lambda one: [("flip", 10)] if small(one) and self.gets(one) else None)
        assert done.returncode == 5 and "checksum" in done.stderr, done.stderr
        done = self.fault(lambda one: [("redirect", f"{self.proxy.url}/{one.bucket}?list-type=2")] if one.is_list else None)
        assert done.returncode == 5 and "sends on" in done.stderr, done.stderr
        done = self.fault(lambda one: [("answer", 301, "PermanentRedirect")] if one.is_list else None)
        assert done.returncode == 5 and "region" in done.stderr, done.stderr

    def test_objects_that_are_left_out(self):
        key = "all/with space ö%2F+&=.jsonl"
        small = lambda one: one.key == key and self.gets(one)
        done = self.fault(lambda one: [("answer", 403, "AccessDenied")] if small(one) else None)
        assert done.returncode == 3 and "with space" in done.stderr and not done.is_same, done.stderr
        data = (self.folder / "with space ö%2F+&=.jsonl").read_bytes()
        # Vanishes, or is replaced, between the listing and the reading.
        gone = lambda one: [("call", lambda: self.store.client.delete_object(Bucket=BUCKET, Key=key))] if small(one) else None
        done = self.fault(gone)
        self.store.put(BUCKET, key, data)
        assert done.returncode == 3 and "with space" in done.stderr, done.stderr
        replaced = lambda one: [("call", lambda: self.store.put(BUCKET, key, data[:-1] + b" "))] if small(one) else None
        done = self.fault(replaced)
        self.store.put(BUCKET, key, data)
        assert done.returncode == 3 and "replaced while it was read" in done.stderr, done.stderr
        # In the middle of a large one: after its first part.
        large = "all/big/plain.jsonl"
        lines = (self.folder / "big/plain.jsonl").read_bytes()
        late = lambda one: one.key == large and self.gets(one) and not (one.range or "").startswith("bytes=0-")
        once = self.times(1, ("call", lambda: self.store.put(BUCKET, large, lines[:-1] + b" ")), late)
        done = self.fault(once)
        self.store.put(BUCKET, large, lines)
        assert done.returncode == 3 and "big/plain.jsonl" in done.stderr, (done.returncode, done.stderr)
        assert "replaced while it was read" in done.stderr, done.stderr

    def test_canaries(self):
        """Whatever fails, no payload, no answer of the store, no credential and no signed address is told or written."""
        self.store.bucket("canaries")
        lines = (self.folder / "big/plain.jsonl").read_bytes().splitlines(keepends=True)
        person = b'"position":{"comment":"quetzal","notes":["quetzal"],"servedBy":{"email":"quetzal@hush.example"},'
        data = b"".join(lines[:400]).replace(b'"position":{', person).replace(b'"to":"', b'"to":"quetzal')
        assert data.count(b"quetzal") > 400
        broken = b'{"quetzal": "+46 quetzal", \nquetzal@hush.example\n' + data
        large = b"".join(lines[:3000]).replace(b"{", b'{"quetzal":"hush",', 500)
        assert len(large) > 3 << 19, f"the large object has {len(large)} bytes only"
        for key, content in (("small.jsonl", data), ("broken.jsonl", broken), ("large.jsonl", large), ("packed.gz", gzip.compress(large))):
            self.store.put("canaries", key, content)
        signed = f"{self.proxy.url}/canaries/small.jsonl?X-Amz-Credential=hush&X-Amz-Signature=quetzal"
        gets, lists = self.gets, lambda one: one.is_list
        faults = [
            ("none", lambda one: False, []),
            *((f"denied {where}", wanted, [("answer", 403, "AccessDenied")]) for where, wanted in (("read", gets), ("list", lists))),
            *((f"refused {where}", wanted, [("answer", 400, "quetzal hush")]) for where, wanted in (("read", gets), ("list", lists))),
            *((f"redirect {where}", wanted, [("redirect", signed)]) for where, wanted in (("read", gets), ("list", lists))),
            ("nowhere", gets, [("redirect", "http://127.0.0.1:1/?X-Amz-Signature=hush")]),
            ("no address", lists, [("redirect", "hush://quetzal:hush@")]),
            ("cut list", lists, [("cut", 500)]),
            ("no listing", lists, [("body", b"<html>quetzal hush</html>")]),
            ("odd listing", lists, [("body", b"<ListBucketResult><Contents><Key>x</Key><Size>quetzal</Size></Contents></ListBucketResult>")]),
            ("cut", gets, [("cut", 700)]),
            ("damaged", gets, [("flip", 30)]),
        ]
        self.program.path("canary.toml").write_text(
            '[nightly]\narchive = ["s3://canaries/"]\nout = "canary/site"\nstate_dir = "canary/state"\n'
        )
        for name, wanted, actions in faults:
            begin = time.monotonic()
            shutil.rmtree(self.program.path("canary"), ignore_errors=True)
            for command in (
                ("report", "s3://canaries/", "--out", "canary/report", "--force", "--log-format", "json", "--as-of", AS_OF),
                ("nightly", "--config", "canary.toml", "--force", "--as-of", AS_OF),
                ("check", "s3://canaries/", "--verbose", "--as-of", AS_OF),
                ("pieces", "list", "s3://canaries/", "--work", "canary/work", "--as-of", AS_OF),
                ("pieces", "fold", "--work", "canary/work", "--out", "canary/fold"),
            ):
                # A store that does not answer is asked for a minute.
                if name in ("nowhere", "cut", "cut list", "damaged") and command[0] != "report":
                    continue
                rule = lambda one: actions if wanted(one) else None
                # The list itself is made, so that there is something to fold.
                self.proxy.reset(None if command[:2] == ("pieces", "list") else rule)
                done = self.run(*command, more={"AWS_SESSION_TOKEN": "hush-token"})
                assert done.returncode in (0, 3, 4, 5), (name, command, done.returncode, done.stderr)
                if name == "none":
                    assert done.returncode in (0, 3), (command, done.stderr)
            found = tree(self.program.path("canary"))
            for path, content in found.items():
                # Pieces and kept tickets tell of every ticket by its id.
                for word in (b"hush", b"X-Amz", *([] if path.endswith(".parquet") else [b"quetzal"])):
                    assert word not in content, (name, path, word)
            print(f"  {name}: {time.monotonic() - begin:.1f} s", flush=True)
        self.proxy.reset()

    def test_what_is_not_there(self):
        for address in ["s3://nobody/x/", f"s3://{BUCKET}/nothing/", f"s3://{BUCKET}/all/nothing.gz", f"s3://{BUCKET}/all/*.nothing"]:
            done = self.fault(None, address)
            assert done.returncode == 2 and address in done.stderr, (address, done.stderr)
        done = self.fault(None, f"s3://id:hush@{BUCKET}/x")
        assert done.returncode == 2 and "names no bucket" in done.stderr, done.stderr
        denied = lambda one: [("answer", 403, "AccessDenied")]
        done = self.fault(denied)
        assert done.returncode == 5 and "denies access" in done.stderr, done.stderr
        port = self.proxy.port
        begin = time.monotonic()
        dead = self.program.run("check", f"s3://{BUCKET}/all/", endpoint="http://127.0.0.1:1")
        assert dead.returncode == 5 and "does not answer" in dead.stderr, (port, dead.stderr)
        assert time.monotonic() - begin < 90


def main():
    binary = sys.argv[1]
    wanted = sys.argv[2:]
    with tempfile.TemporaryDirectory() as work:
        checks = Checks(binary, work)
        try:
            names = [name for name in dir(Checks) if name.startswith("test_")]
            # The first one makes the report that the others compare with.
            names.sort(key=lambda name: name != "test_equal_bytes")
            for name in names:
                if wanted and name != "test_equal_bytes" and not any(word in name for word in wanted):
                    continue
                begin = time.monotonic()
                getattr(checks, name)()
                print(f"{name}: ok, {time.monotonic() - begin:.1f} s", flush=True)
        finally:
            checks.store.stop()


if __name__ == "__main__":
    main()
