"""One metric of every kind that the client has."""
import sys

from prometheus_client import CollectorRegistry, Counter, Enum, Gauge, Histogram, Info, Summary, push_to_gateway

registry = CollectorRegistry()
Counter("requests", "Requests.", ["path"], registry=registry).labels("/a\"b\\c\nd").inc(3)
Gauge("temperature", "Degrees.", registry=registry).set(float("-inf"))
summary = Summary("size_bytes", "Sizes.", registry=registry)
histogram = Histogram("wait_seconds", "Waits.", registry=registry, buckets=(0.1, 1, 10))
for value in (0.05, 0.5, 50):
    summary.observe(value)
    histogram.observe(value)
Info("release", "What runs.", registry=registry).info({"version": "1.2.3"})
Enum("state", "How it is.", registry=registry, states=["starting", "running"]).state("running")
push_to_gateway(sys.argv[1], job="kinds", registry=registry)
