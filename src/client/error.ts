/** The one error of the client. Knows nothing of how it came about. */
import type { AnyReason, RefusalReason } from "./reasons.ts";
import type { AnyReceipt, RefusedReceipt } from "./receipt.ts";

/** One field that broke one rule. */
export interface Violation {
  /** JSON Pointer into the request. */
  readonly pointer: string;
  readonly rule: string;
  readonly message: string;
}

/** What there is to know of a failed call. */
export interface ErrorFacts {
  /** One of docs/errors, or of the client's own; decide by this, not by the message. */
  readonly reason: AnyReason;
  /** The Connect code: `unavailable`, `not_found`, ... */
  readonly code: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly Violation[];
  /** Of an event that was refused, or that found no machine. */
  readonly receipt?: AnyReceipt | undefined;
  /** Under which the server has logged the call. */
  readonly requestId?: string | undefined;
  /** The ids of the events that the call carried, also those that the client made: under them the same may be sent again. */
  readonly eventIds?: readonly string[];
  /** The key of a creation, also one that the client made: under it the same may be created again. */
  readonly idempotencyKey?: string | undefined;
  /** How long the server asks to wait. */
  readonly retryAfterMs?: number | undefined;
  /** How often it was tried; 0: nothing was sent. More than once: an answer such as MACHINE_GONE may be of the caller's own doing. */
  readonly attempts?: number;
  readonly cause?: unknown;
}

/**
 * Why a call failed. `instanceof` goes by shape, so that it holds for an error of another copy of this package, as bundlers
 * make them.
 */
export class DetentError extends Error implements ErrorFacts {
  override readonly name: string = "DetentError";
  readonly reason: AnyReason;
  readonly code: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly Violation[];
  readonly receipt: AnyReceipt | undefined;
  readonly requestId: string | undefined;
  readonly eventIds: readonly string[];
  readonly idempotencyKey: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly attempts: number;

  constructor(message: string, facts: ErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.reason = facts.reason;
    this.code = facts.code;
    this.metadata = facts.metadata ?? {};
    this.violations = facts.violations ?? [];
    this.receipt = facts.receipt;
    this.requestId = facts.requestId;
    this.eventIds = facts.eventIds ?? [];
    this.idempotencyKey = facts.idempotencyKey;
    this.retryAfterMs = facts.retryAfterMs;
    this.attempts = facts.attempts ?? 1;
  }

  /** The id of the event that was sent, where it was one: send again under it what may not have arrived. */
  get eventId(): string | undefined {
    return this.eventIds.length === 1 ? this.eventIds[0] : undefined;
  }

  static override [Symbol.hasInstance](value: unknown): value is DetentError {
    if (this !== DetentError) return isOfClass(this, value);
    return hasName(value, "DetentError") || hasName(value, "RefusedError") || isOfClass(this, value);
  }
}

/** A machine decided against an event; the receipt says why and what it would take. The decision stands: a repeat under the same id gets it again. */
export class RefusedError extends DetentError {
  override readonly name = "RefusedError";
  declare readonly reason: RefusalReason | (string & {});
  declare readonly receipt: RefusedReceipt;

  static override [Symbol.hasInstance](value: unknown): value is RefusedError {
    return this === RefusedError ? hasName(value, "RefusedError") || isOfClass(this, value) : isOfClass(this, value);
  }
}

/** As `instanceof` goes by itself: a class that somebody derives has no other copy that it would have to know. */
function isOfClass(type: object, value: unknown): boolean {
  return Function.prototype[Symbol.hasInstance].call(type, value);
}

function hasName(value: unknown, name: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { name: found, reason, code } = value as { name?: unknown; reason?: unknown; code?: unknown };
  return found === name && typeof reason === "string" && typeof code === "string";
}
