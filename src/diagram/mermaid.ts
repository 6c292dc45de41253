/** A diagram as text for mermaid: https://mermaid.js.org/syntax/stateDiagram.html */
import { toGraph, type Arrow, type Marks } from "./graph.ts";
import type { Sketch } from "./sketch.ts";
import { visibleCode } from "./text.ts";
import { joinTrigger } from "./trigger.ts";

// What mermaid reads as text everywhere; anything else could end a label or start a comment or a style.
const PLAIN = /^[\p{L}\p{M}\p{N} _.-]$/u;
/** U+2713: state diagrams have no styles for arrows. */
const CHECK_MARK = "#10003; ";
const CURRENT_STYLE = "fill:#1d4ed8,stroke:#1e3a8a,stroke-width:4px,color:#fff,font-weight:bold";
const VISITED_STYLE = "stroke-width:3px";

/**
 * The configuration as a mermaid `stateDiagram-v2`, the same text for the same configuration. States
 * get the ids s0, s1, ..., in their order, since a name may be any text; `*` is drawn from every state
 * that it stands for, and the events between two states share an arrow. With marks the current state and
 * the visited ones have a style, and the events that were taken a check mark.
 */
export function renderMermaid(sketch: Sketch, marks?: Marks): string {
  const { states, arrows, isCut } = toGraph(sketch, marks);
  const lines = ["stateDiagram-v2"];
  for (const [i, { name }] of states.entries()) lines.push(`  state "${escapeLabel(name)}" as s${i}`);
  const start = states.findIndex(({ isStart }) => isStart);
  if (start >= 0) lines.push(`  [*] --> s${start}`);
  const byState = Map.groupBy(arrows, ({ from }) => from);
  for (const [i, { isFinal }] of states.entries()) {
    for (const arrow of byState.get(i) ?? []) lines.push(`  s${i} --> s${arrow.to} : ${joinLabels(arrow)}`);
    if (isFinal) lines.push(`  s${i} --> [*]`);
  }
  if (isCut || sketch.isCut) lines.push("  %% more arrows than can be written: the rest is left out");
  const current = states.flatMap(({ isCurrent }, i) => (isCurrent ? [`s${i}`] : []));
  const visited = states.flatMap(({ isVisited, isCurrent }, i) => (isVisited && !isCurrent ? [`s${i}`] : []));
  if (current.length > 0) lines.push(`  classDef current ${CURRENT_STYLE}`, `  class ${current.join(",")} current`);
  if (visited.length > 0) lines.push(`  classDef visited ${VISITED_STYLE}`, `  class ${visited.join(",")} visited`);
  return `${lines.join("\n")}\n`;
}

function joinLabels({ events, moreEvents }: Arrow): string {
  const shown = events.map((event) => (event.isTaken ? CHECK_MARK : "") + joinTrigger(event, escapeLabel)).join(", ");
  return moreEvents > 0 ? `${shown}, and ${moreEvents} more` : shown;
}

/** Writes everything but letters, digits and a few signs as mermaid's `#code;`. */
export function escapeLabel(text: string): string {
  const points = Array.from(text.toWellFormed());
  return points
    .map((point, i) => {
      const outer = i === 0 || i === points.length - 1;
      return PLAIN.test(point) && !(outer && point === " ") ? point : `#${visibleCode(point)};`;
    })
    .join("");
}
