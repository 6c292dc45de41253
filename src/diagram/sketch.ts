/** What of a configuration is drawn. A compiled one is such a sketch as it is; one that is still being written becomes one. */
import { DEFAULT_VERSION } from "../engine/configuration.ts";
import { LIMITS } from "../engine/limits.ts";

export interface SketchedTransition {
  /** A state, or `*`. */
  readonly from: string;
  readonly to: string;
  /** Empty where it is not written yet. */
  readonly event: string;
  readonly guard?: { readonly source: string } | undefined;
  readonly after?: string | undefined;
  readonly deadline?: { readonly source: string } | undefined;
}

export interface Sketch {
  readonly name: string;
  readonly version: string;
  /** Empty where it is not written yet. */
  readonly startingState: string;
  /** Each once, those that transitions lead to included. */
  readonly states: readonly string[];
  readonly transitions: readonly SketchedTransition[];
  /** States that no transition names as its `from`. */
  readonly finalStates: ReadonlySet<string>;
  /** More is written than a configuration may have: the rest is not here. */
  readonly isCut?: boolean;
}

/** A name of as many code points as it may have is never longer, in UTF-16. */
const MAX_NAME = 2 * LIMITS.stateOrEventName;
const ANY = "*";

/**
 * The sketch of a configuration as it is written, whatever its author has come to: takes any JSON value and never throws.
 * States that only the starting state or a transition names come after those that are listed; what is no text, and a
 * transition that leads nowhere yet, is left out. Of a valid configuration the picture is the same as when it is compiled.
 */
export function sketchOf(source: unknown): Sketch {
  const { name, version, starting_state, states, transitions } = isObject(source) ? source : {};
  const drawn = new Set<string>();
  let isCut = false;
  /** Whether there was room for all of them. */
  const addStates = (...names: readonly string[]): boolean => {
    const added = new Set(names.filter((state) => state !== "" && !drawn.has(state)));
    if (drawn.size + added.size > LIMITS.states) {
      isCut = true;
      return false;
    }
    for (const state of added) drawn.add(state);
    return true;
  };

  for (const state of listOf(states)) addStates(readText(state));
  const startingState = readText(starting_state);
  addStates(startingState);
  const written = listOf(transitions).filter(isObject);
  const known: SketchedTransition[] = [];
  let letters = 0;
  for (const transition of written.slice(0, LIMITS.transitions).map(sketchTransition)) {
    letters += countLetters(transition);
    if (letters > LIMITS.configurationBytes) break;
    known.push(transition);
  }
  if (known.length < written.length) isCut = true;
  const ready = known.filter(({ from, to }) => {
    const ends = from === ANY ? [to] : [from, to];
    return addStates(...ends) && from !== "" && to !== "";
  });
  const left = new Set(known.map(({ from }) => from));
  return {
    name: readText(name),
    version: readText(version) || DEFAULT_VERSION,
    startingState,
    states: [...drawn],
    transitions: ready,
    finalStates: new Set([...drawn].filter((state) => !left.has(state))),
    isCut,
  };
}

function sketchTransition({ from, to, event, guard, after, deadline }: Record<string, unknown>): SketchedTransition {
  return {
    from: readText(from),
    to: readText(to),
    event: readText(event),
    guard: readExpression(guard),
    after: readText(after) || undefined,
    deadline: readExpression(deadline),
  };
}

/** Never more than the bytes that the same takes in a configuration. */
function countLetters({ from, to, event, guard, after, deadline }: SketchedTransition): number {
  const texts = [from, to, event, guard?.source, after, deadline?.source];
  return texts.reduce((sum, text = "") => sum + text.length, 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Empty without one. What is longer than it may be would make a picture of many megabytes. */
function readText(value: unknown, most = MAX_NAME): string {
  return typeof value === "string" ? value.slice(0, most) : "";
}

function readExpression(value: unknown): { readonly source: string } | undefined {
  const source = readText(value, LIMITS.expressionBytes);
  return source === "" ? undefined : { source };
}
