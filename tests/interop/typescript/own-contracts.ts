// Arguments: the address of the service, a user and their token. Prints the operations that were called.

import assert from "node:assert/strict";
import { client, data, header, health, refused, type Client } from "./client.js";
import type { components } from "./schema.js";

/** The tasks of each contract have its own names. */
export type Item = components["schemas"]["CamelCaseStoredTask"];
export type Card = components["schemas"]["WordsForStatesStoredTask"];

async function liveInCamelCase(api: Client): Promise<void> {
  const created = await api.POST("/api/tasks", { body: { title: "Buy milk", is_completed: false } });
  const item: Item = data(created);
  assert.ok(header(created, "Location").endsWith(`/${item.id}`));
  const params = { path: { task_id: item.id } };

  const listed = await api.GET("/api/tasks", { params: { query: { is_completed: false, sort: "-createdAt", limit: 1 } } });
  assert.deepEqual(data(listed), { items: [item], total: 1 });
  assert.deepEqual(data(await api.GET("/api/tasks/{task_id}", { params })), item);
  assert.equal(data(await api.PUT("/api/tasks/{task_id}", { params, body: { ...item, title: "Bread" } })).title, "Bread");
  assert.ok(data(await api.PATCH("/api/tasks/{task_id}", { params, body: { is_completed: true } })).completedAt);
  const reopened = await api.PATCH("/api/tasks/{task_id}/toggle", { params, body: { is_completed: false } });
  assert.equal(data(reopened).is_completed, false);
  assert.equal((await api.DELETE("/api/tasks/{task_id}", { params })).response.status, 204);
  assert.equal(refused(await api.GET("/api/tasks/{task_id}", { params })), "task_not_found");
}

async function liveInWords(api: Client, user_id: string): Promise<void> {
  const created = await api.POST("/api/{user_id}/tasks", {
    params: { path: { user_id } },
    body: { description: "Buy milk", status: "Completed" },
  });
  const card: Card = data(created);
  assert.deepEqual([card.title, card.status], ["Buy milk", "Completed"]);
  const params = { path: { user_id, task_id: card.id } };

  const listed = await api.GET("/api/{user_id}/tasks", { params: { path: { user_id }, query: { status: "Completed" } } });
  assert.deepEqual(data(listed).data, { tasks: [card], total: 1 });
  assert.deepEqual(data(await api.GET("/api/{user_id}/tasks/{task_id}", { params })), card);
  const put = await api.PUT("/api/{user_id}/tasks/{task_id}", { params, body: { ...card, status: "Pending" } });
  assert.equal(data(put).status, "Pending");
  const patched = await api.PATCH("/api/{user_id}/tasks/{task_id}", { params, body: { description: null } });
  assert.equal(data(patched).description, null);
  const done = await api.PATCH("/api/{user_id}/tasks/{task_id}/complete", { params, body: { status: "Completed" } });
  assert.equal(data(done).status, "Completed");
  assert.equal(data(await api.DELETE("/api/{user_id}/tasks/{task_id}", { params })).id, card.id);
}

export function doesNotCompile(api: Client, item: Item): void {
  // @ts-expect-error  the published name is read, and is not what the contract writes
  void item.completed;
  const path = { user_id: "ann", task_id: 1 };
  // @ts-expect-error  no such state
  void api.PUT("/api/{user_id}/tasks/{task_id}", { params: { path }, body: { status: "Later" } });
}

const [url = "", user = "", token = ""] = process.argv.slice(2);
const called = new Set<string>();
const api = client(url, token, called);
await health(api);
await liveInCamelCase(api);
await liveInWords(api, user);
console.log(JSON.stringify([...called]));
