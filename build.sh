#!/usr/bin/env bash
# Builds what a release consists of, in artifacts/release: the tarball, the Debian package (where dpkg-deb is), SHA256SUMS.
#   ./build.sh [linux-x64|linux-arm64] [more for dotnet publish, such as -p:PublishAot=false]
# Without an argument it is for the machine that it runs on. Native code is linked for that kind only; for another one, give
# -p:PublishAot=false. arm64 has not been tried.
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
dotnet publish src/PushGateway -c Release -r "$runtime" -o "artifacts/$runtime" "$@"
deploy/pack.sh "artifacts/$runtime/pushgateway" "$version" "$architecture" artifacts/release
