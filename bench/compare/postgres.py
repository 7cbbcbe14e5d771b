"""A PostgreSQL for benchmarks: a primary, and a synchronous standby if asked for, in a temporary folder. Root runs it as postgres."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from server import free_port

USER = "postgres"


def binary(name):
    found = shutil.which(name) or next(iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None)
    if found is None:
        raise SystemExit(f"{name} is not installed (Debian package postgresql)")
    return str(found)


def as_user(*words):
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *words] if os.geteuid() == 0 else list(words)


class Postgres:
    def __init__(self, folder, standby):
        self.folder = Path(folder)
        self.ports = [free_port(), free_port()]
        self.processes = []
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        run(binary("initdb"), "-D", f"{folder}/primary", "-U", USER, "-A", "trust")
        self._start("primary", self.ports[0])
        if standby:
            run(binary("pg_basebackup"), "-h", "127.0.0.1", "-p", str(self.ports[0]), "-U", USER, "-D", f"{folder}/standby",
                "-X", "stream", "-d", "application_name=standby", "-R")
            self._start("standby", self.ports[1])
            self.query("alter system set synchronous_standby_names = 'standby'")
            self.query("select pg_reload_conf()")

    def url(self):
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports[:len(self.processes)])
        return f"postgres://{USER}@{hosts}/postgres"

    def query(self, sql):
        return subprocess.run(
            [binary("psql"), f"postgres://{USER}@127.0.0.1:{self.ports[0]}/postgres", "-Atqc", sql],
            check=True, capture_output=True, text=True).stdout.strip()

    def kill_primary(self):
        """Ends the primary as a crash does, and makes the standby the primary."""
        self.processes[0].kill()
        self.processes[0].wait()
        run(binary("pg_ctl"), "promote", "-D", f"{self.folder}/standby")

    def cpu_seconds(self):
        return sum(cpu_of_tree(process.pid) for process in self.processes)

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            if process.poll() is None:
                process.kill()
                process.wait()

    def _start(self, name, port):
        self.processes.append(subprocess.Popen(
            as_user(binary("postgres"), "-D", f"{self.folder}/{name}", "-p", str(port), "-k", str(self.folder),
                    "-c", "listen_addresses=127.0.0.1", "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB",
                    "-c", "wal_receiver_status_interval=1"),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        subprocess.run(["timeout", "60", "sh", "-c", f"until {binary('pg_isready')} -q -h 127.0.0.1 -p {port}; do sleep 0.1; done"],
                       check=True)


@contextlib.contextmanager
def running(standby):
    folder = tempfile.mkdtemp(prefix="bench-postgres-", dir=".")
    postgres = None
    try:
        os.chmod(folder, 0o755)
        postgres = Postgres(os.path.abspath(folder), standby)
        yield postgres
    finally:
        if postgres:
            postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run(*words):
    subprocess.run(as_user(*words), check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def cpu_of_tree(pid):
    """User and system time of a process and its children that run, in seconds."""
    total = 0
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            total += cpu_of_tree(int(child))
    return total
