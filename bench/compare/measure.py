"""The measurements of one server: a dictionary of figures for each size of store."""

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import bodies
import client
from server import Failed, Server, running

METRICS = "/metrics"
JSON = "/api/v1/metrics"
READS_BEFORE_MEMORY = 10
PAUSE_MS = 10
SETTLE_SECONDS = 2
NEVER = "--persistence.interval=24h"
UNCHECKED = "--push.disable-consistency-check"


@dataclass
class Plan:
    """How long and how often."""

    seconds: int
    runs: int
    warm_seconds: int
    reads: int
    starts: int


@dataclass
class Subject:
    """A server to measure. Where checked pushes are slow, the store is loaded unchecked and taken over from a file."""

    name: str
    command: list
    checked_pushes_are_slow: bool

    def command_with(self, *flags):
        return [*self.command, "--web.listen-address=127.0.0.1:{port}", *flags]


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def measure_start(subject, plan):
    """Empty: seconds until ready, and memory when idle."""
    seconds, memory = [], []
    for _ in range(plan.starts):
        with running(subject.command_with()) as server:
            seconds.append(server.ready_seconds)
            time.sleep(SETTLE_SECONDS)
            memory.append(server.resident_bytes())
    return {"start_empty": statistics.median(seconds), "memory_idle": statistics.median(memory)}


def measure_restart(subject, groups, plan, folder):
    """Seconds until ready with a store that was persisted."""
    file = persist(subject, groups, folder)
    seconds = []
    for _ in range(plan.starts):
        with running(subject.command_with(f"--persistence.file={file}", NEVER)) as server:
            seconds.append(expect_groups(server, groups))
    return {"start_restored": statistics.median(seconds)}


def measure_size(subject, groups, plan, folder, extras, figures):
    """
    Adds all figures of a store of so many groups, as they come. Extras name the measurements that are made at some
    sizes only.
    """
    say(f"{subject.name}: {groups} groups")
    bodies_file = Path(folder) / "bodies"
    client.write_bodies(bodies_file)
    flags = []
    if subject.checked_pushes_are_slow:
        file = persist(
            subject, groups, folder, lambda server: measure_unchecked(server, groups, plan, bodies_file, figures))
        flags = [f"--persistence.file={file}", NEVER]
    else:
        with running(subject.command_with(UNCHECKED)) as server:
            client.load(server, groups)
            figures.update(unchecked_pushes(server, groups, plan, bodies_file))
    with running(subject.command_with(*flags)) as server:
        if subject.checked_pushes_are_slow:
            figures["start_restored"] = expect_groups(server, groups)
        else:
            client.load(server, groups)
            figures.update(memory(server))
        figures.update(timed_reads(server, plan))
        if "scrape body" in extras:
            extras["scrape body"].write_bytes(client.get_body(server, METRICS))
        figures.update(checked_pushes(server, groups, plan, bodies_file))
        if "scrapes meanwhile" in extras:
            figures.update(pushes_beside_scrapes(server, groups, plan, bodies_file))
        if "big push" in extras:
            figures.update(big_pushes(server, groups, plan, bodies_file))


def measure_static(command, groups, plan, bodies_file):
    """The time to send the bytes of a scrape from one buffer, and the cost of pushes to a server that discards them."""
    with running(command) as server:
        for _ in range(READS_BEFORE_MEMORY):
            client.timed_get(server, METRICS)
        read = statistics.median(client.timed_get(server, METRICS)[0] for _ in range(plan.reads))
        runs = push_runs(server, groups, plan, bodies_file)
        return {
            "static": read,
            "static_push_rate": statistics.median(run.rate for run in runs),
            "static_push_cpu": statistics.median(run.cpu_per_push for run in runs),
        }


