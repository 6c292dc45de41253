/**
 * A transport that makes calls again where that is safe, and fails with our error: it wraps Connect's and is all that the
 * generated clients know.
 */
import type { DescMessage, DescMethod, DescMethodUnary, MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type StreamResponse, type Transport } from "@connectrpc/connect";
import { missingIn } from "./answer.ts";
import { isRepeatable, waitBefore, type Patience } from "./backoff.ts";
import { authorizationOf, type Credential } from "./credential.ts";
import { DetentError } from "./error.ts";
import { toDetentError } from "./failure.ts";
import { identify, type Identity } from "./identity.ts";
import { mistake } from "./mistake.ts";
import { repeatOfCall, type Repeat } from "./repeats.ts";
import { LONGEST_TIMER_MS, sleep, TimeIsOver, within } from "./time.ts";

/** A failed attempt that is about to be repeated. */
export interface Retry {
  /** `detent.v1.MachineService.SendEvent`, say. */
  readonly method: string;
  readonly error: DetentError;
  /** The attempt that failed; the first is 1. */
  readonly attempt: number;
  readonly waitMs: number;
}

/** How calls are made. */
export interface Manner {
  readonly credential: Credential | undefined;
  readonly patience: Patience;
  /** A call that is given no time of its own has this much, with all its attempts; undefined: no end. */
  readonly timeoutMs: number | undefined;
  /** One attempt. */
  readonly attemptTimeoutMs: number;
  readonly onRetry: ((retry: Retry) => void) | undefined;
}

const NOBODY: Identity = { eventIds: [], idempotencyKey: undefined };

export function repeating(inner: Transport, manner: Manner): Transport {
  return {
    async unary(method, signal, timeoutMs, header, input, contextValues) {
      const { message, identity } = readRequest(method, input);
      const call = new Call(manner, method, { identity, message, signal, timeoutMs: timeoutMs ?? manner.timeoutMs });
      return await call.run(async (attempt) => {
        const answer = await inner.unary(
          method,
          signal,
          attempt.timeoutMs,
          headersOf(header, attempt.authorization),
          message,
          contextValues,
        );
        const missing = missingIn(answer.message);
        if (missing !== undefined) throw new ConnectError(`the answer has no ${missing}`, Code.Unknown);
        return answer;
      });
    },
    // Not repeated here: whoever reads it knows where it was cut, and goes on from there.
    async stream(method, signal, timeoutMs, header, input, contextValues) {
      const call = new Call(manner, method, { identity: NOBODY, signal, timeoutMs });
      return withOurErrors(
        await call.once(new Headers(header), ({ authorization, timeoutMs: leftMs }) =>
          inner.stream(method, signal, leftMs, headersOf(header, authorization), input, contextValues),
        ),
      );
    },
  };
}

/** `identify` for a request that may be none. Throws DetentError. */
function readRequest<I extends DescMessage>(method: DescMethodUnary<I>, input: MessageInitShape<I>) {
  try {
    return identify(method, input);
  } catch (cause) {
    throw mistake(`this is no request of ${nameOf(method)}: ${textOf(cause)}`, {}, cause);
  }
}

/** The header `authorization` as the next call would have it. Throws DetentError. */
export async function authorizeBy(
  manner: Manner,
  method: DescMethod,
  signal: AbortSignal,
): Promise<string | undefined> {
  return await new Call(manner, method, { identity: NOBODY, signal, timeoutMs: undefined }).authorize();
}

interface Attempt {
  readonly authorization: string | undefined;
  /** Undefined: no end. */
  readonly timeoutMs: number | undefined;
}

/** Of whom a call is, and what ends it. */
interface Caller {
  readonly identity: Identity;
  /** What it asks for, where that is one message. */
  readonly message?: object;
  readonly signal: AbortSignal | undefined;
  /** For all attempts; undefined: no end. */
  readonly timeoutMs: number | undefined;
}

/** One call with all its attempts. */
class Call {
  readonly #manner: Manner;
  readonly #method: DescMethod;
  readonly #repeat: Exclude<Repeat, "guarded">;
  readonly #identity: Identity;
  readonly #signal: AbortSignal | undefined;
  readonly #endsAt: number;
  #attempts = 0;
  #refused: string | undefined;

  constructor(manner: Manner, method: DescMethod, { identity, message, signal, timeoutMs = Infinity }: Caller) {
    if (Number.isNaN(timeoutMs)) throw mistake("timeoutMs must be a number of milliseconds, but is NaN", identity);
    this.#manner = manner;
    this.#method = method;
    this.#repeat = repeatOfCall(method, message);
    this.#identity = identity;
    this.#signal = signal;
    this.#endsAt = Date.now() + timeoutMs;
  }

