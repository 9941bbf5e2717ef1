# labdeploy with everything that `up`, `destroy` and `bootstrap-iam` need: no network but to AWS.
#   docker build -t labdeploy .          (docs/image.md)
#   docker run --rm -it -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY -e AWS_SESSION_TOKEN -e AWS_REGION labdeploy up

# The engine, from source: go.sum holds the checksum of every module.
FROM golang:1.25.11-bookworm AS engine
WORKDIR /engine
COPY docker/engine/go.mod docker/engine/go.sum ./
ARG PULUMI_VERSION=3.250.0
RUN CGO_ENABLED=0 GOFLAGS=-mod=mod go build -trimpath -o /usr/local/bin/pulumi \
      -ldflags "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_VERSION}" \
      github.com/pulumi/pulumi/pkg/v3/cmd/pulumi \
 && go mod verify

FROM node:24-bookworm-slim AS build
WORKDIR /labdeploy
COPY package.json package-lock.json .npmrc ./
COPY tools/node/package.json tools/node/
RUN npm ci
COPY . .
RUN npm run build \
 && npm prune --omit=dev \
 && rm -rf dist/node_modules/onnxruntime-node/bin/napi-v6/darwin dist/node_modules/onnxruntime-node/bin/napi-v6/win32 \
 && rm -rf node_modules/@labdeploy node_modules/node-*-* node_modules/.bin/node # the image has its Node

FROM node:24-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates=2023* \
 && rm -rf /var/lib/apt/lists/*
COPY --from=engine /usr/local/bin/pulumi /usr/local/bin/pulumi
COPY --from=build /labdeploy/package.json /labdeploy/LICENSE /opt/labdeploy/
COPY --from=build /labdeploy/node_modules /opt/labdeploy/node_modules
COPY --from=build /labdeploy/dist /opt/labdeploy/dist
COPY --from=build /labdeploy/models /opt/labdeploy/models
COPY --from=build /labdeploy/templates /opt/labdeploy/templates
RUN ln -s /opt/labdeploy/dist/cli/main.js /usr/local/bin/labdeploy \
 && chmod +x /opt/labdeploy/dist/cli/main.js
USER 1000
WORKDIR /home/node
ENV PULUMI_SKIP_UPDATE_CHECK=true
# The AWS plugin of the engine that the lockfile names, in the image so that no run downloads it.
RUN pulumi plugin install resource aws "$(node -p 'require("/opt/labdeploy/node_modules/@pulumi/aws/package.json").version')"
ENTRYPOINT ["labdeploy"]
CMD ["--help"]
