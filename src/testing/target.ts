/**
 * What a configuration can be tested on: the machine itself in memory, or a running service. A kit knows no more of
 * either than this, so that the same test runs on both.
 */
import type { ConfigurationSource } from "../engine/configuration.ts";

/** Data as it is given: any JSON object. */
export type Data = Readonly<Record<string, unknown>>;

/** A field that broke a rule. */
export interface Violation {
  /** JSON Pointer: `/data/weight`. */
  readonly pointer: string;
  readonly rule: string;
  readonly message: string;
}

/** What became of an event, as the machine has answered it. */
export interface Receipt {
  readonly eventId: string;
  readonly event: string;
  /** `failed`: there was no machine to decide. */
  readonly result: "transitioned" | "ignored" | "deferred" | "refused" | "failed";
  readonly reason?: string;
  readonly message?: string;
  readonly from: string;
  readonly to?: string;
  /** The machine's revision after the event. */
  readonly revision: number;
  /** Epoch ms of the machine's clock. */
  readonly at: number;
  readonly originator: string;
  /** The id was answered before; nothing happened this time. */
  readonly duplicate: boolean;
  /** The machine was created together with the event. */
  readonly created: boolean;
  readonly details: string;
  readonly data: Data;
  /** Of a refused event: what would have been allowed. */
  readonly allowedEvents?: readonly string[];
}

/** A machine as it is. */
export interface Machine {
  readonly state: string;
  readonly data: Data;
  readonly labels: Readonly<Record<string, string>>;
  readonly revision: number;
  /** No transition leaves its state. */
  readonly final: boolean;
  /** What it will do by itself, in that order; `dueAt` in epoch ms. */
  readonly timers: readonly { readonly event: string; readonly to: string; readonly dueAt: number }[];
}

/** What is at an address: a machine, one that was deleted or retired, or none. */
export type Presence = Machine | "none" | "gone";

/** One change of a machine. */
export interface Change {
  readonly revision: number;
  readonly eventId: string;
  readonly event: string;
  readonly from: string;
  readonly to: string;
  /** `timer`: the machine has sent it to itself. */
  readonly originator: string;
}

/** Why something was not done: one of the reasons in docs/errors, with the receipt where the machine has decided. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
  readonly violations: readonly Violation[];
  readonly receipt?: Receipt;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & Refusal);

/** What a machine is to be created with. */
export interface NewMachine {
  /** Absent: the starting state. */
  readonly state?: string;
  readonly data?: Data;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What is sent; not yet what came of it. */
export interface NewEvent {
  readonly event: string;
  readonly eventId: string;
  readonly data?: Data;
  readonly details?: string;
  readonly originator?: string;
  readonly expectedState?: string;
  readonly expectedRevision?: number;
  /** Where there is no machine, it is created with the event, together or not at all. */
  readonly createIfMissing?: NewMachine;
}

/** A machine remembered as it was. */
export interface Snapshot {
  /** How much room that takes, in rows of some hundred bytes. */
  readonly rows: number;
  /** Another machine that is as it was; neither hears of the other. */
  make(): TestMachine;
}

/** An address of which nothing else knows, with the machine that is created there. */
export interface TestMachine {
  readonly id: string;
  create(machine: NewMachine): Promise<Answer<Machine>>;
  send(event: NewEvent): Promise<Answer<Receipt>>;
  read(): Promise<Presence>;
  /** Changes after a revision, oldest first, as far as they are known: in memory also those of a machine that is gone by now. */
  listChanges(after: number): Promise<readonly Change[]>;
  /** Receipts of events that it has refused, oldest first: at least the first thousand. */
  listRefused(): Promise<readonly Receipt[]>;
  /** Names of the events that it would take now, or would for some data. */
  listAllowed(): Promise<readonly string[]>;
  /** Remembers it as it is; absent where only the same steps lead to the same again. */
  snapshot?(): Snapshot;
  /** Lets time pass. Throws where the clock is real and that would take too long. */
  pass(ms: number): Promise<void>;
  /** Epoch ms by its clock. */
  now(): number;
  /** Gives up what it holds. `isKept`: somebody may want to look at the machine. */
  close(isKept: boolean): Promise<void>;
}

/** A configuration on a target. */
export interface Subject {
  /** An address of its own. */
  newMachine(): TestMachine;
  /** Time passes only when it is told to. */
  readonly hasTestClock: boolean;
  /** How long what is due may come late, in ms. */
  readonly patienceMs: number;
}

/** Where configurations can be tried. */
export interface Target {
  /**
   * Makes ready to create machines of a configuration that was checked; throws where it cannot. Whatever waits, then and
   * later, rejects with the reason of `signal` when that is called off.
   */
  open(configuration: ConfigurationSource, signal?: AbortSignal): Promise<Subject>;
  /** A configuration that is stored there, by `name:version`; throws where there is none. */
  findConfiguration(configId: string, signal?: AbortSignal): Promise<ConfigurationSource>;
}
