"""One metric of every kind that the client has, in OpenMetrics with exemplars: openmetrics.py ADDRESS."""
import sys
import urllib.request

from prometheus_client import CollectorRegistry, Counter, Enum, Gauge, Histogram, Info, Summary
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

registry = CollectorRegistry()
Counter("read", "Bytes \"read\".", ["path"], unit="bytes", registry=registry).labels("/a\"b\\c\nd").inc(3, {"trace_id": "4bf9"})
Gauge("temperature", "Degrees.", registry=registry).set(float("-inf"))
Summary("size_bytes", "Sizes.", registry=registry).observe(2)
Histogram("wait_seconds", "Waits.", registry=registry, buckets=(0.1, 1)).observe(0.5, {"trace_id": "51ab"})
Info("release", "What runs.", registry=registry).info({"version": "1.2.3"})
Enum("state", "How it is.", registry=registry, states=["starting", "running"]).state("running")

request = urllib.request.Request(
    sys.argv[1] + "/metrics/job/python", generate_latest(registry), {"Content-Type": CONTENT_TYPE_LATEST}, method="PUT")
with urllib.request.urlopen(request) as answer:
    print(answer.status)
