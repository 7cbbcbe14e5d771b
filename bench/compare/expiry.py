#!/usr/bin/env python3
"""Pushes and scrapes while many groups expire at once.

    bench/compare/expiry.py BINARY [--groups 100000] [--journal]

Pushes the groups with a time to live that ends for all of them at the same moment, beside 100 groups that stay. Then pushes to
those 100 and scrapes what they have, each every 10 ms and in a process of its own, before and while the others expire, and
prints the times in ms. The clients have the same processors as the gateway: --probe measures what these alone delay.
"""
import argparse
import http.client
import multiprocessing
import os
import re
import socket
import statistics
import subprocess
import tempfile
import threading
import time

BODY = b'# TYPE job_last_success_seconds gauge\njob_last_success_seconds 1.5e9\n# TYPE job_duration_seconds gauge\njob_duration_seconds 12\n'
CONNECTIONS = 8
PAUSE = 0.01


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def connect(port):
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def ask(connection, method, path, body=None, headers={}):
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status == 200, (answer.status, content[:200])
    return content


def fill(port, groups, end):
    def run(start):
        connection = connect(port)
        for i in range(start, groups, CONNECTIONS):
            ttl = max(1, int((end - time.time()) * 1000))
            ask(connection, 'PUT', f'/metrics/job/short/instance/i{i}', BODY, {'Pushgateway-TTL': f'{ttl}ms'})

    threads = [threading.Thread(target=run, args=(start,)) for start in range(CONNECTIONS)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]


def await_expiries(log, groups):
    """Reads the log, which costs the gateway nothing, until a number of groups have expired."""
    left = groups
    while left > 0:
        line = log.readline()
        assert line, 'the gateway ended'
        if found := re.search(rb'msg="groups expired" groups=(\d+)', line):
            left -= int(found[1])


def push(connection, turn):
    ask(connection, 'PUT', f'/metrics/job/long/instance/i{turn % 100}', b'stays %d\n' % turn)


def scrape(connection, turn):
    ask(connection, 'GET', '/metrics?match[]=%7Bjob=%22long%22%7D')


def probe(connection, turn):
    ask(connection, 'GET', '/-/healthy')


def paced(port, stop, results, name, request):
    connection = connect(port)
    turn = 0
    times = []
    while not stop.is_set():
        started = time.perf_counter()
        request(connection, turn)
        times.append((time.time(), (time.perf_counter() - started) * 1000))
        turn += 1
        time.sleep(PAUSE)
    results.put((name, times))


def take_processors(server):
    """The gateway's threads, this one and those that it starts go before all others of the machine."""
    for thread in [0, *map(int, os.listdir(f'/proc/{server}/task'))]:
        os.sched_setscheduler(thread, os.SCHED_RR, os.sched_param(1))


def show(name, times):
    values = sorted(took for _, took in times)
    if len(values) < 10:
        print(f'{name}: too few ({len(values)})')
        return
    print(f'{name}: {len(values)} requests, median {statistics.median(values):.1f} ms, '
          f'p99 {values[int(len(values) * 0.99)]:.1f} ms, max {values[-1]:.1f} ms')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('binary')
    parser.add_argument('--groups', type=int, default=100_000)
    parser.add_argument('--seconds', type=float, help='time to push the groups in; by default, 4,000 a second')
    parser.add_argument('--journal', action='store_true')
    parser.add_argument('--probe', action='store_true', help='also ask for /-/healthy, which touches no group')
    parser.add_argument('--realtime', action='store_true', help='as root: measure as if nothing else ran on the machine')
    parser.add_argument('--watch', type=float, default=5, help='seconds to measure before they expire')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        flags = [f'--persistence.file={folder}/metrics'] if options.journal else []
        server = subprocess.Popen([options.binary, f'--web.listen-address=127.0.0.1:{port}', *flags], stderr=subprocess.PIPE)
        try:
            time.sleep(1)
            connection = connect(port)
            for i in range(100):
                ask(connection, 'PUT', f'/metrics/job/long/instance/i{i}', b'stays 1\n')
            end = time.time() + (options.seconds or options.groups / 4000 + 10)
            fill(port, options.groups, end)
            print(f'{options.groups} groups, {end - time.time():.1f} s before they expire')
            time.sleep(max(0, end - time.time() - options.watch))
            stop, results = multiprocessing.Event(), multiprocessing.Queue()
            requests = {'pushes': push, 'scrapes': scrape, **({'probes': probe} if options.probe else {})}
            workers = [
                multiprocessing.Process(target=paced, args=(port, stop, results, name, request))
                for name, request in requests.items()]
            if options.realtime:
                take_processors(server.pid)
            [worker.start() for worker in workers]
            time.sleep(max(0, end - time.time()))
            await_expiries(server.stderr, options.groups)
            gone = time.time()
            # A second more, so that there are enough requests for a p99, and for what the burst leaves behind.
            time.sleep(1)
            stop.set()
            all_times = dict(results.get() for _ in workers)
            [worker.join() for worker in workers]
            print(f'all gone {gone - end:.2f} s after they expired')
            for name, times in all_times.items():
                show(f'{name} before', [one for one in times if one[0] < end])
                show(f'{name} meanwhile', [one for one in times if one[0] >= end])
        finally:
            server.terminate()
            server.wait()


if __name__ == '__main__':
    main()
