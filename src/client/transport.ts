/**
 * A transport that makes calls again where that is safe, and fails with our error: it wraps Connect's and is all that the
 * generated clients know.
 */
import type { DescMessage, DescMethodStreaming, DescMethodUnary } from "@bufbuild/protobuf";
import type { StreamResponse, Transport } from "@connectrpc/connect";
import { isRepeatable, waitBefore, type Patience } from "./backoff.ts";
import { authorizationOf, type Credential } from "./credential.ts";
import { DetentError } from "./error.ts";
import { toDetentError } from "./failure.ts";
import { identify, type Identity } from "./identity.ts";
import { repeatOf } from "./repeats.ts";
import { sleep } from "./time.ts";

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
      const { message, identity } = identify(method, input);
      const call = new Call(manner, method, identity, signal, timeoutMs);
      return await call.run((attempt) =>
        inner.unary(
          method,
          signal,
          attempt.timeoutMs,
          headersOf(header, attempt.authorization),
          message,
          contextValues,
        ),
      );
    },
    // Not repeated here: whoever reads it knows where it was cut, and goes on from there.
    async stream(method, signal, timeoutMs, header, input, contextValues) {
      const call = new Call(manner, method, NOBODY, signal, timeoutMs);
      const headers = headersOf(header, await call.authorize());
      try {
        return withOurErrors(await inner.stream(method, signal, timeoutMs, headers, input, contextValues));
      } catch (thrown) {
        throw toDetentError(thrown, NOBODY, 1);
      }
    },
  };
}

interface Attempt {
  readonly authorization: string | undefined;
  /** Undefined: no end. */
  readonly timeoutMs: number | undefined;
}

/** The longest that a timer can be set to. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One call with all its attempts. */
class Call {
  readonly #manner: Manner;
  readonly #method: DescMethodUnary | DescMethodStreaming;
  readonly #identity: Identity;
  readonly #signal: AbortSignal | undefined;
  readonly #endsAt: number;
  #attempts = 0;
  #refused: string | undefined;

  constructor(
    manner: Manner,
    method: DescMethodUnary | DescMethodStreaming,
    identity: Identity,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
  ) {
    this.#manner = manner;
    this.#method = method;
    this.#identity = identity;
    this.#signal = signal;
    this.#endsAt = Date.now() + (timeoutMs ?? manner.timeoutMs ?? Infinity);
  }

  /** The answer of the first attempt that has one. Throws DetentError. */
  async run<T>(attempt: (attempt: Attempt) => Promise<T>): Promise<T> {
    let authorization = await this.authorize();
    for (;;) {
      this.#attempts++;
      const leftMs = Math.min(this.#manner.attemptTimeoutMs, this.#endsAt - Date.now());
      const timeoutMs = leftMs > LONGEST_TIMER_MS ? undefined : Math.max(1, leftMs);
      try {
        return await attempt({ authorization, timeoutMs });
      } catch (thrown) {
        const error = toDetentError(thrown, this.#identity, this.#attempts);
        authorization = await this.#prepareNext(error, authorization);
      }
    }
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
    if (this.#attempts >= patience.attempts || !isRepeatable(repeatOf(this.#method), error)) throw error;
    const waitMs = waitBefore(this.#attempts + 1, patience, error.retryAfterMs, Math.random());
    if (waitMs === undefined || Date.now() + waitMs >= this.#endsAt) throw error;
    const method = `${this.#method.parent.typeName}.${this.#method.name}`;
    onRetry?.({ method, error, attempt: this.#attempts, waitMs });
    try {
      await sleep(waitMs, this.#signal);
    } catch (cause) {
      throw toDetentError(cause, this.#identity, this.#attempts);
    }
    return await this.authorize(error);
  }

  /** Who calls, for the attempt that comes next. */
  async authorize(before?: DetentError): Promise<string | undefined> {
    try {
      return await authorizationOf(this.#manner.credential);
    } catch (cause) {
      // Whether an attempt before has taken effect is what the caller has to know: its ids go with the error.
      const { code, reason } = before ?? { code: "unauthenticated", reason: "UNAUTHENTICATED" };
      const text = cause instanceof Error ? cause.message : String(cause);
      throw new DetentError(`there is no credential: ${text}`, {
        code,
        reason,
        ...this.#identity,
        attempts: this.#attempts,
        cause,
      });
    }
  }
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
