#!/usr/bin/env python3
"""The guide's recipe for nginx, as it stands there: webhooks are posted, logs are rotated, nights are run.

    python3 tests/recording/check.py target/debug/queuestat

It needs nginx and logrotate. nginx runs on the loopback address, out of a throw-away folder; no service of the system is
touched. Checked is that every webhook that was answered with 204 is in the archive once, whatever happened at that moment,
that no other is, and what the reports then say.
"""

import csv
import datetime
import gzip
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KEY = "put-a-long-random-word-here"
# Nothing of these may come out of a report: a number, a name, and what a visitor wrote.
PERSONAL = ["4600000000", "Testsson", "Snabbt", "070-000"]


def block(language, words):
    """The code block of the guide that holds some words."""
    text = (ROOT / "src/cli/guide/recording.md").read_text()
    found = [code for code in re.findall(rf"```{language}\n(.*?)```", text, re.S) if words in code]
    assert len(found) == 1, f"{len(found)} blocks of {language} with {words}"
    return found[0]


def replaced(text, *pairs):
    """The text with other places in it. Each of them has to be there."""
    for old, new in pairs:
        assert old in text, f"recording.md no longer says {old}"
        text = text.replace(old, new)
    return text


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Recorder:
    """nginx with the recipe, and the archive it writes."""

    def __init__(self, work):
        self.work = work
        self.archive = work / "archive"
        self.archive.mkdir()
        self.log = self.archive / "hooks.jsonl"
        self.port, sink = free_port(), free_port()
        self.is_root = os.geteuid() == 0
        os.chmod(work, 0o755)
        recipe = replaced(
            block("nginx", "log_format"),
            ("listen 443 ssl;", f"listen 127.0.0.1:{self.port};"),
            ("127.0.0.1:8081", f"127.0.0.1:{sink}"),
            ("/srv/queue/archive", str(self.archive)),
        )
        # Certificates are for the world outside.
        recipe, cut = re.subn(r"^ *ssl_certificate.*\n", "", recipe, flags=re.M)
        assert cut == 2, recipe
        (work / "recipe.conf").write_text(recipe)
        temporary = "".join(
            f"{kind}_temp_path {work}/{kind};\n" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        )
        user = "user www-data;" if self.is_root else ""
        self.config = work / "nginx.conf"
        self.config.write_text(
            f"{user}\nworker_processes 2;\npid {work}/nginx.pid;\nerror_log {work}/error.log;\n"
            f"events {{}}\nhttp {{\n{temporary}access_log {work}/access.log;\ninclude {work}/recipe.conf;\n}}\n"
        )
        if self.is_root:
            shutil.chown(self.archive, "www-data")
        os.chmod(self.archive, 0o2750)
        rotate = block("text", "dateformat")
        owner = "www-data root" if self.is_root else f"{os.getuid()} {os.getgid()}"
        rotate = replaced(
            rotate,
            ("/srv/queue/archive", str(self.archive)),
            ("www-data queuestat", owner),
            ("nginx -s reopen", f"{self.program()} -c {self.config} -s reopen"),
        )
        self.rotation = work / "logrotate.conf"
        self.rotation.write_text(rotate)
        os.chmod(self.rotation, 0o644)
        self.server = subprocess.Popen([self.program(), "-c", self.config, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
        for _ in range(100):
            if socket.socket().connect_ex(("127.0.0.1", self.port)) == 0:
                break
            assert self.server.poll() is None, (work / "error.log").read_text()
            time.sleep(0.05)

    @staticmethod
    def program():
        # Debian keeps it where the PATH of plain users does not lead.
        return shutil.which("nginx") or "/usr/sbin/nginx"

    def stop(self):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(20)

    def post(self, body, path="/queue", method="POST", **headers):
        """Posts a body, or pieces of one; the status of the answer."""
        names = {name.replace("_", "-"): value for name, value in {"X_Queue_Key": KEY, **headers}.items()}
        names = {name: value for name, value in names.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, names, encode_chunked="Transfer-Encoding" in names)
        status = connection.getresponse().status
        connection.close()
        return status

    def raw(self, text, wait):
        """Sends bytes, and hangs up at once or after the answer; the answer."""
        with socket.create_connection(("127.0.0.1", self.port), 20) as line:
            line.sendall(text)
            answer = line.recv(100) if wait else b""
        return answer

    def rotate(self):
        """As logrotate does every night. What was rotated before is made a day old, so that it is packed now."""
        today = datetime.date.today()
        for path in self.archive.glob("hooks-*.jsonl"):
            day = today - datetime.timedelta(days=1)
            path.rename(path.with_name(f"hooks-{day}.jsonl"))
        program = shutil.which("logrotate") or "/usr/sbin/logrotate"
        command = [program, "--force", "--state", self.work / "state", self.rotation]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0 and "error:" not in done.stderr, done.stderr
        assert (self.archive / f"hooks-{today}.jsonl").exists(), sorted(self.archive.iterdir())

    def bodies(self):
        """The bodies of all lines of the archive, read by a plain parser, each with its time."""
        found = []
        for path in sorted(self.archive.iterdir()):
            text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            for line in text.decode(errors="surrogateescape").split("\n"):
                if line:
                    record = json.loads(line)
                    assert abs(record["time"] - time.time()) < 600, record["time"]
                    found.append(record["body"].encode(errors="surrogateescape"))
        return found

    def wait_for(self, number):
        """A line is written after the answer, so the last one may be a moment late."""
        for _ in range(100):
            if len(self.bodies()) >= number:
                break
            time.sleep(0.05)
        return self.bodies()


def rows(work, name):
    """The rows of a table of all organizations, by organization and location."""
    found = {}
    for path in sorted((work / "site/current/all").glob(f"*/{name}")):
        for row in csv.DictReader(path.open()):
            found[row["organization"], row["location"]] = row
    return found


def night(binary, work, **expected):
    """Runs a night; the rows of the locations."""
    ran = subprocess.run(
        [binary, "nightly", "--config", work / "queuestat.toml"], capture_output=True, text=True, cwd="/", env={}
    )
    assert ran.returncode == expected.get("code", 0), ran.stderr
    return rows(work, "locations.csv")


def same(row, **cells):
    for name, value in cells.items():
        assert row[name] == value, f"{row['location']}: {name} is {row[name]}, not {value}"


def refused(recorder, answered):
    """Whatever cannot be kept is refused, and the sender is told so; what is answered 204 is kept."""
    good = (HERE / "webhooks/01-created.json").read_bytes()
    limit = 64 * 1024
    assert recorder.post(None, method="GET") == 403
    assert recorder.post(good, path="/") == 404
    assert recorder.post(good, X_Queue_Key="wrong") == 403
    assert recorder.post(good, X_Queue_Key=None) == 403
    assert recorder.post(b"") == 422
    assert recorder.raw(f"POST /queue HTTP/1.0\r\nX-Queue-Key: {KEY}\r\n\r\n".encode(), True).split()[1] == b"422"
    assert recorder.post(gzip.compress(good), Content_Encoding="gzip") == 415
    assert recorder.post(b"x" * (limit + 1)) == 413
    assert recorder.post(iter([b"x" * limit, b"x"]), Transfer_Encoding="chunked") == 413
    # So small pieces, with so many words around them, that they do not fit into the buffer.
    start = f"POST /queue HTTP/1.1\r\nHost: x\r\nX-Queue-Key: {KEY}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    assert recorder.raw(start + b"1;around-and-around\r\nx\r\n" * 40_000 + b"0\r\n\r\n", True).split()[1] == b"422"
    # Broken off half-way.
    head = f"POST /queue HTTP/1.1\r\nHost: x\r\nX-Queue-Key: {KEY}\r\nContent-Length: {len(good)}\r\n\r\n".encode()
    recorder.raw(head + good[:100], False)
    assert len(recorder.wait_for(len(answered))) == len(answered), "something refused is in the archive"

    def kept(body, sent, **headers):
        assert recorder.post(sent, **headers) == 204
        answered.append(body)

    # The largest ones that are taken, in one piece and in the smallest ones.
    padded = json.loads(good)
    padded["message"] = "ö" * 32_000
    padded["message"] += "x" * (limit - len(json.dumps(padded, ensure_ascii=False).encode()))
    largest = json.dumps(padded, ensure_ascii=False).encode()
    assert len(largest) == limit
    kept(largest, largest)
    kept(largest, (bytes([byte]) for byte in largest), Transfer_Encoding="chunked")
    kept(largest, iter([largest[:7], largest[7:]]), Transfer_Encoding="chunked")
    # The sender does not wait for the answer, but all of the webhook has come.
    recorder.raw(head + good, False)
    answered.append(good)
    # Half a character in a text that is not used.
    padded["message"] = "@"
    odd = json.dumps(padded).encode().replace(b"@", b"\xc3")
    kept(odd, odd)


def while_it_rotates(recorder, answered):
    """Posts while the log is rotated; each of these is a visit of an organization of its own."""
    senders, number = [], 40

    def send(sender):
        for at in range(number):
            moment = f"2021-03-01T12:{at:02}:{sender:02}.000Z"
            position = {"id": str(uuid.UUID(int=sender * 1000 + at)), "location": "Pier", "createdAt": moment}
            position |= {"fulfilledAt": moment, "status": "completed", "type": "anonymous"}
            hook = {"type": "positionCompleted", "organization": "rotating", "data": {"position": position}}
            body = json.dumps(hook).encode()
            assert recorder.post(body) == 204
            answered.append(body)

    for sender in range(4):
        senders.append(threading.Thread(target=send, args=(sender,)))
        senders[-1].start()
    time.sleep(0.02)
    recorder.rotate()
    for sender in senders:
        sender.join()
    return number * len(senders)


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    hooks = {path.name[:2]: path.read_bytes() for path in sorted((HERE / "webhooks").glob("*.json"))}
    assert len(hooks) == 11
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        (work / "queuestat.toml").write_text(
            'time_zone = "Europe/Stockholm"\n[nightly]\narchive = ["archive"]\nout = "site"\n'
            '[[nightly.report]]\nname = "all"\nall = true\n'
        )
        recorder = Recorder(work)
        try:
            answered = []

            def post(*names):
                for name in names:
                    assert recorder.post(hooks[name], Content_Type="application/json") == 204
                    answered.append(hooks[name])

            # The first is sent twice, as senders do when an answer is late.
            post("01", "02", "03", "04", "06", "07", "08", "01")
            assert recorder.wait_for(len(answered)) == answered
            first = night(binary, work)
            hall = ("harbour-example", 'Ystad Hamn – "Gränd 3"')
            assert list(first) == [hall], list(first)
            # Waits of 450 and 150 seconds; a booking that its customer cancelled.
            seen = {"tickets": "3", "served": "2", "cancelled_by_customer": "1", "removed": "0", "people": "4"}
            waits = {"waits": "2", "wait_mean_s": "300.0000", "wait_p50_s": "300.00", "wait_max_s": "450"}
            same(first[hall], **seen, **waits, ratings="0", csat="")

            pier = while_it_rotates(recorder, answered)
            post("05", "09", "10", "11")
            assert sorted(recorder.wait_for(len(answered))) == sorted(answered), "lost or kept twice while it rotated"
            second = night(binary, work)
            quay, rotating = ("harbour-example", "عيادة الميناء"), ("rotating", "Pier")
            assert sorted(second) == sorted([hall, quay, rotating])
            seen |= {"tickets": "4", "removed": "1", "people": "5", "rating_5": "1", "ratings": "1", "csat": "1.0000"}
            same(second[hall], **seen, **waits)
            same(second[quay], tickets="1", served="1", people="3", waits="1", wait_mean_s="600.0000")
            same(second[rotating], tickets=str(pier), served=str(pier), wait_max_s="0")

            # Rotated again, so that yesterday's log is packed; and webhooks of all kinds that are no new visit.
            recorder.rotate()
            refused(recorder, answered)
            assert sorted(recorder.wait_for(len(answered))) == sorted(answered)
            assert len(list(recorder.archive.glob("*.gz"))) == 1
            third = night(binary, work)
            assert third == second, "a packed log or a repeated webhook changed a figure"

            site = [path for path in (work / "site").rglob("*") if path.is_file() and not path.is_symlink()]
            assert len(site) > 20
            for path in site:
                text = path.read_bytes().decode(errors="replace")
                assert not any(word in text for word in PERSONAL), f"personal data in {path}"
            said = (work / "error.log").read_text()
            assert not any(word in said for word in PERSONAL), "personal data in the log of errors"
            print(f"recording: {len(answered)} webhooks kept once, three nights agree")
        finally:
            recorder.stop()


if __name__ == "__main__":
    main()
