/** To the index: the machine's row as it is now, with the changes and refusals the index has not heard of. */
import type { IndexEntry, LookupFact, RefusalFact, TransitionFact } from "../catalog/index-entry.ts";
import type { Cursors, Present } from "./present.ts";
import { receiptOfOutcome } from "./record.ts";
import type { OutcomeRow, TransitionRow } from "./rows.ts";
import type { Position, Stream, StreamParts } from "./stream.ts";

/** Keeps one message small; the rest follows in the next. */
const FACTS_PER_MESSAGE = 100;
/**
 * UTF-16 units of JSON, of which each may have three bytes in UTF-8: together under the 2,000,000 bytes that D1 takes in a
 * bound value, whatever the names are made of.
 */
const UNITS_PER_MESSAGE = 500_000;

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
      present.identity.unheard.includes("index")
    );
  }

  /** A machine that was never registered is in no list: it is told until it is taken. */
  canPark(): boolean {
    return this.#parts.cursors.indexTransitions >= 0;
  }

  target(): () => boolean {
    const { revision = -1, outcomeSeq = 0, identity } = this.#parts.present() ?? {};
    const isUnheard = identity?.unheard.includes("index") ?? false;
    const asked = this.#asked;
    return () => {
      const { indexTransitions, indexOutcomes } = this.#parts.cursors;
      const isTold = !(isUnheard && this.#parts.present()?.identity.unheard.includes("index"));
      return indexTransitions >= revision && indexOutcomes >= outcomeSeq && isTold && this.#told >= asked;
    };
  }

  async sendNext({ urgent, alone }: { readonly urgent: boolean; readonly alone: boolean }): Promise<void> {
    const { deps, outboxStore, cursors, present: presentOf } = this.#parts;
    const present = presentOf();
    if (present === undefined) return;
    const { entry, reached } = this.#describe(present, alone ? 1 : FACTS_PER_MESSAGE);
    const asked = this.#asked;
    const { identity } = present;
    await deps.sendIndex(entry, urgent);
    if (presentOf() !== present) return;
    Object.assign(cursors, reached);
    // Asked again, or changed again, while this was under way, the machine tells again.
    this.#told = asked;
    if (present.identity !== identity || !identity.unheard.includes("index")) return;
    const unheard = identity.unheard.filter((name) => name !== "index");
    deps.transaction(() => outboxStore.storeUnheard(unheard));
    present.identity = { ...identity, unheard };
  }

  park(cause: string, at: number): Position {
    const { outboxStore, cursors, present: presentOf } = this.#parts;
    const present = presentOf();
    const position = present?.revision ?? 0;
    outboxStore.insertParked({ stream: "index", position, cause, at });
    // What this message would have told is not told; the next one starts behind it, with the outcome that says so.
    if (present !== undefined) Object.assign(cursors, this.#describe(present, 1).reached);
    this.#told = this.#asked;
    return { position, isAnnounced: false };
  }

  /** The message, with so many facts of each kind at most, and where the cursors are once the index has it. */
  #describe(
    present: Present,
    most: number,
  ): { entry: IndexEntry; reached: Pick<Cursors, "indexTransitions" | "indexOutcomes"> } {
    const { store, cursors } = this.#parts;
    const { identity, configuration, revision, outcomeSeq } = present;
    const { indexTransitions, indexOutcomes } = cursors;
    const rows = {
      transitions: revision > indexTransitions ? store.listTransitionFacts(indexTransitions, most) : [],
      outcomes: outcomeSeq > indexOutcomes ? store.listOutcomeFacts(indexOutcomes, most) : [],
    };
    const room = new Room(UNITS_PER_MESSAGE);
    const taken = room.take(rows.transitions.map((row) => ({ row, fact: toTransitionFact(row) })));
    const outcomes = room.take(
      rows.outcomes.map((row) => ({
        row,
        fact: row.kind === "refused" ? this.#toRefusalFact(present, row) : this.#toLookupFact(row),
      })),
    );
    const transitions = taken.map(({ fact }) => fact);
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
      // A migration brings another version; what was set aside may have been one.
      isNew:
        indexTransitions < 0 ||
        this.#asked > this.#told ||
        taken.some(({ row }) => row.kind === "migration") ||
        outcomes.some(({ row }) => row.kind === "parked" && row.event === this.name),
      transitions,
      refusals: outcomes.flatMap(({ fact }) => (fact !== undefined && "receipt" in fact ? [fact] : [])),
      lookups: outcomes.flatMap(({ fact }) => (fact !== undefined && "kind" in fact ? [fact] : [])),
    };
    return {
      entry,
      reached: {
        indexTransitions:
          taken.length < most && !room.isFull ? revision : (taken.at(-1)?.row.revision ?? indexTransitions),
        indexOutcomes:
          outcomes.length < most && !room.isFull ? outcomeSeq : (outcomes.at(-1)?.row.seq ?? indexOutcomes),
      },
    };
  }

  /** Undefined: nothing is to be found of it, or what became of it in the end is told. */
  #toLookupFact({ kind, eventId, at }: OutcomeRow): LookupFact | undefined {
    if (kind !== "ignored" && kind !== "deferred") return undefined;
    return { kind, eventId, at, expiresAt: at + this.#parts.outcomesMs() };
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

/** What a message has room for, in units of JSON. */
class Room {
  #left: number;
  /** Something had to stay behind. */
  isFull = false;

  constructor(units: number) {
    this.#left = units;
  }

  /** As many, from the first, as there is room for; one alone always fits. */
  take<T extends { readonly fact: unknown }>(items: readonly T[]): T[] {
    const taken: T[] = [];
    for (const item of items) {
      const units = JSON.stringify(item.fact ?? null).length;
      if (this.isFull || units > this.#left) {
        this.isFull = true;
        break;
      }
      this.#left -= units;
      taken.push(item);
    }
    return taken;
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

function toDeletion({ identity, configuration, revision, state }: Present, at: number): TransitionFact {
  const common = { kind: "deleted", eventId: "detent:deleted", event: "", to: "", originator: "" } as const;
  return {
    ...common,
    actor: identity.retiredBy,
    revision: revision + 1,
    version: configuration.version,
    from: state,
    at,
  };
}
