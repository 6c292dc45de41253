/** The JSON routes, as commands ask them: one place for addresses, credentials, errors and trying again. */
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT, Failure, Refused, type Problem } from "./failure.ts";
import type { Settings } from "./settings.ts";
import { RELEASE } from "./release.ts";

/** How long one attempt may take: longer than any answer of the service, short enough to be told in time. */
const ATTEMPT_MS = 60_000;
const ATTEMPTS = 5;
/** Before the second attempt; doubled each time. */
const FIRST_PAUSE_MS = 200;
/** A service that asks for more patience than this is reported instead. */
const LONGEST_PAUSE_MS = 30_000;

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface Call {
  readonly query?: Query;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Asking twice does what asking once does: it may be tried again when nobody knows what became of it. GET always is. */
  readonly isRepeatable?: boolean;
  /** Statuses that are answers here, besides those of success. */
  readonly accept?: readonly number[];
  /** Ends it, besides what ends the command. */
  readonly signal?: AbortSignal;
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

/** What a door has besides where it leads. */
interface DoorOptions {
  /** Hears why there is a pause before another attempt. */
  readonly onPause?: (text: string) => void;
  /** Ends every call. */
  readonly signal?: AbortSignal;
}

export class Door {
  readonly url: string;
  readonly #key: string | undefined;
  readonly #onPause: (text: string) => void;
  readonly #signal: AbortSignal | undefined;

  constructor({ url, key }: Settings, { onPause = () => undefined, signal }: DoorOptions = {}) {
    this.url = url;
    this.#key = key;
    this.#onPause = onPause;
    this.#signal = signal;
  }

  async get<T>(path: string, query?: Query): Promise<T> {
    return (await this.call<T>("GET", path, { ...(query && { query }) })).body;
  }

  async post<T>(path: string, body?: unknown, call: Omit<Call, "body"> = {}): Promise<T> {
    return (await this.call<T>("POST", path, { ...call, body })).body;
  }

  /** Asks and reads the answer. Throws Refused where the service says no, Failure where it does not say anything. */
  async call<T>(method: string, path: string, call: Call = {}): Promise<Answer<T>> {
    return await this.#attempt(method, path, call, async (response) => {
      const text = await response.text();
      const body = (text === "" ? undefined : parse(text, response)) as T;
      return { status: response.status, body, headers: response.headers };
    });
  }

  /** The answer of a route that is no JSON: a picture, a text. */
  async getText(path: string): Promise<string> {
    return await this.#attempt("GET", path, { headers: { accept: "*/*" } }, async (response) => await response.text());
  }

  /** The same, with the answer still to be read: for what streams. */
  async open(method: string, path: string, call: Call = {}): Promise<Response> {
    return await this.#attempt(method, path, call, async (response) => response);
  }

  /** Asks until there is an answer that `read` can read, as often as makes sense. */
  async #attempt<T>(method: string, path: string, call: Call, read: (response: Response) => Promise<T>): Promise<T> {
    const isRepeatable = call.isRepeatable ?? method === "GET";
    const endings = [this.#signal, call.signal].filter((signal) => signal !== undefined);
    const ending = endings.length === 0 ? undefined : AbortSignal.any(endings);
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#try(method, path, call, ending, read);
      if ("read" in outcome) return outcome.read;
      const { failure, pauseMs } = outcome;
      const isLast = attempt === ATTEMPTS || !isRepeatable || pauseMs === undefined || pauseMs > LONGEST_PAUSE_MS;
      if (isLast || ending?.aborted === true) throw failure;
      const waitMs = Math.max(pauseMs, FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
      this.#onPause(`${failure.message}; trying again in ${(waitMs / 1_000).toFixed(1)} s`);
      await pause(waitMs, ending);
    }
  }

  async #try<T>(
    method: string,
    path: string,
    { query = {}, body, headers = {}, accept = [] }: Call,
    ending: AbortSignal | undefined,
    read: (response: Response) => Promise<T>,
  ): Promise<{ readonly read: T } | Trouble> {
    const url = new URL(this.url + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const sent = new Headers({ accept: "application/json", "user-agent": `detent-cli/${RELEASE}`, ...headers });
    if (this.#key !== undefined) sent.set("authorization", `Bearer ${this.#key}`);
    if (body !== undefined && !sent.has("content-type")) sent.set("content-type", "application/json");
    // What still streams when `read` is through may take its time.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`nothing came for ${ATTEMPT_MS / 1_000} s`)), ATTEMPT_MS);
    try {
      const response = await fetch(url, {
        method,
        headers: sent,
        // A credential must not follow to where somebody else points.
        redirect: "manual",
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
        signal: ending === undefined ? late.signal : AbortSignal.any([ending, late.signal]),
      });
      if (response.ok || accept.includes(response.status)) return { read: await read(response) };
      if (response.status >= 300 && response.status < 400) return redirectionOf(this.url, response);
      return await troubleOf(response);
    } catch (error) {
      if (error instanceof Refused) return { failure: error, pauseMs: undefined };
      if (ending?.aborted === true && ending.reason instanceof Failure) throw ending.reason;
      const message = `${this.url} does not answer: ${causeOf(error)}`;
      return { failure: new Failure(message, EXIT.unavailable, HINT), pauseMs: 0 };
    } finally {
      clearTimeout(timer);
    }
  }
}

const HINT =
  'is it running ("npm start" serves one here), and is this its address (--url, DETENT_URL, "detent login")?';

/** Waits; throws the signal's reason when it is over before. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, { ...(signal && { signal }) });
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error;
  }
}

/** Why an attempt failed; `pauseMs`: another one may do better, not before that. */
interface Trouble {
  readonly failure: Failure;
  readonly pauseMs: number | undefined;
}

function parse(text: string, { url, headers }: Response): unknown {
  const type = headers.get("content-type") ?? "";
  if (!type.includes("json")) {
    const detail = `what answers at ${new URL(url).origin} is not Detent: it sends ${type || "no content type"}`;
    throw new Refused({ status: 502, reason: "UNEXPECTED_ANSWER", detail });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("what came is not the JSON that it says it is");
  }
}

function redirectionOf(url: string, { headers }: Response): Trouble {
  const target = headers.get("location") ?? "nowhere";
  const detail = `${url} points to ${target}, which is not followed; give the address itself`;
  return { failure: new Refused({ status: 502, reason: "UNEXPECTED_ANSWER", detail }), pauseMs: undefined };
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}

async function troubleOf(response: Response): Promise<Trouble> {
  // What breaks off is no problem document.
  const problem = readProblem(await response.text().catch(() => ""), response);
  const later = problem.reason !== "QUOTA_EXCEEDED" && [429, 502, 503, 504].includes(response.status);
  const seconds = Number(response.headers.get("retry-after") ?? 0);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : 0;
  return { failure: new Refused(problem, retryAfterMs), pauseMs: later ? retryAfterMs : undefined };
}

/** What is between here and the service does not write problem documents. */
function readProblem(text: string, { status, statusText }: Response): Problem {
  try {
    const problem = JSON.parse(text) as Partial<Problem>;
    if (typeof problem.reason === "string" && typeof problem.detail === "string")
      return { ...problem, status } as Problem;
  } catch {
    // Told below.
  }
  return {
    status,
    reason: "UNEXPECTED_ANSWER",
    detail: `the answer is ${status} ${statusText} and no problem document`,
  };
}
