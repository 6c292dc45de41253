/**
 * The configuration of an XState machine, v4 or v5, as a configuration of Detent. Pure. Nothing is left out in silence: what
 * would change the meaning is an error, and what others do from now on (actions, invoked work) a warning.
 */
import type { ConfigurationSource, TransitionSource } from "../engine/configuration.ts";
import { toPointer } from "../engine/finding.ts";
import { checkConfigurationName, quote } from "../engine/names.ts";
import type { ConversionFinding } from "./finding.ts";
import { StateReader, type Names } from "./import-state.ts";
import { isFields, KEPT_FIELDS, OWN_META, show } from "./words.ts";

/** What a machine's configuration does not say. */
export interface ImportOptions {
  /** Absent: the machine's `id`. */
  readonly name?: string | undefined;
  /** Absent: the machine's `version`, if it has one. */
  readonly version?: string | undefined;
  /** Expressions by the names of guards. */
  readonly guards: ReadonlyMap<string, string>;
  /** Durations by the names of delays. */
  readonly delays: ReadonlyMap<string, string>;
}

/** `source` is whole only where no finding is an error; its own rules are the engine's to check. */
export interface Imported {
  readonly source: ConfigurationSource;
  readonly findings: readonly ConversionFinding[];
}

/** What of a root says nothing of states and events. */
const IGNORED = [
  "types",
  "schemas",
  "schema",
  "tsTypes",
  "predictableActionArguments",
  "preserveActionOrder",
  "strict",
];
const KNOWN = ["id", "version", "initial", "states", "on", "type", "context", "meta", ...IGNORED];
/** What `JSON.stringify(machine)` writes, in which delays are no longer to be told from events. */
const OF_DEFINITION = ["key", "order", "transitions"];

/** Converts what `machine.config` holds, as JSON. */
export function importMachine(value: unknown, options: ImportOptions): Imported {
  const findings: ConversionFinding[] = [];
  const report = (severity: ConversionFinding["severity"], pointer: string, message: string): void => {
    findings.push({ severity, pointer, message });
  };
  if (!isFields(value) || !isFields(value["states"])) {
    report("error", "", 'this is no machine: it has no map of "states" (write machine.config as JSON)');
    return { source: {}, findings };
  }
  if (OF_DEFINITION.some((key) => Object.hasOwn(value, key))) {
    report("error", "", "this is a machine's definition: write machine.config as JSON, not the machine");
    return { source: {}, findings };
  }
  const nodes = value["states"];
  const names = namesOf(value, nodes);
  const reader = new StateReader({ names, guards: options.guards, delays: options.delays, report });
  checkRoot(value, report, reader);
  const transitions = Object.entries(nodes).flatMap(([state, node]) => reader.readState(state, node));
  const everywhere = reader.readRoot(value["on"]);
  for (const { event = "" } of everywhere) {
    const timed = transitions.find((other) => other.event === event && other.after !== undefined);
    if (timed === undefined) continue;
    report("error", toPointer("on", event), `the delay of ${quote(timed.from ?? "")} has an event of this name`);
  }
  const source = {
    name: nameOf(value, options, report),
    ...versionOf(value, options),
    starting_state: initialOf(value, names, report),
    states: Object.keys(nodes),
    transitions: [...transitions, ...spread(everywhere, transitions, nodes, report)],
    ...keptOf(value),
  };
  return { source, findings };
}

type Report = (severity: ConversionFinding["severity"], pointer: string, message: string) => void;

function namesOf(root: Record<string, unknown>, nodes: Record<string, unknown>): Names {
  const rootId = typeof root["id"] === "string" ? root["id"] : "(machine)";
  const ids = new Map<string, string>();
  for (const [state, node] of Object.entries(nodes)) {
    ids.set(`${rootId}.${state}`, state);
    if (isFields(node) && typeof node["id"] === "string") ids.set(node["id"], state);
  }
  return { states: new Set(Object.keys(nodes)), ids };
}

function checkRoot(root: Record<string, unknown>, report: Report, reader: StateReader): void {
  const { type, context, states: _states, ...others } = root;
  if (type !== undefined && type !== "compound") {
    report("error", "/type", `a machine of the type ${show(type)} has no counterpart: one state at a time`);
  }
  if (context !== undefined && !(isFields(context) && Object.keys(context).length === 0)) {
    report("warning", "/context", "the context is left out: machines are created with their data");
  }
  reader.checkOthers(others, "", KNOWN);
}

function nameOf(root: Record<string, unknown>, { name }: ImportOptions, report: Report): string {
  const chosen = name ?? root["id"];
  const problem = typeof chosen === "string" ? checkConfigurationName(chosen) : { message: "The machine has no id." };
  if (problem !== undefined)
    report("error", "/id", `${problem.message.replace(/\.$/, "")}: name the configuration with --as`);
  return typeof chosen === "string" ? chosen : "";
}

function versionOf(root: Record<string, unknown>, options: ImportOptions): { version?: string } {
  const version = options.version ?? root["version"];
  return typeof version === "string" && version !== "" ? { version } : {};
}

function initialOf({ initial }: Record<string, unknown>, { states }: Names, report: Report): string {
  const named = isFields(initial) ? initial["target"] : initial;
  if (typeof named === "string" && states.has(named)) return named;
  report("error", "/initial", "initial must be the name of one of the states");
  return "";
}

/**
 * What may happen in every state, after what each has of its own. `*` passes over states that nothing else leads out of: for
 * those it is written out, unless XState calls them final.
 */
function spread(
  everywhere: readonly TransitionSource[],
  transitions: readonly TransitionSource[],
  nodes: Record<string, unknown>,
  report: Report,
): TransitionSource[] {
  const leaving = new Set(transitions.map(({ from }) => from));
  const stuck = Object.entries(nodes).filter(([state, node]) => {
    return !leaving.has(state) && !(isFields(node) && node["type"] === "final");
  });
  if (everywhere.length > 0) {
    return [...stuck.flatMap(([from]) => everywhere.map((each) => ({ ...each, from }))), ...everywhere];
  }
  for (const [state] of stuck) {
    const pointer = toPointer("states", state);
    report("warning", pointer, `nothing leads out of ${quote(state)}: it is a final state from now on`);
  }
  return [];
}

/** What an export has kept. */
function keptOf(root: Record<string, unknown>): Partial<ConfigurationSource> {
  const meta = isFields(root["meta"]) ? root["meta"][OWN_META] : undefined;
  if (!isFields(meta)) return {};
  return Object.fromEntries(KEPT_FIELDS.flatMap((field) => (meta[field] === undefined ? [] : [[field, meta[field]]])));
}
