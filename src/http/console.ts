/**
 * The web console's files: its shell at each of its pages' addresses, and what the shell loads. They are made by
 * `npm run build:console` and read from beside the Worker. Nobody needs a credential for them: what the console shows it asks for
 * as any other caller does.
 */
import type { Hono } from "hono/tiny";
import { quote } from "../engine/names.ts";
import { DetentError, orUnavailable } from "../errors.ts";
import type { HttpCall } from "./route.ts";

/** Every address of the console; a test holds them equal to src/console/addresses.ts. */
export const CONSOLE_PATHS = [
  "/",
  "/configurations",
  "/configurations/:name",
  "/configurations/:name/compare",
  "/new-configuration",
  "/machines",
  "/machines/:configuration/:id",
  "/new-machine",
  "/jobs",
  "/jobs/:id",
  "/new-job",
  "/failures",
  "/dead-letters",
  "/keys",
  "/audit",
  "/tenants",
] as const;

/**
 * What the console may do: run its own files, talk to its own server, and write markup only where its one policy of Trusted Types
 * has made it (src/console/trusted.ts). https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types detent",
].join("; ");

/** Named by their content: what has such a name never changes. */
const FILE = /^[\w-]+-[A-Z0-9]{8}\.(?:js|css|svg)$/;
const FOREVER = "public, max-age=31536000, immutable";

type App = Hono<{ Bindings: HttpCall }>;

/** Adds the console to the routes, in front of those that need a credential. */
export function addConsole(app: App): void {
  for (const path of CONSOLE_PATHS) {
    app.get(path, async (c) => {
      const headers = { "content-security-policy": POLICY, "cache-control": "no-cache" };
      return await serve(c.env, "shell", headers, c.req.header("if-none-match"));
    });
  }
  app.get("/console/:file", async (c) => {
    const file = c.req.param("file");
    if (!FILE.test(file)) throw new DetentError("NOT_FOUND", `the console has no file ${quote(file)}`);
    return await serve(c.env, file, { "cache-control": FOREVER }, c.req.header("if-none-match"));
  });
  for (const path of [...CONSOLE_PATHS, "/console/:file"]) {
    app.all(path, (c) => {
      const allow = "GET, HEAD";
      const message = `${c.req.method} is not allowed here; allowed: ${allow}`;
      throw new DetentError("METHOD_NOT_ALLOWED", message, { metadata: { allow } });
    });
  }
}

/** A file of src/http/assets/console. */
async function serve(
  { readAsset }: HttpCall,
  name: string,
  headers: Readonly<Record<string, string>>,
  known: string | undefined,
): Promise<Response> {
  const asset = await orUnavailable("the console", readAsset(`console/${name}`, known));
  if (asset.status === 404) throw new DetentError("NOT_FOUND", `the console has no file ${quote(name)}`);
  const served = new Response(asset.body, asset);
  for (const [header, value] of Object.entries(headers)) served.headers.set(header, value);
  return served;
}
