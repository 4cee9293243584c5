// A Better Auth server that issues access tokens for an MCP server, set up as docs/assistant.md says: memory only.
// Usage: node authorization.mjs SECRET RESOURCE PORT
// Prints its address, and ends when its standard input does.

import { createServer } from "node:http";
import { mcp } from "@better-auth/mcp";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins";

const [secret, resource, port] = process.argv.slice(2);
const origin = `http://127.0.0.1:${port}`;
const tables = ["user", "session", "account", "verification", "jwks"];
const oauthTables = ["Client", "Resource", "ClientResource", "RefreshToken", "AccessToken", "Consent", "ClientAssertion"];

const auth = betterAuth({
  baseURL: origin,
  secret,
  database: memoryAdapter(Object.fromEntries([...tables, ...oauthTables.map((name) => `oauth${name}`)].map((name) => [name, []]))),
  emailAndPassword: { enabled: true },
  plugins: [
    jwt(),
    mcp({
      loginPage: "/login",
      consentPage: "/consent",
      resource,
      allowDynamicClientRegistration: true,
      allowUnauthenticatedClientRegistration: true,
    }),
  ],
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
});

// What the sign-in page and the consent page of an application come to.
const page = (title, fields, path, body) => `<!doctype html><title>${title}</title>
<form>${fields}<button>${title}</button></form><p></p>
<script>
  document.forms[0].onsubmit = async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target));
    const sent = { ...fields, ...${JSON.stringify(body)}, oauth_query: location.search.slice(1) };
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const answer = await fetch("/api/auth${path}", { method: "POST", headers, body: JSON.stringify(sent) });
    const told = await answer.json();
    if (told.url) location = told.url;
    else document.querySelector("p").textContent = JSON.stringify(told);
  };
</script>`;
const pages = {
  "/login": page("Sign in", '<input name="email"><input name="password" type="password">', "/sign-in/email", {}),
  "/consent": page("Allow", "", "/oauth2/consent", { accept: true }),
};

const handle = toNodeHandler(auth);
const server = createServer((request, response) => {
  const html = pages[request.url.split("?")[0]];
  if (html) response.setHeader("Content-Type", "text/html").end(html);
  else handle(request, response);
});

server.listen(Number(port), "127.0.0.1", () => console.log(origin));
process.stdin.resume().on("end", () => process.exit(0));
