"""Specification 002: /api/{user_id}/tasks, completion that only completes, pages of 50, 400 for invalid input."""

import httpx2

from tests.contracts.clients.tokens import bearer


def use(url: str, secret: str) -> None:
    """Work on tasks of a user whose token has a ``user_id`` claim, and meet every error that is specified."""
    tasks = f"{url}/api/7a1e/tasks"
    with httpx2.Client(headers=bearer(secret, user_id="7a1e")) as ann:
        assert ann.get(tasks).json() == []
        created = ann.post(tasks, json={"title": "Buy milk"})
        assert created.status_code == 201
        task = created.json()
        one = f"{tasks}/{task['id']}"
        assert ann.get(tasks).json() == [task]
        updated = ann.put(one, json={"title": "Buy almond milk"})
        assert (updated.status_code, updated.json()["title"]) == (200, "Buy almond milk")
        for _ in range(2):
            done = ann.patch(f"{one}/complete")
            assert (done.status_code, done.json()["completed"]) == (200, True)
        assert ann.get(one).json() == done.json()
        assert ann.post(tasks, json={"title": "x" * 500}).status_code == 201
        assert ann.post(tasks, json={"title": "x" * 501}).status_code == 400
        assert ann.put(one, json={"title": ""}).status_code == 400
        assert ann.get(f"{url}/api/other/tasks").status_code == 403
        assert httpx2.get(tasks).status_code == 401
        assert ann.delete(one).status_code == 204
        assert ann.get(one).status_code == 404
