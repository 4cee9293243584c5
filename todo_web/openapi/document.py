"""The whole document."""

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from todo_web.openapi.responses import HEADERS, component_responses
from todo_web.openapi.schemas import BEARER
from todo_web.openapi.task_schemas import component_schemas


def document(app: FastAPI) -> dict[str, Any]:
    """Return the document of what a service serves; components that it does not refer to are left out."""
    contracts = app.state.settings.contracts
    tags = [{"name": contract.name, "description": contract.title} for contract in contracts]
    tags.append({"name": "health", "description": "For operators and platforms."})
    found = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        license_info={"name": "MIT", "identifier": "MIT"},
        routes=app.routes,
        tags=tags,
    )
    found["servers"] = [{"url": "/"}]
    # The framework removes every null from what it completes, so the examples are added afterwards.
    known = {
        "headers": HEADERS,
        "responses": component_responses(),
        "schemas": component_schemas(contracts),
        "securitySchemes": {"BearerToken": BEARER},
    }
    components: dict[str, dict[str, Any]] = found["components"]
    for kind, named in known.items():
        components.setdefault(kind, {}).update(named)
    _leave_out_unused(found)
    return found


def _leave_out_unused(found: dict[str, Any]) -> None:
    for kind in ("responses", "schemas", "headers"):  # each refers to later ones only
        used = json.dumps(found)
        named = found["components"][kind]
        found["components"][kind] = {
            name: value for name, value in named.items() if f'"#/components/{kind}/{name}"' in used
        }
