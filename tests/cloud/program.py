"""Runs of the program against a store on this machine."""

import os
import pathlib
import signal
import socket
import subprocess
import time

SECRET = "hush-hush-secret"
AS_OF = "2021-08-01T00:00:00Z"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Program:
    """The binary, in a folder of its own and without the environment of whoever runs the tests."""

    def __init__(self, binary, folder):
        self.binary = str(pathlib.Path(binary).resolve())
        self.folder = pathlib.Path(folder)

    def environment(self, endpoint, more):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "AWS_EC2_METADATA_DISABLED": "true"}
        if endpoint:
            env |= {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": SECRET}
        env |= more or {}
        return {name: value for name, value in env.items() if value is not None}

    def run(self, *args, endpoint=None, more=None, seconds=300):
        env = self.environment(endpoint, more)
        done = subprocess.run(
            [self.binary, *map(str, args)], cwd=self.folder, env=env, capture_output=True, text=True, timeout=seconds
        )
        self.judge(done.stdout + done.stderr)
        return done

    def stopped(self, *args, endpoint=None, when=lambda: True, how=signal.SIGTERM):
        """Sends a signal as soon as something is so; returns the exit code, what was said, and the seconds it took to end."""
        env = self.environment(endpoint, None)
        command = [self.binary, *map(str, args)]
        run = subprocess.Popen(command, cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(600):
            if when() or run.poll() is not None:
                break
            time.sleep(0.1)
        assert run.poll() is None, f"it ended before: {run.communicate()}"
        begin = time.monotonic()
        run.send_signal(how)
        said, _ = run.communicate(timeout=120)
        self.judge(said)
        return run.returncode, said, time.monotonic() - begin

    @staticmethod
    def judge(said):
        assert "hush" not in said and "X-Amz" not in said, f"a secret or an address was printed: {said}"
        assert "quetzal" not in said, f"a part of a payload was printed: {said}"
        assert "panicked" not in said, said

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
