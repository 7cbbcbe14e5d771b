#!/usr/bin/env bash
# Builds the Debian package of a published binary.
#   deploy/debian/build.sh BINARY VERSION amd64|arm64 FOLDER SHELL
# SHELL is a folder with the manual page and the completions, or an empty one.
set -euo pipefail

binary=$1 version=$2 architecture=$3 folder=$4 shell=$5
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$source" log -1 --format=%ct 2>/dev/null || echo 0)}

staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
chmod 755 "$staging"
install -D -m 755 "$binary" "$staging/usr/bin/pushgateway"
install -D -m 644 "$source/deploy/systemd/pushgateway.service" "$staging/usr/lib/systemd/system/pushgateway.service"
install -D -m 644 "$source/deploy/systemd/pushgateway.default" "$staging/etc/default/pushgateway"
install -D -m 644 "$here/copyright" "$staging/usr/share/doc/pushgateway/copyright"
install -m 644 "$source"/{README.md,THIRD-PARTY-NOTICES.md} "$staging/usr/share/doc/pushgateway"
gzip -9nc "$source/CHANGELOG.md" >"$staging/usr/share/doc/pushgateway/changelog.gz"
chmod 644 "$staging/usr/share/doc/pushgateway/changelog.gz"
if [ -e "$shell/pushgateway.1" ]; then
  install -d "$staging/usr/share/man/man1"
  gzip -9nc "$shell/pushgateway.1" >"$staging/usr/share/man/man1/pushgateway.1.gz"
  chmod 644 "$staging/usr/share/man/man1/pushgateway.1.gz"
  install -D -m 644 "$shell/pushgateway.bash" "$staging/usr/share/bash-completion/completions/pushgateway"
  install -D -m 644 -t "$staging/usr/share/zsh/vendor-completions" "$shell/_pushgateway"
  install -D -m 644 -t "$staging/usr/share/fish/vendor_completions.d" "$shell/pushgateway.fish"
fi
install -D -m 755 -t "$staging/DEBIAN" "$here"/{postinst,prerm,postrm}
echo /etc/default/pushgateway >"$staging/DEBIAN/conffiles"

# The required version of the C library is that of the newest function that the binary uses.
glibc=$(grep -aoE 'GLIBC_2\.[0-9]+' "$binary" | sort -uV | tail -n 1)
# 1.2.0-rc.1 precedes 1.2.0, which Debian expresses with a tilde.
sed -e "s/@VERSION@/${version/-/\~}/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@GLIBC@/${glibc#GLIBC_}/" \
  -e "s/@SIZE@/$(du -sk --apparent-size "$staging" | cut -f1)/" "$here/control" >"$staging/DEBIAN/control"
dpkg-deb --root-owner-group -Zxz -z3 --build "$staging" "$folder/pushgateway_${version/-/\~}_$architecture.deb" >/dev/null
