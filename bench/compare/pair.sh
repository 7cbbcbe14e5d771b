#!/usr/bin/env bash
# Measures two builds of the gateway in turns, so that noise of the machine affects both equally, and prints medians and ratios.
#   bench/compare/pair.sh OLD_BINARY NEW_BINARY [--rounds 7] [--quick] [--out FILE]
# Needs python3 and wrk (apt-get install wrk).
set -euo pipefail
command -v wrk >/dev/null || { echo "wrk is missing: apt-get install wrk" >&2; exit 1; }
exec python3 "$(dirname "$0")/pair.py" "$@"
