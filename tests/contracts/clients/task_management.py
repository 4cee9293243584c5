"""Specification 003: /api/tasks, titles that may be left out, soft deletion, tokens with id and email for 24 hours."""

import httpx2

from tests.contracts.clients.tokens import bearer

DAY = 24 * 3600


def use(url: str, secret: str) -> None:
    """Live with a task from its creation to its deletion, and meet 403, 404 and 401."""
    identity = {"id": "ann", "email": "ann@example.com"}
    with httpx2.Client(base_url=url, headers=bearer(secret, DAY, **identity)) as ann:
        untitled = ann.post("/api/tasks", json={"description": "Buy milk"})
        assert untitled.is_success
        assert untitled.json()["title"]
        task = untitled.json()
        assert task["user_id"] == "ann"
        one = f"/api/tasks/{task['id']}"
        assert [listed["id"] for listed in ann.get("/api/tasks").json()] == [task["id"]]
        assert ann.put(one, json={"title": "Buy tea", "description": "x" * 500}).json()["title"] == "Buy tea"
        assert ann.patch(f"{one}/complete").json()["completed"] is True
        assert ann.patch(f"{one}/complete").json()["completed"] is False
        bob = bearer(secret, DAY, id="bob", email="bob@example.com")
        assert httpx2.get(f"{url}{one}", headers=bob).status_code == 403
        assert httpx2.get(f"{url}/api/tasks", headers=bob).json() == []
        for refused in ({}, {"Authorization": "Bearer x"}, bearer(secret, -60, **identity)):
            assert httpx2.get(f"{url}/api/tasks", headers=refused).status_code == 401
        assert ann.delete(one).is_success
        assert ann.get(one).status_code == 404
        assert ann.get("/api/tasks").json() == []
