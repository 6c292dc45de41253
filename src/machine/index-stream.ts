/** To the index: the machine's row as it is now, with the changes and refusals the index has not heard of. */
import type { IndexEntry, RefusalFact, TransitionFact } from "../catalog/index-entry.ts";
import type { Cursors, Present } from "./present.ts";
import { receiptOfOutcome } from "./record.ts";
import type { OutcomeRow, TransitionRow } from "./store.ts";
import type { Position, Stream, StreamParts } from "./stream.ts";

/** Keeps one message small; the rest follows in the next. */
const FACTS_PER_MESSAGE = 100;

interface IndexStreamParts extends StreamParts {
  /** By when the machine has something else to do by itself. */
  readonly dueAt: () => number | undefined;
  /** How long a refusal's look-up is kept. */
  readonly outcomesMs: () => number;
}

export class IndexStream implements Stream {
  readonly name = "index";
  readonly #parts: IndexStreamParts;
  /** How often the index was to be told although nothing had happened, since it may be wrong; and how often it was. */
  #asked = 0;
  #told = 0;

  constructor(parts: IndexStreamParts) {
    this.#parts = parts;
  }

  /** Makes the machine tell the index again. */
  ask(): void {
    this.#asked += 1;
  }

  hasUnsent(): boolean {
    const present = this.#parts.present();
    if (present === undefined) return false;
    const { indexTransitions, indexOutcomes } = this.#parts.cursors;
    return (
      present.revision > indexTransitions ||
      present.outcomeSeq > indexOutcomes ||
      this.#asked > this.#told ||
      present.identity.farewell.includes("index")
    );
  }

  target(): () => boolean {
    const { revision = -1, outcomeSeq = 0, identity } = this.#parts.present() ?? {};
    const isFarewell = identity?.farewell.includes("index") ?? false;
    const asked = this.#asked;
    return () => {
      const { indexTransitions, indexOutcomes } = this.#parts.cursors;
      const isTold = !(isFarewell && this.#parts.present()?.identity.farewell.includes("index"));
      return indexTransitions >= revision && indexOutcomes >= outcomeSeq && isTold && this.#told >= asked;
    };
  }

  async sendNext({ urgent }: { readonly urgent: boolean }): Promise<void> {
    const { deps, outboxStore, cursors, present: presentOf } = this.#parts;
    const present = presentOf();
    if (present === undefined) return;
    const { entry, reached } = this.#describe(present);
    const asked = this.#asked;
    await deps.sendIndex(entry, urgent);
    Object.assign(cursors, reached);
    // Asked again while this was under way, the machine tells again.
    this.#told = asked;
    if (entry.retiredAt === null) return;
    const farewell = present.identity.farewell.filter((name) => name !== "index");
    deps.transaction(() => outboxStore.storeFarewell(farewell));
    present.identity = { ...present.identity, farewell };
  }

  park(cause: string, at: number): Position {
    const { outboxStore, cursors, present: presentOf } = this.#parts;
    const present = presentOf();
    const position = present?.revision ?? 0;
    outboxStore.insertParked({ stream: "index", position, cause, at });
    // What this message would have told is not told; the next one starts behind it.
    if (present !== undefined) Object.assign(cursors, this.#describe(present).reached);
    this.#told = this.#asked;
    return { position, isAnnounced: false };
  }

  /** The message, and where the cursors are once the index has it. */
  #describe(present: Present): {
    entry: IndexEntry;
    reached: Pick<Cursors, "indexTransitions" | "indexOutcomes">;
  } {
    const { store, cursors } = this.#parts;
    const { identity, configuration, revision, outcomeSeq } = present;
    const { indexTransitions, indexOutcomes } = cursors;
    const taken = revision > indexTransitions ? store.listTransitionFacts(indexTransitions, FACTS_PER_MESSAGE) : [];
    const outcomes = outcomeSeq > indexOutcomes ? store.listOutcomeFacts(indexOutcomes, FACTS_PER_MESSAGE) : [];
    const transitions = taken.map(toTransitionFact);
    if (identity.retiredAt !== null) transitions.push(toDeletion(present, identity.retiredAt));
    const entry: IndexEntry = {
      tenant: identity.tenant,
      configuration: identity.configuration,
      id: identity.id,
      version: configuration.version,
      state: present.state,
      revision,
      change: changeOf(present),
      createdAt: identity.createdAt,
      updatedAt: present.updatedAt,
      labels: identity.labels,
      dueAt: this.#parts.dueAt() ?? null,
      retiredAt: identity.retiredAt,
      isNew: indexTransitions < 0 || this.#asked > this.#told,
      transitions,
      refusals: outcomes.filter(({ kind }) => kind === "refused").map((row) => this.#toRefusalFact(present, row)),
    };
    return {
      entry,
      reached: {
        indexTransitions: taken.length < FACTS_PER_MESSAGE ? revision : (taken.at(-1)?.revision ?? revision),
        indexOutcomes: outcomes.length < FACTS_PER_MESSAGE ? outcomeSeq : (outcomes.at(-1)?.seq ?? outcomeSeq),
      },
    };
  }

  #toRefusalFact(present: Present, row: OutcomeRow): RefusalFact {
    // The machine keeps the whole of it; the index what tells what happened.
    const { allowedEvents: _allowedEvents, ...receipt } = receiptOfOutcome(present.identity, row);
    return {
      eventId: row.eventId,
      at: row.at,
      expiresAt: row.at + this.#parts.outcomesMs(),
      receipt: JSON.stringify(receipt),
    };
  }
}

/** Counts whatever changes the machine's row: changes of its state, outcomes (by which `dueAt` moves), and the others. */
function changeOf({ revision, outcomeSeq, identity }: Present): number {
  return revision + outcomeSeq + identity.extraChanges;
}

function toTransitionFact(row: TransitionRow): TransitionFact {
  const isCreation = row.kind === "creation";
  return {
    kind: isCreation ? "created" : "changed",
    eventId: isCreation ? "detent:created" : row.eventId,
    revision: row.revision,
    version: row.version,
    event: row.event,
    from: row.from,
    to: row.state,
    at: row.at,
    originator: row.originator,
    actor: row.actor,
  };
}

function toDeletion({ configuration, revision, state }: Present, at: number): TransitionFact {
  const common = { kind: "deleted", eventId: "detent:deleted", event: "", to: "", originator: "", actor: "" } as const;
  return { ...common, revision: revision + 1, version: configuration.version, from: state, at };
}
