/** What is written of a transition: `event after P2D [guard]`, the order and the brackets of UML. */
import type { SketchedTransition } from "./sketch.ts";
import { shorten, showText } from "./text.ts";

export interface Trigger {
  /** Of the event, as the configuration has it. */
  readonly name: string;
  /** When Detent sends the event itself: `after P2D`, `at data.due`; otherwise empty. */
  readonly when: string;
  /** Empty without one. */
  readonly guard: string;
}

/** Stands for an event that has no name yet. */
const NAMELESS = "?";
const EM = { size: 1 };
/** Some 60 letters: an expression may have 2,048, and what a picture has of it is to remind, not to explain. */
const EXPRESSION_EMS = 36;
/** A duration is seldom longer than ten letters, and never than 64. */
const DURATION_EMS = 18;

/** Expressions are on one line, as they can be shown, and if need be without their middle. */
export function readTrigger({ event, guard, after, deadline }: SketchedTransition): Trigger {
  return {
    name: event,
    when: after === undefined ? (deadline ? `at ${cut(deadline.source)}` : "") : `after ${cut(after, DURATION_EMS)}`,
    guard: guard ? cut(guard.source) : "",
  };
}

/** The parts put together, each as `fit` makes it. */
export function joinTrigger(
  { name, when, guard }: Trigger,
  fit: (text: string, part: keyof Trigger) => string = (text) => text,
): string {
  const timing = when === "" ? "" : ` ${fit(when, "when")}`;
  return fit(name || NAMELESS, "name") + timing + (guard === "" ? "" : ` [${fit(guard, "guard")}]`);
}

function cut(expression: string, ems = EXPRESSION_EMS): string {
  const lines = expression.split(/[\r\n]/).map((line) => line.trim());
  return shorten(showText(lines.filter((line) => line !== "").join(" ")), EM, ems);
}
