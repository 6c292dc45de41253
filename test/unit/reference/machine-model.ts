/**
 * What a machine should do as time passes, written as naively as possible and without any of its code: a list of timers, a
 * list of events that wait, and what became of everything.
 */
import type { ReferenceConfiguration } from "./configuration.ts";
import { expectEntry, expectStep, type Expected, type Snapshot, type Timer } from "./engine-model.ts";
import type { Fields, SentEvent } from "./formula.ts";

const MOST_WAITING = 64;
const MOST_HURRY = 100;
const REST_MS = 100;
const MINUTE_MS = 60_000;

export interface ExpectedReceipt {
  readonly result: string;
  readonly reason: string | undefined;
  readonly from: string;
  readonly to: string | undefined;
  readonly revision: number;
}

/** What somebody is told of: an event, or (without an id) something else. */
interface Notice {
  readonly type: string;
  readonly id: string;
  /** Of how many events that were told of in no other way, and when they were. */
  readonly of?: { readonly refused: number; readonly from: number; readonly until: number };
}

interface Sent {
  readonly id: string;
  readonly name: string;
  readonly data: Fields;
  readonly originator: string;
  /** The sender's claim, or when it was received. */
  readonly timestamp: number;
}

interface Waiting extends Sent {
  readonly since: number;
}

export class MachineModel {
  configuration: ReferenceConfiguration;
  snapshot: Snapshot;
  now: number;
  enteredAt: number;
  timers: Timer[];
  /** Timers of the state that were sent, or set aside, by whatever version: another one does not send them again. */
  sentTimers: Timer[] = [];
  waiting: Waiting[] = [];
  readonly receipts = new Map<string, ExpectedReceipt>();
  /** Ids of what changed the machine, in order. */
  readonly history: string[] = [];
  /** What somebody is told of, in order. */
  readonly notices: Notice[] = [];
  /** Ids of refused events, told of or not, in order. */
  readonly refused: string[] = [];
  /** Refused events that are told of in a minute. */
  readonly most: number;
  /** Since when they are counted, how many were told, and the times of the others. */
  minute: { beganAt: number; told: number; untold: number[] } | undefined;
  /** Moves by timers alone that came too fast one after the other; known only as long as the machine is in memory. */
  hurry = 0;
  /** Timers went round and round without time passing. */
  hasParked = false;
  /** How often which thing happened. */
  readonly count: (what: string) => void;

  constructor(
    configuration: ReferenceConfiguration,
    begun: { readonly snapshot: Snapshot; readonly timers: Timer[]; readonly now: number; readonly most: number },
    count: (what: string) => void,
  ) {
    this.configuration = configuration;
    this.snapshot = begun.snapshot;
    this.timers = begun.timers;
    this.now = begun.now;
    this.enteredAt = begun.now;
    this.most = begun.most;
    this.count = count;
  }

  /** When it does something by itself. */
  get dueAt(): number | undefined {
    const times = [...this.timers.map(({ dueAt }) => dueAt), ...this.waiting.map((one) => this.#expiresAt(one))];
    if (this.#summaryDueAt !== undefined) times.push(this.#summaryDueAt);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Time passes, and the machine does everything when it is due. */
  pass(until: number): void {
    for (let { dueAt } = this; dueAt !== undefined && dueAt <= until; { dueAt } = this) {
      this.now = Math.max(this.now, dueAt);
      this.#doWhatIsDue();
    }
    this.now = until;
  }

  /** A new event. */
  send(id: string, name: string, data: Fields): ExpectedReceipt {
    this.#doWhatIsDue();
    return this.#take({ id, name, data, originator: "", timestamp: this.now });
  }

  /** Something that is not decided anew: what is due is done all the same. */
  touch(): void {
    this.#doWhatIsDue();
  }

  /** Whether it happened. */
  override(state: string, data: Fields | undefined): boolean {
    if (!this.configuration.states.includes(state)) return false;
    const next = { state, revision: this.snapshot.revision + 1, data: data ?? this.snapshot.data };
    return this.#intervene("override", next, this.now);
  }

  /** Whether it happened. */
  migrate(configuration: ReferenceConfiguration): boolean {
    if (!configuration.states.includes(this.snapshot.state)) return false;
    const before = this.configuration;
    this.configuration = configuration;
    const next = { ...this.snapshot, revision: this.snapshot.revision + 1 };
    if (this.#intervene("migration", next, this.enteredAt, this.sentTimers)) return true;
    this.configuration = before;
    return false;
  }

  #intervene(kind: string, next: Snapshot, enteredAt: number, sent: Timer[] = []): boolean {
    const entry = expectEntry(this.configuration, { ...next, event: undefined, now: enteredAt });
    if ("reason" in entry) return false;
    this.hurry = 0;
    this.snapshot = next;
    this.sentTimers = sent;
    this.timers = entry.timers.filter((timer, index) => {
      // Of several that send the same at the same time, as many are left as were not sent.
      const isSame = (other: Timer) => other.event === timer.event && other.dueAt === timer.dueAt;
      return entry.timers.slice(0, index).filter(isSame).length >= sent.filter(isSame).length;
    });
    this.enteredAt = enteredAt;
    this.history.push(`detent:${kind}:${next.revision}`);
    this.#retry();
    return true;
  }

  get #summaryDueAt(): number | undefined {
    return this.minute === undefined || this.minute.untold.length === 0 ? undefined : this.minute.beganAt + MINUTE_MS;
  }

  #expiresAt({ since }: Waiting): number {
    return since + this.configuration.deferForMs;
  }

  #doWhatIsDue(): void {
    while (this.dueAt !== undefined && this.dueAt <= this.now) {
      const [timer] = this.timers;
      const expired = this.waiting.find((one) => this.#expiresAt(one) === this.dueAt);
      if (this.#summaryDueAt === this.dueAt) {
        this.#tellTogether();
      } else if (timer?.dueAt !== this.dueAt && expired !== undefined) {
        this.#giveUp(expired);
      } else if (timer !== undefined && this.#hurryAfter(timer.dueAt) <= MOST_HURRY) {
        this.#fire(timer);
      } else {
        this.sentTimers = [...this.sentTimers, ...this.timers];
        this.timers = [];
        this.hasParked = true;
        this.notices.push({ type: "detent.machine.parked.v1", id: "" });
        this.count("parked");
      }
    }
  }

  #hurryAfter(dueAt: number): number {
    const rest = Math.max(0, dueAt - this.enteredAt) / REST_MS;
    return Math.max(0, this.hurry - rest) + 1;
  }

  #fire(timer: Timer): void {
    this.timers = this.timers.filter((other) => other !== timer);
    this.sentTimers = [...this.sentTimers, timer];
    const id = `timer:${this.snapshot.revision}:${timer.position}`;
    this.count(this.receipts.has(id) ? "a timer fired twice" : "timer");
    const { result } = this.#take({ id, name: timer.event, data: {}, originator: "timer", timestamp: timer.dueAt });
    this.count(`timer ${result}`);
  }

