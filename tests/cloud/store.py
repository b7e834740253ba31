"""A server of S3 on this machine (moto), its contents, and runs of the program against it."""

import os
import pathlib
import socket
import subprocess
import sys
import time

import boto3
from botocore.config import Config

SECRET = "hush-hush-secret"
AS_OF = "2021-08-01T00:00:00Z"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


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

    def upload(self, bucket, prefix, folder):
        folder = pathlib.Path(folder)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(bucket, f"{prefix}{path.relative_to(folder).as_posix()}", path.read_bytes())


class Program:
    """The binary, in a folder of its own and without the environment of whoever runs the tests."""

    def __init__(self, binary, folder):
        self.binary = str(pathlib.Path(binary).resolve())
        self.folder = pathlib.Path(folder)

    def run(self, *args, endpoint=None, more=None, seconds=300):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "AWS_EC2_METADATA_DISABLED": "true"}
        if endpoint:
            env |= {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": SECRET}
        env |= more or {}
        env = {name: value for name, value in env.items() if value is not None}
        done = subprocess.run(
            [self.binary, *map(str, args)], cwd=self.folder, env=env, capture_output=True, text=True, timeout=seconds
        )
        said = done.stdout + done.stderr
        assert "hush" not in said and "X-Amz" not in said, f"a secret or an address was printed: {said}"
        assert "panicked" not in said, said
        return done

    def path(self, name):
        return self.folder / name


def tree(folder):
    """All files below a folder and their bytes."""
    folder = pathlib.Path(folder)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
