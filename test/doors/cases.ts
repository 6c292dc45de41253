/** What every door must do alike, as data: steps in the house's words and what each one answers. */

export interface ConfigurationInput {
  readonly name?: string;
  readonly version?: string;
  readonly startingState?: string;
  readonly states?: readonly string[];
  readonly transitions?: readonly TransitionInput[];
  readonly unhandled?: string;
  readonly stateOptions?: Readonly<Record<string, { readonly schema?: object; readonly unhandled?: string }>>;
  readonly eventOptions?: Readonly<Record<string, { readonly schema: object }>>;
}

interface TransitionInput {
  readonly from: string;
  readonly to: string;
  readonly event: string;
  readonly guard?: string;
  readonly assign?: Readonly<Record<string, string>>;
  readonly after?: string;
}

export interface MachineInput {
  /** Absent: the configuration of the case. */
  readonly configuration?: string;
  readonly version?: string;
  readonly id?: string;
  readonly state?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
}

interface MachineFilterInput {
  readonly configuration?: string;
  readonly version?: string;
  readonly state?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface MachineListInput extends MachineFilterInput {
  readonly order?: string;
}

export interface MachineCountInput extends MachineFilterInput {
  readonly groupBy?: readonly string[];
}

export interface MachineAddress {
  readonly configuration?: string;
  readonly id: string;
}

export interface MigrationInput extends MachineAddress {
  readonly to: string;
  readonly stateMap?: Readonly<Record<string, string>>;
  readonly expectedRevision?: number;
  readonly isDryRun?: boolean;
}

export interface EventInput extends MachineAddress {
  readonly event: string;
  readonly eventId?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly details?: string;
  readonly originator?: string;
  readonly expectedState?: string;
  readonly expectedRevision?: number;
}

export interface EventAddress extends MachineAddress {
  readonly eventId: string;
}

/** What a door says, in the house's words. Absent: it does not say. */
export interface Answer {
  readonly id?: string;
  readonly configId?: string;
  readonly state?: string;
  readonly final?: boolean;
  readonly data?: unknown;
  /** `from>to:event` of each change, oldest first. */
  readonly history?: readonly string[];
  /** `event>to` of each, in the order in which they are due. */
  readonly timers?: readonly string[];
  readonly isDryRun?: boolean;
  readonly eventId?: string;
  readonly code?: string;
  readonly result?: string;
  readonly reason?: string;
  readonly from?: string;
  readonly to?: string;
  readonly revision?: number;
  readonly duplicate?: boolean;
  readonly allowedEvents?: readonly string[];
  /** Of the machines of a list, in its order. */
  readonly ids?: readonly string[];
  /** `state version count` of each group. */
  readonly counts?: readonly string[];
  readonly total?: number;
  /** Of one configuration. */
  readonly versions?: readonly string[];
  readonly deprecated?: readonly string[];
  /** Pointers (RPC: fields) of the violations. */
  readonly pointers?: readonly string[];
  /** Connect's code or the HTTP status of an error. */
  readonly failure?: string | number;
}

export type Step =
  | { readonly do: "createConfiguration"; readonly with?: ConfigurationInput; readonly expect: Answer }
  | { readonly do: "createMachine"; readonly with: MachineInput; readonly expect: Answer }
  | { readonly do: "getMachine"; readonly with: MachineAddress; readonly expect: Answer }
  | { readonly do: "listMachines"; readonly with: MachineListInput; readonly expect: Answer }
  | { readonly do: "countMachines"; readonly with: MachineCountInput; readonly expect: Answer }
  | { readonly do: "migrateMachine"; readonly with: MigrationInput; readonly expect: Answer }
  | { readonly do: "deprecate"; readonly with: { readonly version?: string }; readonly expect: Answer }
  | { readonly do: "listVersions"; readonly expect: Answer }
  | { readonly do: "sendEvent"; readonly with: EventInput; readonly expect: Answer }
  | { readonly do: "getEvent"; readonly with: EventAddress; readonly expect: Answer };

export interface Case {
  readonly name: string;
  /** What a door must be able to say for the case to make sense. */
  readonly needs?: "data" | "expectations" | "labels" | "deprecation" | "migration";
  readonly steps: readonly Step[];
}

/** Connect's code and the HTTP status of each reason: the contract's table. */
export const FAILURES: Readonly<Record<string, readonly [connect: string, http: number]>> = {
  INVALID_ARGUMENT: ["invalid_argument", 400],
  LIMIT_EXCEEDED: ["invalid_argument", 400],
  OUT_OF_RANGE: ["out_of_range", 400],
  MISSING_DESTINATION: ["invalid_argument", 400],
  CONFIGURATION_NOT_FOUND: ["not_found", 404],
  CONFIGURATION_EXISTS: ["already_exists", 409],
  MACHINE_NOT_FOUND: ["not_found", 404],
  MACHINE_GONE: ["not_found", 410],
  MACHINE_EXISTS: ["already_exists", 409],
  EVENT_NOT_FOUND: ["not_found", 404],
  EVENT_ID_REUSED: ["already_exists", 422],
  UNKNOWN_EVENT: ["failed_precondition", 422],
  NO_TRANSITION: ["failed_precondition", 409],
  GUARD_REJECTED: ["failed_precondition", 409],
  ASSIGN_REJECTED: ["failed_precondition", 409],
  SCHEMA_REJECTED: ["failed_precondition", 422],
  DEFER_LIMIT: ["failed_precondition", 409],
  MIGRATION_REJECTED: ["failed_precondition", 409],
  REVISION_MISMATCH: ["aborted", 412],
  STATE_MISMATCH: ["aborted", 412],
};

/** A configuration that the cases share; the runner gives it a name of its own in each case. */
export const ORDERS: ConfigurationInput = {
  version: "v1",
  startingState: "start",
  states: ["start", "pending", "shipped", "cancelled"],
  transitions: [
    { from: "start", to: "pending", event: "accept" },
    { from: "pending", to: "shipped", event: "ship" },
    { from: "pending", to: "pending", event: "remind" },
    { from: "*", to: "cancelled", event: "cancel" },
  ],
};

/** Events that come too early wait; what comes too late is passed over. */
const PATIENT: ConfigurationInput = {
  ...ORDERS,
  unhandled: "defer",
  stateOptions: { pending: { unhandled: "ignore" }, shipped: { unhandled: "reject" } },
};

/** Who may ship, what is noted, and what has to be there. */
const RULED: ConfigurationInput = {
  ...ORDERS,
  transitions: [
    { from: "start", to: "pending", event: "accept", assign: { by: "event.details" } },
    { from: "start", to: "start", event: "count", assign: { count: "data.count + 1" } },
    { from: "pending", to: "shipped", event: "ship", guard: "event.details == data.by" },
    { from: "pending", to: "cancelled", event: "cancel", guard: "false" },
    { from: "pending", to: "cancelled", event: "pay" },
    { from: "start", to: "start", event: "weigh" },
    { from: "pending", to: "pending", event: "check", guard: "data.checked" },
  ],
  stateOptions: {
    cancelled: { schema: { type: "object", required: ["why"], properties: { why: { type: "string" } } } },
  },
  eventOptions: { weigh: { schema: { type: "object", required: ["weight"] } } },
};

const TIMED: ConfigurationInput = {
  ...ORDERS,
  transitions: [
    ...(ORDERS.transitions ?? []),
    { from: "start", to: "cancelled", event: "expire", after: "P2D" },
    { from: "start", to: "pending", event: "accept", after: "PT1H" },
  ],
};

const stored: Step = { do: "createConfiguration", expect: {} };
const created: Step = { do: "createMachine", with: { id: "m" }, expect: { id: "m", state: "start", revision: 0 } };
const accepted: Step = {
  do: "sendEvent",
  with: { id: "m", event: "accept", eventId: "e1" },
  expect: {
    eventId: "e1",
    code: "Ok",
    result: "transitioned",
    from: "start",
    to: "pending",
    revision: 1,
    duplicate: false,
  },
};
const refusedShip: Answer = {
  eventId: "early",
  code: "TransitionNotAllowed",
  result: "refused",
  reason: "NO_TRANSITION",
  from: "start",
  revision: 0,
  allowedEvents: ["accept", "cancel"],
};

function invalidConfiguration(name: string, change: ConfigurationInput, ...pointers: string[]): Case {
  return {
    name: `configuration: ${name}`,
    steps: [
      {
        do: "createConfiguration",
        with: { ...ORDERS, ...change },
        expect: { reason: "INVALID_ARGUMENT", pointers },
      },
    ],
  };
}

function machineId(name: string, id: string): Case {
  return {
    name: `machine id: ${name}`,
    steps: [
      stored,
      { do: "createMachine", with: { id }, expect: { id, state: "start", revision: 0 } },
      {
        do: "sendEvent",
        with: { id, event: "accept", eventId: id },
        expect: { code: "Ok", result: "transitioned", revision: 1, eventId: id },
      },
      { do: "getMachine", with: { id }, expect: { id, state: "pending", revision: 1 } },
      { do: "getEvent", with: { id, eventId: id }, expect: { eventId: id, code: "Ok" } },
    ],
  };
}

function refusedMachineId(name: string, id: string, reason = "INVALID_ARGUMENT"): Case {
  return {
    name: `machine id refused: ${name}`,
    steps: [stored, { do: "createMachine", with: { id }, expect: { reason, pointers: ["/id"] } }],
  };
}

function refusedEvent(name: string, event: Partial<EventInput>, pointer: string, reason = "INVALID_ARGUMENT"): Case {
  return {
    name: `event refused unrecorded: ${name}`,
    steps: [
      stored,
      created,
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", eventId: "e1", ...event },
        expect: { reason, pointers: [pointer] },
      },
      accepted,
    ],
  };
}

