/** Asks the worker under test, as anybody from anywhere, and reads the answer of any door. */
import { exports } from "cloudflare:workers";
import type { Operation } from "./operations.ts";
import { requestOf, type Names } from "./samples.ts";

const worker = (exports as unknown as { default: Fetcher }).default;

/** No host of this machine: nobody is let in here without a credential. */
const ORIGIN = "https://detent.example";

/** What came back: `reason` is that of an error, "" where there is none. */
export interface Told {
  readonly status: number;
  readonly reason: string;
  readonly text: string;
}

/** Asks `operation` about `names` with a credential, or without one. */
export async function ask(operation: Operation, names: Names, credential: string | undefined): Promise<Told> {
  const { path, init } = requestOf(operation, names);
  const headers = new Headers(init.headers);
  if (credential !== undefined) headers.set("authorization", `Bearer ${credential}`);
  const response = await worker.fetch(new Request(`${ORIGIN}${path}`, { ...init, headers }));
  const text = operation.isStream && response.ok ? await readSome(response, operation.isRpc) : await response.text();
  return { status: response.status, reason: reasonOf(text), text };
}

/** JSON by a plain call. */
export async function call(
  path: string,
  credential: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { authorization: `Bearer ${credential}`, "content-type": "application/json" };
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const response = await worker.fetch(new Request(`${ORIGIN}${path}`, init));
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

/** The first messages of a stream: a watch goes on for minutes. */
async function readSome(response: Response, isRpc: boolean): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    text += decoder.decode(chunk);
    // A watch from the beginning has a change to tell; with the first one enough is known.
    if (text.includes("revision") || !isRpc) break;
  }
  return text;
}

/** The reason of a problem, of a Connect error, or of the end of a Connect stream. */
function reasonOf(text: string): string {
  return /"reason":"([A-Z_]+)"/.exec(text)?.[1] ?? "";
}
