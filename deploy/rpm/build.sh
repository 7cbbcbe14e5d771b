#!/usr/bin/env bash
# Builds the RPM package of a published binary.
#   deploy/rpm/build.sh BINARY VERSION amd64|arm64 FOLDER SHELL
# SHELL is a folder with the manual page and the completions, or an empty one.
set -euo pipefail

binary=$1 version=$2 architecture=$3 folder=$4 shell=$5
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
case $architecture in
  amd64) target=x86_64 ;;
  arm64) target=aarch64 ;;
esac
if [ ! -e "$shell/pushgateway.1" ]; then
  echo "no manual page, hence no RPM package"
  exit
fi

staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
# 1.2.0-rc.1 precedes 1.2.0, which RPM expresses with a tilde.
rpmbuild -bb --quiet --target "$target" --define "_topdir $staging" --define "_rpmdir $staging/out" \
  --define "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm" --define "_source_folder $source" --define "_binary $binary" \
  --define "_shell $shell" --define "_version ${version/-/\~}" --define "use_source_date_epoch_as_buildtime 1" \
  --define "clamp_mtime_to_source_date_epoch 1" --define "_buildhost localhost" "$here/pushgateway.spec"
cp "$staging"/out/*.rpm "$folder"
