# syntax=docker/dockerfile:1

# The runtime image of the function, for those who have a container engine. Those
# who have none get the same image from `go run ./hack/package`, whose tests compare
# the two.
#
#   docker buildx build --platform linux/amd64,linux/arm64 --tag REGISTRY/function-xredis .

# The version that go.mod asks for, patched.
ARG GO_VERSION=1.26.8

# The compiler runs where the build runs, and compiles for the target: emulating the
# target's processor would take many times as long.
FROM --platform=${BUILDPLATFORM} golang:${GO_VERSION} AS build

WORKDIR /src

# A static binary: the final image has no libraries to link with.
ENV CGO_ENABLED=0

# The platform to compile for. BuildKit sets both, and they are declared this late
# because all platforms share the layers above.
ARG TARGETOS
ARG TARGETARCH

# The source is mounted and not copied, so that it needs no layer. The flags make
# equal sources give equal binaries, without paths, symbols or version control in
# them. Both caches are kept between builds, and what only tests import is not
# downloaded.
RUN --mount=type=bind,target=. \
    --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    GOOS=${TARGETOS} GOARCH=${TARGETARCH} \
    go build -trimpath -buildvcs=false -ldflags "-s -w" -o /out/function .

# Nothing but the function: no shell, no libraries, no package manager, and so
# nothing to patch but the function. It opens no connections, so it needs no
# certificate authorities either; Crossplane mounts those it serves with.
FROM scratch

# What registries show of the image.
LABEL org.opencontainers.image.title="function-xredis"
LABEL org.opencontainers.image.description="A Crossplane composition function that turns an XRedis into a working AWS ElastiCache Redis."
LABEL org.opencontainers.image.source="https://github.com/crossplane-contrib/function-xredis"
LABEL org.opencontainers.image.licenses="MIT"

# Owned by root, so that the function can't replace itself, and open to all, because
# Crossplane may run it as any user.
COPY --from=build --chmod=0555 /out/function /function

# Where the function serves gRPC.
EXPOSE 9443

# A number, because Kubernetes can't tell whether a name is root.
USER 65532:65532

# Crossplane starts it without arguments.
ENTRYPOINT ["/function"]
