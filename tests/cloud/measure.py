#!/usr/bin/env python3
"""Bytes a second and memory of object stores against local files: one large object, and 5,000 small ones.

    python3 tests/cloud/measure.py target/release/queuestat [--mb 1400] [--delay-ms 20]     # built with --features cloud

Two servers give no more than is asked of them (listings, HEAD, ranges), so that what is measured is the program. nginx is
fast. The other is of this file: every answer waits `--delay-ms`, as a store far away does, and it gives about 600 answers a
second at most. The tables of every run are compared with the local ones.
"""

import argparse
import atexit
import email.utils
import gzip
import hashlib
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from program import AS_OF, free_port


def serve(root, delay):
    tags = {}

    def tag(path):
        if path not in tags:
            tags[path] = '"' + hashlib.md5(f"{path} {path.stat()}".encode()).hexdigest() + '"'
        return tags[path]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def log_message(self, *_):
            pass

        def do_HEAD(self):
            self.do_GET()

        def do_GET(self):
            time.sleep(delay)
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            if "list-type" in query:
                return self.listing(query)
            path = root / unquote(parts.path).lstrip("/").partition("/")[2]
            if not path.is_file():
                return self.plain(404, b"<Error><Code>NoSuchKey</Code></Error>")
            size = path.stat().st_size
            begin, end = 0, size
            asked = self.headers.get("Range")
            if asked:
                first, last = asked.removeprefix("bytes=").split("-")
                begin, end = int(first), min(int(last) + 1, size)
            self.send_response(206 if asked else 200)
            if asked:
                self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{size}")
            self.send_header("ETag", tag(path))
            self.send_header("Last-Modified", email.utils.formatdate(path.stat().st_mtime, usegmt=True))
            self.send_header("Content-Length", str(end - begin))
            self.end_headers()
            self.wfile.flush()
            if self.command == "GET":
                with open(path, "rb") as file:
                    while begin < end:
                        begin += os.sendfile(self.connection.fileno(), file.fileno(), begin, end - begin)

        def listing(self, query):
            prefix = query.get("prefix", [""])[0]
            after = query.get("continuation-token", [""])[0]
            keys = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
            keys = [key for key in keys if key.startswith(prefix) and key > after]
            page = keys[:1000]
            self.plain(200, listed(root, page, tag, page[-1] if len(keys) > 1000 else None).encode())

        def plain(self, status, body):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def listed(root, page, tag, more):
    """A page of a listing; `more` is what the next one is asked for by."""
    text = [f"<ListBucketResult><IsTruncated>{str(more is not None).lower()}</IsTruncated>"]
    if more is not None:
        text.append(f"<NextContinuationToken>{escape(more)}</NextContinuationToken>")
    for key in page:
        stat = (root / key).stat()
        modified = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(stat.st_mtime))
        text.append(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{modified}</LastModified>"
            f"<ETag>{escape(tag(root / key))}</ETag><Size>{stat.st_size}</Size></Contents>"
        )
    return "".join([*text, "</ListBucketResult>"])


def nginx(root, work):
    """A server of files on nginx; its listings are written before."""

    def tag(path):
        stat = path.stat()
        return f'"{int(stat.st_mtime):x}-{stat.st_size:x}"'

    port = free_port()
    lists = work / "list"
    lists.mkdir()
    for name in ("big", "small"):
        keys = sorted(path.relative_to(root).as_posix() for path in (root / name).iterdir())
        pages = [keys[at : at + 1000] for at in range(0, len(keys), 1000)]
        for at, page in enumerate(pages, 1):
            text = listed(root, page, tag, str(at) if at < len(pages) else None)
            (lists / f"{name}-{at - 1 or ''}.xml").write_text(text)
    config = work / "nginx.conf"
    config.write_text(f"""
        daemon off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/nginx.log;
        {"user root;" if os.getuid() == 0 else ""}
        events {{ worker_connections 512; }}
        http {{
            access_log off; sendfile on; keepalive_requests 1000000;
            map $args $page {{ "~continuation-token=(?<at>[0-9]+)" $at; default ""; }}
            map $args $name {{ ~prefix=big big; default small; }}
            map $args $lists {{ ~list-type=2 1; default 0; }}
            server {{
                listen 127.0.0.1:{port}; root {work};
                location = /bucket {{ rewrite ^ /list/$name-$page.xml break; }}
                location = /bucket/ {{ if ($lists) {{ rewrite ^ /list/$name-$page.xml break; }} }}
            }}
        }}""")
    server = subprocess.Popen(["nginx", "-c", config])
    atexit.register(server.terminate)
    time.sleep(1)
    return f"http://127.0.0.1:{port}"


def run(binary, archive, out, endpoint, threads):
    env = {"PATH": os.environ["PATH"], "HOME": str(out.parent)}
    if endpoint:
        env |= {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "none"}
    log = out.with_suffix(".log")
    with open(log, "wb") as to:
        begin = time.monotonic()
        process = subprocess.Popen(
            [binary, "report", archive, "--out", out, "--only", "csv", "--as-of", AS_OF, "--threads", str(threads)],
            env=env, cwd=out.parent, stdout=to, stderr=to,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
    assert os.waitstatus_to_exitcode(status) in (0, 3), log.read_text()
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def tables(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.csv")}


def prepare(binary, work, root, args):
    synth = ["synth", "--out", work / "made", "--tickets", str(args.mb * 220), "--line-bytes", "1000", "--seed", "3"]
    subprocess.run([binary, *map(str, synth)], check=True, capture_output=True)
    plain = lambda path: gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    data = b"".join(plain(path) for path in sorted((work / "made").rglob("*.jsonl*")))
    (root / "big").mkdir(parents=True)
    (root / "big/all.jsonl").write_bytes(data)
    (root / "small").mkdir()
    lines = data.splitlines(keepends=True)[: args.small * 20]
    step = -(-len(lines) // args.small)
    for at in range(0, len(lines), step):
        (root / f"small/{at:08}.jsonl").write_bytes(b"".join(lines[at : at + step]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--mb", type=int, default=1400)
    parser.add_argument("--small", type=int, default=5000)
    parser.add_argument("--delay-ms", type=float, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    binary = str(pathlib.Path(args.binary).resolve())
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        root = work / "bucket"
        # In a process of its own: the memory of a child that was started is never told as less than its parent's.
        prepared = multiprocessing.Process(target=prepare, args=(binary, work, root, args))
        prepared.start()
        prepared.join()
        assert prepared.exitcode == 0
        servers = [
            ("local", None),
            ("nginx", nginx(root, work)),
            (f"{args.delay_ms:.0f} ms away", serve(root, args.delay_ms / 1000)),
        ]
        for name in ("big", "small"):
            size = sum(path.stat().st_size for path in (root / name).iterdir())
            number = len(list((root / name).iterdir()))
            expected = None
            for where, endpoint in servers:
                archive = str(root / name) if endpoint is None else f"s3://bucket/{name}/"
                runs = []
                for n in range(args.rounds):
                    out = work / f"out-{name}-{where}-{n}"
                    runs.append(run(binary, archive, out, endpoint, args.threads))
                    expected = expected or tables(out)
                    assert tables(out) == expected, "the tables differ from the local ones"
                seconds, processor, memory = sorted(runs)[len(runs) // 2]
                print(
                    f"{name}: {number} objects, {size / 1e6:.0f} MB, {where}: {seconds:.2f} s ({processor:.2f} s of processors), "
                    f"{size / 1e6 / seconds:.0f} MB/s, {memory:.0f} MB of memory",
                    flush=True,
                )


if __name__ == "__main__":
    sys.exit(main())
