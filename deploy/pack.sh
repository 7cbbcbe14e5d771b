#!/usr/bin/env bash
# Packs a published binary: the tarball, the Debian and RPM packages where their tools are installed, and SHA256SUMS of all files in
# the folder.
#   deploy/pack.sh BINARY VERSION amd64|arm64 FOLDER
# The same binary and commit give the same bytes: order, owner and times are fixed; the time is SOURCE_DATE_EPOCH, or that
# of the commit.
set -euo pipefail

if [ $# -ne 4 ]; then
  sed -n '2,6s/^# \?//p' "$0" >&2
  exit 1
fi
binary=$(realpath "$1") version=$2 architecture=$3
mkdir -p "$4"
folder=$(realpath "$4")
source=$(cd "$(dirname "$0")/.." && pwd)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$source" log -1 --format=%ct 2>/dev/null || echo 0)}

staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
name=pushgateway-$version.linux-$architecture
mkdir "$staging/$name" "$staging/shell"
install -m 755 "$binary" "$staging/$name/pushgateway"
install -m 644 "$source"/{LICENSE,THIRD-PARTY-NOTICES.md,README.md,CHANGELOG.md} "$source"/deploy/systemd/pushgateway.{service,default} \
  "$staging/$name"

# The binary itself prints its manual page and the completions of the shells, if it runs on this machine.
if "$staging/$name/pushgateway" --version >/dev/null 2>&1; then
  "$staging/$name/pushgateway" --help-man >"$staging/shell/pushgateway.1"
  "$staging/$name/pushgateway" completion bash >"$staging/shell/pushgateway.bash"
  "$staging/$name/pushgateway" completion zsh >"$staging/shell/_pushgateway"
  "$staging/$name/pushgateway" completion fish >"$staging/shell/pushgateway.fish"
  install -m 644 "$staging/shell/pushgateway.1" "$staging/$name"
  install -D -m 644 -t "$staging/$name/completions" "$staging"/shell/{pushgateway.bash,_pushgateway,pushgateway.fish}
else
  echo "the binary does not run here, hence no manual page and no completions"
fi

tar --create --directory "$staging" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
  --mode=u=rwX,go=rX "$name" | gzip -9n >"$folder/$name.tar.gz"

if command -v dpkg-deb >/dev/null; then
  "$source/deploy/debian/build.sh" "$binary" "$version" "$architecture" "$folder" "$staging/shell"
else
  echo "no dpkg-deb here, hence no Debian package"
fi
if command -v rpmbuild >/dev/null; then
  "$source/deploy/rpm/build.sh" "$binary" "$version" "$architecture" "$folder" "$staging/shell"
else
  echo "no rpmbuild here, hence no RPM package"
fi
"$source/deploy/sums.sh" "$folder"
