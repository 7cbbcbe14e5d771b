#!/usr/bin/env bash
# Builds the current commit again in a clone at another path, and compares the binary byte by byte.
#   deploy/reproduce.sh BINARY [options of dotnet publish]
# Both builds need the same commit, branch name, SDK, C compiler and C library.
set -euo pipefail

if [ $# -lt 1 ]; then
  sed -n '2,4s/^# \?//p' "$0" >&2
  exit 1
fi
binary=$(realpath "$1")
shift
case $(uname -m) in
  aarch64 | arm64) runtime=linux-arm64 ;;
  *) runtime=linux-x64 ;;
esac

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone --quiet "$(cd "$(dirname "$0")/.." && pwd)" "$folder/clone"
dotnet publish "$folder/clone/src/PushGateway" -c Release -r "$runtime" -o "$folder/published" "$@"
cmp "$binary" "$folder/published/pushgateway"
echo "the two builds have the same bytes"
