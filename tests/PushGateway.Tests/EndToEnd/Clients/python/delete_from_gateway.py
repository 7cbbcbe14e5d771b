"""Pushes two groups and deletes the one that has a grouping key."""
import sys

from prometheus_client import CollectorRegistry, Gauge, delete_from_gateway, push_to_gateway

registry = CollectorRegistry()
Gauge("left", "Something.", registry=registry).set(1)
push_to_gateway(sys.argv[1], job="short", registry=registry)
push_to_gateway(sys.argv[1], job="short", registry=registry, grouping_key={"path": "/tmp/a b"})
delete_from_gateway(sys.argv[1], job="short", grouping_key={"path": "/tmp/a b"})
