# quorate as an image: one executable file on a slim Node, run by an ordinary user.
# State lives in the volume /var/lib/quorate; the socket is /run/quorate/quorate.sock, where every verb finds it:
#   docker exec CONTAINER quorate members

FROM node:24-slim AS build
WORKDIR /build
# First what rarely changes, so that a change of the sources does not install everything again.
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY scripts scripts
COPY src src
RUN npm run build

FROM node:24-slim
COPY --from=build --chmod=755 /build/dist/quorate.mjs /opt/quorate/quorate.mjs
RUN ln -s /opt/quorate/quorate.mjs /usr/local/bin/quorate && \
    mkdir -p /var/lib/quorate /run/quorate && \
    chown node:node /var/lib/quorate /run/quorate
USER node
ENV QUORATE_STATE_DIR=/var/lib/quorate
VOLUME /var/lib/quorate
EXPOSE 7946/tcp 7946/udp
HEALTHCHECK --interval=15s --timeout=5s --start-period=15s CMD ["quorate", "status", "-q"]
ENTRYPOINT ["quorate"]
CMD ["agent"]