const EMOJI = "\u{1F600}";

export const CASES: readonly Case[] = [
  {
    name: "a machine's life, from its starting state to a final one",
    steps: [
      stored,
      created,
      { do: "getMachine", with: { id: "m" }, expect: { state: "start", revision: 0, final: false, history: [] } },
      accepted,
      {
        do: "sendEvent",
        with: { id: "m", event: "remind" },
        expect: { code: "Ok", result: "transitioned", from: "pending", to: "pending", revision: 2 },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "ship" },
        expect: { code: "Ok", result: "transitioned", from: "pending", to: "shipped", revision: 3 },
      },
      {
        do: "getMachine",
        with: { id: "m" },
        expect: {
          state: "shipped",
          revision: 3,
          final: true,
          history: ["start>pending:accept", "pending>pending:remind", "pending>shipped:ship"],
        },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "cancel" },
        expect: { code: "TransitionNotAllowed", result: "refused", reason: "NO_TRANSITION", allowedEvents: [] },
      },
    ],
  },
  {
    name: "`*` stands for every state that is not final",
    steps: [
      stored,
      created,
      {
        do: "sendEvent",
        with: { id: "m", event: "cancel" },
        expect: { code: "Ok", result: "transitioned", from: "start", to: "cancelled", revision: 1 },
      },
      { do: "getMachine", with: { id: "m" }, expect: { state: "cancelled", history: ["start>cancelled:cancel"] } },
    ],
  },
  {
    name: "a known event without a transition changes nothing and is replayed",
    steps: [
      stored,
      created,
      {
        do: "sendEvent",
        with: { id: "m", event: "ship", eventId: "early" },
        expect: { ...refusedShip, duplicate: false },
      },
      { do: "getMachine", with: { id: "m" }, expect: { state: "start", revision: 0, history: [] } },
      { do: "getEvent", with: { id: "m", eventId: "early" }, expect: refusedShip },
      accepted,
      // Possible now, but this id was decided.
      {
        do: "sendEvent",
        with: { id: "m", event: "ship", eventId: "early" },
        expect: { ...refusedShip, duplicate: true },
      },
      { do: "getMachine", with: { id: "m" }, expect: { state: "pending", revision: 1 } },
    ],
  },
  {
    name: "an event the configuration does not have",
    steps: [
      stored,
      created,
      {
        do: "sendEvent",
        with: { id: "m", event: "fly", eventId: "f" },
        expect: { eventId: "f", code: "EventNotAllowed", result: "refused", reason: "UNKNOWN_EVENT", duplicate: false },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "fly", eventId: "f" },
        expect: { eventId: "f", code: "EventNotAllowed", result: "refused", reason: "UNKNOWN_EVENT", duplicate: true },
      },
      { do: "getMachine", with: { id: "m" }, expect: { state: "start", revision: 0, history: [] } },
    ],
  },
  {
    name: "the same event again: the first answer, no effect",
    steps: [
      stored,
      created,
      accepted,
      { ...accepted, expect: { ...accepted.expect, duplicate: true } },
      { do: "sendEvent", with: { id: "m", event: "ship" }, expect: { code: "Ok", revision: 2 } },
      { ...accepted, expect: { ...accepted.expect, duplicate: true } },
      {
        do: "getMachine",
        with: { id: "m" },
        expect: { state: "shipped", history: ["start>pending:accept", "pending>shipped:ship"] },
      },
    ],
  },
  {
    name: "the originator does not make another event, details and name do",
    steps: [
      stored,
      created,
      accepted,
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", eventId: "e1", originator: "someone else" },
        expect: { code: "Ok", revision: 1, duplicate: true },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", eventId: "e1", details: "other" },
        expect: { reason: "EVENT_ID_REUSED" },
      },
      { do: "sendEvent", with: { id: "m", event: "ship", eventId: "e1" }, expect: { reason: "EVENT_ID_REUSED" } },
      { do: "getMachine", with: { id: "m" }, expect: { state: "pending", revision: 1 } },
    ],
  },
  {
    name: "an event id belongs to one machine",
    steps: [
      stored,
      created,
      { do: "createMachine", with: { id: "other" }, expect: { id: "other" } },
      accepted,
      {
        do: "sendEvent",
        with: { id: "other", event: "cancel", eventId: "e1" },
        expect: { code: "Ok", result: "transitioned", revision: 1, duplicate: false },
      },
    ],
  },
  {
    name: "data makes another event, whatever the order of its keys",
    needs: "data",
    steps: [
      stored,
      created,
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", eventId: "e1", data: { a: 1, b: [{ c: null }] } },
        expect: { code: "Ok", revision: 1, duplicate: false, data: { a: 1, b: [{ c: null }] } },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", eventId: "e1", data: { b: [{ c: null }], a: 1 } },
        expect: { code: "Ok", revision: 1, duplicate: true },
      },
      { do: "sendEvent", with: { id: "m", event: "accept", eventId: "e1" }, expect: { reason: "EVENT_ID_REUSED" } },
    ],
  },
  {
    name: "creation data is stored whole",
    needs: "data",
    steps: [
      stored,
      {
        do: "createMachine",
        with: { id: "m", data: { paid: true, lines: [{ n: 1.5, text: "ü" }] } },
        expect: { data: { paid: true, lines: [{ n: 1.5, text: "ü" }] } },
      },
      // An event cannot set machine data unless a rule says so.
      { do: "sendEvent", with: { id: "m", event: "accept", data: { paid: false } }, expect: { code: "Ok" } },
      { do: "getMachine", with: { id: "m" }, expect: { data: { paid: true, lines: [{ n: 1.5, text: "ü" }] } } },
    ],
  },
  {
    name: "expectations that differ leave the event id free",
    needs: "expectations",
    steps: [
      stored,
      created,
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", eventId: "e1", expectedRevision: 1 },
        expect: { reason: "REVISION_MISMATCH" },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", eventId: "e1", expectedState: "pending" },
        expect: { reason: "STATE_MISMATCH" },
      },
      { do: "getEvent", with: { id: "m", eventId: "e1" }, expect: { reason: "EVENT_NOT_FOUND" } },
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", eventId: "e1", expectedRevision: 0, expectedState: "start" },
        expect: { code: "Ok", revision: 1, duplicate: false },
      },
      // Seen before comes before expected.
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", eventId: "e1", expectedRevision: 0, expectedState: "start" },
        expect: { code: "Ok", revision: 1, duplicate: true },
      },
    ],
  },
  {
    name: "a configuration never changes",
    steps: [
      stored,
      { do: "createConfiguration", expect: { reason: "CONFIGURATION_EXISTS" } },
      { do: "createConfiguration", with: { ...ORDERS, version: "v2" }, expect: {} },
    ],
  },
  {
    name: "a missing version is v1",
    steps: [
      {
        do: "createConfiguration",
        with: {
          startingState: "a",
          states: ["a", "b"],
          transitions: [{ from: "a", to: "b", event: "e" }],
        },
        expect: {},
      },
      {
        do: "createConfiguration",
        with: { ...ORDERS, version: "v1" },
        expect: { reason: "CONFIGURATION_EXISTS" },
      },
      { do: "createMachine", with: { id: "m" }, expect: { state: "a" } },
    ],
  },
  {
    name: "versions have machines of their own configuration but share the addresses",
    steps: [
      stored,
      { do: "createConfiguration", with: { ...ORDERS, version: "v2", startingState: "pending" }, expect: {} },
      { do: "createMachine", with: { id: "m", version: "v2" }, expect: { state: "pending" } },
      { do: "createMachine", with: { id: "m", version: "v1" }, expect: { reason: "MACHINE_EXISTS" } },
      { do: "getMachine", with: { id: "m" }, expect: { state: "pending" } },
    ],
  },
  invalidConfiguration("without states", { states: [], transitions: [] }, "/states", "/starting_state"),
  invalidConfiguration("a starting state that is no state", { startingState: "elsewhere" }, "/starting_state"),
  invalidConfiguration("no starting state", { startingState: "" }, "/starting_state"),
  invalidConfiguration("a state in no transition", { states: [...(ORDERS.states ?? []), "lonely"] }, "/states/4"),
  invalidConfiguration("a duplicate state", { states: [...(ORDERS.states ?? []), "start"] }, "/states/4"),
  invalidConfiguration("a state named *", { states: [...(ORDERS.states ?? []), "*"] }, "/states/4"),
  invalidConfiguration(
    "a transition to a state that is not listed",
    { transitions: [...(ORDERS.transitions ?? []), { from: "start", to: "gone", event: "e" }] },
    "/transitions/4/to",
  ),
  invalidConfiguration(
    "a transition from a state that is not listed",
    { transitions: [...(ORDERS.transitions ?? []), { from: "gone", to: "start", event: "e" }] },
    "/transitions/4/from",
  ),
  invalidConfiguration(
    "an empty event",
    { transitions: [...(ORDERS.transitions ?? []), { from: "start", to: "pending", event: "" }] },
    "/transitions/4/event",
  ),
  invalidConfiguration("a name with a colon", { name: "a:b" }, "/name"),
  invalidConfiguration("a version with a slash", { version: "a/b" }, "/version"),
  {
    name: "a machine without an id gets a UUID",
    steps: [stored, { do: "createMachine", with: {}, expect: { state: "start" } }],
  },
  {
    name: "an event without an id gets a UUID",
    steps: [stored, created, { do: "sendEvent", with: { id: "m", event: "accept" }, expect: { code: "Ok" } }],
  },
  {
    name: "a machine may start in any state of its configuration",
    steps: [stored, { do: "createMachine", with: { id: "m", state: "shipped" }, expect: { state: "shipped" } }],
  },
  {
    name: "a machine does not start in a state its configuration does not have",
    steps: [
      stored,
      {
        do: "createMachine",
        with: { id: "m", state: "lost" },
        expect: { reason: "INVALID_ARGUMENT", pointers: ["/state"] },
      },
      { do: "getMachine", with: { id: "m" }, expect: { reason: "MACHINE_NOT_FOUND" } },
      created,
    ],
  },
  {
    name: "a machine is created once",
    steps: [
      stored,
      created,
      accepted,
      { do: "createMachine", with: { id: "m" }, expect: { reason: "MACHINE_EXISTS" } },
      { do: "getMachine", with: { id: "m" }, expect: { state: "pending", revision: 1 } },
    ],
  },
  {
    name: "a machine of an unknown configuration, or of an unknown version",
    steps: [
      {
        do: "createMachine",
        with: { configuration: "nowhere", id: "m" },
        expect: { reason: "CONFIGURATION_NOT_FOUND" },
      },
      stored,
      { do: "createMachine", with: { version: "v9", id: "m" }, expect: { reason: "CONFIGURATION_NOT_FOUND" } },
    ],
  },
  {
    name: "an event for a machine or a configuration that does not exist is not replayed",
    steps: [
      {
        do: "sendEvent",
        with: { configuration: "nowhere", id: "m", event: "accept", eventId: "e1" },
        expect: {
          eventId: "e1",
          code: "ConfigurationNotFound",
          result: "failed",
          reason: "CONFIGURATION_NOT_FOUND",
          duplicate: false,
        },
      },
      stored,
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", eventId: "e1" },
        expect: { eventId: "e1", code: "FsmNotFound", result: "failed", reason: "MACHINE_NOT_FOUND", duplicate: false },
      },
      created,
      accepted,
    ],
  },
  {
    name: "an event nobody sent",
    steps: [
      stored,
      created,
      { do: "getEvent", with: { id: "m", eventId: "never" }, expect: { reason: "EVENT_NOT_FOUND" } },
    ],
  },
  machineId("slash, hash, percent, question mark, ampersand", "a/b#c%d?e&f=g+h;i"),
  machineId("spaces and quotes", ` a "quoted" 'id' `),
  machineId("percent-encoding is only text", "%2F%00%zz"),
  machineId("Unicode", "größe-\u65e5\u672c-\u{1F600}"),
  machineId("decomposed Unicode stays as it is", "e\u0301"),
  machineId("dots", "..."),
  machineId("255 code points", "a".repeat(255)),
  machineId("512 bytes", EMOJI.repeat(128)),
  {
    name: "ids are compared code point by code point",
    steps: [
      stored,
      { do: "createMachine", with: { id: "e\u0301" }, expect: { id: "e\u0301" } },
      { do: "getMachine", with: { id: "\u00e9" }, expect: { reason: "MACHINE_NOT_FOUND" } },
      { do: "createMachine", with: { id: "\u00e9" }, expect: { id: "\u00e9" } },
    ],
  },
  refusedMachineId("a dot", "."),
  refusedMachineId("two dots", ".."),
  refusedMachineId("a control character", "a\u0007b"),
  refusedMachineId("a newline", "a\n"),
  refusedMachineId("256 code points", "a".repeat(256), "LIMIT_EXCEEDED"),
  refusedMachineId("516 bytes", EMOJI.repeat(129), "LIMIT_EXCEEDED"),
  refusedEvent("an id of Detent's timers", { eventId: "timer:1" }, "/event_id"),
  refusedEvent("an id of Detent itself", { eventId: "detent:1" }, "/event_id"),
  refusedEvent("the originator timer", { originator: "timer" }, "/originator"),
  refusedEvent("the originator detent", { originator: "detent" }, "/originator"),
  refusedEvent("an event id of 256 code points", { eventId: "a".repeat(256) }, "/event_id", "LIMIT_EXCEEDED"),
  refusedEvent("an event name of 129 code points", { event: "a".repeat(129) }, "/event", "LIMIT_EXCEEDED"),
  refusedEvent("details over 64 KiB", { details: "a".repeat(65_536 - 1) }, "/details", "LIMIT_EXCEEDED"),
  {
    name: "details of 64 KiB as JSON, its quotes included",
    steps: [
      stored,
      created,
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", details: "a".repeat(65_536 - 2) },
        expect: { code: "Ok", revision: 1 },
      },
    ],
  },
  {
    name: "an event name of 128 code points outside the BMP",
    steps: [
      {
        do: "createConfiguration",
        with: {
          startingState: "a",
          states: ["a", EMOJI.repeat(128)],
          transitions: [{ from: "a", to: EMOJI.repeat(128), event: EMOJI.repeat(128) }],
        },
        expect: {},
      },
      { do: "createMachine", with: { id: "m" }, expect: {} },
      { do: "sendEvent", with: { id: "m", event: EMOJI.repeat(128) }, expect: { code: "Ok", revision: 1 } },
      { do: "getMachine", with: { id: "m" }, expect: { state: EMOJI.repeat(128) } },
    ],
  },
  {
    name: "machines are found and counted by label, as soon as they are created",
    needs: "labels",
    steps: [
      stored,
      { do: "createMachine", with: { id: "m1", labels: { customer: "7", "a.b": "\u00fc&" } }, expect: { id: "m1" } },
      { do: "createMachine", with: { id: "m2", state: "shipped", labels: { customer: "7" } }, expect: { id: "m2" } },
      { do: "createMachine", with: { id: "m3", labels: { customer: "8" } }, expect: { id: "m3" } },
      { do: "listMachines", with: {}, expect: { ids: ["m1", "m2", "m3"] } },
      { do: "listMachines", with: { labels: { customer: "7" } }, expect: { ids: ["m1", "m2"] } },
      { do: "listMachines", with: { labels: { customer: "7", "a.b": "\u00fc&" } }, expect: { ids: ["m1"] } },
      { do: "listMachines", with: { labels: { customer: "7" }, state: "shipped" }, expect: { ids: ["m2"] } },
      { do: "listMachines", with: { labels: { customer: "9" } }, expect: { ids: [] } },
      { do: "countMachines", with: {}, expect: { counts: [], total: 3 } },
      {
        do: "countMachines",
        with: { groupBy: ["state"] },
        expect: { counts: ["start  2", "shipped  1"], total: 3 },
      },
      {
        do: "countMachines",
        with: { groupBy: ["state", "version"], labels: { customer: "7" } },
        expect: { counts: ["shipped v1 1", "start v1 1"], total: 2 },
      },
    ],
  },
  {
    name: "two labels at most, and only in the order of ids",
    needs: "labels",
    steps: [
      {
        do: "listMachines",
        with: { labels: { a: "1", b: "2", c: "3" } },
        expect: { reason: "LIMIT_EXCEEDED", pointers: ["/labels"] },
      },
      {
        do: "listMachines",
        with: { labels: { a: "1" }, order: "updated_at" },
        expect: { reason: "INVALID_ARGUMENT", pointers: ["/order"] },
      },
      {
        do: "countMachines",
        with: { groupBy: ["label"] },
        expect: { reason: "INVALID_ARGUMENT", pointers: ["/group_by"] },
      },
    ],
  },
  {
    name: "an event that comes too early is put off, and taken when it fits; its receipt is then the final one",
    steps: [
      { do: "createConfiguration", with: PATIENT, expect: {} },
      created,
      {
        do: "sendEvent",
        with: { id: "m", event: "ship", eventId: "d1" },
        expect: { eventId: "d1", code: "Ok", result: "deferred", from: "start", revision: 0, duplicate: false },
      },
      { do: "getMachine", with: { id: "m" }, expect: { state: "start", revision: 0, history: [] } },
      {
        do: "getEvent",
        with: { id: "m", eventId: "d1" },
        expect: { eventId: "d1", code: "Ok", result: "deferred", from: "start", revision: 0 },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "ship", eventId: "d1" },
        expect: { eventId: "d1", code: "Ok", result: "deferred", revision: 0, duplicate: true },
      },
      { do: "sendEvent", with: { id: "m", event: "remind", eventId: "d1" }, expect: { reason: "EVENT_ID_REUSED" } },
      accepted,
      {
        do: "getMachine",
        with: { id: "m" },
        expect: { state: "shipped", revision: 2, history: ["start>pending:accept", "pending>shipped:ship"] },
      },
      {
        do: "getEvent",
        with: { id: "m", eventId: "d1" },
        expect: { eventId: "d1", code: "Ok", result: "transitioned", from: "pending", to: "shipped", revision: 2 },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "ship", eventId: "d1" },
        expect: { code: "Ok", result: "transitioned", revision: 2, duplicate: true },
      },
    ],
  },
  {
    name: "what was put off is refused where the state it comes to does not put it off any more",
    steps: [
      { do: "createConfiguration", with: PATIENT, expect: {} },
      created,
      {
        do: "sendEvent",
        with: { id: "m", event: "ship", eventId: "d1" },
        expect: { code: "Ok", result: "deferred" },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "remind", eventId: "d2" },
        expect: { code: "Ok", result: "deferred" },
      },
      accepted,
      {
        do: "getEvent",
        with: { id: "m", eventId: "d2" },
        expect: {
          eventId: "d2",
          code: "TransitionNotAllowed",
          result: "refused",
          reason: "NO_TRANSITION",
          from: "shipped",
          revision: 2,
        },
      },
    ],
  },
  {
    name: "an event that the state passes over changes nothing, and is answered so again",
    steps: [
      { do: "createConfiguration", with: PATIENT, expect: {} },
      { do: "createMachine", with: { id: "m", state: "pending" }, expect: { state: "pending" } },
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", eventId: "i1" },
        expect: { eventId: "i1", code: "Ok", result: "ignored", from: "pending", revision: 0, duplicate: false },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "accept", eventId: "i1" },
        expect: { eventId: "i1", code: "Ok", result: "ignored", duplicate: true },
      },
      {
        do: "getEvent",
        with: { id: "m", eventId: "i1" },
        expect: { eventId: "i1", code: "Ok", result: "ignored", from: "pending", revision: 0 },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "fly", eventId: "u1" },
        expect: { code: "EventNotAllowed", result: "refused", reason: "UNKNOWN_EVENT" },
      },
      { do: "getMachine", with: { id: "m" }, expect: { state: "pending", revision: 0, history: [] } },
    ],
  },
  {
    name: "64 events wait, and the next is refused",
    steps: [
      { do: "createConfiguration", with: PATIENT, expect: {} },
      created,
      ...Array.from({ length: 64 }, (_, index): Step => ({
        do: "sendEvent",
        with: { id: "m", event: "ship", eventId: `d${index}` },
        expect: { code: "Ok", result: "deferred" },
      })),
      {
        do: "sendEvent",
        with: { id: "m", event: "ship", eventId: "d64" },
        expect: { eventId: "d64", code: "TransitionNotAllowed", result: "refused", reason: "DEFER_LIMIT" },
      },
    ],
  },
  {
    name: "a guard decides by the event and the data, and its refusal is replayed",
    steps: [
      { do: "createConfiguration", with: RULED, expect: {} },
      created,
      { do: "sendEvent", with: { id: "m", event: "accept", details: "ann" }, expect: { code: "Ok", revision: 1 } },
      {
        do: "sendEvent",
        with: { id: "m", event: "ship", eventId: "g1", details: "bob" },
        expect: {
          eventId: "g1",
          code: "TransitionNotAllowed",
          result: "refused",
          reason: "GUARD_REJECTED",
          from: "pending",
          revision: 1,
          duplicate: false,
          allowedEvents: ["pay"],
        },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "ship", eventId: "g1", details: "bob" },
        expect: { code: "TransitionNotAllowed", reason: "GUARD_REJECTED", duplicate: true },
      },
      {
        do: "getEvent",
        with: { id: "m", eventId: "g1" },
        expect: { eventId: "g1", code: "TransitionNotAllowed", result: "refused", reason: "GUARD_REJECTED" },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "check", eventId: "g2" },
        expect: { code: "TransitionNotAllowed", result: "refused", reason: "GUARD_REJECTED" },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "ship", details: "ann" },
        expect: { code: "Ok", result: "transitioned", to: "shipped", revision: 2 },
      },
    ],
  },
  {
    name: "an assignment that fails refuses the event",
    steps: [
      { do: "createConfiguration", with: RULED, expect: {} },
      created,
      {
        do: "sendEvent",
        with: { id: "m", event: "count", eventId: "a1" },
        expect: { code: "TransitionNotAllowed", result: "refused", reason: "ASSIGN_REJECTED", revision: 0 },
      },
      { do: "getMachine", with: { id: "m" }, expect: { state: "start", revision: 0, data: {}, history: [] } },
    ],
  },
  {
    name: "assignments change the data, one after the other event",
    needs: "data",
    steps: [
      { do: "createConfiguration", with: RULED, expect: {} },
      { do: "createMachine", with: { id: "m", data: { count: 1, other: "x" } }, expect: { data: { count: 1 } } },
      { do: "sendEvent", with: { id: "m", event: "count" }, expect: { code: "Ok", revision: 1 } },
      { do: "sendEvent", with: { id: "m", event: "count" }, expect: { code: "Ok", revision: 2 } },
      { do: "getMachine", with: { id: "m" }, expect: { data: { count: 3, other: "x" } } },
    ],
  },
  {
    name: "what does not match the schema of the event or of the state entered is refused",
    steps: [
      { do: "createConfiguration", with: RULED, expect: {} },
      created,
      {
        do: "sendEvent",
        with: { id: "m", event: "weigh", eventId: "s1" },
        expect: { code: "TransitionNotAllowed", result: "refused", reason: "SCHEMA_REJECTED", from: "start" },
      },
      { do: "sendEvent", with: { id: "m", event: "accept" }, expect: { code: "Ok", revision: 1 } },
      {
        do: "sendEvent",
        with: { id: "m", event: "pay", eventId: "s2" },
        expect: { code: "TransitionNotAllowed", result: "refused", reason: "SCHEMA_REJECTED", revision: 1 },
      },
      { do: "getMachine", with: { id: "m" }, expect: { state: "pending", revision: 1 } },
    ],
  },
  {
    name: "what the state's schema names comes from the event",
    needs: "data",
    steps: [
      { do: "createConfiguration", with: RULED, expect: {} },
      created,
      { do: "sendEvent", with: { id: "m", event: "accept", details: "ann" }, expect: { code: "Ok" } },
      { do: "sendEvent", with: { id: "m", event: "pay", data: { why: 1 } }, expect: { reason: "SCHEMA_REJECTED" } },
      {
        do: "sendEvent",
        with: { id: "m", event: "pay", data: { why: "late", paid: true } },
        expect: { code: "Ok", to: "cancelled" },
      },
      { do: "getMachine", with: { id: "m" }, expect: { data: { by: "ann", why: "late" } } },
    ],
  },
  {
    name: "a machine is created with its timers, and tells them until it leaves the state",
    steps: [
      { do: "createConfiguration", with: TIMED, expect: {} },
      {
        do: "createMachine",
        with: { id: "m" },
        expect: { state: "start", timers: ["accept>pending", "expire>cancelled"] },
      },
      { do: "getMachine", with: { id: "m" }, expect: { timers: ["accept>pending", "expire>cancelled"] } },
      { do: "sendEvent", with: { id: "m", event: "accept" }, expect: { code: "Ok", revision: 1 } },
      { do: "getMachine", with: { id: "m" }, expect: { state: "pending", timers: [] } },
    ],
  },
  {
    name: "a machine goes on by another version, which may be deprecated, in the state that the map names",
    needs: "migration",
    steps: [
      stored,
      { do: "createConfiguration", with: { ...TIMED, version: "v2" }, expect: {} },
      {
        do: "createConfiguration",
        with: {
          version: "v3",
          startingState: "begin",
          states: ["begin", "over"],
          transitions: [{ from: "begin", to: "over", event: "end" }],
        },
        expect: {},
      },
      { do: "deprecate", with: { version: "v2" }, expect: {} },
      created,
      { do: "migrateMachine", with: { id: "m", to: "v4" }, expect: { reason: "CONFIGURATION_NOT_FOUND" } },
      {
        do: "migrateMachine",
        with: { id: "m", to: "v2", isDryRun: true },
        expect: { id: "m", revision: 1, timers: ["accept>pending", "expire>cancelled"], isDryRun: true },
      },
      { do: "getMachine", with: { id: "m" }, expect: { revision: 0, timers: [], history: [] } },
      {
        do: "migrateMachine",
        with: { id: "m", to: "v2", expectedRevision: 0 },
        expect: {
          id: "m",
          state: "start",
          revision: 1,
          timers: ["accept>pending", "expire>cancelled"],
          history: ["start>start:"],
          isDryRun: false,
        },
      },
      { do: "migrateMachine", with: { id: "m", to: "v2" }, expect: { revision: 1, isDryRun: false } },
      {
        do: "migrateMachine",
        with: { id: "m", to: "v2", expectedRevision: 0 },
        expect: { reason: "REVISION_MISMATCH" },
      },
      {
        do: "migrateMachine",
        with: { id: "m", to: "v3" },
        expect: { reason: "MIGRATION_REJECTED", pointers: ["/state_map"] },
      },
      {
        do: "migrateMachine",
        with: { id: "m", to: "v3", stateMap: { start: "gone" } },
        expect: { reason: "MIGRATION_REJECTED", pointers: ["/state_map/start"] },
      },
      {
        do: "migrateMachine",
        with: { id: "m", to: "v3", stateMap: { start: "begin" } },
        expect: { state: "begin", revision: 2, timers: [], history: ["start>start:", "start>begin:"] },
      },
      {
        do: "sendEvent",
        with: { id: "m", event: "end" },
        expect: { code: "Ok", from: "begin", to: "over", revision: 3 },
      },
      { do: "migrateMachine", with: { id: "n", to: "v2" }, expect: { reason: "MACHINE_NOT_FOUND" } },
    ],
  },
  {
    name: "a migration says what is wrong with what it is asked, before it looks for anything",
    needs: "migration",
    steps: [
      { do: "migrateMachine", with: { id: "m", to: "" }, expect: { reason: "INVALID_ARGUMENT", pointers: ["/to"] } },
      {
        do: "migrateMachine",
        with: { id: "m", to: "orders:v2" },
        expect: { reason: "INVALID_ARGUMENT", pointers: ["/to"] },
      },
      {
        do: "migrateMachine",
        with: { id: "m", to: "v2", stateMap: { "a/b": "", "": "x", "*": "y" } },
        expect: { reason: "INVALID_ARGUMENT", pointers: ["/state_map/a~1b", "/state_map/", "/state_map/*"] },
      },
      {
        do: "migrateMachine",
        with: { id: "m", to: "v2", stateMap: { a: EMOJI.repeat(129) } },
        expect: { reason: "LIMIT_EXCEEDED", pointers: ["/state_map/a"] },
      },
      {
        do: "migrateMachine",
        with: {
          id: "m",
          to: "v2",
          stateMap: Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`s${n}`, "x"])),
        },
        expect: { reason: "LIMIT_EXCEEDED", pointers: ["/state_map"] },
      },
    ],
  },
  {
    name: "states of any name are renamed, whatever their names mean elsewhere",
    needs: "migration",
    steps: [
      {
        do: "createConfiguration",
        with: {
          version: "v1",
          startingState: "__proto__",
          states: ["__proto__", "toString"],
          transitions: [{ from: "__proto__", to: "toString", event: "go" }],
        },
        expect: {},
      },
      {
        do: "createConfiguration",
        with: {
          version: "v2",
          startingState: "a",
          states: ["a", "b"],
          transitions: [{ from: "a", to: "b", event: "go" }],
        },
        expect: {},
      },
      { do: "createMachine", with: { id: "m" }, expect: { state: "__proto__" } },
      {
        do: "migrateMachine",
        with: { id: "m", to: "v2", stateMap: JSON.parse('{"__proto__":"b"}') as Record<string, string> },
        expect: { state: "b", final: true, revision: 1 },
      },
      {
        do: "migrateMachine",
        with: { id: "m", to: "v1", stateMap: { b: "__proto__" } },
        expect: { state: "__proto__", revision: 2 },
      },
    ],
  },
  {
    name: "a configuration is deprecated once and for all, and shown as such",
    needs: "deprecation",
    steps: [
      { do: "deprecate", with: {}, expect: { reason: "CONFIGURATION_NOT_FOUND" } },
      stored,
      { do: "createConfiguration", with: { ...ORDERS, version: "v2" }, expect: {} },
      { do: "listVersions", expect: { versions: ["v2", "v1"], deprecated: [] } },
      { do: "deprecate", with: {}, expect: {} },
      { do: "deprecate", with: { version: "v1" }, expect: {} },
      { do: "deprecate", with: { version: "v3" }, expect: { reason: "CONFIGURATION_NOT_FOUND" } },
      { do: "listVersions", expect: { versions: ["v2", "v1"], deprecated: ["v1"] } },
    ],
  },
];
