/**
 * The code generator: a configuration becomes a TypeScript module that knows its states and events. Pure: text out of data. Knows
 * of the client only the names that a module imports of it.
 */
import { loadConfiguration } from "../engine/compile-configuration.ts";
import { type Configuration, type ConfigurationSource, configIdOf } from "../engine/configuration.ts";
import { EVENT_BUDGET } from "../engine/limits.ts";
import { Meter } from "../engine/meter.ts";
import type { SchemaRule } from "../engine/schema-rule.ts";
import { declareSchema, type Declaration } from "./schema-types.ts";
import { camelOf, commentOf, lineCommentOf, literalOf, NameTable, pascalOf } from "./text.ts";
import { JSON_OBJECT, nameType, NEVER, printType, textsOf, unionOf, type Member, type Type } from "./type-text.ts";

export interface ModuleOptions {
  /** Where the module imports the client from; default `detent/client`. */
  readonly importFrom?: string;
  /** The command that makes the module anew, for its header. */
  readonly command?: string;
}

/** A module, and what it exports. */
export interface GeneratedModule {
  readonly text: string;
  /** `name:version`. */
  readonly configId: string;
  /** The definition: `orders`. */
  readonly value: string;
  /** The interface that tells the compiler of the configuration: `OrdersTypes`. */
  readonly types: string;
  readonly states: number;
  readonly events: number;
}

/** What every module imports, and what it imports where a type names it. */
const ALWAYS = ["Definition", "Snapshot"];
const NAMED = ["JsonObject", "JsonValue"];

/**
 * A module without the command in its header and with the line ends of everywhere: what two that were made differently have in
 * common.
 */
export function comparable(module: string): string {
  const lines = module.replaceAll("\r\n", "\n").split("\n");
  const hasHeader = lines[0]?.startsWith("// Generated from the configuration ") && lines[1]?.startsWith("// ");
  return (hasHeader ? lines.toSpliced(1, 1) : lines).join("\n");
}

/**
 * The module of a configuration that was checked when it was stored, or passed `compileConfiguration`. The same configuration
 * and options give the same text.
 */
export function generateModule(source: ConfigurationSource, options: ModuleOptions = {}): GeneratedModule {
  const configuration = loadConfiguration(source);
  const { name, version, states, events } = configuration;
  const configId = configIdOf(name, version);
  const names = new NameTable([...ALWAYS, ...NAMED]);
  const value = camelOf(name);
  const title = pascalOf(name);
  const { importFrom = "detent/client", command = `detent codegen ${configId}` } = options;
  const exported = {
    value,
    types: names.take(`${title}Types`),
    machine: names.take(`${title}Machine`),
    state: names.take(`${title}State`),
    event: names.take(`${title}Event`),
    stateName: names.take(`${title}StateName`),
    eventName: names.take(`${title}EventName`),
  };
  const data = {
    states: dataOf(states, source.state_options, { rules: configuration.stateSchemas, kind: "state", names }),
    events: dataOf(events, source.event_options, { rules: configuration.eventSchemas, kind: "event", names }),
  };
  const body = [
    ...[...data.states, ...data.events].flatMap(({ declarations }) =>
      declarations.map(({ name: alias, type, description }) => printAlias(alias, type, description)),
    ),
    ...printNames(exported, configuration),
    printUnions(exported, data),
    printTypes(exported, configuration, data),
    printValue(exported, configuration),
  ].join("\n");
  const text = `${printHeader(configId, command)}\n${printImport(importFrom, [...data.states, ...data.events])}\n${body}`;
  return { text, configId, value, types: exported.types, states: states.length, events: events.length };
}

interface Exported {
  readonly value: string;
  readonly types: string;
  readonly machine: string;
  readonly state: string;
  readonly event: string;
  readonly stateName: string;
  readonly eventName: string;
}

/** The data of a state or an event. */
interface Data {
  /** The state or event. */
  readonly name: string;
  readonly type: Type;
  readonly declarations: readonly Declaration[];
  /** `{}` is refused. */
  readonly isNeeded: boolean;
}

interface AllData {
  readonly states: readonly Data[];
  readonly events: readonly Data[];
}

function dataOf(
  owners: readonly string[],
  options: Readonly<Record<string, { readonly schema?: { readonly [keyword: string]: unknown } }>> | undefined,
  { rules, kind, names }: { rules: ReadonlyMap<string, SchemaRule>; kind: "state" | "event"; names: NameTable },
): Data[] {
  return owners.map((owner, index) => {
    const rule = rules.get(owner);
    const schema = Object.hasOwn(options ?? {}, owner) ? options?.[owner]?.schema : undefined;
    if (rule === undefined || schema === undefined) {
      return { name: owner, type: JSON_OBJECT, declarations: [], isNeeded: false };
    }
    const suffix = kind === "state" ? "StateData" : "EventData";
    const typeName = names.take(`${pascalOf(owner) || `Nr${index + 1}`}${suffix}`);
    const [own, ...others] = declareSchema(schema, typeName, names);
    const title = `Data of ${kind === "state" ? "a machine in the state" : "the event"} ${JSON.stringify(owner)}.`;
    const description = own?.description === undefined ? title : `${title}\n${own.description}`;
    return {
      name: owner,
      type: nameType(typeName),
      declarations: own ? [{ ...own, description }, ...others] : [],
      isNeeded: rule.explainMismatch({}, new Meter(EVENT_BUDGET)) !== undefined,
    };
  });
}

