# syntax=docker/dockerfile:1
# The server in a container: docs/containers.md. The file system may be read-only but for /data.
ARG NODE=24

FROM node:${NODE}-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# The packages of the workspace, without which the lock file is not met.
COPY packages packages
RUN npm ci
COPY . .
RUN npm run build
RUN npm prune --omit=dev

FROM node:${NODE}-bookworm-slim
# For rocksdb-native.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libatomic1 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /src/package.json /src/LICENSE ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist/bundle dist/bundle
COPY --from=build /src/dist/web dist/web
COPY --from=build /src/schema schema
RUN chmod 0755 dist/bundle/cli.js \
    && ln -s /app/dist/bundle/cli.js /usr/local/bin/feedback-graph \
    && install --directory --owner=1000 --group=1000 --mode=0700 /data
# glibc keeps freed memory for each of its arenas, of which there are many: docs/performance.md.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    FEEDBACK_HOST=0.0.0.0 \
    FEEDBACK_PORT=4000 \
    FEEDBACK_STORE=rocksdb:/data/store
# The user `node`, by its number, so that Kubernetes can see that it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s --retries=3 CMD ["feedback-graph", "health", "--live"]
ENTRYPOINT ["feedback-graph"]
CMD ["serve"]
