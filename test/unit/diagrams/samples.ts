/** Configurations that diagrams are tested with. */
import { compileConfiguration, loadConfiguration } from "../../../src/engine/compile-configuration.ts";
import type { Configuration, Transition, TransitionSource } from "../../../src/engine/configuration.ts";

export function compile(
  name: string,
  states: readonly string[],
  transitions: readonly (readonly [from: string, to: string, event: string])[],
): Configuration {
  const compiled = compileConfiguration({
    name,
    starting_state: states[0] ?? "",
    states: [...states],
    transitions: transitions.map(([from, to, event]) => ({ from, to, event })),
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  return compiled.configuration;
}

/** Without the checks, which take their time of thousands of guards. */
export function load(name: string, states: readonly string[], transitions: TransitionSource[]): Configuration {
  return loadConfiguration({ name, starting_state: states[0] ?? "", states: [...states], transitions });
}

export const ORDERS = compile(
  "orders",
  ["start", "pending", "shipped", "cancelled"],
  [
    ["start", "pending", "accept"],
    ["pending", "shipped", "ship"],
    ["pending", "cancelled", "expire"],
    ["*", "cancelled", "cancel"],
  ],
);

export const HOSTILE_NAMES = [
  "</title><script>alert(1)</script>",
  "\"'&]]>\0\u0007\u001b\u007f\u0085\ufffe",
  "\u202eשלום\u2066",
  "審批流程".repeat(32),
  "😀👨‍👩‍👧".repeat(16),
  "x".repeat(128),
  "  a\n\tb  ",
  "<!-- --> #123; %% ; :::",
];

export const SAMPLES: Readonly<Record<string, Configuration>> = {
  switch: compile(
    "switch",
    ["off", "on"],
    [
      ["off", "on", "press"],
      ["on", "off", "press"],
    ],
  ),
  orders: ORDERS,
  loops: compile(
    "loops",
    ["idle", "busy", "done"],
    [
      ["idle", "busy", "start"],
      ["busy", "busy", "tick"],
      ["busy", "busy", "wait"],
      ["busy", "idle", "pause"],
      ["busy", "done", "finish"],
      ...["a", "b", "c", "d", "e"].map((event) => ["idle", "done", `skip ${event}`] as const),
    ],
  ),
  // Wide: from left to right.
  menu: compile(
    "menu",
    ["menu", ...numbered("page", 14)],
    [
      ["menu", "menu", "refresh"],
      ...numbered("page", 14).map((page) => ["menu", page, `open ${page}`] as const),
      ["page 3", "menu", "back"],
    ],
  ),
  // `*` is gathered.
  fifty: compile("fifty", numbered("step", 50), [
    ...numbered("step", 49).map((from, i) => [from, `step ${i + 1}`, "next"] as const),
    ["step 30", "step 10", "again"],
    ["*", "step 49", "abort"],
    ["*", "step 48", "close"],
    ["step 7", "step 8", "abort"],
  ]),
  // Too many arrows: a ring.
  crowd: compile(
    "crowd",
    numbered("s", 12),
    numbered("s", 12).flatMap((from, i) =>
      numbered("s", 12).flatMap((to, j) => (i % 3 === 0 || j % 2 === 0 ? [[from, to, `e${j}`] as const] : [])),
    ),
  ),
  // Of the contract: guards, delays, a deadline.
  rules: load(
    "rules",
    ["start", "pending", "shipped", "returned", "cancelled"],
    [
      { from: "start", to: "pending", event: "accept" },
      { from: "pending", to: "shipped", event: "ship", guard: "data.paid && event.data.weight < 30.0" },
      { from: "pending", to: "pending", event: "ship" },
      { from: "pending", to: "cancelled", event: "expire", after: "P2D" },
      {
        from: "shipped",
        to: "returned",
        event: "lapse",
        deadline: "timestamp(data.shipped_at) + duration('336h')",
        guard: "!data.signed",
      },
      { from: "shipped", to: "pending", event: "remind", after: "PT36H", guard: "size(data.notes) == 0" },
      {
        from: "*",
        to: "cancelled",
        event: "cancel",
        guard:
          "event.originator in ['customer', 'support', \"back office\"] &&\n  (event.data.reason != '' || data.total < 1e3)",
      },
    ],
  ),
  hostile: compile("hostile", HOSTILE_NAMES, [
    ...HOSTILE_NAMES.slice(1).map((to, i) => [HOSTILE_NAMES[i] ?? "", to, HOSTILE_NAMES[7 - i] ?? ""] as const),
    ["*", HOSTILE_NAMES[0] ?? "", "\u202e -->"],
  ]),
};

export function numbered(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${word} ${i}`);
}

/** The edge that an event takes from a state, as the engine has it. */
export function edge(configuration: Configuration, from: string, event: string): Transition {
  const found = configuration.edges.get(from)?.get(event)?.[0];
  if (found === undefined) throw new Error(`no ${event} from ${from}`);
  return found;
}
