/** Every limit, in one place: whoever refuses a size names one of these. */
export const LIMITS = {
  /** States of a configuration. */
  states: 500,
  /** Transitions of a configuration. */
  transitions: 5_000,
  /** Members of any list or object in a body whose shape is known: more than every rule allows, so that those speak first. */
  members: 10_000,
  /** A configuration, as bytes of compact UTF-8 JSON. */
  configurationBytes: 256 * 1024,
  /** Characters of a configuration's name. */
  configurationName: 63,
  /** Characters of a configuration's version. */
  version: 63,
  /** Code points of a state's or an event's name. */
  stateOrEventName: 128,
  /** Code points of a machine's or an event's id. */
  idCodePoints: 255,
  /** Bytes of UTF-8 of a machine's or an event's id. */
  idBytes: 512,
  /** Bytes of UTF-8 of an expression. */
  expressionBytes: 2 * 1024,
  /** Nesting of brackets, arguments and choices in an expression: more than anybody reads, far less than a stack holds. */
  expressionDepth: 48,
  /** Literals, names, operators and calls of an expression. */
  expressionNodes: 1_000,
  /** What a macro such as `all` goes through: items of a list, keys of a map. */
  expressionItems: 10_000,
  /** Patterns for `matches` in an expression: each is compiled when it is uploaded, in up to a millisecond. */
  expressionPatterns: 10,
  /** Characters of a pattern for `matches`. */
  patternLength: 256,
  /** Nesting of objects and arrays in any JSON value. */
  jsonDepth: 32,
  /** An event's `data` and `details` together, as bytes of compact UTF-8 JSON. */
  eventBytes: 64 * 1024,
  /** A machine's data, as bytes of compact UTF-8 JSON. */
  machineDataBytes: 256 * 1024,
  /** A machine's labels, as bytes of compact UTF-8 JSON: they stand in the index, whose rows are to stay small. */
  labelsBytes: 4 * 1024,
  /** Bytes of UTF-8 of an event's originator: as long as an id. */
  originatorBytes: 512,
  /** Bytes of UTF-8 of what an operator says to an override. */
  commentBytes: 4 * 1024,
  /** The body of a request. */
  bodyBytes: 1024 * 1024,
  /** The body of a request that carries many events. */
  batchBytes: 8 * 1024 * 1024,
  /** Events of one request. */
  batchEvents: 100,
  /** Timers that run in one state: each is told with the machine, and stored with each entry. */
  timersOfState: 64,
  /** Deferred events of a machine. */
  deferredEvents: 64,
  /** The longest delay: a hundred years, which keeps every time within what dates can say. */
  delayMs: 100 * 365 * 24 * 60 * 60 * 1_000,
  /** Subschemas of a schema, itself included. */
  schemaNodes: 5_000,
  /** Schemas that apply one after the other to the same value (`$ref`, `allOf`, ...): times `jsonDepth`, what a call stack holds. */
  schemaChain: 16,
  /** UTF-16 code units of a pattern in a schema. */
  patternCharacters: 1_024,
  /** Instructions of a pattern, its repetitions written out. */
  patternInstructions: 5_000,
} as const;

/**
 * Work that one event may take: its guards, assignments, deadlines and schemas together, in units of a `Meter`. Of the worst
 * expressions and schemas that were measured all of it took 1 to 30 ms; 36 to 63 ms where it was the first that a process
 * evaluated, with nothing compiled yet.
 */
export const EVENT_BUDGET = 250_000;

/** The same for all that happens in one call to a machine: what more there is to do waits for the next. */
export const TURN_BUDGET = 4 * EVENT_BUDGET;

/** Bytes of `text` in UTF-8; a lone surrogate counts as the three bytes of U+FFFD. */
export function countUtf8Bytes(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isSurrogatePair(unit, text.charCodeAt(i + 1))) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

/** Code points of `text`, counted without copying it. */
export function countCodePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    if (isSurrogatePair(text.charCodeAt(i), text.charCodeAt(i + 1))) {
      count--;
      i++;
    }
  }
  return count;
}

/** Whether objects and arrays nest deeper than `limit`; recurses no deeper than that itself. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (limit <= 0) return true;
  return Object.values(value).some((item) => isDeeperThan(item, limit - 1));
}

function isSurrogatePair(first: number, second: number): boolean {
  return first >= 0xd800 && first <= 0xdbff && second >= 0xdc00 && second <= 0xdfff;
}
