// What every life of a task here needs: a client of the generated types that remembers which operations it called.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

export type Problem = components["schemas"]["Problem"];
export type Client = ReturnType<typeof createClient<paths>>;

interface Answer<T> {
  data?: T;
  error?: Problem;
  response: Response;
}

export function client(url: string, token: string, called: Set<string>): Client {
  const api = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });
  api.use({
    onRequest({ request, schemaPath }) {
      called.add(`${request.method} ${schemaPath}`);
    },
  });
  return api;
}

/** Returns what an operation answered, which the types know; a refusal fails the test. */
export function data<T>(answer: Answer<T>): T {
  assert.ok(answer.response.ok, JSON.stringify(answer.error));
  return answer.data as T;
}

/** Returns the code of the problem that an operation answered. */
export function refused(answer: { error?: Problem; response: Response }): string {
  assert.ok(answer.error, `${answer.response.status} is no refusal`);
  assert.equal(answer.error.status, answer.response.status);
  return answer.error.code;
}

/** Returns a header that must be there. */
export function header(answer: { response: Response }, name: string): string {
  const value = answer.response.headers.get(name);
  assert.ok(value, `${name} is missing`);
  return value;
}

/** Calls the operations that belong to no contract. */
export async function health(api: Client): Promise<void> {
  assert.equal(data(await api.GET("/health/live")).status, "ok");
  assert.equal(data(await api.GET("/health/ready")).status, "ok");
}
