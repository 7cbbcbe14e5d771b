#!/usr/bin/env python3
"""Measures the published gateway from outside, beside the Go Pushgateway where one is given. Called by run.sh."""

import argparse
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import client
import durable
import measure
import report
from server import Failed, version_of, without_paths

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "artifacts/pushgateway/pushgateway"
STATIC = ROOT / "artifacts/static-buffer/static-buffer"

SIZES = [100, 1_000, 10_000, 50_000]
QUICK_SIZES = [100, 1_000]
REFERENCE_SIZE = 10_000
LARGEST_FOR_GO = 10_000
DURABLE_SIZES = [100, 10_000]

FULL = measure.Plan(seconds=10, runs=3, warm_seconds=5, reads=7, starts=5)
DURABLE = measure.Plan(seconds=5, runs=2, warm_seconds=2, reads=0, starts=0)
QUICK = measure.Plan(seconds=2, runs=1, warm_seconds=1, reads=3, starts=3)


def main():
    # Leaving the with blocks stops the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    arguments = parse_arguments()
    plan = QUICK if arguments.quick else FULL
    sizes = arguments.sizes or (QUICK_SIZES if arguments.quick else SIZES)
    subjects = [measure.Subject("ours", [str(OURS)], checked_pushes_are_slow=False)]
    if arguments.go:
        subjects.append(measure.Subject("go", shlex.split(arguments.go), checked_pushes_are_slow=True))

    load_before = os.getloadavg()[0]
    failures = []
    results = {}
    for subject in subjects:
        results[subject.name] = (
            {0: {}} if arguments.durable_only else measure_subject(subject, sizes, plan, failures))
    durable_plan = QUICK if arguments.quick else DURABLE
    durable_sizes = [size for size in DURABLE_SIZES if not arguments.quick or size <= QUICK_SIZES[-1]]
    for subject in subjects:
        measure_durable(subject, durable_sizes, durable_plan, results[subject.name], failures)

    written = report.write(report.Report(
        date=time.strftime("%Y-%m-%d"),
        plan=plan,
        arguments=shown_arguments(arguments),
        versions={subject.name: version_of(subject.command) for subject in subjects},
        commands={subject.name: without_paths(subject.command) for subject in subjects},
        load_before=load_before,
        reference=REFERENCE_SIZE,
        durable_plan=durable_plan,
        durable_only=arguments.durable_only,
        results=results,
        failures=failures,
    ))
    out = Path(arguments.out) if arguments.out else default_output(arguments.quick)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(written)
    print(written)
    return 0


def measure_subject(subject, sizes, plan, failures):
    """The figures by size; those that have nothing to do with a size are at 0."""
    if subject.checked_pushes_are_slow:
        sizes = [size for size in sizes if size <= LARGEST_FOR_GO]
    reference = REFERENCE_SIZE if REFERENCE_SIZE in sizes else sizes[-1]
    measure.say(f"{subject.name}: empty")
    results = {0: measure.measure_start(subject, plan)}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            extras = {}
            if size == sizes[-1]:
                extras["scrapes meanwhile"] = True
            if size == reference:
                extras["big push"] = True
            if subject.name == "ours":
                extras["scrape body"] = Path(folder) / "scrape"
            try:
                measure.measure_size(subject, size, plan, folder, extras, results.setdefault(size, {}))
                if subject.name == "ours":
                    command = [str(STATIC), "{port}", str(extras["scrape body"])]
                    results[size].update(measure.measure_static(command, size, plan, Path(folder) / "bodies"))
            except (Failed, OSError, subprocess.SubprocessError) as failure:
                failures.append(f"{subject.name}, {size} groups: {failure}")
                measure.say(failures[-1])
    if not subject.checked_pushes_are_slow:
        for size in {reference, sizes[-1]}:
            with tempfile.TemporaryDirectory() as folder:
                try:
                    results.setdefault(size, {}).update(measure.measure_restart(subject, size, plan, folder))
                except (Failed, OSError) as failure:
                    failures.append(f"{subject.name}, restart with {size} groups: {failure}")
    return results


def measure_durable(subject, sizes, plan, results, failures):
    """Adds the figures of pushes that are persisted, on the disk that holds this repository."""
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=ROOT / "artifacts") as folder:
            try:
                results[0]["fsync_rate"] = durable.measure_disk(Path(folder))
                results.setdefault(size, {}).update(durable.measure_pushes(subject, size, plan, Path(folder)))
            except (Failed, OSError, subprocess.SubprocessError) as failure:
                failures.append(f"{subject.name}, {size} groups, persisted: {failure}")
                measure.say(failures[-1])


def default_output(quick):
    if quick:
        return ROOT / "artifacts/compare-quick.md"
    return ROOT / f"bench/results/compare-{time.strftime('%Y-%m-%d')}.md"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, prog="bench/compare/run.sh")
    parser.add_argument(
        "--go", metavar="COMMAND LINE",
        help="the Go Pushgateway's binary, with flags if it needs any")
    parser.add_argument(
        "--sizes", type=lambda text: sorted({int(word) for word in text.split(",")}), metavar="N,N,…",
        help=f"numbers of groups, of {client.bodies.SERIES_PER_GROUP} series each")
    parser.add_argument("--durable-only", action="store_true", help="only the pushes that are persisted")
    parser.add_argument("--quick", action="store_true", help="see that everything works; the figures are worth little")
    parser.add_argument("--out", metavar="FILE", help="where the report goes, if not to bench/results")
    return parser.parse_args()


def shown_arguments(arguments):
    shown = []
    if arguments.go:
        shown.append("--go '…'")
    if arguments.sizes:
        shown.append("--sizes " + ",".join(str(size) for size in arguments.sizes))
    if arguments.durable_only:
        shown.append("--durable-only")
    if arguments.quick:
        shown.append("--quick")
    return " ".join(["bench/compare/run.sh", *shown])


if __name__ == "__main__":
    sys.exit(main())
