/** What is said about keys and tokens. */
import type { Description } from "./description.ts";

const KEY = {
  id: "mTB6dJlqVxZ2kW0a",
  tenant: "acme",
  name: "shop backend",
  scopes: ["machines:read", "machines:write", "events:send"],
  configurations: ["orders"],
  created_at: "2026-11-24T10:00:00.000Z",
  created_by: "root",
};
const SECRET = "dtk_mTB6dJlqVxZ2kW0a_…";

export const KEY_OPERATIONS = {
  CreateKey: {
    tag: "Keys and tokens",
    summary: "Make a key",
    description:
      "Its secret is in the answer and nowhere else: the deployment keeps a hash. A key can give no scope that it has not itself; the root key can give every one.",
    rpc: "detent.v1.TenantService/CreateKey",
    answers: {
      201: {
        description: "The key.",
        shape: "ShownKey",
        headers: ["Location"],
        example: { key: KEY, secret: SECRET },
      },
    },
    reasons: ["NOT_FOUND", "QUOTA_EXCEEDED"],
    example: {
      body: {
        name: "shop backend",
        scopes: ["machines:read", "machines:write", "events:send"],
        configurations: ["orders"],
      },
    },
  },
  ListKeys: {
    tag: "Keys and tokens",
    summary: "List keys",
    description: "Oldest first, ended ones among them; never with their secrets.",
    rpc: "detent.v1.TenantService/ListKeys",
    answers: {
      200: { description: "A page of keys.", shape: "KeyList", example: { keys: [KEY], next_page_token: "" } },
    },
    reasons: ["NOT_FOUND"],
    example: {},
  },
  GetKey: {
    tag: "Keys and tokens",
    summary: "Get a key",
    description: "Without its secret.",
    rpc: "detent.v1.TenantService/GetKey",
    answers: { 200: { description: "The key.", shape: "Key", example: KEY } },
    reasons: ["NOT_FOUND"],
    example: { path: { id: KEY.id } },
  },
  RerollKey: {
    tag: "Keys and tokens",
    summary: "Give a key another secret",
    description:
      "The present one goes on for `grace`, so that callers can be moved over one by one. Of two earlier ones only the last goes on.",
    rpc: "detent.v1.TenantService/RerollKey",
    answers: {
      200: {
        description: "The key and its new secret.",
        shape: "ShownKey",
        example: { key: { ...KEY, old_secret_until: "2026-11-25T10:00:00.000Z" }, secret: SECRET },
      },
    },
    reasons: ["NOT_FOUND"],
    example: { path: { id: KEY.id }, body: { grace: "P7D" } },
  },
  RevokeKey: {
    tag: "Keys and tokens",
    summary: "End a key",
    description: "For good, and with it every token that was made with it: within 30 seconds everywhere.",
    rpc: "detent.v1.TenantService/RevokeKey",
    answers: {
      200: { description: "The key.", shape: "Key", example: { ...KEY, revoked_at: "2026-11-24T11:00:00.000Z" } },
    },
    reasons: ["NOT_FOUND"],
    example: { path: { id: KEY.id } },
  },
  GetPrincipal: {
    tag: "Keys and tokens",
    summary: "Get who you are",
    description: "What the credential is that the request carries, and what it may do.",
    rpc: "detent.v1.TenantService/GetPrincipal",
    answers: {
      200: {
        description: "The caller.",
        shape: "Principal",
        example: {
          tenant: "acme",
          actor: `key:${KEY.id}`,
          scopes: KEY.scopes,
          configurations: KEY.configurations,
          machines: [],
          events: [],
          root: false,
        },
      },
    },
    reasons: [],
    example: {},
  },
  CreateToken: {
    tag: "Keys and tokens",
    summary: "Make a token for a browser",
    description:
      "A server asks for it with its key and hands it to its page, which sends it as the page would send a key. It lives for minutes, is narrowed to configurations or machines, and to events if wanted, and ends with the key.",
    rpc: "detent.v1.TenantService/CreateToken",
    answers: {
      201: {
        description: "The token.",
        shape: "Token",
        example: { token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.….…", expires_at: "2026-11-24T10:05:00.000Z" },
      },
    },
    reasons: [],
    example: {
      body: {
        scopes: ["machines:read", "events:send"],
        machines: [{ configuration: "orders", id: "order-1" }],
        events: ["cancel"],
        subject: "customer-7",
      },
    },
  },
} as const satisfies Record<string, Description>;
