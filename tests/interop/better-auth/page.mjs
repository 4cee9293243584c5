// What a page does with the example client. Usage: node page.mjs CLIENT AUTH_URL API_URL COOKIE
// A browser would keep the cookie; here it is sent by hand. Prints what happened as JSON.

import { pathToFileURL } from "node:url";

const [path, authUrl, apiUrl, cookie] = process.argv.slice(2);
const { NotSignedIn, TasksClient, TasksError } = await import(pathToFileURL(path).href);

let session = cookie;
let tokens = 0;
let spoil = false;

async function browserFetch(url, init = {}) {
  if (url.startsWith(authUrl)) {
    tokens += 1;
    return fetch(url, { ...init, headers: { Cookie: session } });
  }
  const headers = { ...init.headers };
  if (spoil) {
    headers.Authorization += "x";
    spoil = false;
  }
  return fetch(url, { ...init, headers });
}

const client = new TasksClient({ authUrl, apiUrl, fetch: browserFetch });

const [made] = await Promise.all([client.create({ title: "Buy milk" }, "once"), client.list()]);
const again = await client.create({ title: "Buy milk" }, "once");
await client.update(made.id, { title: "Buy oat milk" });
spoil = true; // the service refuses the token once: the client asks for another and goes on
const done = await client.setCompleted(made.id, true);
const titles = (await client.list({ status: "completed" })).map((task) => task.title);
await client.delete(made.id);
const missing = await client.get(made.id).catch((error) => error instanceof TasksError && [error.status, error.code]);
const left = (await client.list()).length;

session = "";
client.forgetToken();
const signedOut = await client.list().catch((error) => (error instanceof NotSignedIn ? "NotSignedIn" : String(error)));

console.log(
  JSON.stringify({
    owner: made.user_id,
    titles,
    repeated: again.id === made.id,
    completed: done.completed,
    left,
    missing,
    tokens: tokens - 1, // the last attempt got none
    signedOut,
  }),
);
