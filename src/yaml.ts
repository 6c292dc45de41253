/** YAML as values that know their lines: one document, and of the language only what JSON can say, too. */
import {
  boolCoreTag,
  EVENT_ID,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
  type Event,
  type ScalarEvent,
} from "js-yaml";
import { invalid } from "./errors.ts";

/**
 * Characters in a text, as many as a configuration has bytes; a chart of 500 states has about 90,000. The library cannot
 * be stopped midway, and two characters can become four events: of a megabyte, more than a Worker has memory for.
 */
const LONGEST_TEXT = 256 * 1024;
/** Lists, maps and what is in them, within each other. */
const DEEPEST = 64;
/** Characters of what the library says is wrong: it quotes, and a text may be one long word. */
const LONGEST_MESSAGE = 200;
/** YAML 1.2.2, 10.3: what a text without quotes is in the core schema; any other is a text. */
const CORE_TAGS = [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag];
/** A text that was read. */
export interface YamlText {
  readonly value: unknown;
  /** The line, counted from 1, of what the JSON Pointer names; of what is around it where there is no such thing. */
  readonly lineOf: (pointer: string) => number;
}

type Fail = (offset: number, message: string, rule?: string) => never;

/** Where the members or items of each map and list begin. */
type Places = Map<unknown, ReadonlyMap<string, number>>;

/**
 * Reads YAML 1.2, of which JSON is a part. Throws INVALID_ARGUMENT or LIMIT_EXCEEDED, with the line: not YAML, several
 * documents, or something JSON has no word for (anchors, aliases, tags, a key that is no text or comes twice).
 */
export function parseYaml(text: string): YamlText {
  if (text.length > LONGEST_TEXT) {
    const message = `has ${text.length} characters; at most ${LONGEST_TEXT} are read`;
    throw invalid([{ pointer: "", rule: "limit_exceeded", message }]);
  }
  const lines = linesOf(text);
  const fail: Fail = (offset, message, rule = "yaml") => {
    throw invalid([{ pointer: "", rule, message: `line ${lineAt(lines, offset)}: ${message}` }]);
  };
  const reader = new Reader(text, eventsOf(text, fail), fail);
  const value = reader.readDocument();
  return { value, lineOf: (pointer) => lineAt(lines, reader.offsetOf(value, pointer)) };
}

function eventsOf(text: string, fail: Fail): Event[] {
  try {
    return parseEvents(text, { maxDepth: DEEPEST });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const at = error.mark?.position ?? 0;
    // The library has no code for it.
    if (error.reason.startsWith("nesting exceeded")) fail(at, "lists and maps nest too deep", "limit_exceeded");
    return fail(at, shorten(error.reason));
  }
}

/** Makes values of events, and remembers where they begin. */
class Reader {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #fail: Fail;
  readonly #places: Places = new Map();
  #next = 0;
  /** Where the last event that has a place begins; what has none, like an empty value, is behind it. */
  #last = 0;

  constructor(text: string, events: readonly Event[], fail: Fail) {
    this.#text = text;
    this.#events = events;
    this.#fail = fail;
  }

  readDocument(): unknown {
    if (this.#events.length === 0) return null;
    this.#take();
    const first = this.#take();
    if (first.type === EVENT_ID.POP) return null;
    const value = this.#readNode(first);
    this.#take();
    if (this.#next === this.#events.length) return value;
    const mark = this.#text.indexOf("\n---", this.#last);
    return this.#fail(mark < 0 ? this.#last : mark + 1, "a second document begins; only one is read");
  }

  /** Where in the text what the pointer names begins; what is around it where there is no such thing. */
  offsetOf(root: unknown, pointer: string): number {
    let offset = this.#start;
    let value = root;
    for (const token of pointer.split("/").slice(1)) {
      const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
      const start = this.#places.get(value)?.get(name);
      if (start === undefined) break;
      offset = start;
      value = (value as Readonly<Record<string, unknown>>)[name];
    }
    return offset;
  }

  get #start(): number {
    return this.#events.map(startOf).find((start) => start !== undefined) ?? 0;
  }

  #take(): Event {
    const event = this.#events[this.#next];
    if (event === undefined) throw new Error("the events of a YAML text end too early");
    this.#next += 1;
    this.#last = startOf(event) ?? this.#last;
    return event;
  }

  #readNode(event: Event): unknown {
    const at = this.#last;
    if (event.type === EVENT_ID.ALIAS) return this.#fail(at, "an alias (*) is not read; write out what it stands for");
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) {
      throw new Error(`a node cannot be a YAML event of type ${event.type}`);
    }
    if (event.anchorStart >= 0) this.#fail(event.anchorStart, "an anchor (&) is not read; nothing may refer to it");
    if (event.tagStart >= 0) this.#fail(event.tagStart, "a tag (!) is not read; write the value without it");
    if (event.type === EVENT_ID.SEQUENCE) return this.#readList();
    return event.type === EVENT_ID.MAPPING ? this.#readMap() : this.#readScalar(event);
  }

  #readList(): unknown[] {
    const items: unknown[] = [];
    const starts = new Map<string, number>();
    for (let event = this.#take(); event.type !== EVENT_ID.POP; event = this.#take()) {
      starts.set(String(items.length), this.#last);
      items.push(this.#readNode(event));
    }
    this.#places.set(items, starts);
    return items;
  }

  #readMap(): object {
    const members = new Map<string, unknown>();
    const starts = new Map<string, number>();
    for (let event = this.#take(); event.type !== EVENT_ID.POP; event = this.#take()) {
      const at = this.#last;
      const name = event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS ? this.#readNode(event) : undefined;
      if (typeof name !== "string") return this.#fail(at, "a key must be a text");
      if (members.has(name)) this.#fail(at, `the key ${shorten(JSON.stringify(name))} is there twice`);
      starts.set(name, at);
      members.set(name, this.#readNode(this.#take()));
    }
    const map: object = Object.fromEntries(members);
    this.#places.set(map, starts);
    return map;
  }

  #readScalar(event: ScalarEvent): unknown {
    const text = getScalarValue(this.#text, event);
    if (event.style !== SCALAR_STYLE.PLAIN) return text;
    for (const tag of CORE_TAGS) {
      const value: unknown = tag.resolve(text, false, tag.tagName);
      if (value === NOT_RESOLVED) continue;
      // 8 in YAML 1.1, which others read, and 10 in YAML 1.2.
      if (typeof value === "number" && /^[-+]?0\d/.test(text)) {
        this.#fail(this.#last, "a number must not begin with 0; put it in quotes where it is a text");
      }
      return value;
    }
    return text;
  }
}

/** Undefined: it has none, like the empty value behind a colon. */
function startOf(event: Event): number | undefined {
  let start = -1;
  if (event.type === EVENT_ID.SCALAR) start = event.valueStart;
  else if (event.type === EVENT_ID.ALIAS) start = event.anchorStart;
  else if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) start = event.start;
  return start < 0 ? undefined : start;
}

/** Where each line begins; YAML ends a line with a line feed, a carriage return, or both. */
function linesOf(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\r\n?|\n/g), (end) => end.index + end[0].length)];
}

/** The line, counted from 1. */
function lineAt(lines: readonly number[], offset: number): number {
  const next = lines.findIndex((start) => start > offset);
  return next < 0 ? lines.length : next;
}

function shorten(message: string): string {
  return (message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message).toWellFormed();
}
