import type { Report } from "./check-configuration.ts";
import type { ConfigurationSource, TransitionSource } from "./configuration.ts";
import type { ExpressionUse } from "./expression/expression.ts";
import { toPointer } from "./finding.ts";
import { quote } from "./names.ts";
import type { RuleReader } from "./rule-reader.ts";

/** More would be an answer of megabytes that nobody reads: an expression can read hundreds of fields. */
const MOST_TOLD = 1_000;

interface FormulaSource {
  readonly use: ExpressionUse;
  readonly source: string;
  /** Within its transition. */
  readonly path: readonly string[];
}

/** The expressions of a transition. protobuf cannot tell an empty one from none, so that counts as absent. */
export function listFormulas({ guard, assign, deadline }: TransitionSource): FormulaSource[] {
  const formulas: FormulaSource[] = [];
  if (guard) formulas.push({ use: "guard", source: guard, path: ["guard"] });
  for (const [field, source] of Object.entries(assign ?? {})) {
    formulas.push({ use: "assign", source, path: ["assign", field] });
  }
  if (deadline) formulas.push({ use: "deadline", source: deadline, path: ["deadline"] });
  return formulas;
}

/**
 * Reports the fields that an expression needs and nothing in the configuration provides: of the machine's data what no
 * `assign` and no state's schema names; of an event's data what its schema, where it names any, does not. What a deadline
 * reads of an event is not looked at, since any event may be the one that enters the state. The first 1,000 are told.
 */
export function checkFields(source: ConfigurationSource, reader: RuleReader, report: Report): void {
  const { transitions = [] } = source;
  const provided = new Set(transitions.flatMap(({ assign }) => Object.keys(assign ?? {})));
  for (const { schema } of Object.values(source.state_options ?? {})) {
    for (const name of namesOf(schema, reader)) provided.add(name);
  }
  let count = 0;
  const tell = (pointer: string, message: string, field: string): void => {
    if (++count <= MOST_TOLD) report("field_not_provided", pointer, message, field);
  };
  const eventOptions = new Map(Object.entries(source.event_options ?? {}));

  for (const [i, transition] of transitions.entries()) {
    const event = transition.event ?? "";
    const sent = namesOf(eventOptions.get(event)?.schema, reader);
    for (const { use, source: formula, path } of listFormulas(transition)) {
      const reading = reader.readFormula(formula, use);
      if (!reading.ok) continue;
      const pointer = toPointer("transitions", i, ...path);
      for (const field of reading.dataFields) {
        if (provided.has(field)) continue;
        const message =
          `The ${use} ${quote(formula)} reads ${quote(field)} of the data, which no assign and no state's schema names: ` +
          "only creation data or an override could provide it.";
        tell(pointer, message, field);
      }
      if (use === "deadline" || sent.size === 0) continue;
      for (const field of reading.eventFields) {
        if (sent.has(field)) continue;
        const message = `The ${use} ${quote(formula)} reads ${quote(field)} of the event's data, which the schema of ${quote(event)} does not name.`;
        tell(pointer, message, field);
      }
    }
  }
  if (count <= MOST_TOLD) return;
  report(
    "field_not_provided",
    "/transitions",
    `Fields are read that nothing provides in ${count - MOST_TOLD} more places.`,
  );
}

function namesOf(schema: { [name: string]: unknown } | undefined, reader: RuleReader): ReadonlySet<string> {
  const reading = reader.readSchema(schema);
  return reading.ok ? reading.names : new Set();
}
