"""Specification 001: /tasks, PATCH toggle, 201 and 200, 403 and 401."""

import httpx2

from tests.contracts.clients.tokens import bearer


def use(url: str, secret: str) -> None:
    """Create, list, retrieve, update, toggle and delete a task; meet 403, 404 and 401."""
    with httpx2.Client(base_url=url, headers=bearer(secret, user_id="ann")) as ann:
        created = ann.post("/tasks", json={"title": "Buy milk", "description": "two litres", "completed": False})
        assert created.status_code == 201
        task = created.json()
        assert task["user_id"] == "ann"
        one = f"/tasks/{task['id']}"
        listed = ann.get("/tasks")
        assert (listed.status_code, [found["id"] for found in listed.json()]) == (200, [task["id"]])
        assert ann.put(one, json={"title": "Buy tea", "completed": True}).json()["completed"] is True
        assert ann.patch(f"{one}/toggle").json()["completed"] is False
        assert ann.get(one).json()["title"] == "Buy tea"
        assert httpx2.get(f"{url}{one}", headers=bearer(secret, user_id="bob")).status_code == 403
        assert httpx2.get(f"{url}/tasks").status_code == 401
        assert ann.delete(one).is_success
        assert ann.get(one).status_code == 404
