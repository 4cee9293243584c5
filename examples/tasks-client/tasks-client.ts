/**
 * A client of the to-do service for applications whose users sign in with Better Auth.
 *
 * Copy this file, say to lib/tasks-client.ts; it needs nothing but fetch. It asks Better Auth for a token when it needs
 * one, keeps it in memory only (a page that is attacked by a script then loses minutes, not a session), asks again before
 * it expires or when the service refuses it, and forgets it when the user signs out.
 */

export interface Task {
  id: number;
  user_id: string;
  title: string;
  description: string | null;
  completed: boolean;
  completed_at: string | null;
  created_at: string;
  updated_at: string;
}

export interface NewTask {
  title: string;
  description?: string | null;
  completed?: boolean;
}

export interface TasksClientOptions {
  /** Address of the Better Auth server; its jwt() plugin answers below it. A slash at the end is fine, here and below. */
  authUrl: string;
  /** Address of the to-do service. */
  apiUrl: string;
  /** Replaces the global fetch, for instance to send the session cookie outside a browser. */
  fetch?: typeof globalThis.fetch;
}

/** The session is over, or was never there: send the user to the sign-in page. */
export class NotSignedIn extends Error {}

/** The service refused a request. `code` is stable, `message` is for people, `requestId` helps to find it in the log. */
export class TasksError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

/** A token is replaced this long before it expires, so that it does not expire on the way. */
const MARGIN_SECONDS = 30;

export class TasksClient {
  readonly #authUrl: string;
  readonly #apiUrl: string;
  readonly #fetch: typeof globalThis.fetch;
  #token: Promise<string> | null = null;

  constructor(options: TasksClientOptions) {
    this.#authUrl = options.authUrl.replace(/\/+$/, "");
    this.#apiUrl = options.apiUrl.replace(/\/+$/, "");
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  }

  list(query: { status?: "all" | "pending" | "completed"; q?: string } = {}): Promise<Task[]> {
    return this.#json("GET", `/tasks?${new URLSearchParams(query)}`);
  }

  /** Safe to try again: the key makes the service answer a repetition with the task that it made the first time. */
  create(task: NewTask, key: string = crypto.randomUUID()): Promise<Task> {
    return this.#json("POST", "/tasks", task, { "Idempotency-Key": key });
  }

  get(id: number): Promise<Task> {
    return this.#json("GET", `/tasks/${id}`);
  }

  update(id: number, changes: Partial<NewTask>): Promise<Task> {
    return this.#json("PATCH", `/tasks/${id}`, changes);
  }

  /** Says what it wants rather than the opposite of what is, so that a repetition does not undo it. */
  setCompleted(id: number, completed: boolean): Promise<Task> {
    return this.#json("PATCH", `/tasks/${id}/toggle`, { completed });
  }

  async delete(id: number): Promise<void> {
    await this.#send("DELETE", `/tasks/${id}`);
  }

  /** Call this at sign-out: the service knows nothing of sessions, and accepts a token until it expires. */
  forgetToken(): void {
    this.#token = null;
  }

  async #json<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const response = await this.#send(method, path, body, headers);
    return (await response.json()) as T;
  }

  async #send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const attempt = async () => {
      const init: RequestInit = { method, headers: { ...headers, Authorization: `Bearer ${await this.#freshToken()}` } };
      if (body !== undefined) {
        init.headers = { ...init.headers, "Content-Type": "application/json" };
        init.body = JSON.stringify(body);
      }
      return this.#fetch(`${this.#apiUrl}${path}`, init);
    };
    let response = await attempt();
    if (response.status === 401) {
      this.forgetToken();
      response = await attempt();
    }
    if (!response.ok) {
      throw await problem(response);
    }
    return response;
  }

  /** Requests that start together share one token. */
  #freshToken(): Promise<string> {
    const fresh = (this.#token ?? Promise.resolve("")).then((known) =>
      known && expiry(known) > Date.now() / 1000 + MARGIN_SECONDS ? known : this.#askForToken(),
    );
    this.#token = fresh;
    fresh.catch(() => {
      if (this.#token === fresh) this.#token = null;
    });
    return fresh;
  }

  async #askForToken(): Promise<string> {
    const response = await this.#fetch(`${this.#authUrl}/api/auth/token`, { credentials: "include" });
    if (response.status === 401) {
      throw new NotSignedIn("There is no session.");
    }
    if (!response.ok) {
      throw new Error(`Better Auth answered ${response.status}.`);
    }
    const { token } = (await response.json()) as { token: string };
    return token;
  }
}

/** Reads when a token expires; whether it is genuine is the service's business. */
function expiry(token: string): number {
  const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return (JSON.parse(new TextDecoder().decode(bytes)) as { exp: number }).exp;
}

async function problem(response: Response): Promise<TasksError> {
  const details = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  const message = details.detail ?? response.statusText;
  return new TasksError(response.status, details.code ?? "unknown", message, response.headers.get("X-Request-ID"));
}
