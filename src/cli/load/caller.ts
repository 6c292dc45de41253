/**
 * Asks the service for what a load has, as long as it takes: what nobody has decided is asked again, under the same ids. Knows
 * no file and no journal.
 */
import * as v from "valibot";
import type { Answer, Door } from "../door.ts";
import { EXIT, Failure, Refused, type Problem } from "../failure.ts";
import type { Item } from "./item.ts";
import type { Unit } from "./plan.ts";
import type { LineFailure } from "./tally.ts";

/** What became of a line. */
export type Decision =
  | { readonly item: Item; readonly isDuplicate: boolean }
  | { readonly item: Item; readonly failure: LineFailure };

/** Longer than any answer of the service takes. */
const ATTEMPT_MS = 60_000;
/** Before the second attempt; doubled each time. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** An internal error may be a defect that this one line meets, always: it must not hold up all others. */
const MOST_INTERNAL = 5;

export interface CallerOptions {
  readonly door: Door;
  /** How long the service may decide nothing. */
  readonly giveUpAfterMs: number;
  /** Waits before the next attempt, or until the load stops. */
  readonly pause: (ms: number) => Promise<void>;
  /** Aborted: what is under way is awaited, nothing is tried again. */
  readonly stop: AbortSignal;
  readonly onDecided: (decisions: readonly Decision[]) => void;
  /** It will be tried again. */
  readonly onTrouble: (message: string) => void;
}

/** What one call left. */
interface Asked {
  readonly decided: readonly Decision[];
  /** Nobody knows, or nobody could tell. */
  readonly open: readonly Item[];
  /** Why there are some. */
  readonly trouble?: Failure;
  /** Every other line would meet the same: there is no sense in going on. */
  readonly isForAll?: boolean;
}

export class Caller {
  readonly #options: CallerOptions;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /**
   * Asks until every line of the unit is decided, or until the load stops. Throws what all other lines would meet, too:
   * nobody answers for too long, no credential, a quota that is used up.
   */
  async call(unit: Unit): Promise<void> {
    const { stop, pause, onDecided, onTrouble, giveUpAfterMs } = this.#options;
    let items: readonly Item[] = unit;
    let since = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const { decided, open, trouble, isForAll = false } = await this.#ask(items, attempt);
      if (decided.length > 0) {
        onDecided(decided);
        [attempt, since] = [1, performance.now()];
      }
      if (trouble !== undefined && isForAll) throw trouble;
      if (open.length === 0 || stop.aborted) return;
      items = open;
      const message = trouble?.message ?? "the service does not decide";
      const backoffMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS) * (0.5 + Math.random());
      const pauseMs = Math.max(trouble instanceof Refused ? trouble.retryAfterMs : 0, backoffMs);
      if (performance.now() + pauseMs - since > giveUpAfterMs) {
        throw new Failure(`given up after ${Math.round(giveUpAfterMs / 1_000)} s: ${message}`, EXIT.unavailable);
      }
      onTrouble(message);
      await pause(pauseMs);
      if (stop.aborted) return;
    }
  }

  async #ask(items: readonly Item[], attempt: number): Promise<Asked> {
    try {
      const [first] = items;
      if (first?.kind === "create") {
        const made = await this.#post("/api/v1/statemachines", first.body, { "idempotency-key": first.key });
        if (!isCreated(made, first.body.id)) throw unexpected("a creation was not answered with its machine");
        return { decided: [{ item: first, isDuplicate: false }], open: [] };
      }
      const sent = await this.#post("/api/v1/statemachines:send-events", { events: items.map((item) => item.body) });
      const answered = v.safeParse(RESULTS, sent.body);
      if (!answered.success || answered.output.results.length !== items.length) {
        throw unexpected("events were not answered each with a result");
      }
      return readResults(items, answered.output.results, attempt);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return await this.#readFailure(items, error, attempt);
    }
  }

  async #post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer<unknown>> {
    const signal = AbortSignal.timeout(ATTEMPT_MS);
    return await this.#options.door.call("POST", path, { body, headers, signal, isRepeatable: false });
  }

  /** A call that failed as a whole. */
  async #readFailure(items: readonly Item[], failure: Failure, attempt: number): Promise<Asked> {
    const problem = failure instanceof Refused ? failure.problem : undefined;
    if (problem === undefined || isPassing(problem, attempt)) return { decided: [], open: items, trouble: failure };
    if (concernsAll(problem)) return { decided: [], open: items, trouble: failure, isForAll: true };
    const [first, ...others] = items;
    if (first === undefined) return { decided: [], open: [] };
    if (others.length === 0) return { decided: [refuse(first, problem)], open: [] };
    // One of them is to blame: the halves tell which, in their order.
    const middle = Math.ceil(items.length / 2);
    const head = await this.#ask(items.slice(0, middle), attempt);
    if (head.open.length > 0) return { ...head, open: [...head.open, ...items.slice(middle)] };
    const tail = await this.#ask(items.slice(middle), attempt);
    return { ...tail, decided: [...head.decided, ...tail.decided] };
  }
}

