# One image for web, worker and beat. Nothing is fetched after it is built.
FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MODE=production DATA_DIR=/data BIND=0.0.0.0 PORT=8000
RUN useradd --system --uid 10001 --create-home portal && mkdir /data && chown portal /data
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY --chown=portal . .
RUN MODE=trial DATA_DIR=/tmp/build python manage.py collectstatic --noinput --verbosity 0 \
 && mv /tmp/build/static /app/static_collected && rm -rf /tmp/build
ENV STATIC_ROOT=/app/static_collected
USER portal
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--timeout", "120"]
