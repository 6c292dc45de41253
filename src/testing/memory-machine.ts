/** One machine in memory: the product's machine, its storage, and the alarm that its clock sets off. */
import type { DatabaseSync } from "node:sqlite";
import type { ConfigurationSource } from "../engine/configuration.ts";
import { DetentError } from "../errors.ts";
import type { CreateCall, MachineAddress, Page, Reply, SendCall } from "../machine/calls.ts";
import type { MachineDeps, SqlValue } from "../machine/deps.ts";
import { Machine as ProductMachine } from "../machine/machine.ts";
import { ABSENCES } from "../service/absences.ts";
import { checkEventItself } from "../service/event-rules.ts";
import { checkNewMachine, toCreateCall } from "../service/new-machine.ts";
import { Rules } from "../service/rules.ts";
import { copyDatabase } from "./database-copy.ts";
import { Journal } from "./journal.ts";
import { show } from "./match.ts";
import { toFailedReceipt, toMachine, toReceipt, toRefusal } from "./memory-answers.ts";
import { checkSignal } from "./pause.ts";
import type {
  Answer,
  Change,
  Machine,
  NewEvent,
  NewMachine,
  Presence,
  Receipt,
  Snapshot,
  TestMachine,
} from "./target.ts";

/** The default of the setting DETENT_RETENTION. */
const OUTCOMES_MS = 30 * 24 * 60 * 60 * 1_000;
/** More than a machine does in any test; one whose timers go round every second does it for ever. */
const MOST_WAKES = 100_000;
/** After so many whoever wants to call it off is heard; each time costs a turn. */
const WAKES_PER_TURN = 100;
/** How often a machine is asked again that has more to do than it may in one call; the doors ask as often. */
const MOST_ASKS = 50;

interface MemoryParts {
  readonly configuration: ConfigurationSource;
  readonly source: string;
  readonly id: string;
  readonly startMs: number;
  openDatabase(): DatabaseSync;
  readonly signal?: AbortSignal | undefined;
}

/** What there is of a machine besides its database. */
interface Life {
  readonly now: number;
  readonly alarmAt: number | undefined;
  readonly creations: number;
  readonly journal: Journal;
}

export class MemoryMachine implements TestMachine {
  readonly id: string;
  readonly #parts: MemoryParts;
  readonly #database: DatabaseSync;
  readonly #signal: AbortSignal | undefined;
  readonly #address: MachineAddress;
  readonly #machine: ProductMachine;
  #now: number;
  #alarmAt: number | undefined;
  /** What happened, also what the machine has forgotten since: its retention may be shorter than a step is. */
  readonly #journal: Journal;
  /** What goes on after an answer. */
  #background: Promise<void>[] = [];
  /** What the machine has logged as its own failure. */
  #failures: unknown[] = [];
  #creations: number;

  /** `life`: it goes on from there, as soon as `database` is what it was. */
  constructor(parts: MemoryParts, life?: Life) {
    const { configuration, id, startMs, signal } = parts;
    this.id = id;
    this.#parts = parts;
    this.#database = parts.openDatabase();
    this.#signal = signal;
    this.#now = life?.now ?? startMs;
    this.#alarmAt = life?.alarmAt;
    this.#creations = life?.creations ?? 0;
    this.#journal = life?.journal ?? new Journal();
    this.#address = { tenant: "test", configuration: configuration.name ?? "", id };
    this.#machine = new ProductMachine(this.#deps());
  }

