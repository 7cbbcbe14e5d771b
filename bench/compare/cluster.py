#!/usr/bin/env python3
"""Measures replicas that share a PostgreSQL.

    bench/compare/cluster.py BINARY [--seconds 10] [--connections 64] [--replicas 1,2,3]

Pushes 20 series with PUT to 10,000 groups over all replicas at once, with and without a synchronous standby, and lets pgbench write
rows of the same size one by one. Then: how long a replica takes to load 200,000 series, how soon a push shows at another replica, and
how long pushes are rejected while the primary dies and the standby takes over.
"""
import argparse
import contextlib
import os
import statistics
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bodies
import client
import postgres
from server import Server, running

GROUPS = 10_000
ROW_BYTES = 1500


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=64, help="to each replica")
    parser.add_argument("--replicas", default="1,2,3")
    arguments = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} at the beginning\n")
    print("| Standby | Replicas | Pushes, 1/s | p50, ms | p99, ms | CPU a push: replicas, µs | PostgreSQL, µs |")
    print("|---|---|---|---|---|---|---|")
    for standby in (False, True):
        with postgres.running(standby) as database:
            for count in (int(word) for word in arguments.replicas.split(",")):
                show_pushes(arguments, database, standby, count)
            show_pgbench(arguments, database, standby)
            if standby:
                print()
                show_start_and_failover(arguments, database)


def command(arguments, database, cluster):
    return [arguments.binary, "--web.listen-address=127.0.0.1:{port}", f"--cluster.postgres={database.url()}",
            f"--cluster.name={cluster}"]


def show_pushes(arguments, database, standby, count):
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir="."))
        bodies_file = Path(folder) / "bodies"
        client.write_bodies(bodies_file)
        servers = [stack.enter_context(running(command(arguments, database, f"pushes_{count}"))) for _ in range(count)]
        client.load(servers[0], GROUPS)
        cpu = database.cpu_seconds()

        def push(server):
            return client.push_for(server, GROUPS, bodies_file, arguments.seconds, connections=arguments.connections)

        with ThreadPoolExecutor(count) as pool:
            before = [server.cpu_seconds() for server in servers]
            runs = list(pool.map(push, servers))
        time.sleep(1)
        pushes = sum(run.pushes for run in runs)
        replicas = sum(server.cpu_seconds() - began for server, began in zip(servers, before)) / pushes
        print(
            f"| {'yes' if standby else 'no'} | {count} | {sum(run.rate for run in runs):,.0f}"
            f" | {statistics.median(run.p50 for run in runs) * 1e3:,.1f} | {max(run.p99 for run in runs) * 1e3:,.1f}"
            f" | {replicas * 1e6:,.0f} | {(database.cpu_seconds() - cpu) / pushes * 1e6:,.0f} |",
            flush=True)


def show_pgbench(arguments, database, standby):
    """Rows of the same size, a transaction each."""
    database.query("drop table if exists rows; create table rows (id integer primary key, payload bytea not null)")
    with tempfile.NamedTemporaryFile("w", suffix=".sql", dir=".") as script:
        script.write(
            f"\\set id random(1, {GROUPS})\n"
            f"insert into rows values (:id, decode(repeat('5a', {ROW_BYTES}), 'hex'))"
            " on conflict (id) do update set payload = excluded.payload;\n")
        script.flush()
        cpu = database.cpu_seconds()
        printed = subprocess.run(
            [postgres.binary("pgbench"), "-n", "-M", "prepared", "-c", str(arguments.connections), "-j", "1",
             "-T", str(arguments.seconds), "-f", script.name, "-h", "127.0.0.1", "-p", str(database.ports[0]),
             "-U", postgres.USER, "postgres"],
            check=True, capture_output=True, text=True).stdout
    figures = dict(line.split(" = ") for line in printed.splitlines() if " = " in line)
    rate = float(figures["tps"].split()[0])
    cpu = (database.cpu_seconds() - cpu) / (rate * arguments.seconds) * 1e6
    print(
        f"| {'yes' if standby else 'no'} | pgbench, a row a transaction | {rate:,.0f}"
        f" | {figures['latency average'].split()[0]} (mean) | | | {cpu:,.0f} |", flush=True)


def show_start_and_failover(arguments, database):
    cluster = command(arguments, database, "start")
    with running(cluster) as first, running(cluster) as second:
        client.load(first, GROUPS)
        starts = []
        for _ in range(3):
            server = Server(cluster)
            starts.append(server.ready_seconds)
            server.kill()
        print(f"Start with {GROUPS:,} groups, {GROUPS * 20:,} series: {statistics.median(starts) * 1e3:,.0f} ms (median of 3).")
        shown = sorted(time_until_shown(first, second, number) for number in range(100))
        print(f"A push shows at another replica: median {shown[50] * 1e3:,.1f} ms, p99 {shown[98] * 1e3:,.1f} ms after its answer.")
        began = time.perf_counter()
        database.kill_primary()
        promoted = time.perf_counter() - began
        while not is_accepted(first):
            time.sleep(0.02)
        print(
            f"Failover: pushes were accepted again {time.perf_counter() - began:,.2f} s after the primary's death;"
            f" the standby was promoted after {promoted:,.2f} s.")


def time_until_shown(first, second, number):
    """Seconds from the answer of a push at one replica until it shows at another one."""
    client.timed_push(first, b"/metrics/job/shown", b"shown %d\n" % number)
    began = time.perf_counter()
    expected = b'shown{instance="",job="shown"} %d\n' % number
    while expected not in client.get_body(second, "/metrics?name[]=shown"):
        pass
    return time.perf_counter() - began


def is_accepted(server):
    try:
        client.timed_push(server, bodies.path_of(0), b"m 1\n")
        return True
    except Exception:
        return False


if __name__ == "__main__":
    main()
