// The life of a task on /api/tasks.

import assert from "node:assert/strict";
import { data, header, refused, type Client } from "./client.js";

export async function live(api: Client): Promise<void> {
  const created = await api.POST("/api/tasks", {
    params: { header: { "Idempotency-Key": "a-key" } },
    body: { title: "Buy milk", description: null },
  });
  const task = data(created);
  assert.equal(task.completed, false);
  assert.ok(header(created, "Location").endsWith(`/${task.id}`));
  const path = { task_id: task.id };

  const listed = await api.GET("/api/tasks", {
    params: { query: { status: "pending", sort: "-created_at", limit: 1 } },
  });
  assert.deepEqual(data(listed), [task]);

  const read = await api.GET("/api/tasks/{task_id}", { params: { path } });
  assert.deepEqual(data(read), task);
  const known = await api.GET("/api/tasks/{task_id}", {
    params: { path, header: { "If-None-Match": header(read, "ETag") } },
  });
  assert.equal(known.response.status, 304);

  const put = await api.PUT("/api/tasks/{task_id}", {
    params: { path },
    body: { ...task, title: "Buy oat milk" },
  });
  assert.equal(data(put).title, "Buy oat milk");
  const patched = await api.PATCH("/api/tasks/{task_id}", {
    params: { path },
    body: { description: "Two litres" },
  });
  assert.equal(data(patched).description, "Two litres");
  const stale = { params: { path, header: { "If-Match": header(read, "ETag") } }, body: { title: "Too late" } };
  assert.equal(refused(await api.PATCH("/api/tasks/{task_id}", stale)), "version_conflict");

  assert.ok(data(await api.PATCH("/api/tasks/{task_id}/complete", { params: { path } })).completed);
  const reopened = await api.PATCH("/api/tasks/{task_id}/complete", { params: { path }, body: { completed: false } });
  assert.equal(data(reopened).completed_at, null);

  assert.equal((await api.DELETE("/api/tasks/{task_id}", { params: { path } })).response.status, 204);
  assert.equal(refused(await api.GET("/api/tasks/{task_id}", { params: { path } })), "task_not_found");

  const restored = data(await api.POST("/api/tasks/{task_id}/restore", { params: { path } }));
  assert.equal(restored.title, "Buy oat milk");
  const trash = await api.GET("/api/tasks", { params: { query: { status: "deleted" } } });
  assert.deepEqual(data(trash), []);
}

export function doesNotCompile(api: Client): void {
  // @ts-expect-error  a limit is a number
  void api.GET("/api/tasks", { params: { query: { limit: "1" } } });
  // @ts-expect-error  a title is a text
  void api.PUT("/api/tasks/{task_id}", { params: { path: { task_id: 1 } }, body: { title: null } });
}
