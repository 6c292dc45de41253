import { compileExpression, type ExpressionUse } from "./expression/expression.ts";
import { compileSchema, type SchemaProblem } from "./schema/schema.ts";

/** What the checks have to know of an expression. */
type Reading =
  | {
      readonly ok: true;
      /** Always false. */
      readonly isNever: boolean;
      /** Members of `data` and of `event.data` that it needs. */
      readonly dataFields: ReadonlySet<string>;
      readonly eventFields: ReadonlySet<string>;
    }
  | { readonly ok: false; readonly message: string; readonly isLimit: boolean };

type SchemaReading =
  | { readonly ok: true; readonly names: ReadonlySet<string> }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/**
 * Reads the expressions and schemas of one configuration, each once, whichever checks ask. What was compiled is not kept:
 * thousands of expressions would take a good part of an isolate's memory.
 */
export class RuleReader {
  readonly #formulas = new Map<string, Reading>();
  readonly #schemas = new Map<object, SchemaReading>();
  #hasProblems = false;

  /** Whether anything that was read does not compile. */
  get hasProblems(): boolean {
    return this.#hasProblems;
  }

  readFormula(source: string, use: ExpressionUse): Reading {
    const key = `${use} ${source}`;
    let reading = this.#formulas.get(key);
    if (reading === undefined) this.#formulas.set(key, (reading = this.#note(readFormula(source, use))));
    return reading;
  }

  /** An empty or absent schema counts as none: it names nothing. */
  readSchema(source: { [name: string]: unknown } | undefined): SchemaReading {
    if (source === undefined || Object.keys(source).length === 0) return NO_SCHEMA;
    let reading = this.#schemas.get(source);
    if (reading === undefined) this.#schemas.set(source, (reading = this.#note(readSchema(source))));
    return reading;
  }

  #note<T extends { readonly ok: boolean }>(reading: T): T {
    this.#hasProblems ||= !reading.ok;
    return reading;
  }
}

const NO_SCHEMA: SchemaReading = { ok: true, names: new Set() };

function readFormula(source: string, use: ExpressionUse): Reading {
  const compiled = compileExpression(source, use);
  if (!compiled.ok) return compiled;
  const { isNever, dataFields, eventFields } = compiled.expression;
  return { ok: true, isNever, dataFields, eventFields };
}

function readSchema(source: { [name: string]: unknown }): SchemaReading {
  const compiled = compileSchema(source);
  return compiled.ok ? { ok: true, names: compiled.schema.names } : compiled;
}
