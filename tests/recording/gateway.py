#!/usr/bin/env python3
"""The guide's mapping template for a cloud gateway, as it stands there, run by another engine of the same language (airspeed):

    PYTHONPATH=… python3 tests/recording/gateway.py target/debug/queuestat

Checked is that the record it makes of a body holds the body byte for byte and the time, and that such records one after the
other, plain and in gzip, are read as the bodies themselves are.
"""

import base64
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import airspeed

HERE = pathlib.Path(__file__).resolve().parent
GUIDE = HERE.parent.parent / "src/cli/guide/recording.md"
TIME = 1_627_800_000_123
# What the language itself could take for its own, and a body of several lines.
ODD = ['{"a":"$q ${q} $input.body #set($q = 1) #end ## \\u00e5 \\"x\\" \\\\"}', '{\r\n "å": "1\\n2",\n\t"x": []\r\n}\n']


class Util:
    def base64Encode(self, text):  # noqa: N802, the gateway calls it so
        return base64.b64encode(text.encode()).decode()


def recorded(template, body):
    context = {"context": {"requestTimeEpoch": TIME}, "input": {"body": body}, "util": Util()}
    request = json.loads(airspeed.Template(template).merge(context))
    assert request["DeliveryStreamName"] == "queue-webhooks", request
    return base64.b64decode(request["Record"]["Data"], validate=True)


def tickets(program, folder):
    """Every ticket of an archive, as one line each."""
    command = [program, "export", "tickets", str(folder), "-o", "-", "--format", "jsonl", "--as-of", "2021-12-01T00:00:00Z"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return sorted(done.stdout.splitlines())


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    template = re.search(r"```velocity\n(.*?)```", GUIDE.read_text(), re.S)[1]
    for body in ODD:
        line = recorded(template, body)
        assert line == f'{{"time":{TIME},"body":{body}}}'.encode(), line
        json.loads(line)
    bodies = [path.read_text() for path in sorted((HERE / "webhooks").glob("*.json"))]
    lines = [recorded(template, body) for body in bodies]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in ["sent", "stream"]:
            (folder / name).mkdir()
        half = len(lines) // 2
        (folder / "sent/all.jsonl").write_text("".join(json.dumps(json.loads(body)) + "\n" for body in bodies))
        # As the stream writes objects: values one after the other, without line ends.
        (folder / "stream/queue-webhooks-1-2021-08-01-06-00-00-a").write_bytes(b"".join(lines[:half]))
        (folder / "stream/queue-webhooks-1-2021-08-01-06-05-00-b.gz").write_bytes(gzip.compress(b"".join(lines[half:])))
        found = tickets(program, folder / "stream")
        assert found and found == tickets(program, folder / "sent"), found
    print(f"the template of the guide: {len(bodies)} webhooks and {len(ODD)} odd bodies are kept whole, {len(found)} tickets")


main()
