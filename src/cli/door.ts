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
  readonly signal?: AbortSignal;
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

export class Door {
  readonly url: string;
  readonly #key: string | undefined;
  readonly #onPause: (text: string) => void;

  constructor({ url, key }: Settings, onPause: (text: string) => void = () => undefined) {
    this.url = url;
    this.#key = key;
    this.#onPause = onPause;
  }

  async get<T>(path: string, query?: Query): Promise<T> {
    return (await this.call<T>("GET", path, { ...(query && { query }) })).body;
  }

  async post<T>(path: string, body?: unknown, call: Omit<Call, "body"> = {}): Promise<T> {
    return (await this.call<T>("POST", path, { ...call, body })).body;
  }

  /** Asks and reads the answer. Throws Refused where the service says no, Failure where it does not say anything. */
  async call<T>(method: string, path: string, call: Call = {}): Promise<Answer<T>> {
    const timeout = AbortSignal.timeout(ATTEMPT_MS * ATTEMPTS);
    const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]);
    const response = await this.open(method, path, { ...call, signal });
    try {
      const text = await response.text();
      const isJson = (response.headers.get("content-type") ?? "").includes("json");
      const body = (isJson && text !== "" ? JSON.parse(text) : text) as T;
      return { status: response.status, body, headers: response.headers };
    } catch (error) {
      if (signal.aborted && isInterruption(signal.reason)) throw signal.reason;
      throw new Failure(`${this.url} broke off its answer: ${causeOf(error)}`, EXIT.unavailable);
    }
  }

  /** The same, with the answer still to be read: for what streams. */
  async open(method: string, path: string, call: Call = {}): Promise<Response> {
    const isRepeatable = call.isRepeatable ?? method === "GET";
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#try(method, path, call);
      if (outcome instanceof Response) return outcome;
      const { failure, pauseMs } = outcome;
      const isLast = attempt === ATTEMPTS || !isRepeatable || pauseMs === undefined || pauseMs > LONGEST_PAUSE_MS;
      if (isLast || call.signal?.aborted === true) throw failure;
      const waitMs = Math.max(pauseMs, FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
      this.#onPause(`${failure.message}; trying again in ${(waitMs / 1_000).toFixed(1)} s`);
      await sleep(waitMs, undefined, { signal: call.signal });
    }
  }

  async #try(method: string, path: string, call: Call): Promise<Response | Trouble> {
    const { query = {}, body, headers = {}, accept = [], signal } = call;
    const url = new URL(this.url + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const sent = new Headers({ accept: "application/json", "user-agent": `detent-cli/${RELEASE}`, ...headers });
    if (this.#key !== undefined) sent.set("authorization", `Bearer ${this.#key}`);
    if (body !== undefined && !sent.has("content-type")) sent.set("content-type", "application/json");
    let response;
    try {
      response = await fetch(url, {
        method,
        headers: sent,
        // A credential must not follow to where somebody else points.
        redirect: "error",
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
        ...(signal !== undefined && { signal }),
      });
    } catch (error) {
      if (signal?.aborted === true && isInterruption(signal.reason)) throw signal.reason;
      const message = `${this.url} does not answer: ${causeOf(error)}`;
      return { failure: new Failure(message, EXIT.unavailable, HINT), pauseMs: 0 };
    }
    if (response.ok || accept.includes(response.status)) return response;
    return await troubleOf(response);
  }
}

const HINT =
  'is it running ("npm start" serves one here), and is this its address (--url, DETENT_URL, "detent login")?';

/** Why an attempt failed; `pauseMs`: another one may do better, not before that. */
interface Trouble {
  readonly failure: Failure;
  readonly pauseMs: number | undefined;
}

function isInterruption(reason: unknown): reason is Failure {
  return reason instanceof Failure;
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
