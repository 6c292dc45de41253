/**
 * What the service should answer, as the contract has it, written naively and without any of its code: everything that
 * ever happened to a machine is a list in memory, and every question reads it again.
 */
import { allEvents, canStartIn, expectStep, isFinal, type RawConfiguration } from "../../unit/reference-model.ts";
import {
  MADE_UP,
  textOf,
  type Address,
  type Answer,
  type Call,
  type ChangeSaid,
  type Data,
  type EventCall,
  type FailureSaid,
  type MachineSaid,
  type NewMachine,
  type ReceiptSaid,
} from "./calls.ts";

export interface StoredConfiguration extends RawConfiguration {
  version: string;
}

interface Decided {
  readonly receipt: ReceiptSaid;
  /** What makes it the same event: its name, data and details. */
  readonly content: string;
}

interface Revision {
  readonly state: string;
  readonly data: Data;
  /** Null: the creation. */
  readonly change: ChangeSaid | null;
}

interface Machine {
  readonly configuration: StoredConfiguration;
  readonly creation: string;
  readonly hasKey: boolean;
  readonly revisions: Revision[];
  readonly decided: Map<string, Decided>;
  readonly refusals: ReceiptSaid[];
  labels: Record<string, string>;
  isGone: boolean;
}

const ACTOR = "anonymous";
const HISTORY_WITH_MACHINE = 100;

export class ServiceModel {
  readonly #configurations: readonly StoredConfiguration[];
  readonly #machines = new Map<string, Machine>();
  /** Receipts of events that found no machine, by machine and event id; the newest. */
  readonly #failed = new Map<string, ReceiptSaid>();

  constructor(configurations: readonly StoredConfiguration[]) {
    this.#configurations = configurations;
  }

  /** What there is at an address now, for who makes up calls; undefined: no machine that lives. */
  peek(
    address: Address,
  ): { readonly configuration: RawConfiguration; readonly state: string; revision: number } | undefined {
    const machine = this.#machines.get(keyOf(address));
    if (machine === undefined || machine.isGone) return undefined;
    return { configuration: machine.configuration, state: newest(machine).state, revision: lastRevision(machine) };
  }

  isGone(address: Address): boolean {
    return this.#machines.get(keyOf(address))?.isGone ?? false;
  }

  /** Answers a call, and remembers what it did. */
  answer(call: Call): Answer {
    switch (call.do) {
      case "create":
        return this.#create(call);
      case "send":
        return this.#send(call.event, call.isDryRun);
      case "send many":
        return { results: call.events.map((event) => withoutMark(this.#send(event, call.isDryRun))) };
      case "override":
        return this.#override(call);
      case "read event":
        return this.#readEvent(call);
      case "read":
      case "label":
      case "delete":
      case "list history":
      case "list allowed":
        return this.#withMachine(call, (machine) => this.#askOf(machine, call));
      default:
        return call satisfies never;
    }
  }

  #withMachine(address: Address, ask: (machine: Machine) => Answer): Answer {
    const machine = this.#machines.get(keyOf(address));
    if (machine === undefined) return failure("MACHINE_NOT_FOUND");
    return machine.isGone ? failure("MACHINE_GONE") : ask(machine);
  }

  #askOf(
    machine: Machine,
    call: Extract<Call, { do: "read" | "label" | "delete" | "list history" | "list allowed" }>,
  ): Answer {
    const { state } = newest(machine);
    const revision = lastRevision(machine);
    switch (call.do) {
      case "read": {
        const { atRevision = revision } = call;
        if (atRevision > revision) {
          return failure("OUT_OF_RANGE", { metadata: { oldest_revision: "0", revision: String(revision) } });
        }
        return { machine: say(machine, call.id, atRevision) };
      }
      case "label": {
        const mismatch = expectationOf(call, revision, state);
        if (mismatch !== undefined) return mismatch;
        for (const name of call.remove) delete machine.labels[name];
        machine.labels = { ...machine.labels, ...call.set };
        return { machine: say(machine, call.id) };
      }
      case "delete": {
        const mismatch = expectationOf(call, revision, state);
        if (mismatch !== undefined) return mismatch;
        machine.isGone = true;
        return "done";
      }
      case "list history": {
        const turn = <T>(list: readonly T[]): readonly T[] => (call.order === "asc" ? list : list.toReversed());
        return call.refused ? { receipts: turn(machine.refusals) } : { history: turn(changesOf(machine, revision)) };
      }
      case "list allowed": {
        const raw = machine.configuration;
        const allowed = allEvents(raw).map((event) => {
          const would = expectStep(raw, state, event);
          return would.ok
            ? { event, allowed: "yes", to: would.state, reason: null }
            : { event, allowed: "no", to: null, reason: would.reason };
        });
        return { state, revision, allowed };
      }
      default:
        return call satisfies never;
    }
  }

  #find(name: string, version = "v1"): StoredConfiguration | undefined {
    return this.#configurations.find((one) => one.name === name && one.version === version);
  }

