"""A push, a replacement and a deletion with a password, and one with a wrong one; prints how that was refused."""
import sys
import urllib.error

from prometheus_client import CollectorRegistry, Gauge, delete_from_gateway, push_to_gateway, pushadd_to_gateway
from prometheus_client.exposition import basic_auth_handler


def handler_with(password):
    def handler(url, method, timeout, headers, data):
        return basic_auth_handler(url, method, timeout, headers, data, "ann", password)
    return handler


registry = CollectorRegistry()
Gauge("guarded", "Something.", registry=registry).set(1)
right, wrong = handler_with("secret"), handler_with("wrong")
push_to_gateway(sys.argv[1], job="kept", registry=registry, handler=right)
pushadd_to_gateway(sys.argv[1], job="kept", registry=registry, handler=right)
push_to_gateway(sys.argv[1], job="deleted", registry=registry, handler=right)
delete_from_gateway(sys.argv[1], job="deleted", handler=right)
try:
    push_to_gateway(sys.argv[1], job="refused", registry=registry, handler=wrong)
except urllib.error.HTTPError as refusal:
    print(refusal.code)
