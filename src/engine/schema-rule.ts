import { readPointer } from "./finding.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { SpentError, type Meter } from "./meter.ts";
import { show } from "./schema/assertions.ts";
import { compileSchema, findMismatches, type CompiledSchema, type Mismatch } from "./schema/schema.ts";

const NAMED_IN_MESSAGE = 3;
const NO_NAMES: ReadonlySet<string> = new Set();

/** What of some data is not as it must be. */
export interface DataViolation {
  /** JSON Pointer within the data. */
  readonly pointer: string;
  /** The keyword of the schema. */
  readonly rule: string;
  readonly message: string;
  /** What stands there, cut to 64 code points; absent where nothing does. */
  readonly value?: string;
}

/** Why data does not match. */
export interface Explanation {
  /** Names the places, the rules and the values. */
  readonly message: string;
  /** The first ten; empty where nobody could tell. */
  readonly violations: readonly DataViolation[];
}

/** A schema of a configuration, compiled when it is first needed. */
export class SchemaRule {
  readonly #source: { readonly [name: string]: unknown };
  #compiled: CompiledSchema | undefined;

  constructor(source: { readonly [name: string]: unknown }) {
    this.#source = source;
  }

  get #schema(): CompiledSchema {
    return (this.#compiled ??= compileSchema(this.#source));
  }

  /** The properties it names. */
  get names(): ReadonlySet<string> {
    return this.#schema.ok ? this.#schema.schema.names : NO_NAMES;
  }

  /** Why `data` does not match; undefined: it matches. */
  explainMismatch(data: JsonObject, meter: Meter): Explanation | undefined {
    const compiled = this.#schema;
    if (!compiled.ok) return { message: compiled.problems.map(({ message }) => message).join("; "), violations: [] };
    try {
      const mismatches = findMismatches(compiled.schema, data, meter);
      if (mismatches.length === 0) return undefined;
      const violations = mismatches.map((mismatch) => toViolation(mismatch, data));
      const shown = violations.slice(0, NAMED_IN_MESSAGE).map(({ message }) => message);
      const more = violations.length - shown.length;
      return { message: more > 0 ? `${shown.join("; ")} and more` : shown.join("; "), violations };
    } catch (error) {
      if (!(error instanceof SpentError)) throw error;
      return { message: `checking the data against its schema: ${error.message}`, violations: [] };
    }
  }
}

function toViolation({ pointer, keyword, message }: Mismatch, data: JsonObject): DataViolation {
  const value = findAt(data, pointer);
  const violation = { pointer, rule: keyword, message: `data${pointer}: ${message}` };
  return value === undefined ? violation : { ...violation, value: show(value) };
}

/** What stands at a JSON Pointer; undefined: nothing. */
function findAt(data: JsonObject, pointer: string): JsonValue | undefined {
  return readPointer(pointer).reduce<JsonValue | undefined>(
    (value, token) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, token)
        ? (value as JsonObject)[token]
        : undefined,
    data,
  );
}