  #create(call: Extract<Call, { do: "create" }>): Answer {
    const configuration = this.#find(call.configuration, call.version);
    if (configuration === undefined) return failure("CONFIGURATION_NOT_FOUND");
    const id = call.id ?? (call.key === undefined ? MADE_UP : idOfKey(call.key));
    const key = keyOf({ configuration: call.configuration, id });
    const creation = contentOf([
      configuration.version,
      call.state ?? null,
      call.data ?? {},
      call.labels ?? {},
      call.key,
    ]);
    const before = id === MADE_UP ? undefined : this.#machines.get(key);
    if (before?.isGone) return failure("MACHINE_GONE");
    if (before !== undefined) {
      if (before.creation !== creation || !before.hasKey) return failure("MACHINE_EXISTS");
      return { machine: { ...say(before, id, 0), labels: call.labels ?? {} } };
    }
    if (!isStart(configuration, call.state)) return failure("INVALID_ARGUMENT", { pointers: ["/state"] });
    const machine = begin(configuration, call, creation, call.key !== undefined);
    if (id !== MADE_UP) this.#machines.set(key, machine);
    return { machine: say(machine, id) };
  }

  #send(call: EventCall, isDryRun: boolean): Answer {
    const broken = brokenRulesOf(call);
    if (broken.length > 0) return failure("INVALID_ARGUMENT", { pointers: broken });
    const fail = (code: string, reason: string): Answer => {
      const receipt = { ...receiptOf(call), result: "failed", code, reason };
      return this.#failWith(call, receipt, isDryRun);
    };
    if (call.configuration === "" || call.id === "") return fail("MissingDestination", "MISSING_DESTINATION");
    const machine = this.#machines.get(keyOf(call));
    if (machine?.isGone) return fail("FsmNotFound", "MACHINE_GONE");
    if (machine !== undefined) return this.#decide(machine, call, isDryRun);
    const { createIfMissing } = call;
    if (createIfMissing === undefined) {
      const isKnown = this.#configurations.some(({ name }) => name === call.configuration);
      return isKnown
        ? fail("FsmNotFound", "MACHINE_NOT_FOUND")
        : fail("ConfigurationNotFound", "CONFIGURATION_NOT_FOUND");
    }
    const configuration = this.#find(call.configuration, createIfMissing.version);
    if (configuration === undefined) return fail("ConfigurationNotFound", "CONFIGURATION_NOT_FOUND");
    if (!isStart(configuration, createIfMissing.state)) {
      return failure("INVALID_ARGUMENT", { pointers: ["/create_if_missing/state"] });
    }
    return this.#createBy(call, begin(configuration, createIfMissing, "", false), isDryRun);
  }

  /** The machine and its first change together, or neither. */
  #createBy(call: EventCall, machine: Machine, isDryRun: boolean): Answer {
    const { state } = newest(machine);
    const mismatch = expectationOf(call, 0, state);
    if (mismatch !== undefined) return mismatch;
    const wanted = expectStep(machine.configuration, state, call.event);
    if (!wanted.ok) return this.#failWith(call, refusalOf(machine, call, wanted.reason), isDryRun);
    const receipt = { ...transitionOf(machine, call, wanted.state), created: true };
    if (!isDryRun) {
      take(machine, call, receipt);
      this.#machines.set(keyOf(call), machine);
    }
    return { receipt, isDryRun };
  }

  #decide(machine: Machine, call: EventCall, isDryRun: boolean): Answer {
    const { state } = newest(machine);
    const before = machine.decided.get(call.eventId);
    if (before !== undefined) {
      if (before.content !== contentOf(eventContent(call))) return failure("EVENT_ID_REUSED");
      return answerOf({ ...before.receipt, duplicate: true }, isDryRun);
    }
    const mismatch = expectationOf(call, lastRevision(machine), state);
    if (mismatch !== undefined) return mismatch;
    const wanted = expectStep(machine.configuration, state, call.event);
    const receipt = wanted.ok ? transitionOf(machine, call, wanted.state) : refusalOf(machine, call, wanted.reason);
    if (!isDryRun) {
      if (wanted.ok) take(machine, call, receipt);
      else {
        machine.refusals.push(receipt);
        machine.decided.set(call.eventId, { receipt, content: contentOf(eventContent(call)) });
      }
    }
    return answerOf(receipt, isDryRun);
  }

  #failWith(call: EventCall, receipt: ReceiptSaid, isDryRun: boolean): Answer {
    if (!isDryRun) this.#failed.set(contentOf([keyOf(call), call.eventId]), receipt);
    return answerOf(receipt, isDryRun);
  }

  #override(call: Extract<Call, { do: "override" }>): Answer {
    const { state: to, comment, expectedRevision, data } = call;
    const broken = [
      ...(to === "" ? ["/state"] : []),
      ...(comment.trim() === "" ? ["/comment"] : []),
      ...(expectedRevision === undefined ? ["/expected_revision"] : []),
    ];
    if (broken.length > 0) return failure("INVALID_ARGUMENT", { pointers: broken });
    return this.#withMachine(call, (machine) => {
      const { state: from, data: kept } = newest(machine);
      const mismatch = expectationOf(call, lastRevision(machine), from);
      if (mismatch !== undefined) return mismatch;
      if (!machine.configuration.states.includes(to)) return failure("INVALID_ARGUMENT", { pointers: ["/state"] });
      const revision = lastRevision(machine) + 1;
      const change: ChangeSaid = {
        revision,
        kind: "override",
        eventId: `detent:override:${revision}`,
        event: "",
        from,
        to,
        originator: "",
        actor: ACTOR,
        details: comment,
        data: {},
      };
      machine.revisions.push({ state: to, data: data ?? kept, change });
      return { machine: say(machine, call.id) };
    });
  }

  #readEvent(call: Extract<Call, { do: "read event" }>): Answer {
    const found = this.#withMachine(call, (machine) => {
      const decided = machine.decided.get(call.eventId);
      return decided === undefined ? failure("EVENT_NOT_FOUND") : { receipt: decided.receipt, isDryRun: false };
    });
    const failed = this.#failed.get(contentOf([keyOf(call), call.eventId]));
    return typeof found === "object" && "failure" in found && failed ? { receipt: failed, isDryRun: false } : found;
  }
}

