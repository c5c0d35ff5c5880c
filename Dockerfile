# Outloud for Slack and Discord. What it keeps lies in the volume /app/var: the SQLite database, unless
# OUTLOUD_DATABASE_URL names another, and the key that was made on the first start.
#
#   docker build --tag outloud .
#   docker run --volume outloud:/app/var --publish 8040:8040 \
#     --env SLACK_BOT_TOKEN --env SLACK_APP_TOKEN outloud
#   docker run --volume outloud:/app/var --publish 8040:8040 \
#     --env OUTLOUD_PLATFORMS=discord --env DISCORD_TOKEN outloud
#
# The local chat has no log-in, so it is served on a machine's loopback only and not from a container's
# published port; to try it from the image, lend the container the machine's own network:
#
#   docker run --network host --env OUTLOUD_PLATFORMS=local --env OUTLOUD_HTTP_HOST=127.0.0.1 outloud

FROM python:3.11-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /app/.venv
WORKDIR /app
COPY requirements.lock ./
RUN .venv/bin/pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY migrations migrations
COPY adapters adapters
COPY bot bot
# Editable, so that the migrations lie beside the code as they do in a checkout.
RUN .venv/bin/pip install --no-deps --no-build-isolation --editable . \
  && .venv/bin/python -m compileall -q bot adapters migrations


FROM python:3.11-slim

RUN useradd --uid 10001 --user-group --home-dir /app --shell /usr/sbin/nologin outloud
COPY --from=build /app /app
RUN mkdir /app/var && chown outloud:outloud /app/var

ENV PATH=/app/.venv/bin:$PATH \
  PYTHONUNBUFFERED=1 \
  OUTLOUD_PLATFORMS=slack \
  OUTLOUD_HTTP_HOST=0.0.0.0 \
  OUTLOUD_LOG=json

WORKDIR /app
USER outloud
VOLUME /app/var
EXPOSE 8040
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('OUTLOUD_HTTP_PORT', '8040')}/healthz\", timeout=4)"]
ENTRYPOINT ["outloud"]
CMD ["run"]
