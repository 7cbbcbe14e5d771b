"""Pushes to a server that persists: the cost of writing each push to the disk before the answer."""

import os
import statistics
import time

import bodies
import client
import measure
from server import running

CONNECTIONS = [8, 64]
FSYNC_SECONDS = 2

# The flags with which each persists. The Go Pushgateway has nothing between its snapshots, the first of which comes after five minutes.
WAYS = {
    "ours": {"always": [], "interval": ["--persistence.fsync=interval"]},
    "go": {"file": []},
}


def measure_pushes(subject, groups, plan, folder):
    """Rates and latencies of pushes to a number of groups, by mode and number of connections. The folder is on a disk."""
    bodies_file = folder / "bodies"
    client.write_bodies(bodies_file)
    figures = {}
    for way, flags in WAYS[subject.name].items():
        measure.say(f"{subject.name}: {groups} groups, persisted ({way})")
        file = measure.persist(subject, groups, folder)
        with running(subject.command_with(f"--persistence.file={file}", *flags)) as server:
            measure.expect_groups(server, groups)
            for connections in CONNECTIONS:
                client.push_once(server, groups, bodies_file, plan.warm_seconds, connections=connections)
                runs = [
                    client.push_for(server, groups, bodies_file, plan.seconds, connections=connections)
                    for _ in range(plan.runs)]
                figures[f"durable_{way}_{connections}"] = {
                    "rate": statistics.median(run.rate for run in runs),
                    "p50": statistics.median(run.p50 for run in runs),
                    "p99": statistics.median(run.p99 for run in runs),
                }
    return figures


def measure_disk(folder):
    """How often in a second a body can be appended to a file and synced, by one who does nothing else."""
    body = bodies.text(bodies.SERIES_PER_GROUP)
    path = folder / "fsync"
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        count, began = 0, time.perf_counter()
        while time.perf_counter() - began < FSYNC_SECONDS:
            os.write(file, body)
            os.fdatasync(file)
            count += 1
        return count / (time.perf_counter() - began)
    finally:
        os.close(file)
        path.unlink()