  /** The answer of the first attempt that has one. Throws DetentError. */
  async run<T>(attempt: (attempt: Attempt) => Promise<T>): Promise<T> {
    let authorization = await this.authorize();
    for (;;) {
      this.#attempts++;
      try {
        return await attempt({ authorization, timeoutMs: toTimeout(this.#attemptMs) });
      } catch (thrown) {
        authorization = await this.#prepareNext(this.#explain(thrown), authorization);
      }
    }
  }

  /** The answer of the only attempt, which may go on for longer than others; of a caller that says who it is, that is kept. Throws DetentError. */
  async once<T>(header: Headers, attempt: (attempt: Attempt) => Promise<T>): Promise<T> {
    const authorization = header.get("authorization") ?? (await this.authorize());
    this.#attempts++;
    try {
      return await attempt({ authorization, timeoutMs: toTimeout(this.#leftMs) });
    } catch (thrown) {
      throw this.#explain(thrown);
    }
  }

  get #leftMs(): number {
    return this.#endsAt - Date.now();
  }

  get #attemptMs(): number {
    return Math.min(this.#manner.attemptTimeoutMs, this.#leftMs);
  }

  /** Waits until it is time for the next attempt, and tells its credential. Throws `error` where there is none. */
  async #prepareNext(error: DetentError, authorization: string | undefined): Promise<string | undefined> {
    if (this.#signal?.aborted) throw error;
    // Nothing was done, and a token that has expired may have been replaced.
    if (error.reason === "UNAUTHENTICATED" && this.#refused === undefined) {
      this.#refused = authorization;
      const other = await this.authorize(error);
      if (other !== authorization) return other;
    }
    const { patience, onRetry } = this.#manner;
    if (this.#attempts >= patience.attempts || !isRepeatable(this.#repeat, error)) throw error;
    const waitMs = waitBefore(this.#attempts + 1, patience, error.retryAfterMs, Math.random());
    if (waitMs === undefined || Date.now() + waitMs >= this.#endsAt) throw error;
    onRetry?.({ method: nameOf(this.#method), error, attempt: this.#attempts, waitMs });
    try {
      await sleep(waitMs, this.#signal);
    } catch (cause) {
      throw this.#explain(cause);
    }
    return await this.authorize(error);
  }

  /** Who calls, for the attempt that comes next: no longer than an attempt may take, since nobody else ends a function that hangs. */
  async authorize(before?: DetentError): Promise<string | undefined> {
    try {
      return await within(() => authorizationOf(this.#manner.credential), this.#attemptMs, this.#signal);
    } catch (cause) {
      if (this.#signal?.aborted) throw this.#explain(this.#signal.reason);
      const facts = { ...this.#identity, attempts: this.#attempts, cause };
      if (cause instanceof TimeIsOver) {
        const ended = { code: "deadline_exceeded", reason: "DEADLINE_EXCEEDED" };
        throw new DetentError("the credential did not come in time", { ...ended, ...facts });
      }
      // Whether an attempt before has taken effect is what the caller has to know: its ids go with the error.
      const { code, reason } = before ?? { code: "unauthenticated", reason: "UNAUTHENTICATED" };
      throw new DetentError(`there is no credential: ${textOf(cause)}`, { code, reason, ...facts });
    }
  }

  #explain(thrown: unknown): DetentError {
    const signal = this.#signal;
    // A caller may abort with whatever it likes, and it is its doing all the same.
    if (signal?.aborted && thrown === signal.reason) {
      const facts = { ...this.#identity, attempts: this.#attempts, cause: thrown };
      return new DetentError(`the caller has ended the call: ${textOf(thrown)}`, {
        code: "canceled",
        reason: "CANCELLED",
        ...facts,
      });
    }
    return toDetentError(thrown, this.#identity, this.#attempts);
  }
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The header of it takes whole milliseconds, and none is no end. */
function toTimeout(ms: number): number | undefined {
  return ms > LONGEST_TIMER_MS ? undefined : Math.max(1, Math.ceil(ms));
}

/** `detent.v1.MachineService.SendEvent`, say. */
export function nameOf(method: DescMethod): string {
  return `${method.parent.typeName}.${method.name}`;
}

function headersOf(header: HeadersInit | undefined, authorization: string | undefined): Headers {
  const headers = new Headers(header);
  if (authorization !== undefined && !headers.has("authorization")) headers.set("authorization", authorization);
  return headers;
}

/** A stream that fails with our error. One that breaks off has failed on the way: it has no code of its own. */
function withOurErrors<I extends DescMessage, O extends DescMessage>(
  response: StreamResponse<I, O>,
): StreamResponse<I, O> {
  async function* messages() {
    try {
      yield* response.message;
    } catch (thrown) {
      const error = toDetentError(thrown, NOBODY, 1);
      if (error.reason !== "UNKNOWN") throw error;
      const message = `the stream broke off: ${error.message}`;
      throw new DetentError(message, { reason: "UNAVAILABLE", code: "unavailable", cause: thrown });
    }
  }
  return { ...response, message: messages() };
}
