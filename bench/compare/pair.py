#!/usr/bin/env python3
"""Measures two binaries in turns and prints the median of each figure, with their ratio. Called by pair.sh."""

import argparse
import os
import resource
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

import bodies
import client
import report
from measure import METRICS, SETTLE_SECONDS, say
from server import running, version_of

IDLE_SECONDS = 3
STARTS = 5
SIZES = [100, 10_000]
SCRAPED_SIZE = 10_000
# The CPU time of a running process is counted in hundredths of a second, so that a figure needs many scrapes.
SCRAPES = 100
WARM_SECONDS = 2
PUSH_SECONDS = 5

# The noise: how far the ratio of two runs of one binary is from 1 on a quiet machine.
NOISE = 0.05


def main():
    # Leaving the with blocks stops the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    arguments = parse_arguments()
    binaries = {"A": arguments.a, "B": arguments.b}
    load = os.getloadavg()[0]
    rounds = {name: [] for name in binaries}
    for number in range(arguments.rounds):
        # Who goes first changes from round to round.
        for name in sorted(binaries, reverse=number % 2 == 1):
            say(f"round {number + 1} of {arguments.rounds}: {name}")
            rounds[name].append(measure(binaries[name], arguments.quick))
    page = write(arguments, binaries, rounds, load)
    print(page)
    if arguments.out:
        Path(arguments.out).write_text(page)
    return 0


def measure(binary, quick):
    """The figures of one round, by name."""
    command = [binary, "--web.listen-address=127.0.0.1:{port}"]
    figures = measure_start(command, quick)
    for size in SIZES:
        figures.update(measure_size(command, size, quick))
    return figures


def measure_start(command, quick):
    ready, cpu, resident = [], [], []
    for _ in range(1 if quick else STARTS):
        before = cpu_seconds_of_ended_children()
        with running(command) as server:
            ready.append(server.ready_seconds)
            time.sleep(IDLE_SECONDS)
            resident.append(server.resident_bytes())
        cpu.append(cpu_seconds_of_ended_children() - before)
    return {
        "start until ready": min(ready),
        f"CPU of the start and {IDLE_SECONDS} s idle": statistics.median(cpu),
        f"memory (RSS), {IDLE_SECONDS} s after the start": statistics.median(resident),
    }


def cpu_seconds_of_ended_children():
    """Exact to a microsecond, unlike the CPU time of a running process."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure_size(command, size, quick):
    figures = {}
    with tempfile.TemporaryDirectory() as folder, running(command) as server:
        bodies_file = Path(folder) / "bodies"
        client.write_bodies(bodies_file)
        client.load(server, size)
        time.sleep(SETTLE_SECONDS)
        if size == SCRAPED_SIZE:
            figures.update(scrapes(server, size, quick))
        client.push_once(server, size, bodies_file, 1 if quick else WARM_SECONDS)
        run = client.push_for(server, size, bodies_file, 1 if quick else PUSH_SECONDS)
        figures[f"CPU a push, {size:,} groups"] = run.cpu_per_push
        figures[f"push rate, {size:,} groups"] = run.rate
        figures[f"push p99, {size:,} groups"] = run.p99
        figures[f"memory (RSS) after the pushes, {size:,} groups"] = server.resident_bytes()
    return figures


def scrapes(server, size, quick):
    client.timed_get(server, METRICS)
    cpu = server.cpu_seconds()
    seconds = [client.timed_get(server, METRICS)[0] for _ in range(3 if quick else SCRAPES)]
    return {
        f"scrape, {size:,} groups": statistics.median(seconds),
        f"CPU a scrape, {size:,} groups": (server.cpu_seconds() - cpu) / len(seconds),
    }


def write(arguments, binaries, rounds, load):
    versions = {name: version_of([binary]) for name, binary in binaries.items()}
    lines = [
        f"# Two builds in turns, {time.strftime('%Y-%m-%d')}",
        "",
        f"{machine(load)}",
        "",
        *(f"- {name}: {versions[name]}, {Path(binaries[name]).stat().st_size / 1e6:.2f} MB" for name in binaries),
        "",
        f"`bench/compare/pair.sh A B --rounds {arguments.rounds}{' --quick' if arguments.quick else ''}`. Each round measures one after "
        f"the other, in turns first. A figure is the median of the rounds; in brackets, the smallest and the largest. CPU is the "
        f"process's user and system time, which other work on the machine disturbs least. Pushes: PUT of {bodies.SERIES_PER_GROUP} series, "
        f"{client.CONNECTIONS} connections, {PUSH_SECONDS} s after {WARM_SECONDS} s of warm-up, without persistence. Start: the fastest "
        f"of {STARTS}. The ratio is the median of the ratios of the rounds; bold where it is worse than {1 + NOISE:.2f}.",
        "",
        "| | A | B | B / A |",
        "|---|---|---|---|",
    ]
    for name in rounds["A"][0]:
        a, b = ([figures[name] for figures in rounds[subject]] for subject in "AB")
        lines.append(f"| {name} | {cell(name, a)} | {cell(name, b)} | {ratio(name, a, b)} |")
    return "\n".join(lines) + "\n"


def machine(load):
    return (f"Machine: {len(os.sched_getaffinity(0))} cores. Load average before the run: {load:.2f}."
            f"{' **Other work ran beside it.**' if load > report.BUSY_LOAD else ''}")


def cell(name, values):
    show = report.rate if "rate" in name else report.size_of if "memory" in name else report.duration
    return f"{show(statistics.median(values))} ({show(min(values))} – {show(max(values))})"


def ratio(name, a, b):
    value = statistics.median(new / old if old else 1 for old, new in zip(a, b))
    is_worse = value < 1 / (1 + NOISE) if "rate" in name else value > 1 + NOISE
    return f"**{value:.2f}**" if is_worse else f"{value:.2f}"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, prog="bench/compare/pair.sh")
    parser.add_argument("a", metavar="A", help="the binary to compare with")
    parser.add_argument("b", metavar="B", help="the binary to judge")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="see that everything works; the figures are worth little")
    parser.add_argument("--out", metavar="FILE", help="write the page there, too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
