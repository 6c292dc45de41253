/** What a caller expects of a machine, compared with what it is. */
import { quote } from "../engine/names.ts";
import type { Condition, Refusal, SendCall } from "./calls.ts";
import type { Present } from "./present.ts";

export type Expectation = Pick<SendCall, "expectedRevision" | "expectedState" | "onlyIf">;

/** Why what the caller expects of the machine does not hold; undefined: it does. */
export function expectationOf(present: Present, expected: Expectation): Refusal | undefined {
  const { revision, state } = present;
  const { expectedRevision, expectedState, onlyIf } = expected;
  const metadata = { revision: String(revision), state };
  if (onlyIf !== undefined && !isMeant(present, onlyIf)) {
    const message = "the machine is no longer what this is meant for";
    return { ok: false, reason: "STATE_MISMATCH", message, metadata, isUnmeant: true };
  }
  if (expectedRevision !== undefined && expectedRevision !== revision) {
    const message = `expected revision ${expectedRevision}, the machine has ${revision}`;
    return { ok: false, reason: "REVISION_MISMATCH", message, metadata };
  }
  if (expectedState !== undefined && expectedState !== state) {
    const message = `expected state ${quote(expectedState)}, the machine is in ${quote(state)}`;
    return { ok: false, reason: "STATE_MISMATCH", message, metadata };
  }
  return undefined;
}

/** The same question that lists ask of the index (catalog/machine-filter.ts). */
function isMeant({ identity, configuration, state, updatedAt }: Present, condition: Condition): boolean {
  const { version, updatedAfter, updatedBefore, labels } = condition;
  const has = JSON.parse(identity.labels) as Readonly<Record<string, string>>;
  return (
    (version === undefined || version === configuration.version) &&
    (condition.state === undefined || condition.state === state) &&
    (updatedAfter === undefined || updatedAt > updatedAfter) &&
    (updatedBefore === undefined || updatedAt < updatedBefore) &&
    labels.every(({ name, value }) => Object.hasOwn(has, name) && has[name] === value)
  );
}
