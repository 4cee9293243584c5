"""What a command prints about tasks, in the form that its reader needs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from todo_cli.console import Console
from todo_cli.exit_codes import Failure
from todo_cli.json_output import array, line, task_document, time_text
from todo_cli.safe_text import field, visible
from todo_cli.task_table import card, look, table
from todo_core.task import Task


class Output(NamedTuple):
    """Prints tasks as JSON, as bare ids, for people on a terminal, or tab-separated for a pipe."""

    console: Console
    json: bool
    quiet: bool

    @property
    def for_people(self) -> bool:
        """Whether words are welcome beside the data."""
        return self.console.shows_people and not self.json and not self.quiet

    def listing(self, tasks: Sequence[Task], when_empty: str) -> None:
        """Print a list; on a terminal an empty one is said in words."""
        if not self.for_people:
            self._data(tasks)
        elif tasks:
            self._words(table(tasks, self.console))
        else:
            self.console.note(when_empty)

    def cards(self, tasks: Sequence[Task]) -> None:
        """Print tasks in full."""
        if self.for_people:
            self._words(text for task in tasks for text in card(task, self.console))
        else:
            self._data(tasks)

    def done(self, what: str, tasks: Sequence[Task], hint: str = "") -> None:
        """Print what was done to tasks: ``what`` has {} for the id; ``hint`` says to people how to take it back."""
        with self.after(what.format(", ".join(str(task.id) for task in tasks))):
            if not self.for_people:
                self._data(tasks)
                return
            self._words(f"{what.format(task.id)}: {visible(task.title)}" for task in tasks)
        if hint:
            self.console.note(hint)

    def data_or_words(self, tasks: Sequence[Task], words: str) -> None:
        """Print tasks for programs, words for people."""
        with self.after("It is done"):
            if not self.for_people:
                self._data(tasks)
        if self.for_people and words:
            self.console.note(words)

    def made(self, task: Task) -> None:
        """Print the one task that a command made; as JSON it is an object, not an array."""
        if self.json:
            with self.after(f"Added task {task.id}"):
                self.console.data(line(task_document(task)))
        else:
            self.done("Added task {}", [task])

    @contextmanager
    def after(self, done: str) -> Iterator[None]:
        """Raise Failure if what is printed in the block cannot be; it says that the change itself was made."""
        try:
            yield
            self.console.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise Failure(f"{done}; only the output could not be written: {error.strerror}.") from error

    def facts(self, facts: Mapping[str, object], words: str) -> None:
        """Print names and values, one on each line, and words for people on standard error."""
        texts = {name: "" if value is None else field(str(value)) for name, value in facts.items()}
        if self.json:
            self.console.data(line(facts))
        elif self.for_people:
            columns = max(map(len, texts))
            self._words(f"{name:{columns}}  {text}".rstrip() for name, text in texts.items())
            self.console.note(words)
        elif not self.quiet:
            self._lines(f"{name}\t{text}" for name, text in texts.items())
            self.console.note(words)

    def _data(self, tasks: Sequence[Task]) -> None:
        if self.json:
            self._lines(array(map(task_document, tasks)))
        elif self.quiet:
            self._lines(str(task.id) for task in tasks)
        else:
            self._lines(map(row, tasks))

    def _lines(self, lines: Iterable[str]) -> None:
        if text := "\n".join(lines):
            self.console.data(text)

    def _words(self, lines: Iterable[str]) -> None:
        for text in lines:
            self.console.write(text)


def row(task: Task) -> str:
    r"""Return a task as one tab-separated line: id, status, title, description, completed, created and updated at.

    A newline, a tab and a backslash in a text are written ``\n``, ``\t`` and ``\\``.
    """
    return "\t".join(
        (
            str(task.id),
            look(task).word,
            field(task.title),
            field(task.description or ""),
            time_text(task.completed_at) or "",
            time_text(task.created_at) or "",
            time_text(task.updated_at) or "",
        )
    )
