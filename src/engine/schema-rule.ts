import type { JsonObject } from "./json.ts";
import { SpentError, type Meter } from "./meter.ts";
import { compileSchema, findMismatches, type CompiledSchema, type Mismatch } from "./schema/schema.ts";

const NAMED_IN_MESSAGE = 3;
const NO_NAMES: ReadonlySet<string> = new Set();

/** Why data does not match. */
export interface Explanation {
  /** Names the places, the rules and the values. */
  readonly message: string;
  /** Empty where nobody could tell. */
  readonly mismatches: readonly Mismatch[];
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
    if (!compiled.ok) return { message: compiled.problems.map(({ message }) => message).join("; "), mismatches: [] };
    try {
      const mismatches = findMismatches(compiled.schema, data, meter);
      if (mismatches.length === 0) return undefined;
      const shown = mismatches.slice(0, NAMED_IN_MESSAGE).map(({ pointer, message }) => `data${pointer}: ${message}`);
      const more = mismatches.length - shown.length;
      return { message: more > 0 ? `${shown.join("; ")} and more` : shown.join("; "), mismatches };
    } catch (error) {
      if (!(error instanceof SpentError)) throw error;
      return { message: `checking the data against its schema: ${error.message}`, mismatches: [] };
    }
  }
}
