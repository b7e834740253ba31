"""A server of S3 on this machine (moto), and its contents."""

import http.client
import pathlib
import socket
import subprocess
import sys
import time
from urllib.parse import quote

import boto3
from botocore.config import Config

from program import SECRET, free_port

class Store:
    """A running server."""

    def __init__(self):
        self.port = free_port()
        code = f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{self.port}'])"
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen([sys.executable, "-c", code], stdout=quiet, stderr=quiet)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                break
            except OSError:
                time.sleep(0.1)
        self.client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            aws_access_key_id="id",
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}),
        )

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def bucket(self, name):
        self.client.create_bucket(Bucket=name)

    def put(self, bucket, key, data):
        # With a checksum of the whole, as current clients of S3 do it by themselves.
        self.client.put_object(Bucket=bucket, Key=key, Body=data, ChecksumAlgorithm="CRC32")

    def put_odd(self, bucket, key, data):
        """A key that clients would tidy up on the way."""
        to = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        to.request("PUT", f"/{bucket}/{quote(key)}", data)
        assert to.getresponse().status == 200, key
        to.close()

    def upload(self, bucket, prefix, folder):
        folder = pathlib.Path(folder)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(bucket, f"{prefix}{path.relative_to(folder).as_posix()}", path.read_bytes())
