#!/usr/bin/env bash
# Runs every test: builds with analyzers and code style, publishes the binary, and runs both test projects with their slow tests, a
# minute of fuzzing, and the conformance suite. `dotnet test` runs the fast tests only.
# The last line is "N passed, N failed, N skipped". The exit code is 0 only if nothing failed.
# artifacts/test-logs has the output of each part.
set -euo pipefail
cd "$(dirname "$0")"

case $(uname -m) in
  aarch64 | arm64) runtime=linux-arm64 ;;
  *) runtime=linux-x64 ;;
esac
binary=$PWD/artifacts/pushgateway/pushgateway
logs=$PWD/artifacts/test-logs
passed=0 failed=0 skipped=0
broken=()

# Makes the build run analyzers and code style: see Directory.Build.props.
export CheckStyle=true

# part NAME COMMAND...: runs a part, shows and logs its output, and prints how long it took.
part() {
  local name=$1 began=$SECONDS code=0
  shift
  printf '== %s\n' "$name"
  "$@" </dev/null 2>&1 | tee "$logs/$name.log" || code=$?
  printf -- '-- %s: %d s\n\n' "$name" $((SECONDS - began))
  return "$code"
}

# add NAME CODE PASSED FAILED SKIPPED: adds the totals of a part. A part that failed without a failed test, or printed no totals, is
# broken.
add() {
  local name=$1 code=$2
  if [[ ! "$3 $4 $5" =~ ^[0-9]+\ [0-9]+\ [0-9]+$ ]]; then
    broken+=("$name printed no totals (exit code $code)")
    return
  fi
  passed=$((passed + $3)) failed=$((failed + $4)) skipped=$((skipped + $5))
  if [ "$code" -ne 0 ] && [ "$4" -eq 0 ]; then
    broken+=("$name ended with exit code $code")
  elif [ $(($3 + $4 + $5)) -eq 0 ]; then
    broken+=("$name found nothing to run")
  fi
}

# Prints the totals from the last summary line of an xunit.v3 executable:
#   NAME  Total: 5, Errors: 0, Failed: 1, Skipped: 1, Not Run: 0, Time: 0.1s
xunit_totals() {
  sed -nE 's/^ +\S+ +Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+), .*/\1 \2 \3 \4/p' "$1" |
    tail -n 1 | awk '{ print $1 - $3 - $4, $3 + $2, $4 }'
}

# Prints the totals from the last line of this form: N passed, N failed, N skipped
totals() {
  sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p' "$1" | tail -n 1
}

run_xunit() {
  local name=$1 code=0
  part "$name" dotnet run --no-build -c Release --project "tests/$name" -- -noColor -noLogo -explicit on || code=$?
  # shellcheck disable=SC2046 # three numbers or none
  set -- $(xunit_totals "$logs/$name.log")
  add "$name" "$code" "${1-}" "${2-}" "${3-}"
}

conformance() {
  python3 tests/conformance/run.py --server "'$binary' {args}" --jobs 2 "$@"
}

fuzz() {
  nice dotnet run --no-build -c Release --project tests/PushGateway.Fuzz -- "$@"
}

run_fuzz() {
  local code=0
  part fuzz fuzz --seconds 60 || code=$?
  # shellcheck disable=SC2046
  set -- $(totals "$logs/fuzz.log")
  add fuzz "$code" "${1-}" "${2-}" "${3-}"
}

run_conformance() {
  local code=0
  part conformance conformance --skip-file tests/conformance/skip.txt || code=$?
  # shellcheck disable=SC2046
  set -- $(totals "$logs/conformance.log")
  add conformance "$code" "${1-}" "${2-}" "${3-}"
}

rm -rf artifacts/pushgateway "$logs"
mkdir -p "$logs"
part build dotnet build PushGateway.sln -c Release
part publish dotnet publish src/PushGateway -c Release -r "$runtime" -o artifacts/pushgateway
[ -x "$binary" ] || { echo "dotnet publish did not produce $binary" >&2; exit 1; }
export PUSHGATEWAY_BINARY=$binary

run_xunit PushGateway.Core.Tests
part fuzz-selftest fuzz --self-test ||
  broken+=("the fuzzing harness does not detect wrong code")
run_fuzz
part conformance-selftest python3 tests/conformance/selftest.py ||
  broken+=("the conformance suite does not detect wrong responses")
# If the binary never became ready, hundreds of tests would each wait for their deadline.
if part smoke conformance --filter admin/healthy_and_ready; then
  run_xunit PushGateway.Tests
  run_conformance
else
  broken+=("the published binary does not respond; skipped the tests that run it")
fi

for reason in "${broken[@]}"; do
  echo "BROKEN: $reason" >&2
  failed=$((failed + 1))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
