#!/usr/bin/env bash
# Builds the image for amd64 and arm64 with buildx, with and without a shell, and pushes it to a registry.
#   deploy/container/publish.sh IMAGE    such as registry.example/pushgateway
# Needs docker with buildx, and a login to the registry. With DRY_RUN=1 it prints the commands.
set -euo pipefail
cd "$(dirname "$0")/../.."

image=${1:?the name of the image is missing}
version=$(sed -n 's|.*<VersionPrefix>\(.*\)</VersionPrefix>.*|\1|p' Directory.Build.props)

build() {
  ${DRY_RUN:+echo} docker buildx build --platform linux/amd64,linux/arm64 --provenance=true --sbom=true --push \
    --build-arg VERSION="$version" --build-arg REVISION="$(git rev-parse HEAD)" --build-arg BRANCH="v$version" "$@" .
}

build --tag "$image:$version" --tag "$image:latest"
build --build-arg VARIANT= --tag "$image:$version-shell"
