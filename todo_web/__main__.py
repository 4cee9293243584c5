"""``python -m todo_web`` is ``todo-web``."""

from todo_web.main import main

main(prog_name="todo-web")
