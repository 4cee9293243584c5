FROM python:3.13-slim AS build
WORKDIR /src
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir "uv>=0.13,<1"
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY todo_core todo_core
COPY todo_adapters todo_adapters
COPY todo_cli todo_cli
COPY todo_web todo_web
# The versions of requirements.lock, without what only the tests need.
RUN python3 -m venv --without-pip /opt/todo && \
    /opt/uv/bin/uv pip install --no-cache --compile-bytecode --python /opt/todo \
        --constraint requirements.lock ".[telemetry,mcp]"

FROM python:3.13-slim
RUN useradd --system --no-create-home --uid 10001 todo && install --directory --owner todo --mode 700 /data
COPY --from=build /opt/todo /opt/todo
ENV PATH=/opt/todo/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    TODO_HOST=0.0.0.0 \
    DATABASE_URL=sqlite:////data/tasks.db
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=10s CMD ["python3", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\", 8000)}/health/ready', timeout=3)"]
CMD ["todo-web"]
