/** What every door must do alike, as data: steps in the house's words and what each one answers. */

export interface ConfigurationInput {
  readonly name?: string;
  readonly version?: string;
  readonly startingState?: string;
  readonly states?: readonly string[];
  readonly transitions?: readonly { readonly from: string; readonly to: string; readonly event: string }[];
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
  | { readonly do: "deprecate"; readonly with: { readonly version?: string }; readonly expect: Answer }
  | { readonly do: "listVersions"; readonly expect: Answer }
  | { readonly do: "sendEvent"; readonly with: EventInput; readonly expect: Answer }
  | { readonly do: "getEvent"; readonly with: EventAddress; readonly expect: Answer };

export interface Case {
  readonly name: string;
  /** What a door must be able to say for the case to make sense. */
  readonly needs?: "data" | "expectations" | "labels" | "deprecation";
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
