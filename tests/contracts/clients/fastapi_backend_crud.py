"""Specification 000: user-specific routes, completion that toggles, 403 for others."""

import httpx2

from tests.contracts.clients.tokens import bearer


def use(url: str, secret: str) -> None:
    """Do all six operations, be denied what is another's, and be refused without a token."""
    tasks = f"{url}/api/ann/tasks"
    with httpx2.Client(headers=bearer(secret, sub="ann")) as ann:
        created = ann.post(tasks, json={"title": "Buy milk", "description": "two litres"})
        assert created.is_success
        task = created.json()
        one = f"{tasks}/{task['id']}"
        assert [listed["id"] for listed in ann.get(tasks).json()] == [task["id"]]
        assert ann.get(one).json()["title"] == "Buy milk"
        assert ann.put(one, json={"title": "Buy tea"}).json()["title"] == "Buy tea"
        assert ann.patch(f"{one}/complete").json()["completed"] is True
        assert ann.patch(f"{one}/complete").json()["completed"] is False
        assert ann.get(f"{url}/api/bob/tasks").status_code == 403
        assert ann.post(tasks, json={"title": ""}).is_client_error
        his_path = f"{url}/api/bob/tasks/{task['id']}/complete"
        assert httpx2.patch(his_path, headers=bearer(secret, sub="bob")).status_code == 403
        assert httpx2.get(tasks).status_code == 401
        assert ann.delete(one).is_success
        assert ann.get(one).status_code == 404
