#!/usr/bin/env python3
"""Measures scrapes with match[] beside the whole one, in turns.

    bench/compare/selection.py BINARY [--rounds 5] [--scrapes 20]

Scrapes 10,000 groups of 20 series. Prints medians of processor time, time and bytes of a scrape, and their ratio to the whole scrape.
"""
import argparse
import os
import urllib.parse

import client
import turns
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
    with running([arguments.binary, "--web.listen-address=127.0.0.1:{port}"]) as server:
        client.load(server, GROUPS)
        medians = turns.measure(
            SELECTORS, lambda selector: turns.scrape(server, arguments.scrapes, path_of(selector)), arguments.rounds)
    print_table(medians)


def path_of(selector):
    return "/metrics" + (selector and "?match[]=" + urllib.parse.quote(selector))


def print_table(medians):
    print("| match[] | CPU, ms | over whole | Time, ms | over whole | MB |")
    print("|---|---|---|---|---|---|")
    whole = medians[WHOLE]
    for selector, (cpu, seconds, size) in medians.items():
        print(
            f"| {'`' + selector.replace('|', chr(92) + '|') + '`' if selector else 'none'} | {cpu * 1e3:.1f} | {cpu / whole[0]:.2f} "
            f"| {seconds * 1e3:.1f} | {seconds / whole[1]:.2f} | {size / 1e6:.1f} |")


if __name__ == "__main__":
    main()
