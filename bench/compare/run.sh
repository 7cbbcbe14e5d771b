#!/usr/bin/env bash
# Publishes the gateway and measures it from outside, beside the Go Pushgateway if its command line is given.
#   bench/compare/run.sh [--go 'COMMAND LINE'] [--sizes 100,1000,10000,50000] [--quick] [--no-build]
# GO_PUSHGATEWAY is the default of --go. Needs python3 and wrk (apt-get install wrk).
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v wrk >/dev/null || { echo "wrk is missing: apt-get install wrk" >&2; exit 1; }

case $(uname -m) in
  aarch64 | arm64) runtime=linux-arm64 ;;
  *) runtime=linux-x64 ;;
esac

arguments=()
build=yes
for argument in "$@"; do
  if [ "$argument" = --no-build ]; then build=; else arguments+=("$argument"); fi
done
if [ -n "$build" ]; then
  dotnet publish src/PushGateway -c Release -r "$runtime" -o artifacts/pushgateway
  dotnet publish bench/StaticBuffer -c Release -r "$runtime" -o artifacts/static-buffer
fi
python3 bench/compare/compare.py "${arguments[@]}"
