"""The same commands on PostgreSQL."""

from tests.cli.conftest import Todo
from tests.support.postgres import Server


def test_a_list_on_postgresql(todo: Todo, postgres: Server) -> None:
    postgres.empty()
    todo.environ["DATABASE_URL"] = postgres.url()
    todo.ok("add", "Buy milk", "-d", "soon")
    todo.ok("import", "-", "-f", "todotxt", stdin="Write\nx Sleep\n")
    assert [task["title"] for task in todo.tasks("--completed")] == ["Sleep"]
    pending = todo.ok("list", "-q", "--pending").out.split()
    todo.ok("done", *pending)
    todo.ok("rm", *pending)
    todo.ok("undo")
    todo.ok("undo")
    assert todo.ok("list", "-q", "--pending").out.split() == pending
    todo.ok("undo")
    assert [task["title"] for task in todo.tasks()] == ["Buy milk"]
    assert todo("show", "999").code == 3
    facts = todo.ok("doctor", "--json").json
    assert facts["store"] == f"postgresql:localhost:{postgres.port}/todo"


def test_a_server_that_is_gone_is_one_line(todo: Todo) -> None:
    result = todo("list", "--database", "postgresql://ann:secret@127.0.0.1:1/todo")
    assert (result.code, result.out, result.err.count("\n")) == (1, "", 1)
    assert "secret" not in result.err
