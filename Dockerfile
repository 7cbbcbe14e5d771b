# docker build -t pushgateway --build-arg REVISION="$(git rev-parse HEAD)" --build-arg BRANCH="$(git branch --show-current)" .
# docker run --rm -p 9091:9091 pushgateway --web.enable-admin-api
#
# Without a container engine, deploy/container/rehearse.sh repeats the last stage by hand, and runs the result.

# For an image with a shell: --build-arg VARIANT=
ARG VARIANT=-chiseled

# The C library of this stage must not be newer than that of the last one, so both use the same Ubuntu.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG TARGETARCH=amd64
# Native code is linked here, so this stage runs on the target platform of the image.
RUN apt-get update \
    && apt-get install -y --no-install-recommends clang zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source

# Packages first, so that this layer is cached while only code changes.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/PushGateway/PushGateway.csproj src/PushGateway/packages.lock.json src/PushGateway/
COPY src/PushGateway.Core/PushGateway.Core.csproj src/PushGateway.Core/packages.lock.json src/PushGateway.Core/
RUN dotnet restore src/PushGateway --locked-mode && dotnet restore src/PushGateway -a "$TARGETARCH"

COPY src/ src/
# The history of the repository is not copied, so arguments set what --version and pushgateway_build_info show.
ARG VERSION=
ARG REVISION=unknown
ARG BRANCH=unknown
RUN dotnet publish src/PushGateway -c Release -a "$TARGETARCH" -o /published \
    ${VERSION:+-p:Version="$VERSION"} -p:BuildRevision="$REVISION" -p:BuildBranch="$BRANCH" \
    && mkdir /empty

# The C library, OpenSSL and certificates; no shell and no package manager, unless VARIANT is empty.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble${VARIANT}
ARG VERSION=
ARG REVISION=unknown
LABEL org.opencontainers.image.title="pushgateway" \
    org.opencontainers.image.description="Drop-in Pushgateway for Prometheus" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="$VERSION" \
    org.opencontainers.image.revision="$REVISION"
COPY LICENSE THIRD-PARTY-NOTICES.md /licenses/
COPY --from=build /published/pushgateway /bin/pushgateway
# The user, the folder and the entry point are the same as in the Go Pushgateway's image, so that volumes and manifests work.
COPY --from=build --chown=65534:65534 /empty /pushgateway
USER 65534:65534
WORKDIR /pushgateway
EXPOSE 9091

# Without other flags, the check uses those that the container was started with. It needs no shell and no curl.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/bin/pushgateway", "--healthcheck"]

ENTRYPOINT ["/bin/pushgateway"]
