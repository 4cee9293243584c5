"""What a line of the log holds."""

import json
import logging
from logging.config import DictConfigurator
from typing import Any

from todo_web.logs import log_config


def line_of(error: BaseException) -> str:
    """Return the line that the service logs for a fault."""
    configurator: Any = DictConfigurator(log_config())
    formatter = configurator.configure_formatter(log_config()["formatters"]["json"])
    raised = (type(error), error, error.__traceback__)
    return str(formatter.format(logging.LogRecord("todo.web", logging.ERROR, "", 1, "unexpected_error", None, raised)))


def fail() -> None:
    """Raise an error from another one, both with what a user wrote."""
    try:
        int("call the doctor")
    except ValueError as cause:
        raise RuntimeError("SELECT 'buy milk'") from cause


def test_a_fault_is_told_by_its_type_and_its_place_without_what_a_user_wrote() -> None:
    try:
        fail()
    except RuntimeError as error:
        line = line_of(error)
    told = json.loads(line)
    assert (told["event"], told["level"], told["logger"]) == ("unexpected_error", "ERROR", "todo.web")
    assert "builtins.RuntimeError\n" in told["exc_info"]
    assert "builtins.ValueError\n" in told["exc_info"]
    assert "test_logs.py" in told["exc_info"]
    assert " in fail" in told["exc_info"]
    for word in ("milk", "doctor", "SELECT"):
        assert word not in line


def test_each_fault_of_a_group_is_told() -> None:
    line = line_of(ExceptionGroup("buy milk", [ValueError("bread"), TypeError("butter")]))
    assert [kind for kind in ("ExceptionGroup", "ValueError", "TypeError") if kind not in line] == []
    assert [word for word in ("milk", "bread", "butter") if word in line] == []


def test_faults_that_follow_each_other_in_a_circle_are_told_once_each() -> None:
    first, second = ValueError("bread"), TypeError("butter")
    first.__cause__, second.__cause__ = second, first
    group = ExceptionGroup("buy milk", [first])
    second.__context__ = first.__context__ = group
    for error in (first, group):
        line = line_of(error)
        assert [line.count(f"builtins.{kind}") for kind in ("ValueError", "TypeError")] == [1, 1]
