#!/usr/bin/env bash
# Publishes the gateway and measures it from outside, beside the Go Pushgateway if its command line is given.
#   bench/compare/run.sh [--go 'COMMAND LINE'] [--sizes 100,1000,10000,50000] [--quick] [--no-build]
# The command line may come from GO_PUSHGATEWAY instead, or from ../shared/tools/get-reference, which unpacks it into a folder,
# where that is present. Needs python3 and wrk (apt-get install wrk).
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
reference=../shared/tools/get-reference
if [ -z "${GO_PUSHGATEWAY-}" ] && [[ " ${arguments[*]-} " != *" --go"* ]] && [ -x "$reference" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  "$reference" "$folder" >&2
  binary=$(find "$folder" -path '*/sid/*' -type f -name '*pushgateway' -perm -u+x -print -quit)
  assets=$(find "$folder" -path '*/sid/*' -type d -path '*/share/prometheus/pushgateway' -print -quit)
  export GO_PUSHGATEWAY="$binary --web.local-assets=$assets"
fi
python3 bench/compare/compare.py "${arguments[@]}"
