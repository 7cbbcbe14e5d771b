#!/usr/bin/env bash
# Prints the section of CHANGELOG.md for a tag.
#   deploy/release-notes.sh v0.1.0
set -euo pipefail
cd "$(dirname "$0")/.."

notes=$(awk -v heading="## [${1#v}]" 'index($0, "## ") == 1 { found = index($0, heading) == 1; next } found' CHANGELOG.md)
if [ -z "$notes" ]; then
  echo "CHANGELOG.md has no section for ${1#v}" >&2
  exit 1
fi
printf '%s\n' "$notes"
