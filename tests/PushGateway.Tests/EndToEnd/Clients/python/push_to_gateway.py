"""A batch job that reports once at its end, twice in a row: the second push replaces the first."""
import sys

from prometheus_client import CollectorRegistry, Gauge, push_to_gateway

for name, value in (("first_run", 1), ("job_last_success_unixtime", 1700000000.25)):
    registry = CollectorRegistry()
    Gauge(name, "When the job last ended well.", registry=registry).set(value)
    push_to_gateway(sys.argv[1], job="batch", registry=registry)
