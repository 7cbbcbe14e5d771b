#!/usr/bin/env bash
# Repeats the last stage of the Dockerfile by hand, and runs the result like a container: as process 1 in a separate process
# namespace, in a separate read-only root file system without a shell, as the image's user, and without the capabilities of root.
# Then it pushes, scrapes, runs the health check inside, and stops the gateway with SIGTERM.
#   deploy/container/rehearse.sh BINARY [PORT]
# Needs root, util-linux and curl. Uses the libraries of this machine instead of the base image's.
set -euo pipefail

binary=$1 port=${2:-19091}
here=$(cd "$(dirname "$0")/../.." && pwd)

# Reads the settings from the Dockerfile, so that the two cannot diverge.
last_stage=$(awk '/^FROM /{ text = "" } { text = text $0 "\n" } END { printf "%s", text }' "$here/Dockerfile")
words() { tr -d '[]",'; }
user=$(sed -n 's/^USER //p' <<<"$last_stage")
folder=$(sed -n 's/^WORKDIR //p' <<<"$last_stage")
entry_point=$(sed -n 's/^ENTRYPOINT //p' <<<"$last_stage" | words)
read -ra health_check < <(sed -n 's/^HEALTHCHECK .* CMD //p' <<<"$last_stage" | words)
owner=$(sed -n "s|^COPY .*--chown=\([0-9:]*\) /empty $folder\$|\1|p" <<<"$last_stage")

work=$(mktemp -d)
root=$work/root
server=
cleanup() {
  if [ -n "$server" ]; then kill -KILL "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT
step() { echo "-- $*"; }

step "the root file system: the binary at $entry_point, its libraries, $folder of $owner"
install -D -m 755 "$binary" "$root$entry_point"
install -d -o "${owner%:*}" -g "${owner#*:}" "$root$folder"
mkdir -p "$root/proc" "$root/data" "$root/dev"
touch "$root/dev/null" "$root/dev/zero" "$root/dev/random" "$root/dev/urandom"
chown "$owner" "$root/data"
add() { install -D -m 755 "$(readlink -f "$1")" "$root$1"; }
ldd "$binary" | grep -oE '/[^ ]+' | while read -r library; do add "$library"; done
ldconfig -p | grep -oE '/[^ ]*/lib(ssl|crypto)\.so\.3$' | while read -r library; do
  add "$library"
  ldd "$library" | grep -oE '/[^ ]+' | while read -r needed; do add "$needed"; done
done

# run FLAGS...: runs the gateway as process 1. /data is the only writable folder, like a volume. Has the devices of every
# container (OCI runtime specification, "Default Devices") except terminals.
run() {
  # shellcheck disable=SC2016 # the inner shell expands them
  unshare --mount --pid --fork --kill-child sh -euc '
    root=$1 folder=$2 user=$3
    shift 3
    mount --bind "$root" "$root"
    mount --bind "$root/data" "$root/data"
    for device in null zero random urandom; do mount --bind "/dev/$device" "$root/dev/$device"; done
    mount -o remount,bind,ro "$root"
    mount -t proc proc "$root/proc"
    exec setpriv --no-new-privs -- unshare --root="$root" --wd="$folder" \
      --setgid "${user#*:}" --setuid "${user%:*}" -- "$@"' \
    sh "$root" "$folder" "$user" "$entry_point" "$@" >"$work/log" 2>&1 &
  server=$!
}
# The gateway as seen from outside: the only child of unshare.
inside() {
  nsenter --target "$(pgrep -P "$server")" --mount --pid --root --wd="$root$folder" \
    --setgid "${user#*:}" --setuid "${user%:*}" -- "$@"
}
fail() {
  echo "FAILED: $*" >&2
  cat "$work/log" >&2
  exit 1
}
gateway=http://127.0.0.1:$port

step "docker run -p $port:$port image --web.listen-address=:$port --web.enable-admin-api --persistence.file=/data/metrics"
run "--web.listen-address=:$port" --web.enable-admin-api --persistence.file=/data/metrics
for _ in $(seq 100); do
  if curl -fsS --noproxy '*' "$gateway/-/ready" >/dev/null 2>&1; then break; fi
  kill -0 "$server" 2>/dev/null || fail "it has ended"
  sleep 0.1
done
echo 'some_metric 3.14' | curl -fsS --noproxy '*' --data-binary @- "$gateway/metrics/job/some_job" || fail "no push"
curl -fsS --noproxy '*' "$gateway/metrics" | grep -q '^some_metric{instance="",job="some_job"} 3.14$' || fail "no scrape"
[ -s "$root/data/metrics.journal.1" ] || [ -s "$root/data/metrics.journal" ] || fail "nothing in the volume: $(ls "$root/data")"

step "who and where it is"
process=$(pgrep -P "$server")
grep -E '^(Uid|Gid|CapEff|NSpid):' "/proc/$process/status"
[ "$(awk '/^Uid:/ { print $2 ":" }' "/proc/$process/status")$(awk '/^Gid:/ { print $2 }' "/proc/$process/status")" = "$user" ] ||
  fail "it is not $user"
grep -q '^CapEff:[[:space:]]0*$' "/proc/$process/status" || fail "it has capabilities"
grep -q '^NSpid:.*[[:space:]]1$' "/proc/$process/status" || fail "it is not process 1"
[ "$(readlink "/proc/$process/cwd")" = "$folder" ] || [ "$(readlink "/proc/$process/cwd")" = "$root$folder" ] ||
  fail "it is in $(readlink "/proc/$process/cwd")"
awk -v root="$root" '$5 == root || $5 == "/" { print $5, $6 }' "/proc/$process/mountinfo" | grep -q ' ro' ||
  fail "its root file system can be written to"

step "HEALTHCHECK ${health_check[*]}, with the flags that it was started with"
inside "${health_check[@]}" || fail "the health check says no"

step "docker stop"
kill -TERM "$process"
code=0
wait "$server" || code=$?
server=
[ "$code" -eq 0 ] || fail "exit code $code"
grep -q 'HTTP server stopped' "$work/log" || fail "no good end"
echo "all steps passed"
