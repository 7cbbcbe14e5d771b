#!/usr/bin/env bash
# Writes SHA256SUMS of all other files in a folder, and prints it.
#   deploy/sums.sh FOLDER
set -euo pipefail
cd "$1"

# shellcheck disable=SC2094 # the list leaves SHA256SUMS out
find . -maxdepth 1 -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs sha256sum >SHA256SUMS
cat SHA256SUMS
