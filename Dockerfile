# docker build -t pushgateway --build-arg REVISION="$(git rev-parse HEAD)" --build-arg BRANCH="$(git branch --show-current)" .

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH=amd64
# Native code is linked here, so this stage runs on the platform that the image is for.
RUN apt-get update \
    && apt-get install -y --no-install-recommends clang zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source

# Packages first: this layer stays while only code changes.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/PushGateway/PushGateway.csproj src/PushGateway/
COPY src/PushGateway.Core/PushGateway.Core.csproj src/PushGateway.Core/
RUN dotnet restore src/PushGateway -a "$TARGETARCH"

COPY src/ src/
# The repository's history is not in here, so the build is told what --version and pushgateway_build_info say.
ARG VERSION=
ARG REVISION=unknown
ARG BRANCH=unknown
RUN dotnet publish src/PushGateway -c Release -a "$TARGETARCH" -o /published \
    ${VERSION:+-p:Version="$VERSION"} -p:BuildRevision="$REVISION" -p:BuildBranch="$BRANCH"

# Not the chiseled image: the health check below needs a shell.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0
COPY --from=build /published/pushgateway /bin/pushgateway
# The user, the folder and the entry point are those of the Go Pushgateway's image, so that volumes and manifests fit.
RUN mkdir /pushgateway && chown 65534:65534 /pushgateway
USER 65534:65534
WORKDIR /pushgateway
EXPOSE 9091

# The image has neither curl nor wget, but bash speaks TCP. This asks the default address and path: with another
# --web.listen-address or --web.route-prefix, or with TLS, give the container a check of its own (--health-cmd).
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/9091 && printf 'GET /-/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]

ENTRYPOINT ["/bin/pushgateway"]
