# One image for every process of CX Wiki: `docker run … cxwiki serve`, `worker` or `encoder`.
FROM python:3.11-slim

# The address of PyTorch's CPU builds makes the image gigabytes smaller: docs/operations.md
ARG PIP_EXTRA_INDEX_URL=""

# Pango lays out the PDF reports.
RUN apt-get update && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 \
    libharfbuzz-subset0 fonts-dejavu-core && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home --uid 10001 cxwiki && mkdir /data && chown cxwiki /data
WORKDIR /srv/cxwiki

COPY pyproject.toml constraints.txt README.md LICENSE app.py ./
COPY cxwiki cxwiki
COPY migrations migrations
COPY static static
COPY templates templates
RUN pip install --no-cache-dir --constraint constraints.txt --editable . \
    && pybabel -q compile -d cxwiki/translations

ENV CXWIKI_ENV=production CXWIKI_DATA=/data PYTHONUNBUFFERED=1
VOLUME /data
USER cxwiki
EXPOSE 8000
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
ENTRYPOINT ["cxwiki"]
CMD ["serve", "--host", "0.0.0.0"]
