/**
 * JSON Schemas of a configuration: draft 2020-12, without remote references. Customers upload them, so everything is
 * bounded: what a schema may be at upload, and what a value may cost by the meter.
 */
import type { JsonObject, JsonValue } from "../json.ts";
import { isDeeperThan, LIMITS } from "../limits.ts";
import type { Meter } from "../meter.ts";
import { type Mismatch, ROOT, Run, type SchemaNode } from "./node.ts";
import { type SchemaProblem, SchemaReader } from "./reader.ts";
import { checkChains, namesOf, resolveReferences } from "./references.ts";

export type { Mismatch } from "./node.ts";
export type { SchemaProblem } from "./reader.ts";

export interface Schema {
  /** Names that `properties` lists, wherever the object itself is described (through `$ref`, `allOf`, ... too). */
  readonly names: ReadonlySet<string>;
  /** What `compileSchema` made of the source; only `findMismatches` looks inside. */
  readonly root?: SchemaNode;
}

export type CompiledSchema =
  | { readonly ok: true; readonly schema: Schema }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/**
 * Reads a schema: every keyword of draft 2020-12 that `docs/schemas.md` lists. All its problems are told (the first 20), an
 * unknown keyword among them. Takes time in proportion to the source.
 */
export function compileSchema(source: { [name: string]: unknown }): CompiledSchema {
  if (isDeeperThan(source, LIMITS.jsonDepth)) {
    const message = `A schema nests at most ${LIMITS.jsonDepth} levels deep; this one nests deeper.`;
    return { ok: false, problems: [{ pointer: "", message, isLimit: true }] };
  }
  const reader = new SchemaReader();
  const root = reader.readSchema(source, ROOT);
  resolveReferences(reader, source, root);
  if (reader.problems.length === 0) checkChains(reader);
  if (reader.problems.length > 0) return { ok: false, problems: reader.problems };
  return { ok: true, schema: { names: namesOf(reader, root), root } };
}

/**
 * What of `value` does not match, the first ten; empty: it matches. `value` is JSON, no deeper than `LIMITS.jsonDepth`.
 * Throws SpentError when that takes more work than `meter` has left.
 */
export function findMismatches(schema: Schema, value: JsonValue | JsonObject, meter: Meter): readonly Mismatch[] {
  if (!schema.root) throw new TypeError("a schema is made by compileSchema");
  const run = new Run(meter);
  run.evaluate(schema.root, value, ROOT, undefined);
  return run.mismatches;
}
