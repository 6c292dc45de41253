/** Reads the steps of a file of scenarios, and collects everything that is wrong with them. */
import type * as v from "valibot";
import { parseDuration } from "../engine/duration.ts";
import { DetentError } from "../errors.ts";
import { isObject } from "../json.ts";
import { parseShape } from "../shape.ts";
import { show } from "./match.ts";
import { MACHINE, NEW_MACHINE, REFUSAL, SCENARIO, STEPS } from "./scenario-shapes.ts";
import type { Action, ActionStep, Expected, Step } from "./step.ts";

/** Forks in forks: more than anybody reads. */
const DEEPEST_FORK = 16;

/** Something wrong in a file; `pointer` is a JSON Pointer into it. */
export interface FileProblem {
  readonly pointer: string;
  readonly message: string;
}

export interface ReadScenario {
  readonly name: string;
  readonly line: number;
  readonly steps: readonly Step[];
}

/** What the fields that tell an outcome hold. */
interface Outcomes {
  readonly then?: unknown;
  readonly refused?: unknown;
  readonly ignored?: true;
  readonly deferred?: true;
  readonly duplicate?: true;
  readonly gone?: true;
}

/** Stands where there is none to read; a file that has a problem is not run. */
const NO_EXPECTATION: Expected = { kind: "gone" };

export class ScenarioReader {
  readonly problems: FileProblem[] = [];
  readonly #lineOf: (pointer: string) => number;

  constructor(lineOf: (pointer: string) => number) {
    this.#lineOf = lineOf;
  }

  /** A value of a shape; undefined where it is not of it. `whole` is what it is called. */
  read<S extends v.GenericSchema>(
    schema: S,
    value: unknown,
    pointer: string,
    whole: string,
  ): v.InferOutput<S> | undefined {
    try {
      return parseShape(schema, value, whole);
    } catch (error) {
      if (!(error instanceof DetentError)) throw error;
      for (const violation of error.violations) this.fail(pointer + violation.pointer, violation.message);
      return undefined;
    }
  }

  fail(pointer: string, message: string): void {
    this.problems.push({ pointer, message });
  }

  readScenario(value: unknown, pointer: string): ReadScenario | undefined {
    const read = this.read(SCENARIO, value, pointer, "a scenario");
    if (read === undefined) return undefined;
    const { name, given, steps = [], ...outcome } = read;
    const hasOutcome = outcome.then !== undefined || outcome.refused !== undefined;
    const action = this.#readGiven(given, `${pointer}/given`);
    if (hasOutcome && action.kind === "none") {
      this.fail(pointer, "without a machine nothing has happened yet: then and refused belong to a step");
    }
    const expected = hasOutcome ? this.#readExpected(outcome, pointer) : undefined;
    const first: ActionStep = {
      kind: "action",
      action,
      site: { line: this.#lineOf(`${pointer}/given`) },
      ...(expected !== undefined && { expected }),
    };
    if (steps.length === 0 && !hasOutcome)
      this.fail(pointer, "the scenario has neither steps nor an outcome: it tests nothing");
    return { name, line: this.#lineOf(pointer), steps: [first, ...this.#readSteps(steps, `${pointer}/steps`, 0)] };
  }

  #readGiven(given: unknown, pointer: string): Action {
    if (given === "none") return { kind: "none" };
    if (given === undefined || given === null) return { kind: "create" };
    if (typeof given === "string") {
      this.fail(pointer, `given must be none, or an object with state, data and labels, but is ${show(given)}`);
    }
    return { kind: "create", ...(isObject(given) ? this.read(NEW_MACHINE, given, pointer, "given") : {}) };
  }

  #readSteps(values: readonly unknown[], pointer: string, depth: number): Step[] {
    return values.flatMap((value, i) => this.#readStep(value, `${pointer}/${i}`, depth) ?? []);
  }

  #readStep(value: unknown, pointer: string, depth: number): Step | undefined {
    const kinds = isObject(value) ? Object.keys(STEPS).filter((key) => Object.hasOwn(value, key)) : [];
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      const found = kinds.length === 0 ? "none of them" : kinds.join(" and ");
      this.fail(pointer, `a step has one of when, create, after and fork; this one has ${found}`);
      return undefined;
    }
    const site = { line: this.#lineOf(pointer) };
    const toStep = (action: Action, outcomes: Outcomes): Step => {
      return { kind: "action", action, site, expected: this.#readExpected(outcomes, pointer) };
    };
    switch (kind) {
      case "when": {
        const read = this.read(STEPS.when, value, pointer, "a step");
        if (read === undefined) return undefined;
        const { when, event_id, expected_state, expected_revision, create_if_missing, data, details, originator } =
          read;
        const action: Action = {
          kind: "send",
          event: when,
          ...(data !== undefined && { data }),
          ...(details !== undefined && { details }),
          ...(originator !== undefined && { originator }),
          ...(event_id !== undefined && { eventId: event_id }),
          ...(expected_state !== undefined && { expectedState: expected_state }),
          ...(expected_revision !== undefined && { expectedRevision: expected_revision }),
          ...(create_if_missing !== undefined && { createIfMissing: create_if_missing }),
        };
        return toStep(action, read);
      }
      case "create": {
        const read = this.read(STEPS.create, value, pointer, "a step");
        return read && toStep({ kind: "create", ...read.create }, read);
      }
      case "after": {
        const read = this.read(STEPS.after, value, pointer, "a step");
        if (read === undefined) return undefined;
        const ms = parseDuration(read.after);
        if (ms === undefined)
          this.fail(`${pointer}/after`, `after must be a duration like PT30M or 30m, but is ${show(read.after)}`);
        return toStep({ kind: "pass", ms: ms ?? 0, text: read.after }, read);
      }
      default: {
        const read = this.read(STEPS.fork, value, pointer, "a fork");
        if (read === undefined) return undefined;
        if (read.steps.length === 0) this.fail(`${pointer}/steps`, "a fork has at least one step");
        if (depth >= DEEPEST_FORK) this.fail(pointer, `forks nest at most ${DEEPEST_FORK} deep`);
        const steps = depth >= DEEPEST_FORK ? [] : this.#readSteps(read.steps, `${pointer}/steps`, depth + 1);
        return { kind: "fork", name: read.fork, site, steps };
      }
    }
  }

  #readExpected(outcomes: Outcomes, pointer: string): Expected {
    const kinds = ["then", "refused", "ignored", "deferred", "duplicate", "gone"] as const;
    const told = kinds.filter((kind) => outcomes[kind] !== undefined);
    const [kind] = told;
    if (kind === undefined || told.length > 1) {
      const found = told.length === 0 ? "none of them" : told.join(" and ");
      this.fail(
        pointer,
        `what comes of a step is told by one of then, refused, ignored, deferred, duplicate and gone; this one has ${found}`,
      );
      return NO_EXPECTATION;
    }
    if (kind === "then") return this.#readState(outcomes.then, `${pointer}/then`);
    return kind === "refused" ? this.#readRefusal(outcomes.refused, `${pointer}/refused`) : { kind };
  }

  #readState(value: unknown, pointer: string): Expected {
    if (typeof value === "string") return { kind: "state", state: value };
    const read = this.read(MACHINE, value, pointer, "then");
    if (read === undefined) return NO_EXPECTATION;
    const { exact_data, ...match } = read;
    return { kind: "state", ...match, ...(exact_data !== undefined && { exactData: exact_data }) };
  }

  #readRefusal(value: unknown, pointer: string): Expected {
    if (typeof value === "string") return { kind: "refused", reason: value };
    return { kind: "refused", ...this.read(REFUSAL, value, pointer, "refused") };
  }
}
