"""The ``todo`` command, also as ``python -m todo_cli``."""

import gc
import os
import sys


def main() -> None:
    """Run the program with this process's arguments and streams, and end the process with its exit code."""
    # A command makes hardly any garbage before it ends; to look for some took a twentieth of its time.
    gc.set_threshold(100_000)
    try:
        # Late, so that Ctrl-C ends even the start-up cleanly.
        from todo_adapters.clock import SystemClock  # noqa: PLC0415
        from todo_cli.console import Console  # noqa: PLC0415
        from todo_cli.execution import run  # noqa: PLC0415

        code = run(sys.argv[1:], Console.of_process(), SystemClock())
    except KeyboardInterrupt:
        code = 130
    # The streams are flushed already, and the interpreter's own last flush could only fail once more.
    os._exit(code)


if __name__ == "__main__":
    main()