/** The id that stands for what a key is made into, until the service has said it. */
export function idOfKey(key: string): string {
  return `<made of ${key}>`;
}

function keyOf({ configuration, id }: Address): string {
  return contentOf([configuration, id]);
}

function contentOf(parts: readonly unknown[]): string {
  return textOf(parts);
}

function eventContent({ event, data = {}, details = "" }: EventCall): unknown[] {
  return [event, data, details];
}

function newest(machine: Machine): Revision {
  const last = machine.revisions.at(-1);
  if (last === undefined) throw new Error("a machine has at least its creation");
  return last;
}

function lastRevision(machine: Machine): number {
  return machine.revisions.length - 1;
}

function isStart(configuration: StoredConfiguration, state: string | undefined): boolean {
  return state === undefined || canStartIn(configuration, state);
}

function begin(configuration: StoredConfiguration, wish: NewMachine, creation: string, hasKey: boolean): Machine {
  const { state = configuration.starting_state, data = {}, labels = {} } = wish;
  const revisions = [{ state, data, change: null }];
  const none = { decided: new Map<string, Decided>(), refusals: [], isGone: false };
  return { configuration, creation, hasKey, revisions, ...none, labels: { ...labels } };
}

function changesOf(machine: Machine, upTo: number): ChangeSaid[] {
  return machine.revisions.slice(1, upTo + 1).flatMap(({ change }) => change ?? []);
}

