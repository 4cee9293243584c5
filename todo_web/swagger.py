"""The OpenAPI document and Swagger UI, from local files only."""

from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from todo_web.openapi.document import document
from todo_web.paths import public_path

DESCRIPTION = """
Every user's tasks, kept apart from everybody else's. Press **Authorize** and paste a token: one from your Better Auth
issuer, or one that `todo-web token` prints.
"""
_ASSETS = "/docs/assets"


def add_documentation(app: FastAPI) -> None:
    """Serve ``/docs`` and its files, and ``/openapi.json``."""
    app.mount(_ASSETS, StaticFiles(directory=str(files("fastapi_swagger") / "resources")), name="assets")

    @app.api_route("/docs", methods=["GET", "HEAD"], include_in_schema=False)
    async def documentation(request: Request) -> HTMLResponse:
        assets = public_path(request.scope, _ASSETS)
        return get_swagger_ui_html(
            openapi_url=public_path(request.scope, "/openapi.json"),
            title=app.title,
            swagger_js_url=f"{assets}/swagger-ui-bundle.js",
            swagger_css_url=f"{assets}/swagger-ui.css",
            swagger_favicon_url=f"{assets}/favicon-32x32.png",
            swagger_ui_parameters={"tryItOutEnabled": True, "displayRequestDuration": True},
        )

    @app.api_route("/openapi.json", methods=["GET", "HEAD"], include_in_schema=False)
    async def interface(request: Request) -> JSONResponse:
        return JSONResponse(app.openapi() | {"servers": [{"url": public_path(request.scope, "") or "/"}]})

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the documented way to extend the document