  create(machine: NewMachine): Promise<Answer<Machine>> {
    return this.#answer(async () => {
      const rules = new Rules();
      const call = this.#creationOf(rules, "", machine);
      rules.enforce();
      // With a key of its own, the next creation is not taken for a repeat of this one.
      const key = `${this.id}-${(this.#creations += 1)}`;
      const reply = await this.#machine.create(this.#address, { ...call, key });
      return reply.ok ? { ok: true, value: toMachine(reply.value) } : toRefusal(reply);
    });
  }

  send({ expectedState, expectedRevision, createIfMissing, ...event }: NewEvent): Promise<Answer<Receipt>> {
    return this.#answer(async () => {
      const rules = new Rules();
      const checked = checkEventItself(rules, "", { uuid: () => event.eventId }, event);
      const create = createIfMissing && this.#creationOf(rules, "/create_if_missing", createIfMissing);
      rules.enforce();
      const call: SendCall = {
        ...checked,
        actor: "test",
        ...(expectedState !== undefined && { expectedState }),
        ...(expectedRevision !== undefined && { expectedRevision }),
        ...(create !== undefined && { create }),
      };
      const reply = await this.#ask(() => this.#machine.send(this.#address, call));
      if (!reply.ok) return this.#refuse(call, reply);
      const receipt = toReceipt(reply.value);
      const { reason, message = "" } = receipt;
      if (reason === undefined) return { ok: true, value: receipt };
      return { ok: false, reason, message, violations: reply.value.violations ?? [], receipt };
    });
  }

  read(): Promise<Presence> {
    const reply = this.#machine.read(this.#address);
    if (reply.ok) return Promise.resolve(toMachine(reply.value));
    return Promise.resolve(reply.reason === "MACHINE_GONE" ? "gone" : "none");
  }

  listChanges(after: number): Promise<readonly Change[]> {
    this.#remember();
    return Promise.resolve(this.#journal.listChanges(after));
  }

  listRefused(): Promise<readonly Receipt[]> {
    this.#remember();
    return Promise.resolve(this.#journal.listRefused());
  }

  listAllowed(): Promise<readonly string[]> {
    const reply = this.#machine.allowedEvents(this.#address);
    const events = reply.ok ? reply.value.events : [];
    return Promise.resolve(events.flatMap(({ event, allowed }) => (allowed === "no" ? [] : [event])));
  }

  snapshot(): Snapshot {
    const copy = copyDatabase(this.#database, this.#parts.source);
    const life = { now: this.#now, alarmAt: this.#alarmAt, creations: this.#creations, journal: this.#journal.copy() };
    return {
      rows: copy.rows,
      make: () => {
        const machine = new MemoryMachine(this.#parts, { ...life, journal: life.journal.copy() });
        copy.fill(machine.#database);
        return machine;
      },
    };
  }

  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.#settle();
    await this.#wakeUntil(until);
    this.#now = until;
  }

  now(): number {
    return this.#now;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#background);
    this.#database.close();
  }

  #creationOf(rules: Rules, pointer: string, machine: NewMachine): CreateCall {
    const { configuration, source } = this.#parts;
    const stored = { version: configuration.version ?? "v1", source, deprecatedAt: null };
    return toCreateCall(stored, checkNewMachine(rules, pointer, machine));
  }

  /** Without a machine the doors answer a receipt, too, and say which machine. */
  #refuse(call: SendCall, reply: Reply<unknown> & { ok: false }): Answer<Receipt> {
    const { reason } = reply;
    if (reason !== "MACHINE_NOT_FOUND" && reason !== "MACHINE_GONE") return toRefusal(reply);
    const message = ABSENCES[reason](this.#address);
    return { ...toRefusal({ reason, message }), receipt: toFailedReceipt(call, { reason, message, at: this.#now }) };
  }

  /** The answer when everything that follows from it has happened. What is thrown is a bug, as it is behind a door. */
  async #answer<T>(work: () => Promise<Answer<T>>): Promise<Answer<T>> {
    try {
      const answer = await work();
      await this.#settle();
      await this.#wakeUntil(this.#now);
      return answer;
    } catch (error) {
      this.#signal?.throwIfAborted();
      if (error instanceof DetentError) return toRefusal(error);
      return { ok: false, reason: "INTERNAL", message: String(error), violations: [] };
    }
  }

  async #ask<T>(work: () => Reply<T> | Promise<Reply<T>>): Promise<Reply<T>> {
    let reply = await work();
    for (let asks = 1; !reply.ok && reply.isUnfinished && asks < MOST_ASKS; asks += 1) reply = await work();
    return reply;
  }

  async #settle(): Promise<void> {
    while (this.#background.length > 0) await Promise.all(this.#background.splice(0));
    const [failure] = this.#failures.splice(0);
    if (failure !== undefined) throw new Error(`the machine failed: ${show(failure)}`, { cause: failure });
  }

  async #wakeUntil(until: number): Promise<void> {
    for (let wakes = 0; this.#alarmAt !== undefined && this.#alarmAt <= until; wakes += 1) {
      if (wakes === MOST_WAKES) throw new Error(`the machine woke ${MOST_WAKES} times before the time was over`);
      if (wakes % WAKES_PER_TURN === 0) await checkSignal(this.#signal);
      this.#now = Math.max(this.#now, this.#alarmAt);
      this.#alarmAt = undefined;
      await this.#machine.wake();
      await this.#settle();
      this.#remember();
    }
  }

  #remember(): void {
    const now = this.#machine.state(this.#address);
    if (!now.ok) return;
    const { revision } = this.#journal;
    this.#journal.note(now.value.revision > revision ? this.#readChanges(revision) : [], this.#readRefused());
  }

  #readChanges(after: number): Change[] {
    return readAll((last) => this.#machine.history(this.#address, { order: "asc", limit: 1_000, ...last }), after);
  }

  #readRefused(): Receipt[] {
    return readAll((last) => this.#machine.refusals(this.#address, { order: "asc", limit: 1_000, ...last })).map(
      toReceipt,
    );
  }

  #deps(): MachineDeps {
    const sqlite = this.#database;
    return {
      sql: { exec: (query, ...values) => sqlite.prepare(query).all(...values) as Record<string, SqlValue>[] },
      transaction: (work) => {
        const alarmBefore = this.#alarmAt;
        sqlite.exec("BEGIN");
        try {
          const result = work();
          sqlite.exec("COMMIT");
          return result;
        } catch (error) {
          sqlite.exec("ROLLBACK");
          this.#alarmAt = alarmBefore;
          throw error;
        }
      },
      now: () => this.#now,
      // Nobody else has an alarm that this one's could coincide with.
      random: () => 0.5,
      setAlarm: (at) => {
        this.#alarmAt = at;
      },
      // Asked for only while a receiver is waited for, and those here answer at once.
      after: () => () => {},
      deleteAll: () => {
        for (const { name } of sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
          sqlite.exec(`DROP TABLE ${String(name)}`);
        }
        this.#alarmAt = undefined;
        return Promise.resolve();
      },
      retention: () => ({ outcomesMs: OUTCOMES_MS }),
      notificationsPerMinute: () => undefined,
      sendIndex: () => Promise.resolve(),
      sendNotifications: () => Promise.resolve(),
      sendFeed: undefined,
      tellWatchers: () => {},
      background: (work) => void this.#background.push(work),
      log: (severity, message, { cause }) => {
        if (severity === "error") this.#failures.push(cause ?? message);
      },
    };
  }
}

/** All pages of a list, from behind a position on. */
function readAll<T>(read: (last: { readonly after?: number }) => Reply<Page<T>>, after?: number): T[] {
  const items: T[] = [];
  for (let last = after === undefined ? {} : { after }; ;) {
    const page = read(last);
    if (!page.ok) return items;
    items.push(...page.value.items);
    if (page.value.next === undefined) return items;
    last = { after: page.value.next };
  }
}