/** The machine as it was at a revision; its labels are today's. */
function say(machine: Machine, id: string, revision = lastRevision(machine)): MachineSaid {
  const { configuration } = machine;
  const then = machine.revisions[revision];
  if (then === undefined) throw new Error(`no revision ${revision}`);
  return {
    id,
    configId: `${configuration.name}:${configuration.version}`,
    state: then.state,
    data: then.data,
    labels: { ...machine.labels },
    revision,
    final: isFinal(configuration, then.state),
    history: changesOf(machine, revision).slice(-HISTORY_WITH_MACHINE),
    hasOlderHistory: revision > HISTORY_WITH_MACHINE,
  };
}

function brokenRulesOf({ event, eventId, originator }: EventCall): string[] {
  return [
    ...(event === "" ? ["/event"] : []),
    ...(eventId.startsWith("timer:") || eventId.startsWith("detent:") ? ["/event_id"] : []),
    ...(originator === "timer" || originator === "detent" ? ["/originator"] : []),
  ];
}

function expectationOf(
  { expectedRevision, expectedState }: { readonly expectedRevision?: number; readonly expectedState?: string },
  revision: number,
  state: string,
): Answer | undefined {
  const metadata = { revision: String(revision), state };
  if (expectedRevision !== undefined && expectedRevision !== revision)
    return failure("REVISION_MISMATCH", { metadata });
  if (expectedState !== undefined && expectedState !== state) return failure("STATE_MISMATCH", { metadata });
  return undefined;
}

function receiptOf({ configuration, id, event, eventId, originator = "", details = "", data = {} }: EventCall) {
  return {
    eventId,
    event,
    configId: "",
    machine: { configuration, id },
    reason: "",
    from: "",
    to: null,
    revision: 0,
    originator,
    actor: ACTOR,
    duplicate: false,
    created: false,
    details,
    data,
    allowedEvents: [],
  };
}

function decidedBy(machine: Machine, call: EventCall) {
  const { name, version } = machine.configuration;
  return { ...receiptOf(call), configId: `${name}:${version}`, from: newest(machine).state };
}

function transitionOf(machine: Machine, call: EventCall, to: string): ReceiptSaid {
  const revision = lastRevision(machine) + 1;
  return { ...decidedBy(machine, call), result: "transitioned", code: "Ok", to, revision };
}

function refusalOf(machine: Machine, call: EventCall, reason: string): ReceiptSaid {
  const raw = machine.configuration;
  const { state } = newest(machine);
  return {
    ...decidedBy(machine, call),
    result: "refused",
    code: reason === "UNKNOWN_EVENT" ? "EventNotAllowed" : "TransitionNotAllowed",
    reason,
    revision: lastRevision(machine),
    allowedEvents: allEvents(raw).filter((event) => expectStep(raw, state, event).ok),
  };
}

function take(machine: Machine, call: EventCall, receipt: ReceiptSaid): void {
  const { revision, eventId, event, from, originator, actor, details, data } = receipt;
  const to = receipt.to ?? from;
  const change = { revision, kind: "event", eventId, event, from, to, originator, actor, details, data };
  machine.revisions.push({ state: to, data: newest(machine).data, change });
  machine.decided.set(eventId, { receipt, content: contentOf(eventContent(call)) });
}

/** A refused or failed event is an error that carries its receipt. */
function answerOf(receipt: ReceiptSaid, isDryRun: boolean): Answer {
  return receipt.reason === "" ? { receipt, isDryRun } : failure(receipt.reason, { receipt });
}

function failure(reason: string, facts: Partial<FailureSaid> = {}): Answer {
  return { failure: { reason, receipt: null, pointers: [], metadata: {}, ...facts } };
}

/** In a batch nobody marks a dry run's results one by one. */
function withoutMark(answer: Answer): Answer {
  return typeof answer === "object" && "receipt" in answer ? { ...answer, isDryRun: false } : answer;
}
