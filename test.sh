#!/usr/bin/env bash
# Runs every test: publishes the binary, runs both test projects, a minute of fuzzing, and holds the binary to the
# conformance suite.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only when nothing failed.
# Output of each part is kept in artifacts/test-logs.
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

# part NAME COMMAND...: runs a part, shows its output, keeps it in a log, and says how long it took.
part() {
  local name=$1 began=$SECONDS code=0
  shift
  printf '== %s\n' "$name"
  "$@" </dev/null 2>&1 | tee "$logs/$name.log" || code=$?
  printf -- '-- %s: %d s\n\n' "$name" $((SECONDS - began))
  return "$code"
}

# add NAME CODE PASSED FAILED SKIPPED: a part that failed without naming a failure, or gave no totals, is broken.
add() {
  local name=$1 code=$2
  if [[ ! "$3 $4 $5" =~ ^[0-9]+\ [0-9]+\ [0-9]+$ ]]; then
    broken+=("$name gave no totals (exit code $code)")
    return
  fi
  passed=$((passed + $3)) failed=$((failed + $4)) skipped=$((skipped + $5))
  if [ "$code" -ne 0 ] && [ "$4" -eq 0 ]; then
    broken+=("$name ended with exit code $code")
  elif [ $(($3 + $4 + $5)) -eq 0 ]; then
    broken+=("$name found nothing to run")
  fi
}

# Reads the totals from the last summary line of an xunit.v3 executable:
#   NAME  Total: 5, Errors: 0, Failed: 1, Skipped: 1, Not Run: 0, Time: 0.1s
xunit_totals() {
  sed -nE 's/^ +\S+ +Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+), .*/\1 \2 \3 \4/p' "$1" |
    tail -n 1 | awk '{ print $1 - $3 - $4, $3 + $2, $4 }'
}

# Reads the totals from the last line of that form: N passed, N failed, N skipped
totals() {
  sed -nE 's/^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$/\1 \2 \3/p' "$1" | tail -n 1
}

run_xunit() {
  local name=$1 code=0
  part "$name" dotnet run --no-build -c Release --project "tests/$name" -- -noColor -noLogo || code=$?
  # shellcheck disable=SC2046 # three numbers, or none
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
[ -x "$binary" ] || { echo "dotnet publish left no $binary" >&2; exit 1; }
export PUSHGATEWAY_BINARY=$binary

run_xunit PushGateway.Core.Tests
part fuzz-selftest fuzz --self-test ||
  broken+=("the fuzzing harness does not notice wrong code")
run_fuzz
part conformance-selftest python3 tests/conformance/selftest.py ||
  broken+=("the conformance suite does not notice wrong answers")
# A binary that never gets ready would cost hundreds of tests their whole deadline.
if part smoke conformance --filter admin/healthy_and_ready; then
  run_xunit PushGateway.Tests
  run_conformance
else
  broken+=("the published binary does not answer, so the tests that run it were left out")
fi

for reason in "${broken[@]}"; do
  echo "BROKEN: $reason" >&2
  failed=$((failed + 1))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
