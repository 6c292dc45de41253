/** What the service says of itself. */
import type { Door } from "./door.ts";
import { Refused } from "./failure.ts";

/** The answer of `GET /health`. */
export interface Health {
  readonly state: "READY" | "NOT_READY";
  readonly release: string;
  readonly checks: readonly { readonly name: string; readonly state: string; readonly detail?: string }[];
}

/** Asks once: whoever asks for health wants to know now. */
export async function readHealth(door: Door): Promise<Health> {
  // 503 is an answer here, with the checks in it.
  const response = await door.open("GET", "/health", {
    isRepeatable: false,
    accept: [503],
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  try {
    const health = JSON.parse(text) as Partial<Health>;
    if (typeof health.state === "string" && Array.isArray(health.checks)) return health as Health;
  } catch {
    // Told below.
  }
  throw new Refused({ status: 502, reason: "UNEXPECTED_ANSWER", detail: `what answers at ${door.url} is not Detent` });
}
