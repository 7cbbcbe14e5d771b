#!/usr/bin/env bash
# Writes the bill of materials of the binary in the format of CycloneDX: its NuGet packages with licences and hashes, and .NET.
#   deploy/sbom.sh VERSION FILE
# Needs python3. The same packages and commit give the same bytes.
set -euo pipefail

if [ $# -ne 2 ]; then
  sed -n '2,4s/^# \?//p' "$0" >&2
  exit 1
fi
version=$1
file=$(realpath -m "$2")
cd "$(dirname "$0")/.."
if ! command -v python3 >/dev/null; then
  echo "no python3 here, hence no bill of materials"
  exit
fi
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)} DOTNET_CLI_TELEMETRY_OPTOUT=1

dotnet tool restore --verbosity quiet
# A restore for one runtime would add the linker.
dotnet restore src/PushGateway --locked-mode --verbosity quiet
dotnet tool run dotnet-CycloneDX src/PushGateway/PushGateway.csproj --exclude-dev --disable-package-restore \
  --no-serial-number --spec-version 1.6 --output-format Json --set-name pushgateway --set-version "$version" \
  --output "$(dirname "$file")" --filename "$(basename "$file")" >/dev/null
runtime=$(dotnet msbuild src/PushGateway -getProperty:BundledNETCoreAppPackageVersion)

# The tool lists only packages, and writes the time of its run.
python3 - "$file" "$runtime" <<'PYTHON'
import datetime, json, os, sys

file, runtime = sys.argv[1:]
with open(file, encoding="utf-8") as stream:
    bom = json.load(stream)
moment = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
bom["metadata"]["timestamp"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
for name in "Microsoft.NETCore.App", "Microsoft.AspNetCore.App":
    bom["components"].append({
        "type": "framework", "bom-ref": f"{name}@{runtime}", "name": name, "version": runtime, "scope": "required",
        "licenses": [{"license": {"id": "MIT"}}],
        "externalReferences": [{"type": "website", "url": "https://github.com/dotnet/dotnet"}],
    })
with open(file, "w", encoding="utf-8") as stream:
    json.dump(bom, stream, indent=2, ensure_ascii=False)
    stream.write("\n")
print(f"{file}: {len(bom['components'])} components")
PYTHON