const MACHINE = v.object({ id: v.string() });

const RESULTS = v.object({
  results: v.array(
    v.object({
      receipt: v.optional(v.object({ duplicate: v.optional(v.boolean()) })),
      problem: v.optional(
        v.object({
          status: v.number(),
          reason: v.string(),
          detail: v.string(),
          metadata: v.exactOptional(v.record(v.string(), v.string())),
        }),
      ),
    }),
  ),
});

type Result = v.InferOutput<typeof RESULTS>["results"][number];

/** Whether the service says that it has this machine. Whatever stands between may say 200, too. */
function isCreated({ status, body }: Answer<unknown>, id: string): boolean {
  return (status === 200 || status === 201) && v.is(MACHINE, body) && body.id === id;
}

const UNANSWERED: Problem = { status: 502, reason: "UNEXPECTED_ANSWER", detail: "an event was not answered" };

/** Something else than the service has answered, or only half of it: what became of what was asked is not known. */
function unexpected(detail: string): Refused {
  return new Refused({ status: 502, reason: "UNEXPECTED_ANSWER", detail });
}

function readResults(items: readonly Item[], results: readonly Result[], attempt: number): Asked {
  const decided: Decision[] = [];
  const open: Item[] = [];
  let trouble: Problem | undefined;
  for (const [index, item] of items.entries()) {
    const { receipt, problem = UNANSWERED } = results[index] ?? {};
    if (receipt !== undefined) decided.push({ item, isDuplicate: receipt.duplicate ?? false });
    else if (isPassing(problem, attempt) || concernsAll(problem)) {
      open.push(item);
      if (trouble === undefined || concernsAll(problem)) trouble = problem;
    } else decided.push(refuse(item, problem));
  }
  if (trouble === undefined) return { decided, open };
  return { decided, open, trouble: new Refused(trouble), isForAll: concernsAll(trouble) };
}

/** Whether the same may be decided otherwise later. */
function isPassing({ status, reason }: Problem, attempt: number): boolean {
  if (status === 429) return reason !== "QUOTA_EXCEEDED";
  return status >= 500 && (reason !== "INTERNAL" || attempt < MOST_INTERNAL);
}

/** Whether all other lines would meet the same; 403 has a `scope` where the credential may do nothing of the kind. */
function concernsAll({ status, reason, metadata }: Problem): boolean {
  if (status === 401 || reason === "QUOTA_EXCEEDED") return true;
  return (reason === "UNEXPECTED_ANSWER" && status < 500) || (status === 403 && metadata?.["scope"] !== undefined);
}

function refuse(item: Item, { reason, detail }: Problem): Decision {
  return { item, failure: { line: item.line, outcome: "refused", reason, message: detail } };
}
