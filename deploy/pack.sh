#!/usr/bin/env bash
# Packs a published binary: the tarball, the Debian package where dpkg-deb is, and SHA256SUMS of all that the folder holds.
#   deploy/pack.sh BINARY VERSION amd64|arm64 FOLDER
# The same binary and commit give the same bytes: order, owner and times are fixed; the time is SOURCE_DATE_EPOCH, or that
# of the commit.
set -euo pipefail

if [ $# -ne 4 ]; then
  sed -n '2,5s/^# \?//p' "$0" >&2
  exit 1
fi
binary=$1 version=$2 architecture=$3 folder=$4
source=$(cd "$(dirname "$0")/.." && pwd)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$source" log -1 --format=%ct)}

mkdir -p "$folder"
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
name=pushgateway-$version.linux-$architecture
mkdir "$staging/$name"
install -m 755 "$binary" "$staging/$name/pushgateway"
install -m 644 "$source"/{LICENSE,THIRD-PARTY-NOTICES.md,README.md} "$source"/deploy/systemd/pushgateway.{service,default} \
  "$staging/$name"
tar --create --directory "$staging" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
  --mode=u=rwX,go=rX "$name" | gzip -9n >"$folder/$name.tar.gz"

if command -v dpkg-deb >/dev/null; then
  "$source/deploy/debian/build.sh" "$binary" "$version" "$architecture" "$folder"
else
  echo "no dpkg-deb here, hence no Debian package"
fi
(cd "$folder" && find . -maxdepth 1 -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs sha256sum >SHA256SUMS)
cat "$folder/SHA256SUMS"
