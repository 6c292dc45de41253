/**
 * How often a key may ask. Isolates share nothing, so one object per key counts; and it is not asked for each request: an
 * isolate lets a trickle pass by itself, and takes what is more from the object in portions. So a key that asks seldom costs nothing, one
 * that asks often a call in every twentieth of a second or so, and the limit holds but for the trickle of each isolate.
 */
import { DetentError } from "../errors.ts";
import { within } from "../within.ts";
import { Bucket } from "./bucket.ts";
import type { LimiterCalls } from "./limiter-object.ts";

/** Of the limit: what an isolate lets pass without asking, and what it asks for at a time. */
const SHARE = 1 / 20;
/** A portion that was not used in this time is given up. */
const PORTION_FOR_MS = 1_000;
/** A limit must not keep anybody waiting: while its object does not answer, requests pass. */
const PATIENCE_MS = 500;
/** Keys that were heard of last. */
const MOST_KEPT = 10_000;

export interface LimiterDeps {
  /** The object that counts for the key. */
  object(key: string): LimiterCalls;
  now(): number;
}

interface State {
  readonly perSecond: number;
  readonly trickle: Bucket;
  portion: number;
  portionUntil: number;
  /** A portion has been asked for: others ask for what they need. A time, since whoever asked may be gone. */
  askedUntil: number;
  /** The object has refused: it need not be asked before. */
  refusedUntil: number;
}

export class Limiter {
  readonly #deps: LimiterDeps;
  readonly #states = new Map<string, State>();

  constructor(deps: LimiterDeps) {
    this.#deps = deps;
  }

  /** Counts `count` requests or events of the key; throws RATE_LIMITED, with the time to wait, above `perSecond`. */
  async spend(key: string, perSecond: number, count: number): Promise<void> {
    if (count <= 0) return;
    const now = this.#deps.now();
    const state = this.#stateOf(key, perSecond, now);
    if (now >= state.portionUntil) state.portion = 0;
    if (state.portion >= count) {
      state.portion -= count;
      return;
    }
    if (count === 1 && state.trickle.take(1, 1, now).granted > 0) return;
    if (now < state.refusedUntil) throw limited(perSecond, state.refusedUntil - now);
    const missing = count - state.portion;
    const portion = now < state.askedUntil ? missing : Math.max(missing, Math.ceil(perSecond * SHARE));
    state.askedUntil = now + PATIENCE_MS;
    let granted: number;
    let waitMs: number;
    try {
      const asked = this.#deps.object(key).take(perSecond, missing, portion);
      ({ granted, waitMs } = await within(PATIENCE_MS, "the limiter", asked));
    } catch {
      return;
    }
    state.askedUntil = 0;
    const answeredAt = this.#deps.now();
    if (granted === 0) {
      state.refusedUntil = answeredAt + waitMs;
      throw limited(perSecond, waitMs);
    }
    // Others of the same key may have come meanwhile.
    state.portion += granted - count;
    state.portionUntil = answeredAt + PORTION_FOR_MS;
  }

  #stateOf(key: string, perSecond: number, now: number): State {
    const known = this.#states.get(key);
    if (known?.perSecond === perSecond) return known;
    const share = Math.max(1, perSecond * SHARE);
    const times = { portionUntil: 0, askedUntil: 0, refusedUntil: 0 };
    const state = { perSecond, trickle: new Bucket(share, share, now), portion: 0, ...times };
    this.#states.delete(key);
    this.#states.set(key, state);
    const [oldest] = this.#states.keys();
    if (this.#states.size > MOST_KEPT && oldest !== undefined) this.#states.delete(oldest);
    return state;
  }
}

function limited(perSecond: number, retryAfterMs: number): DetentError {
  const message = `the credential makes more than ${perSecond} requests a second, which is its limit`;
  return new DetentError("RATE_LIMITED", message, { metadata: { limit: String(perSecond) }, retryAfterMs });
}
