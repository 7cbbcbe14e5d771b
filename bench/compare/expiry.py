#!/usr/bin/env python3
"""Pushes and scrapes while many groups expire at once.

    bench/compare/expiry.py BINARY [--groups 100000] [--journal]

Pushes the groups with a time to live that ends for all of them at the same moment, beside 100 groups that stay. Then pushes to
those 100 and scrapes what they have, each every 10 ms, before and while the others expire, and prints the times in ms.
"""
import argparse
import http.client
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


def groups_left(connection):
    content = ask(connection, 'GET', '/api/v1/groups?limit=0')
    return int(content.split(b'"groups":')[1].split(b',')[0])


def paced(port, stop, times, request):
    connection = connect(port)
    turn = 0
    while not stop.is_set():
        started = time.perf_counter()
        request(connection, turn)
        times.append((time.time(), (time.perf_counter() - started) * 1000))
        turn += 1
        time.sleep(PAUSE)


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
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        flags = [f'--persistence.file={folder}/metrics'] if options.journal else []
        server = subprocess.Popen([options.binary, f'--web.listen-address=127.0.0.1:{port}', *flags], stderr=subprocess.DEVNULL)
        try:
            time.sleep(1)
            connection = connect(port)
            for i in range(100):
                ask(connection, 'PUT', f'/metrics/job/long/instance/i{i}', b'stays 1\n')
            end = time.time() + (options.seconds or options.groups / 4000 + 10)
            fill(port, options.groups, end)
            print(f'{groups_left(connection)} groups, {end - time.time():.1f} s before they expire')
            stop, pushes, scrapes = threading.Event(), [], []
            workers = [
                threading.Thread(target=paced, args=(port, stop, pushes, lambda one, turn: ask(
                    one, 'PUT', f'/metrics/job/long/instance/i{turn % 100}', b'stays %d\n' % turn))),
                threading.Thread(target=paced, args=(port, stop, scrapes, lambda one, turn: ask(
                    one, 'GET', '/metrics?match[]=%7Bjob=%22long%22%7D'))),
            ]
            [worker.start() for worker in workers]
            while groups_left(connection) > 100:
                time.sleep(0.1)
            gone = time.time()
            stop.set()
            [worker.join() for worker in workers]
            print(f'all gone {gone - end:.2f} s after they expired')
            for name, times in (('pushes', pushes), ('scrapes', scrapes)):
                show(f'{name} before', [one for one in times if one[0] < end])
                show(f'{name} meanwhile', [one for one in times if one[0] >= end])
        finally:
            server.terminate()
            server.wait()


if __name__ == '__main__':
    main()
