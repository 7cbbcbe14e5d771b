#!/usr/bin/env python3
"""Measures scrapes in each format and encoding, in turns.

    bench/compare/formats.py BINARY [--rounds 5] [--scrapes 20]

Scrapes 10,000 groups of 20 series. Prints medians of processor time, time and bytes of a scrape, and the ratio of the processor time to
text without compression.
"""
import argparse
import os

import client
import turns
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
    with running([arguments.binary, "--web.listen-address=127.0.0.1:{port}", "--web.enable-openmetrics"]) as server:
        client.load(server, GROUPS)
        medians = turns.measure(
            TURNS,
            lambda turn: turns.scrape(server, arguments.scrapes, encoding=turn[1], accept=FORMATS[turn[0]]),
            arguments.rounds)
    print_table(medians)


def print_table(medians):
    print("| Format | Encoding | CPU, ms | over text | Time, ms | MB |")
    print("|---|---|---|---|---|---|")
    for (name, encoding), (cpu, seconds, size) in medians.items():
        print(f"| {name} | {encoding} | {cpu * 1e3:.1f} | {cpu / medians[PLAIN][0]:.2f} | {seconds * 1e3:.1f} | {size / 1e6:.1f} |")


if __name__ == "__main__":
    main()
