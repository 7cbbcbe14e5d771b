#!/usr/bin/env python3
"""Measures scrapes in gzip after some groups were pushed.

    bench/compare/changes.py BINARY [OTHER_BINARY] [--scrapes 15]

Loads 10,000 groups of 20 series, and scrapes after pushes to none of them, to 1 %, and to all, with each binary in turns. Prints medians
of the processor time and the time of a scrape, and its bytes.
"""
import argparse
import contextlib
import os
import random
import statistics
from pathlib import Path

import bodies
import client
from server import running

GROUPS = 10_000
CHANGES = [0, GROUPS // 100, GROUPS]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries", nargs="+")
    parser.add_argument("--scrapes", type=int, default=15)
    arguments = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} at the beginning, {arguments.scrapes} scrapes each\n")
    print("| Binary | Groups pushed | CPU, ms | Time, ms | MB |")
    print("|---|---|---|---|---|")
    with contextlib.ExitStack() as servers:
        started = [
            servers.enter_context(running([binary, "--web.listen-address=127.0.0.1:{port}"])) for binary in arguments.binaries]
        for server in started:
            client.load(server, GROUPS)
        for changed in CHANGES:
            runs = [[] for _ in started]
            for number in range(arguments.scrapes + 1):
                for server, some in zip(started, runs):
                    run = scrape_after(server, changed, number)
                    if number > 0:
                        some.append(run)
            for number, some in enumerate(runs):
                cpu, seconds, size = (statistics.median(figures) for figures in zip(*some))
                print(f"| {number + 1} | {changed:,} | {cpu * 1e3:.1f} | {seconds * 1e3:.1f} | {size / 1e6:.1f} |", flush=True)


def scrape_after(server, changed, salt):
    """Processor time, time and bytes of one scrape."""
    push(server, random.Random(salt).sample(range(GROUPS), changed), salt)
    cpu = precise_cpu_seconds(server)
    seconds, size = client.timed_get(server, "/metrics", "gzip")
    return precise_cpu_seconds(server) - cpu, seconds, size


def push(server, groups, salt):
    body = bodies.text(bodies.SERIES_PER_GROUP, salt)
    with server.connect() as connection:
        for first in range(0, len(groups), client.PIPELINED):
            some = groups[first:first + client.PIPELINED]
            connection.sendall(b"".join(client.put(bodies.path_of(group), body) for group in some))
            answers = b""
            while answers.count(b"HTTP/1.1 200") < len(some):
                answers += connection.recv(client.READ_BYTES)


def precise_cpu_seconds(server):
    """Of all threads, from the scheduler, which counts nanoseconds."""
    nanoseconds = 0
    for task in Path(f"/proc/{server.process.pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):
            nanoseconds += int((task / "schedstat").read_text().split()[0])
    return nanoseconds / 1e9


if __name__ == "__main__":
    main()
