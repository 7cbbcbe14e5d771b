"""A push that clashes with another group's type; prints the status code with which it was refused."""
import sys
import urllib.error

from prometheus_client import CollectorRegistry, Counter, Gauge, push_to_gateway

first, second = CollectorRegistry(), CollectorRegistry()
Gauge("clash_total", "A gauge.", registry=first).set(1)
Counter("clash", "A counter.", registry=second).inc()
push_to_gateway(sys.argv[1], job="first", registry=first)
try:
    push_to_gateway(sys.argv[1], job="second", registry=second)
except urllib.error.HTTPError as refusal:
    print(refusal.code)
