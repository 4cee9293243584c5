"""Specification 004: /api/tasks for a front end at localhost:3000, a filter, and 422 for invalid input."""

import httpx2

from tests.contracts.clients.tokens import bearer

ORIGIN = {"Origin": "http://localhost:3000"}


def use(url: str, secret: str) -> None:
    """Do what the front end does, optimistic updates included."""
    with httpx2.Client(base_url=url, headers=bearer(secret, sub="ann") | ORIGIN) as ann:
        created = ann.post("/api/tasks", json={"title": "Buy milk", "description": "two litres", "completed": False})
        assert created.status_code == 201
        assert created.headers["access-control-allow-origin"] == ORIGIN["Origin"]
        task = created.json()
        one = f"/api/tasks/{task['id']}"
        updated = ann.put(one, json={"title": "Buy tea", "description": "green", "completed": True})
        assert (updated.status_code, updated.json()["completed"]) == (200, True)
        assert ann.get("/api/tasks", params={"completed": "true"}).json() == [updated.json()]
        toggled = ann.patch(f"{one}/complete")
        assert (toggled.status_code, toggled.json()["completed"]) == (200, False)
        assert ann.get("/api/tasks").json() == [toggled.json()]
        assert ann.post("/api/tasks", json={"title": "x" * 201}).status_code == 422
        assert httpx2.get(f"{url}{one}", headers=bearer(secret, sub="bob")).status_code in {403, 404}
        assert httpx2.get(f"{url}/api/tasks").status_code == 401
        assert ann.delete(one).status_code == 204
        assert ann.get(one).status_code == 404
