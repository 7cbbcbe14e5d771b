#!/usr/bin/env python3
"""Measures merged pushes beside plain ones.

    bench/compare/merge.py BINARY [--rounds 7] [--seconds 5] [--journal]

Pushes 20 series with POST, in turns without a header and with each merge mode, to one group and to 10,000 groups of one server. Prints
medians of rate, p99 and processor time a push, and their ratios to the plain POST.
"""
import argparse
import os
import statistics
import tempfile
from pathlib import Path

import client
from server import running

MODES = {
    "POST": ("POST",),
    "series": ("POST", "Pushgateway-Merge: series"),
    "sum": ("POST", "Pushgateway-Merge: sum"),
}
SIZES = [1, 10_000]
WARM_SECONDS = 2


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--journal", action="store_true", help="persist, with the journal")
    arguments = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} at the beginning, {arguments.rounds} rounds of {arguments.seconds} s\n")
    print("| Groups | Push | Rate, 1/s | | p99, ms | | CPU, µs | |")
    print("|---|---|---|---|---|---|---|---|")
    for size in SIZES:
        show(size, measure(arguments, size))


def measure(arguments, size):
    """The runs of each mode."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        bodies_file = Path(folder) / "bodies"
        client.write_bodies(bodies_file)
        command = [arguments.binary, "--web.listen-address=127.0.0.1:{port}"]
        if arguments.journal:
            command.append(f"--persistence.file={folder}/metrics")
        runs = {name: [] for name in MODES}
        with running(command) as server:
            client.load(server, size)
            for number in range(-1, arguments.rounds):
                for name in sorted(MODES, reverse=number % 2 == 1):
                    seconds = WARM_SECONDS if number < 0 else arguments.seconds
                    run = client.push_for(server, size, bodies_file, seconds, method=MODES[name])
                    if number >= 0:
                        runs[name].append(run)
    return runs


def show(size, runs):
    plain = runs["POST"]
    for name in MODES:
        cells = []
        for figure, scale in (("rate", 1), ("p99", 1e3), ("cpu_per_push", 1e6)):
            median, other = (statistics.median(getattr(run, figure) for run in some) for some in (runs[name], plain))
            cells += [f"{median * scale:,.1f}", f"{median / other:.2f}"]
        print(f"| {size:,} | {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
