// A Better Auth server for the tests: memory only, set up as docs/better-auth.md says.
// Usage: node server.mjs EdDSA|ES256|RS256|HS256 SECRET PORT
// Prints its address, and ends when its standard input does.

import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins";
import { SignJWT } from "jose";

const [algorithm, secret, port] = process.argv.slice(2);
const mails = [];
const database = { user: [], session: [], account: [], verification: [], jwks: [] };

const published = (alg) => jwt({ jwks: { keyPairConfig: { alg } }, jwt: alg === "ES256" ? { definePayload: () => ({}) } : {} });

const shared = (origin) =>
  jwt({
    jwks: { remoteUrl: `${origin}/api/auth/unused`, keyPairConfig: { alg: "EdDSA" } },
    jwt: {
      sign: (payload) =>
        new SignJWT(payload).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(new TextEncoder().encode(secret)),
    },
  });

const authAt = (origin) =>
  betterAuth({
    baseURL: origin,
    secret,
    database: memoryAdapter(database),
    emailAndPassword: { enabled: true },
    emailVerification: {
      sendOnSignUp: true,
      sendVerificationEmail: async ({ token }) => void mails.push(token),
    },
    session: { cookieCache: { enabled: true, strategy: "jwt" } },
    plugins: [algorithm === "HS256" ? shared(origin) : published(algorithm)],
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
  });

let handle;
const server = createServer((request, response) => {
  const reply = (value) => response.setHeader("Content-Type", "application/json").end(JSON.stringify(value));
  switch (request.url) {
    case "/mails":
      return reply(mails);
    case "/rotate": // as when a key's rotation interval is over: the next token has a new key, the old one stays known
      for (const key of database.jwks) key.expiresAt = new Date(Date.now() - 1000);
      return reply(database.jwks.length);
    case "/withdraw": // as when a key was stolen
      database.jwks.length = 0;
      return reply(0);
    default:
      return handle(request, response);
  }
});

server.listen(Number(port), "127.0.0.1", () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  handle = toNodeHandler(authAt(origin));
  console.log(origin);
});
process.stdin.resume().on("end", () => process.exit(0));
