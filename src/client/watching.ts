/** Watching a machine for as long as it lives, over as many calls as that takes. */
import type { Client as ConnectClient } from "@connectrpc/connect";
import { MachineService, type WatchMachineResponse } from "../gen/detent/v1/machine_service_pb.ts";
import type { HistoryEntry } from "../gen/detent/v1/machine_pb.ts";
import { isPassing, waitBefore, type Patience } from "./backoff.ts";
import { DetentError } from "./error.ts";
import { mistake } from "./mistake.ts";
import { sleep, startTimer } from "./time.ts";
import { nameOf, type Retry } from "./transport.ts";

/** What is watched, and from where on. */
export interface WatchOptions {
  /** The last revision that the caller has seen; -1: none, so that the creation is told as well. Absent: from now on. */
  readonly afterRevision?: number | undefined;
  /** Ends the watch, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** After so long a silence, not even a heartbeat, the connection counts as lost, ms; default 40,000. */
  readonly silenceMs?: number | undefined;
}

/** What a watch needs of a client. */
export interface Watched {
  readonly machines: ConnectClient<typeof MachineService>;
  readonly patience: Patience;
  /** Whether there may be another credential when one has expired. */
  readonly isRenewable: boolean;
  /** The header `authorization` of the next call. Throws DetentError. */
  readonly authorize: (signal: AbortSignal) => Promise<string | undefined>;
  readonly onRetry: ((retry: Retry) => void) | undefined;
}

interface Address {
  readonly configuration: string;
  readonly id: string;
}

/** A heartbeat comes every 15 s, and up to 10 s later while a machine is asked and does not answer. */
const SILENCE_MS = 40_000;
/** Who calls is looked at first: a stream that is there for so long was let in, although it has told nothing yet. */
const ADMITTED_MS = 1_000;

/**
 * Every change of a machine from a revision on, each once and in order, whatever becomes of the connection. Returns behind the
 * deletion, and when the signal is aborted. Throws DetentError where there is no such machine, where the caller may not read
 * it, and where changes cannot be told any more (OUT_OF_RANGE, MACHINE_GONE): a gap is never silent.
 */
export async function* watch(
  watched: Watched,
  address: Address,
  { afterRevision, signal, silenceMs = SILENCE_MS }: WatchOptions,
): AsyncGenerator<HistoryEntry, void, undefined> {
  if (!(silenceMs > 0)) throw mistake(`silenceMs must be more than 0, but is ${silenceMs}`);
  const { patience, onRetry } = watched;
  const denials = new Denials(watched);
  let last = afterRevision;
  let isDeleted = false;
  let failures = 0;
  for (;;) {
    if (signal?.aborted) return;
    const line = new Line(signal, silenceMs);
    let failure: DetentError | undefined;
    try {
      for await (const { revision, change } of line.listen(watched, { ...address, ...present(last) })) {
        failures = 0;
        denials.forget();
        if (change !== undefined) {
          isDeleted ||= change.kind === "deletion";
          yield change;
        }
        // Counted when the caller has taken it, who may have left the loop.
        last = revision;
      }
    } catch (thrown) {
      failure = line.isSilent ? silence(silenceMs) : (thrown as DetentError);
    } finally {
      line.cut();
    }
    if (signal?.aborted || (isDeleted && failure?.reason === "MACHINE_GONE")) return;
    const isDenied = failure?.reason === "UNAUTHENTICATED";
    const goesOn = isDenied ? denials.mayPass(line) : failure === undefined || isResumable(failure);
    if (failure !== undefined && !goesOn) throw failure;
    // One that ended in its time is resumed at once; one that never said a word would go round and round.
    if (line.isHeard && (failure === undefined || isDenied)) continue;
    failures++;
    const waitMs = waitAfter(failures, patience, failure);
    const error = failure ?? new DetentError("the watch ended before it began", UNAVAILABLE);
    onRetry?.({ method: nameOf(MachineService.method.watchMachine), error, attempt: failures, waitMs });
    try {
      await sleep(waitMs, signal);
    } catch {
      return;
    }
  }
}

const UNAVAILABLE = { reason: "UNAVAILABLE", code: "unavailable" };

const silence = (ms: number): DetentError => new DetentError(`nothing has come for ${ms} ms`, UNAVAILABLE);

const present = (afterRevision: number | undefined) => (afterRevision === undefined ? {} : { afterRevision });

function isResumable({ reason, code }: DetentError): boolean {
  return reason === "RATE_LIMITED" || isPassing(reason, code);
}

/** A watch has time: where the server asks for a longer wait than a call would take, it waits for so long. */
function waitAfter(failures: number, patience: Patience, failure: DetentError | undefined): number {
  const retryAfterMs = failure?.retryAfterMs;
  return waitBefore(failures + 1, patience, retryAfterMs, Math.random()) ?? retryAfterMs ?? patience.longestWaitMs;
}

/** Refusals of the credential since something was heard: a token ends, and there may be another one; or it was never good. */
class Denials {
  readonly #most: number;
  readonly #isRenewable: boolean;
  #count = 0;
  #denied: string | undefined;

  constructor({ patience, isRenewable }: Watched) {
    this.#isRenewable = isRenewable;
    // Two at least: there was one, and there is another.
    this.#most = Math.max(2, patience.attempts);
  }

  forget(): void {
    this.#count = 0;
  }

  /** Whether another credential than the one of `line`, which was denied, may be let in. */
  mayPass({ authorization, hasStood }: Line): boolean {
    const isOther = this.#count === 0 || authorization !== this.#denied;
    this.#denied = authorization;
    this.#count = hasStood && isOther ? 1 : this.#count + 1;
    return this.#isRenewable && isOther && this.#count < this.#most;
  }
}

/** One call, which is given up when the caller does and when nothing comes any more. */
class Line {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #silenceMs: number;
  readonly #stop = (): void => this.cut();
  #openedAt = Infinity;
  /** Something has come. */
  isHeard = false;
  /** Who called. */
  authorization: string | undefined;
  /** Nothing came for too long. */
  isSilent = false;

  constructor(outer: AbortSignal | undefined, silenceMs: number) {
    this.#outer = outer;
    this.#silenceMs = silenceMs;
    outer?.addEventListener("abort", this.#stop, { once: true });
  }

  /** The stream was there for longer than it takes to be refused, counted from the server's answer on. */
  get hasStood(): boolean {
    return Date.now() - this.#openedAt >= ADMITTED_MS;
  }

  /** The messages of a call; the clock runs only while one is awaited, not while the caller is busy with the one before. */
  async *listen(
    watched: Watched,
    request: Address & { readonly afterRevision?: number },
  ): AsyncGenerator<WatchMachineResponse> {
    const messages = this.#call(watched, request);
    for (;;) {
      const stop = startTimer(this.#silenceMs, () => {
        this.isSilent = true;
        this.cut();
      });
      const result = await messages.next().finally(stop);
      if (result.done) return;
      this.isHeard = true;
      yield result.value;
    }
  }

  async *#call({ machines, authorize }: Watched, request: Address): AsyncGenerator<WatchMachineResponse> {
    const { signal } = this.#controller;
    this.authorization = await authorize(signal);
    yield* machines.watchMachine(request, {
      signal,
      ...(this.authorization !== undefined && { headers: { authorization: this.authorization } }),
      onHeader: () => (this.#openedAt = Date.now()),
    });
  }

  cut(): void {
    this.#outer?.removeEventListener("abort", this.#stop);
    this.#controller.abort();
  }
}
