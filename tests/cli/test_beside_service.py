"""The console and the service on one store: the same tasks, and neither overwrites the other."""

from fastapi.testclient import TestClient

from tests.cli.conftest import Todo
from tests.support.service import bearer, settings
from todo_web.app import create_app


def test_a_token_for_the_console_user_shows_the_same_tasks(todo: Todo) -> None:
    app = create_app(settings(DATABASE_URL=todo.environ["DATABASE_URL"], TODO_REQUEST_LOG="false"))
    with TestClient(app, headers=bearer("ann")) as service:
        made = service.post("/api/tasks", json={"title": "From afar", "description": "é"}).json()
        todo.ok("add", "From here")
        assert todo.tasks() == service.get("/api/tasks").json()
        assert made in todo.tasks()
        assert service.get("/api/tasks", headers=bearer("bob")).json() == []


def test_undo_never_overwrites_what_the_service_changed(todo: Todo) -> None:
    app = create_app(settings(DATABASE_URL=todo.environ["DATABASE_URL"], TODO_REQUEST_LOG="false"))
    with TestClient(app, headers=bearer("ann")) as service:
        todo.ok("add", "Buy milk")
        todo.ok("done", "1")
        service.put("/api/tasks/1", json={"title": "Buy oats"}).raise_for_status()
        assert todo("undo").code == 5
        assert todo.tasks() == service.get("/api/tasks").json()
        assert (todo.tasks()[0]["title"], todo.tasks()[0]["completed"]) == ("Buy oats", True)


def test_what_the_console_moves_to_the_trash_the_service_restores(todo: Todo) -> None:
    app = create_app(settings(DATABASE_URL=todo.environ["DATABASE_URL"], TODO_REQUEST_LOG="false"))
    with TestClient(app, headers=bearer("ann")) as service:
        todo.ok("add", "Buy milk")
        todo.ok("rm", "1")
        assert service.get("/api/tasks/1").status_code == 404
        service.post("/api/tasks/1/restore").raise_for_status()
        assert [task["id"] for task in todo.tasks()] == [1]