function printHeader(configId: string, command: string): string {
  const lines = [`Generated from the configuration ${configId}. Do not edit it; make it anew:`, command];
  return `${lines.map(lineCommentOf).join("")}/* eslint-disable */`;
}

function printImport(from: string, all: readonly Data[]): string {
  const types = all.flatMap(({ type, declarations }) => [type, ...declarations.map((declaration) => declaration.type)]);
  // A literal has its quotes: a state that is called so is no type.
  const named = new Set(types.flatMap(textsOf));
  const names = [...ALWAYS, ...NAMED.filter((name) => named.has(name))].toSorted().map((name) => `type ${name}`);
  return `import { defineConfiguration, ${names.join(", ")} } from ${literalOf(from)};\n`;
}

function printAlias(name: string, type: Type, description: string | undefined): string {
  const head = `export type ${name} =`;
  const text = printType(type, "", head.length + 1);
  const comment = description === undefined ? "" : commentOf(description, "");
  return `${comment}${head}${text.startsWith("\n") ? "" : " "}${text};\n`;
}

function printNames({ stateName, eventName }: Exported, { states, events }: Configuration): string[] {
  return [
    printAlias(stateName, literals(states), "Names of the states."),
    printAlias(eventName, literals(events), "Names of the events."),
  ];
}

function printUnions({ state, event }: Exported, { states, events }: AllData): string {
  return [
    printAlias(state, pairsOf("state", states, false), "A state with the data of a machine in it."),
    printAlias(event, pairsOf("event", events, true), "An event with its data."),
  ].join("\n");
}

/** Each name with its data, told apart by the name. */
function pairsOf(key: string, all: readonly Data[], mayLackData: boolean): Type {
  const pairs = all.map(({ name, type, isNeeded }): Type => {
    const data = { name: "data", isOptional: mayLackData && !isNeeded, type };
    return { kind: "object", members: [member(key, nameType(literalOf(name))), data], index: undefined };
  });
  return { kind: "union", members: pairs };
}

function printTypes(exported: Exported, configuration: Configuration, { states, events }: AllData): string {
  const { name, version, startingState, initialStates, transitions } = configuration;
  const targets = new Map<string, Set<string>>();
  for (const { event, to } of transitions) {
    targets.set(event, (targets.get(event) ?? new Set<string>()).add(to));
  }
  const isAny = initialStates.length === states.length;
  const members = [
    member("name", nameType(literalOf(name))),
    member("version", nameType(literalOf(version))),
    member("states", objectOf(states)),
    member("events", objectOf(events)),
    member("startingState", nameType(literalOf(startingState))),
    member("initialStates", isAny ? nameType(exported.stateName) : literals(initialStates)),
    member("leadsTo", objectOf([...targets].map(([event, to]) => ({ name: event, type: literals([...to]) })))),
    member(
      "needsData",
      objectOf([
        { name: "states", type: literals(neededOf(states)) },
        { name: "events", type: literals(neededOf(events)) },
      ]),
    ),
  ];
  const body = printType({ kind: "object", members, index: undefined }, "", Infinity);
  return [
    `/** ${configIdOf(name, version)} in types: what a machine in a state has, and what an event brings. */`,
    `export interface ${exported.types} ${body}\n`,
    `/** A machine as it was read: its \`state\` tells what its \`data\` is, undefined that it runs another version. */`,
    `export type ${exported.machine} = Snapshot<${exported.types}>;\n`,
  ].join("\n");
}

const neededOf = (all: readonly Data[]): string[] => all.filter(({ isNeeded }) => isNeeded).map(({ name }) => name);
const member = (name: string, type: Type): Member => ({ name, isOptional: false, type });

function objectOf(all: readonly { readonly name: string; readonly type: Type }[]): Type {
  return { kind: "object", members: all.map(({ name, type }) => member(name, type)), index: undefined };
}

function literals(all: readonly string[]): Type {
  return all.length === 0 ? NEVER : unionOf(all.map((text) => nameType(literalOf(text))));
}

function printValue({ value, types }: Exported, configuration: Configuration): string {
  const { name, version, states, events, startingState, initialStates, finalStates } = configuration;
  const lines = [
    `name: ${literalOf(name)}`,
    `version: ${literalOf(version)}`,
    `startingState: ${literalOf(startingState)}`,
    printList("states", states),
    printList("events", events),
    printList("initialStates", initialStates),
    printList(
      "finalStates",
      states.filter((state) => finalStates.has(state)),
    ),
  ];
  return (
    `/** ${configIdOf(name, version)}: the way to its machines. */\n` +
    `export const ${value}: Definition<${types}> = defineConfiguration<${types}>({\n` +
    `${lines.map((line) => `  ${line},\n`).join("")}});\n`
  );
}

const WIDTH = 120;

function printList(name: string, all: readonly string[]): string {
  const line = `${name}: [${all.map(literalOf).join(", ")}]`;
  if (line.length + 3 <= WIDTH) return line;
  return `${name}: [\n${all.map((text) => `    ${literalOf(text)},\n`).join("")}  ]`;
}
