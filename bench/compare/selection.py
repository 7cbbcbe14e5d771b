#!/usr/bin/env python3
"""Measures scrapes with match[] beside the whole one, in turns.

    bench/compare/selection.py BINARY [--rounds 5] [--scrapes 20]

Scrapes 10,000 groups of 20 series. Prints medians of processor time, time and bytes of a scrape, and their ratio to the whole scrape.
"""
import argparse
import os
import statistics
import urllib.parse

import client
from server import running

GROUPS = 10_000
WHOLE = ""
SELECTORS = [
    WHOLE,
    '{job="batch"}',
    "batch_duration_seconds",
    '{instance="00042"}',
    '{instance=~"000.*"}',
    '{stage="load"}',
    '{job="batch",stage!="load"}',
    '{stage=~"load|verify"}',
    '{stage=~".+"}',
    '{stage="absent"}',
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scrapes", type=int, default=20)
    arguments = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} at the beginning, {arguments.rounds} rounds of {arguments.scrapes} scrapes\n")
    runs = {selector: [] for selector in SELECTORS}
    with running([arguments.binary, "--web.listen-address=127.0.0.1:{port}"]) as server:
        client.load(server, GROUPS)
        for number in range(-1, arguments.rounds):
            for selector in SELECTORS if number % 2 == 0 else reversed(SELECTORS):
                run = scrape(server, selector, arguments.scrapes)
                if number >= 0:
                    runs[selector].append(run)
    print_table(runs)


def scrape(server, selector, scrapes):
    """Processor time, time and bytes of one scrape."""
    path = "/metrics" + (selector and "?match[]=" + urllib.parse.quote(selector))
    cpu = server.cpu_seconds()
    answers = [client.timed_get(server, path) for _ in range(scrapes)]
    return (server.cpu_seconds() - cpu) / scrapes, statistics.median(seconds for seconds, _ in answers), answers[0][1]


def print_table(runs):
    print("| match[] | CPU, ms | over whole | Time, ms | over whole | MB |")
    print("|---|---|---|---|---|---|")
    medians = {selector: [statistics.median(figures) for figures in zip(*some)] for selector, some in runs.items()}
    whole = medians[WHOLE]
    for selector, (cpu, seconds, size) in medians.items():
        print(
            f"| {'`' + selector.replace('|', chr(92) + '|') + '`' if selector else 'none'} | {cpu * 1e3:.1f} | {cpu / whole[0]:.2f} "
            f"| {seconds * 1e3:.1f} | {seconds / whole[1]:.2f} | {size / 1e6:.1f} |")


if __name__ == "__main__":
    main()
