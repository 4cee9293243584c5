"""The operations that a contract publishes."""

from todo_web.contracts import Contract
from todo_web.endpoints import TaskEndpoints
from todo_web.operation import ONE, Answer, Body, Condition, Operation


def operations(contract: Contract, endpoints: TaskEndpoints) -> list[Operation]:
    """Return what a contract publishes. To add an operation, add it here, and the method that it runs."""
    completion = "marks the task as done" if contract.completion_marks else "reverses the task's state"
    pages = "all of them" if contract.page_size is None else f"{contract.page_size} a page"
    keeps = contract.deleted_answer == "task"
    found = [
        Operation(
            method="GET",
            path="",
            name="list_tasks",
            run=endpoints.list_tasks,
            summary="List tasks",
            description=f"The user's tasks, oldest first unless sorted otherwise, {pages} unless a limit is asked for.",
            said="The tasks.",
            answer=Answer.TASKS,
        ),
        Operation(
            method="POST",
            path="",
            name="create_task",
            run=endpoints.create_task,
            summary="Create a task",
            description="With an Idempotency-Key, a request can be sent again without making a second task.",
            said="The new task.",
            status=201,
            body=Body.NEW_TASK,
            condition=Condition.IDEMPOTENCY_KEY,
            links=("get_task", "update_task_patch", "complete_task", "delete_task"),
        ),
        Operation(
            method="GET",
            path=ONE,
            name="get_task",
            run=endpoints.get_task,
            summary="Get a task",
            description="With If-None-Match, a version that is known is not sent again.",
            said="The task.",
            condition=Condition.IF_NONE_MATCH,
        ),
        *(
            Operation(
                method=method,
                path=ONE,
                name=f"update_task_{method.lower()}",
                run=endpoints.update_task,
                summary="Update a task",
                description="Changes the fields that are sent and leaves the others alone.",
                said="The task as it is now.",
                body=Body.TASK_CHANGES,
                condition=Condition.IF_MATCH,
            )
            for method in ("PUT", "PATCH")
        ),
        Operation(
            method="DELETE",
            path=ONE,
            name="delete_task",
            run=endpoints.delete_task,
            summary="Delete a task",
            description="The task goes to the trash." if contract.policy.has_trash else "The task is gone for good.",
            said="The task as it was in the end." if keeps else "The task is deleted.",
            status=200 if keeps else 204,
            answer=Answer.TASK if keeps else Answer.NOTHING,
            condition=Condition.IF_MATCH,
        ),
        Operation(
            method="PATCH",
            path=f"{ONE}/{contract.completion}",
            name="complete_task",
            run=endpoints.complete_task,
            summary="Complete or reopen a task",
            description=f"Without a body, {completion}; a body names the state, so that it can be sent again.",
            said="The task as it is now.",
            body=Body.COMPLETION,
            condition=Condition.IF_MATCH,
        ),
    ]
    if contract.policy.has_trash:
        found.append(
            Operation(
                method="POST",
                path=f"{ONE}/restore",
                name="restore_task",
                run=endpoints.restore_task,
                summary="Restore a deleted task",
                description="Takes the task out of the trash.",
                said="The task as it is now.",
                condition=Condition.IF_MATCH,
            )
        )
    return found
