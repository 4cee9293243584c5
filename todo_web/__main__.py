"""The ``todo-web`` command, also as ``python -m todo_web``."""

from todo_web.signals import hold_back_sigterm


def main() -> None:
    """Run the command. SIGTERM is heard even while it is imported, which takes a second."""
    hold_back_sigterm()
    from todo_web.command_line import main as command  # noqa: PLC0415  only after the signal is held back

    command(prog_name="todo-web")


if __name__ == "__main__":
    main()
