#!/usr/bin/env python3
"""Measures scrapes in each format and encoding, in turns.

    bench/compare/formats.py BINARY [--rounds 5] [--scrapes 20]

Scrapes 10,000 groups of 20 series. Prints medians of processor time, time and bytes of a scrape, and the ratio of the processor time to
text without compression.
"""
import argparse
import os
import statistics

import client
from server import running

GROUPS = 10_000
PLAIN = ("text", "identity")
OPEN_METRICS = "application/openmetrics-text;version=1.0.0"
PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
FORMATS = {"text": "text/plain;version=0.0.4", "OpenMetrics": OPEN_METRICS, "protobuf": PROTOBUF}
TURNS = [PLAIN, ("OpenMetrics", "identity"), ("protobuf", "identity"), ("text", "gzip"), ("text", "zstd"), ("OpenMetrics", "gzip")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scrapes", type=int, default=20)
    arguments = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} at the beginning, {arguments.rounds} rounds of {arguments.scrapes} scrapes\n")
    runs = {turn: [] for turn in TURNS}
    with running([arguments.binary, "--web.listen-address=127.0.0.1:{port}", "--web.enable-openmetrics"]) as server:
        client.load(server, GROUPS)
        for number in range(-1, arguments.rounds):
            for turn in TURNS if number % 2 == 0 else reversed(TURNS):
                run = scrape(server, *turn, arguments.scrapes)
                if number >= 0:
                    runs[turn].append(run)
    print_table(runs)


def scrape(server, name, encoding, scrapes):
    """Processor time, time and bytes of one scrape."""
    cpu = server.cpu_seconds()
    answers = [client.timed_get(server, "/metrics", encoding, FORMATS[name]) for _ in range(scrapes)]
    return (server.cpu_seconds() - cpu) / scrapes, statistics.median(seconds for seconds, _ in answers), answers[0][1]


def print_table(runs):
    print("| Format | Encoding | CPU, ms | over text | Time, ms | MB |")
    print("|---|---|---|---|---|---|")
    medians = {turn: [statistics.median(figures) for figures in zip(*some)] for turn, some in runs.items()}
    for (name, encoding), (cpu, seconds, size) in medians.items():
        print(f"| {name} | {encoding} | {cpu * 1e3:.1f} | {cpu / medians[PLAIN][0]:.2f} | {seconds * 1e3:.1f} | {size / 1e6:.1f} |")


if __name__ == "__main__":
    main()
