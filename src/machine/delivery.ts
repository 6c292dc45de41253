/** The patience of one stream: one message at a time, waits that grow while it fails, an end for what is never taken. */
import { RejectedError } from "../queue-sender.ts";
import type { MachineDeps } from "./deps.ts";
import type { DeliveryRow } from "./outbox-store.ts";
import type { Stream } from "./stream.ts";

/**
 * The wait after a failure is between half of this and this, and at most doubles each time. The first one ends before
 * the alarm that a commit sets, so that alarm finds the stream ready.
 */
const FIRST_BACKOFF_MS = 3_000;
const LONGEST_BACKOFF_MS = 60_000;
/** A receiver that has refused one message for its own sake so often never takes it: about five minutes of attempts. */
const REJECTIONS_OF_POISON = 10;

const CALM: DeliveryRow = { attempts: 0, rejections: 0, nextAt: 0 };

export class Delivery {
  readonly stream: Stream;
  readonly #deps: MachineDeps;
  readonly #park: (stream: Stream, cause: string) => void;
  #state = CALM;
  #stored = CALM;
  #sending: Promise<void> | undefined;
  #isFlushing = false;

  /** `park` sets the stream's next message aside. */
  constructor(deps: MachineDeps, stream: Stream, park: (stream: Stream, cause: string) => void) {
    this.#deps = deps;
    this.stream = stream;
    this.#park = park;
  }

  /** Takes over what was stored; undefined: the stream did not fail. */
  load(row: DeliveryRow | undefined): void {
    this.#state = this.#stored = row ?? CALM;
  }

  /** When to send what is unsent; undefined when nothing is. */
  get nextAt(): number | undefined {
    return this.stream.hasUnsent() || this.#sending !== undefined ? this.#state.nextAt : undefined;
  }

  get isFailing(): boolean {
    return this.#state.attempts > 0;
  }

  /** The state, where it differs from what is stored. */
  get unstored(): DeliveryRow | undefined {
    return this.#state === this.#stored ? undefined : this.#state;
  }

  markStored(): void {
    this.#stored = this.#state;
  }

  /** One message, shared by all who ask while it is under way. Rejects when it was not taken. */
  send(urgent: boolean): Promise<void> {
    this.#sending ??= this.#sendOnce(urgent).finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  /** Sends after the answer, one message at a time; what arrives meanwhile goes with the next. */
  flushSoon(): void {
    if (this.#isFlushing || !this.#isReady()) return;
    this.#isFlushing = true;
    this.#deps.background(
      this.#sendWhile(() => this.stream.hasUnsent()).finally(() => {
        this.#isFlushing = false;
      }),
    );
  }

  /**
   * Sends what is unsent now. What arrives meanwhile has set an alarm of its own: under steady load a wake that waited
   * for the last event would never end. Never rejects.
   */
  async wake(): Promise<void> {
    if (!this.#isReady()) return;
    const isReached = this.stream.target();
    await this.#sendWhile(() => this.stream.hasUnsent() && !isReached());
  }

  #isReady(): boolean {
    return this.stream.hasUnsent() && this.#deps.now() >= this.#state.nextAt;
  }

  async #sendWhile(isWanted: () => boolean): Promise<void> {
    try {
      // One message at a time: what a machine sends leaves in order.
      while (isWanted()) await this.send(false);
    } catch {
      // Counted and logged where it happened; the alarm tries again.
    }
  }

  async #sendOnce(urgent: boolean): Promise<void> {
    try {
      await this.stream.sendNext({ urgent, alone: this.#state.rejections > 0 });
      if (this.isFailing) this.#state = CALM;
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #fail(error: unknown): void {
    const attempts = this.#state.attempts + 1;
    // Only a refusal of the message itself counts against it, and not how often a caller could not wait.
    const isCounted = error instanceof RejectedError && this.#deps.now() >= this.#state.nextAt;
    const rejections = this.#state.rejections + (isCounted ? 1 : 0);
    const longest = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attempts - 1, 10));
    const wait = Math.round(longest * (0.5 + this.#deps.random() / 2));
    this.#state = { attempts, rejections, nextAt: this.#deps.now() + wait };
    const facts = { stream: this.stream.name, attempts, cause: error };
    this.#deps.log("warn", "a message was not taken; it is sent again", facts);
    if (rejections < REJECTIONS_OF_POISON || !this.stream.canPark()) return;
    this.#park(this.stream, String(error));
    this.#state = CALM;
  }
}
