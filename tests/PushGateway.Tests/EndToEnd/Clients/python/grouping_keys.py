"""Grouping keys that need encoding: slashes, blanks, nothing at all, other alphabets, and the address of this host."""
import sys

from prometheus_client import CollectorRegistry, Gauge, instance_ip_grouping_key, push_to_gateway

registry = CollectorRegistry()
Gauge("grouped", "Something.", registry=registry).set(1)
push_to_gateway(sys.argv[1], job="nightly/backup", registry=registry, grouping_key={
    "path": "/var/tmp/a b",
    "words": "two words",
    "empty": "",
    "city": "København",
})
push_to_gateway(sys.argv[1], job="host", registry=registry, grouping_key=instance_ip_grouping_key())
