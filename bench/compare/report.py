"""Writes the measurements as a page: figures, ratios, and which of the goals are met."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import bodies
import client
import durable
import measure

BUSY_LOAD = 0.5


@dataclass
class Report:
    date: str
    plan: measure.Plan
    arguments: str
    versions: dict
    commands: dict
    load_before: float
    reference: int
    durable_plan: measure.Plan
    durable_only: bool
    results: dict
    failures: list = field(default_factory=list)

    def figure(self, subject, size, name):
        """None where it was not measured."""
        return self.results.get(subject, {}).get(size, {}).get(name)


def rate(value):
    return f"{value:,.0f}/s" if value >= 100 else f"{value:.1f}/s"


def duration(value):
    if value < 1e-3:
        return f"{value * 1e6:,.0f} µs"
    return f"{value * 1e3:,.1f} ms" if value < 0.1 else f"{value * 1e3:,.0f} ms"


def size_of(value):
    return f"{value / 1e6:,.1f} MB"


def spread(values):
    return f"{rate(min(values))} to {rate(max(values))}"


# Name, figure, how it is shown, and whether more is better (None: there is no better).
ROWS = [
    ("checked push", "push_rate", rate, True),
    ("checked push, from run to run", "push_rates", spread, None),
    ("checked push, p50", "push_p50", duration, False),
    ("checked push, p99", "push_p99", duration, False),
    ("CPU a checked push", "push_cpu", duration, False),
    ("the same pushes to a server that only reads them", "static_push_rate", rate, True),
    ("CPU of that a push", "static_push_cpu", duration, False),
    ("unchecked push", "unchecked_rate", rate, True),
    ("CPU an unchecked push", "unchecked_cpu", duration, False),
    ("scrape", "scrape", duration, False),
    ("scrape, gzip", "gzip", duration, False),
    ("the same bytes from one static buffer", "static", duration, False),
    ("bytes of a scrape", "scrape_bytes", size_of, None),
    ("/api/v1/metrics", "json", duration, False),
    ("memory, loaded", "memory_loaded", size_of, False),
    ("memory, after ten scrapes and ten JSON calls", "memory_after_reads", size_of, False),
    ("memory, after the checked pushes", "memory_after_pushes", size_of, False),
    ("start with the store restored", "start_restored", duration, False),
    ("paced pushes (at most 800/s), p99", "paced_p99", duration, False),
    ("paced pushes beside scrapes, p99", "beside_scrapes_p99", duration, False),
    ("paced pushes beside scrapes, rate", "beside_scrapes_rate", rate, True),
    ("scrape beside paced pushes", "scrape_beside_pushes", duration, False),
    ("big push (100,000 series)", "big_push", duration, False),
    ("paced pushes beside big ones, p99", "beside_big_p99", duration, False),
    ("paced pushes beside big ones, rate", "beside_big_rate", rate, True),
    ("big push beside paced ones", "big_push_beside", duration, False),
]
EMPTY_ROWS = [
    ("start, until ready", "start_empty", duration, False),
    ("memory, idle", "memory_idle", size_of, False),
]


def write(report):
    parts = [
        f"# Measured {report.date}",
        machine(report),
        versions(report),
        method(report),
    ]
    parts += ["## Persisted", durable_table(report)]
    if not report.durable_only:
        parts += unpersisted(report)
    if report.failures:
        parts += ["## Not measured", "\n".join(f"- {failure}" for failure in report.failures)]
    return "\n\n".join(parts) + "\n"


def unpersisted(report):
    parts = ["## Empty", table(report, 0, EMPTY_ROWS)]
    for size in sorted({size for figures in report.results.values() for size in figures if size}):
        parts.append(f"## {size:,} groups, {size * bodies.SERIES_PER_GROUP:,} series")
        parts.append(table(report, size, ROWS))
    return [*parts, "## Goals", goals(report)]


def durable_table(report):
    """A row for each size and number of connections, a column for each way to persist."""
    plan = report.durable_plan
    fsyncs = [report.figure(subject, 0, "fsync_rate") for subject in report.results]
    lines = [
        "One writer that appends a body and syncs the file again and again, with nothing else at work, gets "
        f"{' and '.join(rate(value) for value in fsyncs if value)} from this disk. The pushes: median of "
        f"{plan.runs} × {plan.seconds} s.",
        "",
        "| checked pushes, p50, p99 | ours, each on the disk before it is answered | ours, `--persistence.fsync=interval` "
        "| Go, which keeps them every five minutes |",
        "|---|---|---|---|",
    ]
    for size in sorted(size for size in report.results["ours"] if report.figure("ours", size, "durable_always_8")):
        for connections in durable.CONNECTIONS:
            columns = [("ours", "always"), ("ours", "interval"), ("go", "file")]
            shown = [
                durable_cell(report.figure(subject, size, f"durable_{way}_{connections}")) for subject, way in columns]
            lines.append(f"| {size:,} groups, {connections} connections | {' | '.join(shown)} |")
    return "\n".join(lines)


def durable_cell(figures):
    if figures is None:
        return ""
    return f"{rate(figures['rate'])}, {duration(figures['p50'])}, {duration(figures['p99'])}"


def table(report, size, rows):
    lines = ["| | ours | Go | ours is better by |", "|---|---|---|---|"]
    for name, figure, show, more_is_better in rows:
        ours = report.figure("ours", size, figure)
        go = report.figure("go", size, figure)
        if ours is None and go is None:
            continue
        lines.append(
            f"| {name} | {'' if ours is None else show(ours)} | {'' if go is None else show(go)} "
            f"| {ratio(ours, go, more_is_better)} |")
    return "\n".join(lines)


def ratio(ours, go, more_is_better):
    if ours is None or go is None or more_is_better is None:
        return ""
    value = ours / go if more_is_better else go / ours
    return f"{value:,.0f}×" if value >= 10 else f"{value:.2f}×"


def machine(report):
    cpu = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), "unknown")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    busy = ""
    if report.load_before > BUSY_LOAD:
        busy = " **The machine was busy with other work: take the figures for rough, the ratios for less so.**"
    return (f"Machine: {len(os.sched_getaffinity(0))} cores, {cpu}, {memory:.0f} GiB. "
            f"Load average before the run: {report.load_before:.2f}.{busy}")


def versions(report):
    wrk = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False).stdout.split()[1]
    lines = [f"- ours: `{report.commands['ours']}`, {report.versions['ours']}"]
    if "go" in report.versions:
        lines.append(f"- Go: `{report.commands['go']}`, {report.versions['go']}")
    lines.append(f"- wrk {wrk}; the command was `{report.arguments}`")
    return "\n".join(lines)


def method(report):
    plan = report.plan
    return f"""\
