/**
 * Use case: follow a machine's changes. What is told goes by revision, each one after the one before: a pushed change that
 * is not the next one is dropped or, where some are missing, read anew. So neither a broken line nor a slow caller can make
 * a gap or tell anything twice.
 */
import { DetentError } from "../errors.ts";
import type { HistoryItem, MachineAddress, Refusal } from "../machine/calls.ts";
import type { WatchLine } from "../machine/watching.ts";
import { ABSENCES } from "./absences.ts";
import { askForReply } from "./ask-machine.ts";
import { ChangeBuffer } from "./change-buffer.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";
import { addressOf } from "./machines.ts";
import { soon } from "./patience.ts";
import { Rules } from "./rules.ts";

/** After so long a silence the caller is told that it is no more than that; the contract's number. */
const HEARTBEAT_MS = 15_000;
/** So often it is asked whether the credential still holds, however much there is to tell. */
const RECHECK_MS = 15_000;
/** A watch ends after about five minutes, each at another time, so that not all of them come back at once. */
const LIFE_MS = { least: 270_000, most: 330_000 };
/** A line that breaks is opened again so often, with waits that double from the first: six seconds in all. */
const MOST_TRIES = 6;
const FIRST_WAIT_MS = 100;
const SHORTEST_LIFE_MS = 500;
/** How long the machine may take to open a line or to read: a call that is never answered must not be the end of a watch. */
const PATIENCE_MS = 10_000;
/** Changes that are read at a time by who is behind: each may carry 64 KiB, and an isolate holds many watches. */
const CHANGES_PER_READ = 50;

export interface WatchMachineInput {
  readonly configuration: string;
  readonly id: string;
  /** The last revision that the caller has seen; -1: none. Absent: from now on. */
  readonly afterRevision?: number | undefined;
  /** The caller is gone. */
  readonly signal: AbortSignal;
}

/** What a watcher is told; without a change, a heartbeat. */
export interface WatchMessage {
  /** The revision that the caller has now. */
  readonly revision: number;
  readonly change?: HistoryItem;
}

/**
 * Opens a watch; what is iterated goes on until its time is over, the caller is gone, or it throws: MACHINE_GONE behind the
 * end of the machine, UNAUTHENTICATED when the credential expires, UNAVAILABLE when the machine cannot be reached. Throws at
 * once OUT_OF_RANGE where the revision is to come or what follows it was pruned, and RATE_LIMITED where there are too many.
 */
export async function watchMachine(
  house: House,
  principal: Principal,
  input: WatchMachineInput,
): Promise<AsyncIterable<WatchMessage>> {
  const { configuration, id, afterRevision, signal } = input;
  const rules = new Rules();
  if (afterRevision !== undefined && (!Number.isInteger(afterRevision) || afterRevision < -1)) {
    const message = "after_revision must be a revision, or -1 for none";
    rules.broken("/after_revision", "range", message, String(afterRevision));
  }
  rules.enforce();
  const address = addressOf(principal, configuration, id);
  const watch = new Watch(house, principal, address, afterRevision, signal);
  await watch.open();
  return watch.tell();
}

class Watch {
  readonly #house: House;
  readonly #principal: Principal;
  readonly #address: MachineAddress;
  readonly #signal: AbortSignal;
  readonly #buffer = new ChangeBuffer();
  readonly #isFromNow: boolean;
  readonly #endsAt: number;
  #line: WatchLine | undefined;
  /** The last revision that was told. */
  #told: number;
  /** When a line was opened last, and the machine's revision then. */
  #opened = { at: 0, revision: -1 };
  /** The newest that is known to be. */
  #newest = -1;
  /** A ping was sent, and nothing has come since. */
  #isUnanswered = false;
  /** The machine is gone: there is no line to it, and what is left of it is read. */
  #isGone = false;
  /** What was read before it was asked for. */
  #ahead: readonly HistoryItem[] = [];
  /** Lines and reads that failed in a row. */
  #failures = 0;
  #wakeUp: () => void = () => undefined;
  #release: () => void = () => undefined;

