/** JSON Schemas of a configuration. STUB */
import type { JsonObject, JsonValue } from "../json.ts";
import type { Meter } from "../meter.ts";

export interface SchemaProblem {
  /** JSON Pointer within the schema. */
  readonly pointer: string;
  readonly message: string;
}

export interface Schema {
  /** Names that `properties` lists, wherever the object itself is described (through `$ref`, `allOf`, ... too). */
  readonly names: ReadonlySet<string>;
}

export interface Mismatch {
  /** JSON Pointer within the value. */
  readonly pointer: string;
  readonly keyword: string;
  readonly message: string;
}

export type CompiledSchema =
  | { readonly ok: true; readonly schema: Schema }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

export function compileSchema(_source: { [name: string]: unknown }): CompiledSchema {
  throw new Error("stub");
}

/** What of `value` does not match, the first few; empty: it matches. Throws SpentError. */
export function findMismatches(_schema: Schema, _value: JsonValue | JsonObject, _meter: Meter): readonly Mismatch[] {
  throw new Error("stub");
}