Pushes: PUT of 20 series ({len(bodies.group_bodies()[0]):,} bytes) to groups that are there, {client.CONNECTIONS} connections unless said, one push at a
time each, {plan.warm_seconds} s of warm-up; median of {plan.runs} × {plan.seconds} s. CPU is the server's user and system time over the pushes.
Reads: the median of {plan.reads}, each on a new connection. Starts: the median of {plan.starts}. Client and server share the cores.
The Go server is loaded unchecked (its memory is measured there) and then started with the file that this left, since
checked loading would take hours; neither persists anything while it is measured, but under *Persisted*.
Paced pushes: each connection waits {measure.PAUSE_MS} ms before its next push; beside them scrapes, or big pushes, follow one
another without a pause."""


def goals(report):
    lines = ["| goal | measured | met |", "|---|---|---|"]
    for name, needs, show, met in goal_list(report):
        if any(value is None for value in needs):
            lines.append(f"| {name} | not measured | |")
            continue
        lines.append(f"| {name} | {show(*needs)} | {'yes' if met(*needs) else '**no**'} |")
    lines.insert(-3, "| 6. parser | see bench/PushGateway.Benchmarks | |")
    return "\n".join(lines)


def goal_list(report):
    """The text of each goal, the figures it needs, how they are shown, and whether they meet it."""
    n = report.reference

    def ours(name, size=n):
        return report.figure("ours", size, name)

    def go(name, size=n):
        return report.figure("go", size, name)

    def times(a, b):
        return f"{a / b:.2f}"

    return [
        ("1. checked push at 10,000 groups: at least 20,000/s", [ours("push_rate")], rate, lambda v: v >= 20_000),
        ("1. p99 under 5 ms", [ours("push_p99")], duration, lambda v: v < 5e-3),
        ("1. CPU a push at most 40 µs", [ours("push_cpu")], duration, lambda v: v <= 40e-6),
        ("1. flat: the rate at 50,000 groups at least 0.8 of that at 100",
         [ours("push_rate", 50_000), ours("push_rate", 100)], times, lambda a, b: a / b >= 0.8),
        ("1. twice the Go Pushgateway's unchecked rate", [ours("push_rate"), go("unchecked_rate")], times,
         lambda a, b: a / b >= 2),
        ("2. scrape of 200,000 series: at most 1.5 times the static buffer", [ours("scrape"), ours("static")], times,
         lambda a, b: a / b <= 1.5),
        ("2. scrape at least 30 times faster than Go", [go("scrape"), ours("scrape")], times, lambda a, b: a / b >= 30),
        ("2. gzip at least 20 times faster than Go", [go("gzip"), ours("gzip")], times, lambda a, b: a / b >= 20),
        ("2. scrape of 1,000,000 series at most 5.5 times that of 200,000",
         [ours("scrape", 50_000), ours("scrape")], times, lambda a, b: a / b <= 5.5),
        ("2. pushes beside scrapes of 1,000,000 series: p99 under 20 ms", [ours("beside_scrapes_p99", 50_000)],
         duration, lambda v: v < 20e-3),
        ("3. /api/v1/metrics of 200,000 series at least 10 times faster than Go", [go("json"), ours("json")], times,
         lambda a, b: a / b >= 10),
        ("4. 200,000 series loaded: at most 110 MB", [ours("memory_loaded")], size_of, lambda v: v <= 110e6),
        ("4. after ten scrapes and ten JSON calls: at most 200 MB", [ours("memory_after_reads")], size_of,
         lambda v: v <= 200e6),
        ("4. 1,000,000 series: at most 320 bytes each beyond the empty process",
         [ours("memory_loaded", 50_000), ours("memory_idle", 0)], lambda a, b: f"{(a - b) / 1e6:.0f} bytes",
         lambda a, b: (a - b) / 1e6 <= 320),
        ("5. ready within 120 ms, empty", [ours("start_empty", 0)], duration, lambda v: v <= 0.12),
        ("5. ready within 500 ms with 200,000 series", [ours("start_restored")], duration, lambda v: v <= 0.5),
        ("5. ready within 2 s with 1,000,000 series", [ours("start_restored", 50_000)], duration, lambda v: v <= 2),
        ("5. idle memory at most 45 MB", [ours("memory_idle", 0)], size_of, lambda v: v <= 45e6),
        ("7. a push of 100,000 series within 150 ms", [ours("big_push")], duration, lambda v: v <= 0.15),
        ("7. other pushes meanwhile: p99 under 20 ms", [ours("beside_big_p99")], duration, lambda v: v < 20e-3),
        ("on the disk before the answer, 64 connections: at least 5,000/s",
         [(ours("durable_always_64") or {}).get("rate")], rate, lambda v: v >= 5_000),
    ]
