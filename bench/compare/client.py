"""Requests to a server under test: loads of groups, timed reads, and wrk."""

import subprocess
import threading
import time
from pathlib import Path

import bodies
from server import Failed

CONNECTIONS = 8
READ_BYTES = 1 << 18
PIPELINED = 32
WRK_TIMEOUT_SECONDS = 60
PUSH_SCRIPT = Path(__file__).with_name("push.lua")


def load(server, groups):
    """Makes the groups, many pushes on the way at once."""
    texts = bodies.group_bodies()
    with server.connect() as connection:
        for first in range(0, groups, PIPELINED):
            numbers = range(first, min(first + PIPELINED, groups))
            connection.sendall(b"".join(put(bodies.path_of(n), texts[n % len(texts)]) for n in numbers))
            answers = b""
            while answers.count(b"HTTP/1.1 ") < len(numbers) or not answers.endswith(b"\r\n\r\n"):
                received = connection.recv(READ_BYTES)
                if not received:
                    raise Failed("the server closed the connection while groups were loaded")
                answers += received
            if answers.count(b"HTTP/1.1 20") != len(numbers):
                raise Failed(f"a push was rejected while groups were loaded: {answers[:500]!r}")


def put(path, body, headers=b""):
    return b"PUT %b HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n%b\r\n%b" % (path, len(body), headers, body)


def timed_push(server, path, body):
    """Seconds until the answer to a push on a connection of its own."""
    request = put(path, body, b"Connection: close\r\n")
    with server.connect() as connection:
        began = time.perf_counter()
        connection.sendall(request)
        answer = connection.recv(READ_BYTES)
        seconds = time.perf_counter() - began
    if not answer.startswith(b"HTTP/1.1 20"):
        raise Failed(f"a push was rejected: {answer[:500]!r}")
    return seconds


def timed_get(server, path, encoding="identity", accept="*/*"):
    """Seconds and bytes until the end of the answer, which is read and dropped."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nAccept-Encoding: {encoding}\r\n"
        "Connection: close\r\n\r\n").encode()
    buffer = bytearray(READ_BYTES)
    with server.connect() as connection:
        began = time.perf_counter()
        connection.sendall(request)
        size = connection.recv_into(buffer)
        if not buffer.startswith(b"HTTP/1.1 200"):
            raise Failed(f"GET {path}: {bytes(buffer[:200])!r}")
        while received := connection.recv_into(buffer):
            size += received
        return time.perf_counter() - began, size


def get_body(server, path):
    """The body of an answer. With HTTP/1.0 it comes in one piece, whatever the server."""
    request = f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode()
    received = []
    with server.connect() as connection:
        connection.sendall(request)
        while piece := connection.recv(READ_BYTES):
            received.append(piece)
    return b"".join(received).partition(b"\r\n\r\n")[2]


class PushRun:
    """The figures of wrk for a run of pushes, and the server's CPU time."""

    def __init__(self, output, cpu_seconds):
        line = next((line for line in output.splitlines() if line.startswith("RESULT ")), None)
        if line is None:
            raise Failed(f"wrk gave no result: {output[:500]}")
        requests, microseconds, p50, p99, refused, broken = (int(word) for word in line.split()[1:])
        if refused or broken:
            raise Failed(f"of {requests} pushes {refused} were rejected and {broken} were aborted")
        self.pushes = requests
        self.rate = requests / (microseconds / 1e6)
        self.p50 = p50 / 1e6
        self.p99 = p99 / 1e6
        self.cpu_per_push = cpu_seconds / max(1, requests)


def push_for(server, groups, bodies_file, seconds, pause_ms=0, connections=CONNECTIONS, method=()):
    """
    Pushes over some connections for so long; each sends its next push when the last is answered. A run in which each
    connection has not had an answer says nothing, and is made again four times as long. The method is PUT, or comes
    with a header.
    """
    run = push_once(server, groups, bodies_file, seconds, pause_ms, connections, method)
    if run.pushes < connections:
        run = push_once(server, groups, bodies_file, 4 * seconds, pause_ms, connections, method)
    if run.pushes == 0:
        raise Failed(f"no push was answered in {4 * seconds} s")
    return run


def push_once(server, groups, bodies_file, seconds, pause_ms=0, connections=CONNECTIONS, method=()):
    cpu = server.cpu_seconds()
    finished = subprocess.run(
        [
            "wrk", "--threads=1", f"--connections={connections}", f"--duration={seconds}s",
            f"--timeout={WRK_TIMEOUT_SECONDS}s", f"--script={PUSH_SCRIPT}", f"http://127.0.0.1:{server.port}/",
            "--", str(groups), str(bodies_file), str(pause_ms), *method,
        ],
        capture_output=True, text=True, timeout=seconds + WRK_TIMEOUT_SECONDS + 30, check=False)
    return PushRun(finished.stdout + finished.stderr, server.cpu_seconds() - cpu)


class Meanwhile:
    """Calls a function repeatedly during a with block, and collects its results."""

    def __init__(self, call):
        self.results = []
        self._call = call
        self._ended = threading.Event()
        self._failure = None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._ended.set()
        self._thread.join()
        if self._failure and exception == (None, None, None):
            raise self._failure

    def _run(self):
        try:
            while not self._ended.is_set():
                self.results.append(self._call())
        except Exception as failure:  # Told where the with block ends.
            self._failure = failure


def write_bodies(path):
    """The bodies as push.lua reads them."""
    with open(path, "wb") as file:
        for body in bodies.group_bodies():
            file.write(b"%d\n%b\n" % (len(body), body))
