#!/usr/bin/env python3
"""How fast health, readiness and DELETE are answered while pushes come in as fast as they can.

    python3 bench/compare/flood.py artifacts/pushgateway/pushgateway

Each flood gets a fresh server. wrk pushes; each of the three is asked for on a connection of its own, one after another.
"""

import http.client
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from server import running

SECONDS = 10
CONNECTIONS = [256]
GROUPS = 1000
# Series a push, of some 85 bytes each.
SIZES = {"small": 5, "big": 10_000}
ASKED = [("GET", "/-/healthy", 200), ("GET", "/-/ready", 200), ("DELETE", "/metrics/job/none", 202)]


def body_of(series):
    return "".join(
        f'flood_metric_{i % 50}{{index="{i:05d}",some_label="some value",other="other value"}} {i}.5\n' for i in range(series))


def ask(port, method, path, status, until, times):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while time.perf_counter() < until:
        began = time.perf_counter()
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - began)
        if answer.status != status:
            raise SystemExit(f"{method} {path}: {answer.status}")
        time.sleep(0.01)
    connection.close()


def flood(binary, size, connections):
    text = body_of(SIZES[size])
    with tempfile.NamedTemporaryFile("w", suffix=".bodies") as file, running([binary, "--web.listen-address=127.0.0.1:{port}"]) as server:
        file.write(f"{len(text)} {text}")
        file.flush()
        wrk = subprocess.Popen(
            ["wrk", "-t2", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "60s", "-s", str(Path(__file__).parent / "push.lua"),
             f"http://127.0.0.1:{server.port}", "--", str(GROUPS), file.name, "0"],
            stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        until = time.perf_counter() + SECONDS - 2
        times = [[] for _ in ASKED]
        threads = [threading.Thread(target=ask, args=(server.port, *asked, until, times[i])) for i, asked in enumerate(ASKED)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        resident = server.resident_bytes()
        result = next(line for line in wrk.communicate()[0].splitlines() if line.startswith("RESULT")).split()[1:]
    pushes, errors = int(result[0]) / SECONDS, int(result[4]) + int(result[5])
    for (method, path, _), answered in zip(ASKED, times):
        median, worst = statistics.median(answered), max(answered)
        p99 = statistics.quantiles(answered, n=100)[98]
        print(f"| {size}, {connections} | {pushes:,.0f} | {errors} | {resident / 1e6:.0f} MB | {method} {path} | {len(answered)} "
              f"| {median * 1e3:.1f} ms | {p99 * 1e3:.1f} ms | {worst * 1e3:.1f} ms |", flush=True)


print("| Pushes, connections | a second | errors | resident | asked for | answers | median | p99 | max |")
print("|---|---|---|---|---|---|---|---|---|")
for size in SIZES:
    for connections in CONNECTIONS:
        flood(sys.argv[1], size, connections)
