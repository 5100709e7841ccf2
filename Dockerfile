# The emulator as an image: built here, run as an ordinary user, everything it keeps below /data. Needs no BuildKit.

FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# Without scripts: `prepare` would build before the sources are there.
RUN npm ci --ignore-scripts
COPY . .
# What a user of the npm package gets, and nothing else; then what of it no running program reads: a third of the size.
RUN npm run build \
 && npm pack --ignore-scripts --pack-destination /tmp \
 && mkdir /app \
 && tar -xzf /tmp/dps-emulator-*.tgz -C /app --strip-components=1 \
 && npm prune --omit=dev --omit=peer --ignore-scripts \
 && mv node_modules /app/ \
 && find /app -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete \
 && find /app/node_modules -regextype posix-extended -type d \
      -regex '.*/node_modules/(@[^/]+/)?[^@/]+/(tests?|docs|examples?|benchmarks?|\.github)' -prune -exec rm -r {} + \
 && find /app -type d -empty -delete \
 && chmod +x /app/dist/cli/main.js

FROM node:22-bookworm-slim
LABEL org.opencontainers.image.title="dps-emulator" \
      org.opencontainers.image.description="A local Azure Device Provisioning Service for real devices and real webhooks" \
      org.opencontainers.image.licenses="MIT"
# A user of its own: devices that share the volume may read the CA, but not its key. Group 0 and its write permission
# are for platforms that give every container a user of their choice.
RUN ln -s /app/dist/cli/main.js /usr/local/bin/dps-emulator \
 && mkdir /data && chown 8883:0 /data && chmod 775 /data
COPY --from=build /app /app
# In a container loopback reaches nobody, so it listens on all addresses: publish the ports on 127.0.0.1. Ports that
# are named do not move: one that is taken is an error, not a surprise behind a published port.
ENV NODE_ENV=production \
    DPS_EMULATOR_HOME=/data \
    DPS_EMULATOR_HOST=0.0.0.0 \
    DPS_EMULATOR_CONTROL_HOST=0.0.0.0 \
    DPS_EMULATOR_MQTT_PORT=8883 \
    DPS_EMULATOR_HTTPS_PORT=443 \
    DPS_EMULATOR_CONTROL_PORT=8980
WORKDIR /app
USER 8883:0
VOLUME /data
EXPOSE 8883 443 8980
# Each check costs a tenth of a second of a processor; compose and `docker run --health-interval=1s` look more often.
HEALTHCHECK --interval=5s --timeout=5s --start-period=20s --retries=3 CMD ["dps-emulator", "ready"]
ENTRYPOINT ["dps-emulator"]
CMD ["start"]