def persist(subject, groups, folder, use=lambda server: None):
    """The file of a server that was loaded, used, and ended."""
    file = Path(folder) / f"{groups}-groups.data"
    flags = [UNCHECKED] if subject.checked_pushes_are_slow else []
    server = Server(subject.command_with(f"--persistence.file={file}", NEVER, *flags))
    try:
        client.load(server, groups)
        use(server)
        server.stop()
    finally:
        server.kill()
    return file


def expect_groups(server, groups):
    """Seconds until ready, if the groups are there by then."""
    found = client.get_body(server, METRICS).count(b"\npush_time_seconds{")
    if found != groups:
        raise Failed(f"of {groups} groups {found} were there after the restart")
    return server.ready_seconds


def measure_unchecked(server, groups, plan, bodies_file, figures):
    figures.update(memory(server))
    figures.update(unchecked_pushes(server, groups, plan, bodies_file))


def memory(server):
    """Resident bytes with the groups loaded, and after some reads."""
    time.sleep(SETTLE_SECONDS)
    loaded = server.resident_bytes()
    for path in (METRICS, JSON):
        for _ in range(READS_BEFORE_MEMORY):
            client.timed_get(server, path)
    return {"memory_loaded": loaded, "memory_after_reads": server.resident_bytes()}


def timed_reads(server, plan):
    figures = {}
    kinds = [("scrape", METRICS, "identity"), ("gzip", METRICS, "gzip"), ("json", JSON, "identity")]
    for name, path, encoding in kinds:
        client.timed_get(server, path, encoding)
        reads = [client.timed_get(server, path, encoding) for _ in range(plan.reads)]
        figures[name] = statistics.median(seconds for seconds, _ in reads)
        figures[f"{name}_bytes"] = reads[-1][1]
    return figures


def push_runs(server, groups, plan, bodies_file):
    client.push_once(server, groups, bodies_file, plan.warm_seconds)
    return [client.push_for(server, groups, bodies_file, plan.seconds) for _ in range(plan.runs)]


def checked_pushes(server, groups, plan, bodies_file):
    runs = push_runs(server, groups, plan, bodies_file)
    return {
        "push_rate": statistics.median(run.rate for run in runs),
        "push_p50": statistics.median(run.p50 for run in runs),
        "push_p99": statistics.median(run.p99 for run in runs),
        "push_cpu": statistics.median(run.cpu_per_push for run in runs),
        "push_rates": [run.rate for run in runs],
        "memory_after_pushes": server.resident_bytes(),
    }


def unchecked_pushes(server, groups, plan, bodies_file):
    runs = push_runs(server, groups, plan, bodies_file)
    return {
        "unchecked_rate": statistics.median(run.rate for run in runs),
        "unchecked_cpu": statistics.median(run.cpu_per_push for run in runs),
    }


def pushes_beside_scrapes(server, groups, plan, bodies_file):
    alone = client.push_for(server, groups, bodies_file, plan.seconds, PAUSE_MS)
    with client.Meanwhile(lambda: client.timed_get(server, METRICS)[0]) as scrapes:
        run = client.push_for(server, groups, bodies_file, plan.seconds, PAUSE_MS)
    return {
        "paced_rate": alone.rate,
        "paced_p99": alone.p99,
        "beside_scrapes_rate": run.rate,
        "beside_scrapes_p99": run.p99,
        "scrape_beside_pushes": statistics.median(scrapes.results),
    }


def big_pushes(server, groups, plan, bodies_file):
    body = bodies.big()
    path = bodies.path_of(groups)
    client.timed_push(server, path, body)
    seconds = [client.timed_push(server, path, body) for _ in range(plan.reads)]
    with client.Meanwhile(lambda: client.timed_push(server, path, body)) as pushes:
        run = client.push_for(server, groups, bodies_file, plan.seconds, PAUSE_MS)
    return {
        "big_push": statistics.median(seconds),
        "big_push_bytes": len(body),
        "beside_big_rate": run.rate,
        "beside_big_p99": run.p99,
        "big_push_beside": statistics.median(pushes.results),
    }
