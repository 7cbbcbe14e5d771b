#!/usr/bin/env bash
# Builds a release in artifacts/release: tarball, Debian package, RPM package, bill of materials, SHA256SUMS.
#   ./build.sh [linux-x64|linux-arm64] [options of dotnet publish, such as -p:PublishAot=false]
# Without an argument it builds for this machine. Native code can only be linked for the machine's own kind; for another one, add
# -p:PublishAot=false. Parts whose tool is missing are left out, with a message.
set -euo pipefail
cd "$(dirname "$0")"

case $(uname -m) in
  aarch64 | arm64) runtime=linux-arm64 ;;
  *) runtime=linux-x64 ;;
esac
if [[ ${1-} == linux-* ]]; then
  runtime=$1
  shift
fi
case $runtime in
  linux-x64) architecture=amd64 ;;
  linux-arm64) architecture=arm64 ;;
  *) echo "$runtime: neither linux-x64 nor linux-arm64" >&2; exit 1 ;;
esac

version=$(dotnet msbuild src/PushGateway -getProperty:Version)
dotnet restore src/PushGateway --locked-mode
mkdir -p artifacts/release
deploy/sbom.sh "$version" "artifacts/release/pushgateway-$version.cdx.json"
dotnet publish src/PushGateway -c Release -r "$runtime" -o "artifacts/$runtime" "$@"
deploy/pack.sh "artifacts/$runtime/pushgateway" "$version" "$architecture" artifacts/release
