/**
 * The platform's fetch as Connect needs it, the same in browsers, Node and Workers. What fails on the way becomes one kind of
 * error here, so that it is told apart from a fault of the client's own.
 */
import { Code, ConnectError } from "@connectrpc/connect";

type Fetch = typeof globalThis.fetch;

const NULL_BODY = new Set([204, 205, 304]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** `fetch` with every failure of the network as a ConnectError `unavailable`, and answers that are not Connect's as errors. */
export function fetchingWith(fetch: Fetch): Fetch {
  return async (input, init) => {
    // Workers know no "error", and a browser hides where "manual" leads to: it is refused below either way.
    const response = await reach(() => fetch(input, { ...init, redirect: "manual" }), init?.signal ?? undefined);
    // A browser's opaque answer has the status 0.
    if (response.status === 0 || REDIRECTS.has(response.status)) {
      const to = response.headers.get("location");
      throw new ConnectError(
        `the server redirects${to === null ? "" : ` to ${to}`}: is the url right?`,
        Code.Unimplemented,
      );
    }
    const type = response.headers.get("content-type") ?? "";
    if (type.startsWith("application/connect+")) return response;
    if (!/^application\/json\b/.test(type)) throw notConnect(response, type);
    // A body that breaks off is a failure of the network, too.
    const body = await reach(() => response.arrayBuffer(), init?.signal ?? undefined);
    const { status, headers } = response;
    const answer = parse(body);
    // In front of a server, a proxy's own words; where one has done what it was asked, half of its answer.
    if (status === 200 && answer === undefined) {
      throw new ConnectError(
        "the answer is no JSON: it was cut off, or is not a Detent server's",
        Code.Unavailable,
        headers,
      );
    }
    if (status !== 200 && !isConnectError(answer)) throw notConnect(response, type);
    return new Response(NULL_BODY.has(status) ? null : body, { status, headers });
  };
}

function parse(body: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

/** Connect's protocol, "Error Codes": an error has a code, by its name. */
function isConnectError(answer: unknown): boolean {
  return typeof answer === "object" && answer !== null && "code" in answer && typeof answer.code === "string";
}

async function reach<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    const message = `the server cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new ConnectError(message, Code.Unavailable, undefined, undefined, cause);
  }
}

/** What a proxy, or something that is no Detent server, has said. */
function notConnect({ status, headers }: Response, type: string): ConnectError {
  const message = `HTTP ${status} with ${type === "" ? "no content type" : type}, which is no answer of a Detent server`;
  return new ConnectError(message, codeOf(status), headers);
}

function codeOf(status: number): Code {
  if (status >= 500 || status === 408 || status === 429) return Code.Unavailable;
  if (status === 401) return Code.Unauthenticated;
  return status === 403 ? Code.PermissionDenied : Code.Unimplemented;
}
