/**
 * What the house says about itself: one JSON object per line, on the console. What may be said is a closed list of
 * facts: names, ids, numbers and words of ours. There is no field for a body, an event's data or details, a label, a
 * comment or a credential, and errors are not quoted where they may quote such.
 */
import { DetentError, REASONS } from "./errors.ts";

/** From the most to the least that is said. */
export const LOG_LEVELS = ["debug", "info", "warn", "error", "off"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type Severity = Exclude<LogLevel, "off">;

/** Every fact there is; docs/operations.md describes them. */
export interface LogFacts {
  readonly request_id?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly door?: "json" | "rpc" | "queue" | undefined;
  readonly operation?: string | undefined;
  readonly method?: string | undefined;
  readonly status?: number | undefined;
  readonly tenant?: string | undefined;
  readonly configuration?: string | undefined;
  /** Of the machine. */
  readonly id?: string | undefined;
  readonly event_id?: string | undefined;
  readonly event?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly revision?: number | undefined;
  readonly result?: string | undefined;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  readonly duplicate?: boolean | undefined;
  readonly ms?: number | undefined;
  /** Of a queue's message. */
  readonly message_id?: string | undefined;
  readonly attempts?: number | undefined;
  /** The object's name of a job: its tenant and its id. */
  readonly job?: string | undefined;
  readonly chunk?: number | undefined;
  readonly stream?: string | undefined;
  readonly position?: number | undefined;
  readonly step?: string | undefined;
  /** What was thrown; it is described, never printed as it is. */
  readonly cause?: unknown;
}

type Sink = Pick<Console, Severity>;

/** Ids have at most 255 code points, two units each. */
const MOST_UNITS = 600;
const MOST_FRAMES = 12;
const MOST_CAUSES = 5;

/** Says what is at least as grave as its level, with the facts it was made with. */
export class Log {
  readonly #level: LogLevel;
  readonly #facts: LogFacts;
  readonly #sink: Sink;

  constructor(level: LogLevel, facts: LogFacts = {}, sink: Sink = console) {
    this.#level = level;
    this.#facts = facts;
    this.#sink = sink;
  }

  /** The same log, for what has these facts in common. */
  with(facts: LogFacts): Log {
    return new Log(this.#level, { ...this.#facts, ...facts }, this.#sink);
  }

  write(severity: Severity, message: string, facts: LogFacts = {}): void {
    if (LOG_LEVELS.indexOf(severity) < LOG_LEVELS.indexOf(this.#level)) return;
    const { cause, ...said } = { ...this.#facts, ...facts };
    // A bug is looked for where it happened; of the others it says nothing.
    const stack = severity === "error" && cause instanceof Error ? framesOf(cause) : undefined;
    this.#sink[severity](toLine({ level: severity, message, ...said, cause: describeError(cause), stack }));
  }

  /** Says what went wrong in answering, unless it is the caller's fault: a bug is an error, an absent part a warning. */
  fail(error: unknown): void {
    if (!(error instanceof DetentError)) this.write("error", "a bug", { cause: error });
    else if (REASONS[error.reason].status >= 500) {
      const severity = error.reason === "UNAVAILABLE" ? "warn" : "error";
      this.write(severity, error.message, { reason: error.reason, cause: error.cause });
    }
  }
}

function toLine(facts: object): string {
  const text = JSON.stringify(facts, (key, value: unknown) =>
    typeof value === "string" && value.length > MOST_UNITS && key !== "stack"
      ? `${value.slice(0, MOST_UNITS)}…`
      : value,
  );
  // JSON lets these stand, but a terminal obeys them, and some readers of lines end one at them.
  return text.replaceAll(/[\u007f-\u009f\u2028\u2029]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/**
 * The error and what caused it, outermost first; undefined for none. Only such errors are quoted as this house and the
 * platform's storage make: the language's own quote the value that they stumbled over (`Cannot use 'in' operator to
 * search for 'a' in …`), which may be anybody's.
 */
export function describeError(error: unknown): string | undefined {
  const chain: string[] = [];
  let current = error;
  while (current !== undefined && chain.length < MOST_CAUSES) {
    chain.push(current instanceof Error ? quote(current) : typeof current === "string" ? current : typeof current);
    current = current instanceof Error ? current.cause : undefined;
  }
  return chain.length === 0 ? undefined : chain.join("; caused by ");
}

const QUOTED = new Set(["Error", "DetentError", "RejectedError"]);

function quote({ name, message }: Error): string {
  // D1 quotes a value whose type it does not take.
  return QUOTED.has(name) ? `${name}: ${message.replace(/ for value '.*$/s, "")}` : name;
}

/** The frames alone: the text before them has the error's message. */
function framesOf({ stack = "", message }: Error): string | undefined {
  const start = stack.indexOf(message);
  if (start < 0) return undefined;
  const lines = stack.slice(start + message.length).split("\n");
  const frames = lines.map((line) => line.trim()).filter((line) => line.startsWith("at "));
  return frames.slice(0, MOST_FRAMES).join("\n");
}