  #take(sent: Sent): ExpectedReceipt {
    const expected = this.#expect(sent);
    const receipt = this.#record(sent, expected);
    if (expected.kind === "deferred" && receipt.result === "deferred") {
      this.waiting.push({ ...sent, since: this.now });
    }
    if (expected.kind === "transitioned") this.#retry();
    return receipt;
  }

  #expect({ id, name, data, originator, timestamp }: Sent): Expected {
    const event: SentEvent = { id, name, data, details: "", originator, timestamp };
    return expectStep(this.configuration, this.snapshot, event, this.now);
  }

  #record({ id, originator, timestamp }: Sent, expected: Expected): ExpectedReceipt {
    const { state: from, revision } = this.snapshot;
    const receipt = { reason: undefined, to: undefined, from, revision };
    switch (expected.kind) {
      case "transitioned": {
        this.hurry = originator === "timer" ? this.#hurryAfter(timestamp) : 0;
        this.snapshot = expected.next;
        this.timers = expected.timers;
        this.sentTimers = [];
        this.enteredAt = this.now;
        this.history.push(id);
        const { state: to, revision: after } = expected.next;
        this.receipts.set(id, { ...receipt, result: "transitioned", to, revision: after });
        break;
      }
      case "ignored":
        this.receipts.set(id, { ...receipt, result: "ignored" });
        break;
      case "deferred":
        if (this.waiting.length >= MOST_WAITING) return this.#refuse(id, "DEFER_LIMIT");
        this.receipts.set(id, { ...receipt, result: "deferred" });
        break;
      case "refused":
        return this.#refuse(id, expected.reason);
      default:
        return expected satisfies never;
    }
    this.count(expected.kind);
    return this.receipts.get(id) as ExpectedReceipt;
  }

  #refuse(id: string, reason: string): ExpectedReceipt {
    const { state: from, revision } = this.snapshot;
    const receipt = { result: "refused", reason, from, to: undefined, revision };
    const type = reason === "DEFER_EXPIRED" ? "detent.event.expired.v1" : "detent.event.refused.v1";
    this.receipts.set(id, receipt);
    this.refused.push(id);
    if (this.#mayTell()) this.notices.push({ type, id });
    this.count(reason);
    return receipt;
  }

  #mayTell(): boolean {
    const { minute, now } = this;
    if (minute === undefined || (minute.untold.length === 0 && now >= minute.beganAt + MINUTE_MS)) {
      this.minute = { beganAt: now, told: 1, untold: [] };
      return true;
    }
    if (minute.untold.length === 0 && minute.told < this.most) {
      minute.told += 1;
      return true;
    }
    minute.untold.push(now);
    this.count("muted");
    return false;
  }

  #tellTogether(): void {
    const { untold = [] } = this.minute ?? {};
    const of = { refused: untold.length, from: Math.min(...untold), until: Math.max(...untold) };
    this.notices.push({ type: "detent.notifications.capped.v1", id: "", of });
    this.minute = undefined;
    this.count("summary");
  }

  #giveUp(one: Waiting): void {
    this.waiting = this.waiting.filter((other) => other !== one);
    this.#refuse(one.id, "DEFER_EXPIRED");
  }

  /** All that wait, oldest first, and anew after each that changed the machine. */
  #retry(): void {
    for (const one of this.waiting) {
      const expected = this.#expect(one);
      if (expected.kind === "deferred") continue;
      this.waiting = this.waiting.filter((other) => other !== one);
      this.#record(one, expected);
      this.count(`deferred, then ${expected.kind}`);
      if (expected.kind === "transitioned") {
        this.#retry();
        return;
      }
    }
  }
}
