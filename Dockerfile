# One image for every newsbeam job; docker-compose.yml gives each service its command.
FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/newsbeam
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /src
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --frozen --no-dev --extra postgres --no-install-project
COPY newsbeam newsbeam
COPY connectors connectors
COPY pipelines pipelines
COPY dashboard dashboard
COPY config config
RUN uv sync --frozen --no-dev --extra postgres --no-editable

FROM python:3.12-slim-bookworm
RUN groupadd --gid 10001 newsbeam && useradd --uid 10001 --gid newsbeam --create-home --home-dir /var/lib/newsbeam newsbeam
COPY --from=build /opt/newsbeam /opt/newsbeam
ENV PATH=/opt/newsbeam/bin:$PATH PYTHONUNBUFFERED=1 NEWSBEAM_CONFIG=/etc/newsbeam NEWSBEAM_DATA=/var/lib/newsbeam
COPY config /etc/newsbeam
USER newsbeam
WORKDIR /var/lib/newsbeam
ENTRYPOINT ["newsbeam"]
CMD ["--help"]
