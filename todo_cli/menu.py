"""The numbered menu: one question per line, one answer per line."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from todo_cli.console import Console
from todo_cli.exit_codes import INTERRUPTED, SUCCESS, Failure
from todo_cli.history import Plan
from todo_cli.safe_text import visible
from todo_cli.task_ids import not_an_id, parse_task_id
from todo_cli.task_table import table
from todo_cli.todo_list import TodoList
from todo_core.errors import TodoError
from todo_core.policy import DEFAULT_POLICY
from todo_core.query import Status, TaskQuery
from todo_core.task import ABSENT, Task, TaskFields
from todo_core.text import clean_description, clean_search, clean_title

_CHOICES = """
1 Add task
2 View tasks
3 Update task
4 Delete task
5 Mark complete/incomplete
6 Exit
u Undo   r Redo   / Search   t Trash"""


class _Leave(Exception):
    """The menu is over."""


class Menu:
    """The menu over one list. What goes wrong is said in plain words, and the menu goes on."""

    def __init__(self, todo_list: TodoList, console: Console) -> None:
        self._todo_list = todo_list
        self._console = console
        self._actions: Mapping[str, Callable[[], None]] = {
            **dict.fromkeys(("1", "add"), self._add),
            **dict.fromkeys(("2", "view", "list"), self._view),
            **dict.fromkeys(("3", "update", "edit"), self._update),
            **dict.fromkeys(("4", "delete", "rm"), self._delete),
            **dict.fromkeys(("5", "mark", "toggle", "complete", "incomplete", "done", "undone"), self._mark),
            **dict.fromkeys(("6", "exit", "quit", "q"), self._exit),
            **dict.fromkeys(("u", "undo"), self._undo),
            **dict.fromkeys(("r", "redo"), self._redo),
            **dict.fromkeys(("/", "search"), self._search),
            **dict.fromkeys(("t", "trash"), self._trash),
        }

    def run(self) -> int:
        """Go on until the exit is chosen or the input ends; return the exit code."""
        self._say(f"To-do list of {visible(self._todo_list.user_id)}")
        try:
            while True:
                self._say(_CHOICES)
                self._turn(self._ask("Your choice: "))
        except _Leave:
            self._say("Goodbye!")
        except KeyboardInterrupt:
            self._say("\nGoodbye!")
            return INTERRUPTED
        return SUCCESS

    def _turn(self, choice: str) -> None:
        action = self._actions.get(choice.lower())
        if action is None and choice.startswith("/"):
            action = partial(self._find, choice[1:])
        if action is None:
            self._say("Please choose 1 to 6, or u, r, / or t.")
            return
        try:
            action()
        except (TodoError, Failure) as error:
            self._say(visible(str(error)))

    def _add(self) -> None:
        title = clean_title(self._ask("Title: "), DEFAULT_POLICY.title_limit)
        description = self._ask("Description (Enter for none): ")
        task = self._todo_list.add(TaskFields(title, description))
        self._say(f"Added task {task.id}: {visible(task.title)}")

    def _view(self) -> None:
        self._show(self._todo_list.find(TaskQuery()), "No tasks yet.")

    def _update(self) -> None:
        task = self._chosen("ID of the task to update: ")
        title = self._ask(f"New title (Enter keeps “{visible(task.title)}”): ")
        if title:
            clean_title(title, DEFAULT_POLICY.title_limit)
        kept = f"Enter keeps “{visible(task.description)}”, - removes it" if task.description else "Enter for none"
        description = self._ask(f"New description ({kept}): ")
        clean_description(description, DEFAULT_POLICY.description_limit)
        changes = TaskFields(
            title=title or ABSENT,
            description=ABSENT if not description else None if description == "-" else description,
        )
        self._todo_list.edit([task.id], changes)
        self._say(f"Updated task {task.id}." if changes != TaskFields() else "Nothing was changed.")

    def _delete(self) -> None:
        task = self._chosen("ID of the task to delete: ")
        if self._ask(f"Delete “{visible(task.title)}”? (y/N): ").lower() not in {"y", "yes"}:
            self._say("Nothing was deleted.")
            return
        self._todo_list.delete([task.id])
        self._say(f"Deleted task {task.id}; u brings it back.")

    def _mark(self) -> None:
        task = self._chosen("ID of the task to mark: ")
        if task.completed:
            self._todo_list.reopen([task.id])
        else:
            self._todo_list.complete([task.id])
        self._say(f"Marked task {task.id} as {'incomplete' if task.completed else 'complete'}.")

    def _search(self) -> None:
        self._find(self._ask("Search for: "))

    def _find(self, text: str) -> None:
        self._show(self._todo_list.find(TaskQuery(search=clean_search("search", text))), "No such tasks.")

    def _trash(self) -> None:
        deleted = self._todo_list.find(TaskQuery(Status.DELETED))
        self._show(deleted, "The trash is empty.")
        answer = self._ask("ID of the task to restore (Enter for none): ") if deleted else ""
        if answer:
            task_id = self._id(answer)
            self._todo_list.restore([task_id])
            self._say(f"Restored task {task_id}.")

    def _undo(self) -> None:
        self._carry_out(self._todo_list.history.undo(), "Nothing to undo.")

    def _redo(self) -> None:
        self._carry_out(self._todo_list.history.redo(), "Nothing to redo.")

    def _carry_out(self, plan: Plan | None, nothing: str) -> None:
        if plan is None:
            self._say(nothing)
            return
        for text in plan.summary:
            self._say(visible(text))
        self._todo_list.carry_out(plan)
        self._say("Done.")

    def _exit(self) -> None:
        raise _Leave

    def _chosen(self, question: str) -> Task:
        return self._todo_list.get(self._id(self._ask(question)))

    def _id(self, answer: str) -> int:
        task_id = parse_task_id(answer)
        if task_id is None:
            raise Failure(not_an_id(answer))
        return task_id

    def _show(self, tasks: Sequence[Task], when_empty: str) -> None:
        for text in table(tasks, self._console) if tasks else [when_empty]:
            self._say(text)

    def _say(self, text: str) -> None:
        self._console.write(text)

    def _ask(self, question: str) -> str:
        """Return an answer without outer blanks. Ends the menu at the end of the input."""
        answer = self._console.ask(question)
        if not answer:
            self._say("")
            raise _Leave
        if not self._console.stdin.isatty():
            self._say("")  # Nobody's Enter ended the line.
        return answer.strip(" \t\r\n")
