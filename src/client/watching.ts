/** Watching a machine for as long as it lives, over as many calls as that takes. */
import type { Client as ConnectClient } from "@connectrpc/connect";
import type { WatchMachineResponse, MachineService } from "../gen/detent/v1/machine_service_pb.ts";
import type { HistoryEntry } from "../gen/detent/v1/machine_pb.ts";
import { isPassing, waitBefore, type Patience } from "./backoff.ts";
import type { DetentError } from "./error.ts";
import { sleep } from "./time.ts";

/** What is watched, and from where on. */
export interface WatchOptions {
  /** The last revision that the caller has seen; -1: none, so that the creation is told as well. Absent: from now on. */
  readonly afterRevision?: number | undefined;
  /** Ends the watch, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** After so long a silence, not even a heartbeat, the connection counts as lost; default 40 s. */
  readonly silenceMs?: number | undefined;
}

/** What a watch needs of a client. */
export interface Watched {
  readonly machines: ConnectClient<typeof MachineService>;
  readonly patience: Patience;
  /** Whether there may be another credential when one has expired. */
  readonly isRenewable: boolean;
}

/** A heartbeat comes every 15 s, and up to 10 s later while a machine is asked and does not answer. */
const SILENCE_MS = 40_000;
/** Who calls is looked at first: a call that goes on for so long was let in. */
const ADMITTED_MS = 1_000;

/**
 * Every change of a machine from a revision on, each once and in order, whatever becomes of the connection. Returns behind the
 * deletion, and when the signal is aborted. Throws DetentError where there is no such machine, where the caller may not read
 * it, and where changes cannot be told any more (OUT_OF_RANGE, MACHINE_GONE): a gap is never silent.
 */
export async function* watch(
  { machines, patience, isRenewable }: Watched,
  address: { readonly configuration: string; readonly id: string },
  { afterRevision, signal, silenceMs = SILENCE_MS }: WatchOptions,
): AsyncGenerator<HistoryEntry, void, undefined> {
  let last = afterRevision;
  let isDeleted = false;
  let failures = 0;
  let denials = 0;
  for (;;) {
    if (signal?.aborted) return;
    const line = new Line(signal, silenceMs);
    let failure: DetentError | undefined;
    try {
      const request = { ...address, ...(last !== undefined && { afterRevision: last }) };
      for await (const { revision, change } of line.listen(machines.watchMachine(request, { signal: line.signal }))) {
        [failures, denials] = [0, 0];
        if (change !== undefined) {
          isDeleted ||= change.kind === "deletion";
          yield change;
        }
        // Counted when the caller has taken it, who may have left the loop.
        last = revision;
      }
    } catch (thrown) {
      failure = thrown as DetentError;
    } finally {
      line.cut();
    }
    if (signal?.aborted || (isDeleted && failure?.reason === "MACHINE_GONE")) return;
    const isDenied = failure?.reason === "UNAUTHENTICATED";
    // A token ends, and the watch with it: the next call has another one. One that is denied at once was never good.
    if (isDenied) denials = line.wasAdmitted ? 0 : denials + 1;
    const goesOn = isDenied ? isRenewable && denials < 2 : failure === undefined || isResumable(failure);
    if (failure !== undefined && !line.isSilent && !goesOn) throw failure;
    // One that ended in its time is resumed at once; one that never said a word would go round and round.
    if (line.wasAdmitted && (failure === undefined || isDenied)) continue;
    failures++;
    const waitMs = waitBefore(failures + 1, patience, failure?.retryAfterMs, Math.random()) ?? patience.longestWaitMs;
    try {
      await sleep(waitMs, signal);
    } catch {
      return;
    }
  }
}

function isResumable({ reason, code }: DetentError): boolean {
  return reason === "RATE_LIMITED" || isPassing(reason, code);
}

/** One call, which is given up when the caller does and when nothing comes any more. */
class Line {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #silenceMs: number;
  readonly #stop = (): void => this.cut();
  readonly #beganAt = Date.now();
  #isHeard = false;
  /** Nothing came for too long. */
  isSilent = false;

  constructor(outer: AbortSignal | undefined, silenceMs: number) {
    this.#outer = outer;
    this.#silenceMs = silenceMs;
    outer?.addEventListener("abort", this.#stop, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The server has let the call in. */
  get wasAdmitted(): boolean {
    return this.#isHeard || Date.now() - this.#beganAt >= ADMITTED_MS;
  }

  /** The messages of `call`; the clock runs only while one is awaited, not while the caller is busy with the one before. */
  async *listen(call: AsyncIterable<WatchMachineResponse>): AsyncGenerator<WatchMachineResponse> {
    const messages = call[Symbol.asyncIterator]();
    for (;;) {
      const timer = setTimeout(() => {
        this.isSilent = true;
        this.cut();
      }, this.#silenceMs);
      const result = await messages.next().finally(() => clearTimeout(timer));
      if (result.done) return;
      this.#isHeard = true;
      yield result.value;
    }
  }

  cut(): void {
    this.#outer?.removeEventListener("abort", this.#stop);
    this.#controller.abort();
  }
}
