"""Reads each file of a folder with the parser of the client library, and prints how many families there are."""
import pathlib
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

families = 0
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        families += len(list(text_string_to_metric_families(path.read_bytes().decode())))
    except Exception as error:
        sys.exit(f"{path}: {error!r}")
print(families)
