// Arguments: the address of the service, a user and their token. Prints the operations that were called.

import { client, health } from "./client.js";
import { live as liveWithOwnTasks } from "./own-tasks.js";
import { live as liveWithTasks } from "./tasks.js";
import { live as liveWithUserTasks } from "./user-tasks.js";

const [url = "", user = "", token = ""] = process.argv.slice(2);
const called = new Set<string>();
const api = client(url, token, called);
await health(api);
await liveWithTasks(api);
await liveWithUserTasks(api, user);
await liveWithOwnTasks(api);
console.log(JSON.stringify([...called]));
