"""A server under test: started on a free port, looked at through /proc, and stopped by its process id."""

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import time
from pathlib import Path

READY_SECONDS = 60
STOP_SECONDS = 60
POLL_SECONDS = 0.001
TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A measurement that cannot be had; the message says why."""


class Server:
    """One running process. Its command line gets the address by replacing {port}."""

    def __init__(self, command):
        self.port = free_port()
        words = [word.replace("{port}", str(self.port)) for word in command]
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.ready_seconds = self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def cpu_seconds(self):
        """User and system time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_bytes(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise Failed("the server is gone")

    def stop(self):
        """Stops it gracefully, so that it writes its persistence file."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
                raise Failed("the server did not stop") from None

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _wait_until_ready(self):
        deadline = self.started + READY_SECONDS
        while time.perf_counter() < deadline:
            if self.process.poll() is not None:
                raise Failed(f"the server ended with exit code {self.process.returncode} before it was ready")
            with contextlib.suppress(OSError):
                with self.connect() as connection:
                    connection.sendall(b"GET /-/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    if connection.recv(64).startswith(b"HTTP/1.1 200"):
                        return time.perf_counter() - self.started
            time.sleep(POLL_SECONDS)
        raise Failed(f"the server was not ready after {READY_SECONDS} s")

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


@contextlib.contextmanager
def running(command):
    """A server for the duration of a with block. It does not write its persistence file at the end."""
    server = Server(command)
    try:
        yield server
    finally:
        server.kill()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def version_of(command):
    """The first line that --version prints."""
    printed = subprocess.run(
        [*command, "--version"], capture_output=True, text=True, timeout=30, check=False)
    return (printed.stdout + printed.stderr).splitlines()[0]


def without_paths(command):
    """The command line for a report: no machine's paths in it."""
    shown = [Path(command[0]).name]
    for word in command[1:]:
        flag, equals, value = word.partition("=")
        shown.append(f"{flag}=…" if equals and "/" in value else word)
    return shlex.join(shown).replace("'", "")
