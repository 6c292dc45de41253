/** What a caller got wrong, found before anything was sent: the same error as when a server finds it. */
import { DetentError } from "./error.ts";
import type { Identity } from "./identity.ts";

/** INVALID_ARGUMENT with no attempts; `identity` has the ids that the caller gave. */
export function mistake(message: string, identity: Partial<Identity> = {}, cause?: unknown): DetentError {
  return new DetentError(message, {
    ...identity,
    reason: "INVALID_ARGUMENT",
    code: "invalid_argument",
    attempts: 0,
    cause,
  });
}
