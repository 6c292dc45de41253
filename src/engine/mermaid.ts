import type { Configuration } from "./configuration.ts";

// What mermaid reads as text everywhere; anything else could end a label or start a comment or a style.
const PLAIN = /^[\p{L}\p{M}\p{N} _.-]$/u;
const LABELS_PER_ARROW = 20;
/** As many as a configuration can have without `*`; a hostile one with `*` would have 250,000. */
const MAX_ARROWS = 5_000;

/**
 * The configuration as a mermaid `stateDiagram-v2`, the same text for the same configuration. States
 * get the ids s0, s1, ..., in their order, since a name may be any text; `*` is drawn from every state
 * that it stands for, and the events between two states share an arrow.
 */
export function renderMermaid(configuration: Configuration): string {
  const ids = new Map(configuration.states.map((state, i) => [state, `s${i}`]));
  const idOf = (state: string): string => ids.get(state) ?? "";
  const lines = ["stateDiagram-v2"];
  for (const state of configuration.states) lines.push(`  state "${escapeLabel(state)}" as ${idOf(state)}`);
  lines.push(`  [*] --> ${idOf(configuration.startingState)}`);
  let arrows = 0;
  for (const state of configuration.states) {
    if (arrows > MAX_ARROWS) {
      lines.push(`  %% more than ${MAX_ARROWS} arrows: the rest is left out`);
      break;
    }
    for (const [to, events] of groupByTarget(configuration, state)) {
      arrows += 1;
      lines.push(`  ${idOf(state)} --> ${idOf(to)} : ${joinLabels(events)}`);
    }
    if (configuration.finalStates.has(state)) lines.push(`  ${idOf(state)} --> [*]`);
  }
  return `${lines.join("\n")}\n`;
}

function groupByTarget(configuration: Configuration, state: string): Map<string, string[]> {
  const targets = new Map<string, string[]>();
  for (const [event, [first]] of configuration.edges.get(state) ?? []) {
    if (!first) continue; // the others are never taken
    const events = targets.get(first.to);
    if (events) events.push(event);
    else targets.set(first.to, [event]);
  }
  return targets;
}

function joinLabels(events: readonly string[]): string {
  const shown = events.slice(0, LABELS_PER_ARROW).map(escapeLabel).join(", ");
  const more = events.length - LABELS_PER_ARROW;
  return more > 0 ? `${shown}, and ${more} more` : shown;
}

/** Writes everything but letters, digits and a few signs as mermaid's `#code;`. */
function escapeLabel(text: string): string {
  const points = Array.from(text.toWellFormed());
  return points
    .map((point, i) => {
      const outer = i === 0 || i === points.length - 1;
      return PLAIN.test(point) && !(outer && point === " ") ? point : `#${visibleCode(point)};`;
    })
    .join("");
}

/** The code point to show: control characters are not allowed in SVG, so their pictures stand in. */
function visibleCode(point: string): number {
  const code = point.codePointAt(0) ?? 0xfffd;
  if (code < 0x20) return 0x2400 + code;
  if (code === 0x7f) return 0x2421;
  const invalidInXml = (code >= 0x80 && code <= 0x9f) || code === 0xfffe || code === 0xffff;
  return invalidInXml ? 0xfffd : code;
}
