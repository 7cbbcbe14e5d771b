#!/usr/bin/env bash
# Exits with 1 unless a tag names the version of Directory.Build.props.
#   deploy/check-version.sh v0.1.0
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's|.*<VersionPrefix>\(.*\)</VersionPrefix>.*|\1|p' Directory.Build.props)
if [ "${1-}" != "v$version" ]; then
  echo "the tag is ${1-missing}, and the version in Directory.Build.props is $version" >&2
  exit 1
fi
