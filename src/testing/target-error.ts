/** How the kit says that the target, and not the configuration on it, keeps a test from being run. */

/** Nobody answers, a key may not, the configuration is not taken, too much was asked: nothing that a machine has decided. */
export class TargetError extends Error {
  override readonly name = "TargetError";
  /** One of docs/errors; undefined: nobody answered, or not as Detent does. */
  readonly reason: string | undefined;

  constructor(message: string, { reason, cause }: { readonly reason?: string; readonly cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/**
 * Reasons that say nothing about a machine: who asks, how often, over what, and whether the platform works. A test means
 * one of them only when it names it.
 */
const OF_THE_TARGET: ReadonlySet<string> = new Set([
  "BODY_TOO_LARGE",
  "CONFIGURATION_DEPRECATED",
  "CONFIGURATION_NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "NOT_FOUND",
  "PERMISSION_DENIED",
  "QUOTA_EXCEEDED",
  "RATE_LIMITED",
  "UNAUTHENTICATED",
  "UNAVAILABLE",
  "UNSUPPORTED_MEDIA_TYPE",
]);

/** Whether a refusal says nothing about a machine. INTERNAL is none of these: a bug of the machine has to be seen as one. */
export function isOfTheTarget(reason: string): boolean {
  return OF_THE_TARGET.has(reason);
}
