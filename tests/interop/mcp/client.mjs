// An assistant on the official npm client, in one era of the protocol. Usage: node client.mjs URL TOKEN legacy|VERSION
// Prints what it was told, as JSON.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const [url, token, era] = process.argv.slice(2);
const requestInit = { headers: { Authorization: `Bearer ${token}` } };
const mode = era === "legacy" ? era : { pin: era };
const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));

const call = async (name, args = {}) => {
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: args });
  return isError ? content[0].text.split(":")[0] : structuredContent;
};
const told = {
  version: client.getNegotiatedProtocolVersion(),
  tools: (await client.listTools()).tools.map((tool) => tool.name),
  added: await call("add_task", { title: "Buy milk", request_id: "once" }),
  again: await call("add_task", { title: "Buy milk", request_id: "once" }),
  completed: await call("complete_task", { task_id: 1 }),
  updated: await call("update_task", { task_id: 1, title: "Buy oat milk" }),
  deleted: await call("delete_task", { task_id: 1 }),
  missing: await call("delete_task", { task_id: 1 }),
  restored: await call("restore_task", { task_id: 1 }),
  titles: (await call("list_tasks", { status: "completed" })).tasks.map((task) => task.title),
};
await client.close();
console.log(JSON.stringify(told));