  constructor(
    house: House,
    principal: Principal,
    address: MachineAddress,
    afterRevision: number | undefined,
    signal: AbortSignal,
  ) {
    this.#house = house;
    this.#principal = principal;
    this.#address = address;
    this.#signal = signal;
    this.#isFromNow = afterRevision === undefined;
    this.#told = afterRevision ?? -1;
    this.#endsAt = house.now() + LIFE_MS.least + house.random() * (LIFE_MS.most - LIFE_MS.least);
  }

  /** Opens the line for the first time. */
  async open(): Promise<void> {
    const refusal = await this.#open(this.#isFromNow ? undefined : this.#told);
    if (refusal !== undefined && this.#isFromNow) throw errorOf(refusal, this.#address);
    if (refusal !== undefined) this.#ahead = await this.#readEnd(refusal);
    if (this.#isFromNow) this.#told = this.#opened.revision;
    // A caller who takes nothing leaves the loop where it is: the line ends in time all the same.
    const letGo = (): void => {
      this.#line?.close();
      this.#wakeUp();
    };
    const until = Math.min(this.#endsAt, this.#expiresAt);
    const cancel = this.#house.after(Math.max(0, until - this.#house.now()), letGo);
    this.#signal.addEventListener("abort", letGo);
    this.#release = () => {
      cancel();
      this.#signal.removeEventListener("abort", letGo);
      this.#line?.close();
    };
    // One who went away meanwhile is not heard of any more, and may never take anything.
    if (this.#signal.aborted) this.#release();
  }

  async *tell(): AsyncGenerator<WatchMessage> {
    try {
      // A caller that is cut off before the first change knows where to go on.
      if (this.#isFromNow) yield { revision: this.#told };
      let heartbeatAt = this.#house.now() + HEARTBEAT_MS;
      let recheckAt = this.#house.now() + RECHECK_MS;
      for (;;) {
        if (this.#isOver) return;
        if (this.#house.now() >= recheckAt) {
          recheckAt = this.#house.now() + RECHECK_MS;
          await this.#house.recheck(this.#principal);
        }
        const changes = await this.#next();
        for (const change of changes) {
          // The caller may have taken its time over the one before.
          if (this.#isOver) return;
          this.#told = change.revision;
          yield { revision: change.revision, change };
          if (change.kind === "deletion") throw errorOf(GONE, this.#address);
        }
        if (changes.length > 0 || this.#house.now() >= heartbeatAt) {
          heartbeatAt = this.#house.now() + HEARTBEAT_MS;
          if (changes.length > 0) continue;
          this.#ping();
          yield { revision: this.#told };
        } else if (this.#isSettled) {
          await this.#wait(Math.min(heartbeatAt, this.#endsAt, this.#expiresAt));
        }
      }
    } finally {
      this.#release();
    }
  }

  get #expiresAt(): number {
    return this.#principal.expiresAt ?? Infinity;
  }

  /** Whether nothing more is to be told; throws UNAUTHENTICATED where the credential has expired. */
  get #isOver(): boolean {
    if (this.#signal.aborted || this.#house.now() >= this.#endsAt) return true;
    if (this.#house.now() < this.#expiresAt) return false;
    throw new DetentError("UNAUTHENTICATED", "the credential has expired; send `Authorization: Bearer <key>`");
  }

  /** There is nothing to do but to wait. */
  get #isSettled(): boolean {
    return this.#line !== undefined && this.#told >= this.#newest;
  }

  /** What can be told now, in order; nothing: all that is known was told. */
  async #next(): Promise<readonly HistoryItem[]> {
    const ahead = this.#ahead;
    this.#ahead = [];
    if (ahead.length > 0) return ahead;
    if (this.#isGone) return await this.#trying(() => this.#readEnd(GONE));
    const change = this.#buffer.take(this.#told + 1);
    if (change !== undefined) return [change];
    if (this.#line === undefined) return await this.#trying(() => this.#reopen());
    return this.#told < this.#newest ? await this.#trying(() => this.#read()) : [];
  }

  /** What the platform fails at is tried again, after a wait, so often. */
  async #trying(work: () => Promise<readonly HistoryItem[]>): Promise<readonly HistoryItem[]> {
    try {
      const changes = await work();
      this.#failures = 0;
      return changes;
    } catch (error) {
      this.#failures += 1;
      const isFinal = error instanceof DetentError && !PASSING.has(error.reason);
      if (isFinal || this.#failures >= MOST_TRIES) throw error;
      const waitMs = FIRST_WAIT_MS * 2 ** (this.#failures - 1) * (0.5 + this.#house.random() / 2);
      await this.#wait(this.#house.now() + waitMs, true);
      return [];
    }
  }

  async #reopen(): Promise<readonly HistoryItem[]> {
    // One that breaks as soon as it is opened must not be opened as fast as that goes.
    await this.#wait(this.#opened.at + SHORTEST_LIFE_MS, true);
    const refusal = await this.#open(this.#told);
    return refusal === undefined ? [] : await this.#readEnd(refusal);
  }

  /** The end of a machine that is gone, with what is left of its history, for whoever was cut off before; else the refusal. */
  async #readEnd(refusal: Refusal): Promise<readonly HistoryItem[]> {
    this.#isGone = refusal.reason === "MACHINE_GONE";
    const changes = this.#isGone ? await this.#read() : [];
    if (changes.length === 0) throw errorOf(refusal, this.#address);
    return changes;
  }

  async #open(after: number | undefined): Promise<Refusal | undefined> {
    const call = { key: this.#principal.actor, ...(after !== undefined && { after }) };
    const opened: { line?: WatchLine; isLost?: true } = {};
    const opening = this.#house.watch(this.#address, call, {
      heard: (change, bytes) => {
        this.#isUnanswered = false;
        this.#newest = Math.max(this.#newest, change.revision);
        this.#buffer.push(change, bytes);
        this.#wakeUp();
      },
      answered: () => {
        this.#isUnanswered = false;
      },
      lost: () => {
        opened.isLost = true;
        if (opened.line === this.#line) this.#line = undefined;
        this.#wakeUp();
      },
    });
    const reply = await soon(this.#house, PATIENCE_MS, opening).catch((error: unknown) => {
      // Should it be opened all the same, nobody has it.
      void opening.then(
        (late) => late.ok && late.value.close(),
        () => undefined,
      );
      throw error;
    });
    if (!reply.ok) return reply;
    opened.line = reply.value;
    this.#line = opened.isLost ? undefined : reply.value;
    this.#isUnanswered = false;
    const { revision } = reply.value;
    this.#opened = { at: this.#house.now(), revision };
    this.#newest = Math.max(this.#newest, revision);
    return undefined;
  }

  /** The changes that are missing, from where they are kept. */
  async #read(): Promise<readonly HistoryItem[]> {
    const call = { after: this.#told, limit: CHANGES_PER_READ };
    const asked = askForReply(this.#house, this.#address, (machine) => machine.changes(this.#address, call));
    const reply = await soon(this.#house, PATIENCE_MS, asked);
    if (!reply.ok) throw errorOf(reply, this.#address);
    const { items, revision } = reply.value;
    // A machine that was restored to an earlier time has less than was known of it.
    this.#newest = items.length > 0 ? Math.max(this.#newest, revision) : this.#told;
    return items;
  }

  /** A line that did not answer the last time is taken for broken. */
  #ping(): void {
    const line = this.#line;
    if (line === undefined) return;
    try {
      if (this.#isUnanswered) throw new Error("no answer");
      this.#isUnanswered = true;
      line.ping();
    } catch {
      this.#line = undefined;
      line.close();
    }
  }

  /** Until then, or something happens; a pause (`isPause`) is ended by nothing but the end of the caller. */
  async #wait(until: number, isPause = false): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wakeUp = () => {
      if (!isPause || this.#signal.aborted) resolve();
    };
    const cancel = this.#house.after(Math.max(0, until - this.#house.now()), resolve);
    if (this.#signal.aborted) resolve();
    await promise;
    cancel();
    this.#wakeUp = () => undefined;
  }
}

/** Reasons that may pass by themselves: a line that was lost may still count as open. */
const PASSING: ReadonlySet<string> = new Set(["UNAVAILABLE", "INTERNAL", "RATE_LIMITED"]);

const GONE = { ok: false, reason: "MACHINE_GONE", message: "" } as const;

function errorOf({ reason, message, metadata = {} }: Refusal, address: MachineAddress): DetentError {
  const isAbsent = reason === "MACHINE_GONE" || reason === "MACHINE_NOT_FOUND";
  return new DetentError(reason, isAbsent ? ABSENCES[reason](address) : message, { metadata });
}
