"""The floor: what FastAPI costs when it does nothing."""

from fastapi import FastAPI


def create_app() -> FastAPI:
    """Return an application with one route, no token and no store."""
    app = FastAPI()

    @app.get("/")
    async def hello() -> dict[str, str]:
        return {"message": "Hello World"}

    return app
