/** What was seen, drawn as a mermaid `stateDiagram-v2`: https://mermaid.js.org/syntax/stateDiagram.html. Pure. */
import { escapeLabel } from "../diagram/mermaid.ts";
import type { Configuration } from "../engine/configuration.ts";
import type { Seen } from "./seen.ts";

/** What a creation is called among events. */
const CREATE = "create";
const START = "[*]";

/**
 * The diagram of what has happened, the same text whatever the order it happened in: states and events as the
 * configuration has them, then what it does not have by name. With refusals an event that changed nothing is an arrow from
 * a state to itself, marked, with its reason in a comment above.
 */
export function drawSeen(configuration: Configuration, seen: Seen, withRefusals: boolean): string {
  const { states, events, finalStates } = configuration;
  const stays = withRefusals ? seen.stays : [];
  const inStays = stays.flatMap(({ state }) => (state === null ? [] : [state]));
  const drawn = new Set([...seen.visited, ...inStays]);
  const eventNames = [...seen.moves.map(({ event }) => event), ...stays.flatMap(({ event }) => event ?? [])];
  const stateRank = rankOf(states, drawn);
  const eventRank = rankOf(events, eventNames);
  const idOf = (state: string | null): string => (state === null ? START : `s${stateRank(state)}`);
  const lines = [...drawn]
    .toSorted((a, b) => stateRank(a) - stateRank(b))
    .map((state) => `  state "${escapeLabel(state)}" as ${idOf(state)}`);
  const arrows = [
    ...[...seen.created].map((to) => ({
      key: [-1, -1, stateRank(to)],
      text: [`  ${START} --> ${idOf(to)} : ${CREATE}`],
    })),
    ...seen.moves.map(({ from, event, to }) => ({
      key: [stateRank(from), eventRank(event), stateRank(to)],
      text: [`  ${idOf(from)} --> ${idOf(to)} : ${escapeLabel(event)}`],
    })),
    ...stays.map(({ state, event, outcome }) => ({
      // Behind what the same event does elsewhere.
      key: [state === null ? -1 : stateRank(state), event === null ? -1 : eventRank(event), Infinity],
      text: drawStay(idOf(state), event, outcome),
    })),
  ];
  for (const { text } of arrows.toSorted((a, b) => compareKeys(a, b))) lines.push(...text);
  for (const state of states)
    if (drawn.has(state) && finalStates.has(state)) lines.push(`  ${idOf(state)} --> ${START}`);
  return `${["stateDiagram-v2", ...lines].join("\n")}\n`;
}

function drawStay(id: string, event: string | null, outcome: string): string[] {
  const name = event === null ? CREATE : escapeLabel(event);
  if (outcome === "ignored" || outcome === "deferred") return [`  ${id} --> ${id} : ${name} (${outcome})`];
  return [`  %% error=${outcome}`, `  ${id} --> ${id} : ❌${name}`];
}

interface Arrow {
  readonly key: readonly number[];
  readonly text: readonly string[];
}

function compareKeys(a: Arrow, b: Arrow): number {
  const at = a.key.findIndex((rank, i) => rank !== b.key[i]);
  if (at >= 0) return (a.key[at] ?? 0) - (b.key[at] ?? 0);
  return a.text.join() < b.text.join() ? -1 : 1;
}

/** Places of names: those of the configuration in its order, then all others in theirs. */
function rankOf(known: readonly string[], met: Iterable<string>): (name: string) => number {
  const others = [...new Set(met)].filter((name) => !known.includes(name)).toSorted();
  const ranks = new Map([...known, ...others].map((name, i) => [name, i]));
  return (name) => ranks.get(name) ?? ranks.size;
}
