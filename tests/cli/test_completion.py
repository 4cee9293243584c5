"""Completion: commands, options, and the ids and titles of a local store."""

import re
import shutil
import subprocess
from collections.abc import Mapping

import pexpect
import pytest

from tests.cli.conftest import Todo


def completions(todo: Todo, line: str, shell: str = "fish", **environ: str) -> list[str]:
    """Return what a shell's script would be told about a line whose last word is unfinished."""
    words = line.split(" ")
    asked = {"COMP_WORDS": line, "COMP_CWORD": words[-1] if shell == "fish" else str(len(words) - 1)}
    return todo.ok(**asked, **environ, _TODO_COMPLETE=f"{shell}_complete").out.splitlines()


@pytest.fixture
def three(todo: Todo) -> Todo:
    todo.ok("add", "Buy milk")
    todo.ok("add", "--done", "Write")
    todo.ok("add", "Sleep")
    todo.ok("rm", "3")
    return todo


def test_commands_are_completed(todo: Todo) -> None:
    assert completions(todo, "todo un", "bash") == ["plain\tundone\t", "plain\tundo\t"]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("done", ["1\tBuy milk"]),
        ("undone", ["2\tWrite"]),
        ("restore", ["3\tSleep"]),
        ("rm", ["1\tBuy milk", "2\tWrite"]),
        ("show", ["1\tBuy milk", "2\tWrite"]),
    ],
)
def test_the_ids_that_a_command_is_for_are_completed_with_their_titles(
    three: Todo, command: str, found: list[str]
) -> None:
    assert completions(three, f"todo {command} ", "bash") == [f"plain\t{text}" for text in found]


def test_ids_are_completed_from_their_beginning_and_in_the_named_store(three: Todo) -> None:
    assert completions(three, "todo show 2", "bash") == ["plain\t2\tWrite"]
    assert completions(three, "todo show --user bob ", "bash") == []


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_titles_too(three: Todo, shell: str) -> None:
    assert "Buy milk" in "\n".join(completions(three, "todo done ", shell))


@pytest.mark.parametrize("address", ["nonsense", "memory://", "postgresql://host/db", "sqlite:///missing.db"])
def test_where_no_local_store_can_be_asked_nothing_is_said(three: Todo, address: str) -> None:
    assert completions(three, "todo done ", "bash", DATABASE_URL=address) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_are_accepted_by_their_shells(todo: Todo, shell: str) -> None:
    script = todo.ok("completion", shell).out
    assert f"_TODO_COMPLETE={shell}_complete" in script
    program = shutil.which(shell)
    if program:
        subprocess.run([program, "-n"], input=script, text=True, check=True)


def test_bash_shows_titles_while_there_is_a_choice_and_inserts_bare_ids(
    three: Todo, process_environment: Mapping[str, str]
) -> None:
    ask = (
        'eval "$(todo completion bash)"; COMP_WORDS=(todo show "$1"); COMP_CWORD=2; _todo_completion todo; '
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash here")

    def answer(word: str) -> list[str]:
        done = subprocess.run(
            [bash, "-c", ask, "bash", word], env=process_environment, capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()

    assert answer("") == ["1  (Buy milk)", "2  (Write)"]
    assert answer("2") == ["2"]


def test_zsh_completes_as_documented_beside_its_own_files(todo: Todo, process_environment: Mapping[str, str]) -> None:
    """Zsh ships a completion for another program named `todo`, which the folder of the user has to precede."""
    zsh = shutil.which("zsh")
    if zsh is None:
        pytest.skip("zsh is not installed (Debian: apt-get install zsh)")
    functions = todo.folder / ".zfunc"
    functions.mkdir()
    (functions / "_todo").write_text(todo.ok("completion", "zsh").out)
    step = re.search(r"with (fpath=\S+ \S+) before compinit", todo.ok("completion", "--help").out)
    assert step is not None
    terminal = pexpect.spawn(
        zsh, ["-f"], env={**process_environment, "HOME": str(todo.folder)}, encoding="utf-8", timeout=60
    )
    try:
        terminal.sendline(f"PS1='ready> '; {step[1]}; autoload -Uz compinit && compinit -u")
        terminal.expect("ready> \x1b")
        terminal.sendline("todo undon\t1")
        terminal.expect_exact("Task with ID 1 not found")
    finally:
        terminal.close(force=True)
