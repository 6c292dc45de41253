/**
 * A diagram as a picture: SVG that stands alone (no script, nothing loaded), light or dark as its reader has it, and the
 * same bytes for the same configuration and marks.
 */
import { headId, round, type Drawing } from "./draw.ts";
import { toGraph, type DrawnState, type Graph, type Marks } from "./graph.ts";
import { drawLayers } from "./draw-layers.ts";
import { drawRing } from "./draw-ring.ts";
import { EMPTY_NOTE, EXCESS_NOTE, labelArrow, labelState } from "./labels.ts";
import { layOutInLayers } from "./layered.ts";
import { layOutOnRing } from "./ring.ts";
import type { Sketch } from "./sketch.ts";
import { STYLE } from "./style.ts";
import { escapeXml, estimateWidth, shorten, showText } from "./text.ts";

/** With `*` written out, more arrows than this hide what is particular. */
const WRITTEN_OUT_ARROWS = 40;
const MARGIN = 24;
const HEADING_HEIGHT = 34;
const HEADING_FONT = { size: 15, isBold: true };
const NOTE_FONT = { size: 12 };
const NOTE_HEIGHT = 18;
const LEGEND_WIDTH = 330;
const LEGEND_HEIGHT = 30;
const MIN_WIDTH = 260;
const MAX_HEADING = 900;
const NAMES_HEARD = 20;

/** What a picture has beyond its configuration, and where it stands. */
export interface PictureOptions {
  readonly marks?: Marks | undefined;
  /** Machines in each state, by its name: every state says how many, one that is not in the map 0. */
  readonly counts?: ReadonlyMap<string, number> | undefined;
  /**
   * For a page that has the picture inline: what its ids begin with, a word of letters, digits and hyphens that no other
   * picture of the page has. It is without heading, background and style, which the page takes from STYLE; each state's
   * group has `data-state`, its position in the sketch's states, and is open to whoever hears the page.
   */
  readonly inlineAs?: string | undefined;
}

/** The picture of a configuration; `title` says whose. Takes at most about a second of CPU, and is a few MB at most. */
export function renderSvg(sketch: Sketch, title: string, options: PictureOptions = {}): string {
  const { marks, counts, inlineAs } = options;
  const isInline = inlineAs !== undefined;
  let graph = toGraph(sketch, marks);
  const hasAny = sketch.transitions.some(({ from }) => from === "*");
  const count = graph.arrows.length;
  // While no state has an arrow of its own, `*` stands for none, and would not be seen.
  if (hasAny && (count > WRITTEN_OUT_ARROWS || count === 0)) graph = toGraph(sketch, marks, true);
  if (counts) graph = countStates(graph, counts);
  const drawing = draw(graph, inlineAs);
  const notes = [...drawing.notes, ...(sketch.isCut ? [EXCESS_NOTE] : [])];
  const heading = isInline ? "" : shorten(showText(title), HEADING_FONT, MAX_HEADING);
  const top = MARGIN + (isInline ? 0 : HEADING_HEIGHT);
  const notesWidth = Math.max(0, ...notes.map((note) => estimateWidth(note, NOTE_FONT)));
  const legendWidth = graph.isMarked ? LEGEND_WIDTH : 0;
  const inner = Math.max(MIN_WIDTH, drawing.width, estimateWidth(heading, HEADING_FONT), notesWidth, legendWidth);
  const width = Math.ceil(inner + 2 * MARGIN);
  const below = top + Math.ceil(drawing.height) + MARGIN;
  const legendAt = below;
  const notesAt = below + (graph.isMarked ? LEGEND_HEIGHT : 0);
  const height = notesAt + notes.length * NOTE_HEIGHT + (notes.length > 0 || graph.isMarked ? 10 : 0);
  const left = round((width - drawing.width) / 2);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="d-diagram" role="${isInline ? "group" : "img"}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escapeXml(showText(title))}</title>`,
    `<desc>${escapeXml(describe(graph))}</desc>`,
    ...(isInline ? [] : [`<style>${STYLE}</style>`]),
    `<defs>${arrowHead(headId(false, inlineAs), "d-head", 9)}${arrowHead(headId(true, inlineAs), "d-taken-head", 12)}</defs>`,
    ...(isInline
      ? []
      : [
          `<rect class="d-paper" width="${width}" height="${height}"/>`,
          `<text class="d-heading" x="${MARGIN}" y="${MARGIN + 10}">${escapeXml(heading)}</text>`,
        ]),
    `<g transform="translate(${left} ${top})">`,
    ...drawing.elements,
    "</g>",
    ...(graph.isMarked ? drawLegend(MARGIN, legendAt) : []),
    ...notes.map(
      (note, i) => `<text class="d-note" x="${MARGIN}" y="${notesAt + 12 + i * NOTE_HEIGHT}">${escapeXml(note)}</text>`,
    ),
    "</svg>",
    "",
  ].join("\n");
}

function countStates(graph: Graph, counts: ReadonlyMap<string, number>): Graph {
  return { ...graph, states: graph.states.map((state) => ({ ...state, count: counts.get(state.name) ?? 0 })) };
}

function draw(graph: Graph, inlineAs: string | undefined): Drawing {
  if (graph.states.length === 0) return { width: 0, height: 0, elements: [], notes: [EMPTY_NOTE] };
  const states = graph.states.map((state) => labelState(state));
  const labels = graph.arrows.map((arrow) => labelArrow(graph, arrow));
  const layered = layOutInLayers(
    graph,
    states.map(({ box }) => box),
    labels,
  );
  if (layered !== undefined) return drawLayers(graph, layered, states, labels, inlineAs);
  return drawRing(graph, layOutOnRing(graph), labels, inlineAs);
}

/** For whoever hears the picture. */
function describe({ states, arrows, isMarked }: Graph): string {
  const starts = states.filter(({ isStart }) => isStart);
  const finals = states.filter(({ isFinal }) => isFinal);
  const sentences = [
    `A state machine with ${states.length} states, drawn with ${arrows.length} arrows.`,
    starts.length > 0 ? `It starts in ${namesOf(starts)}.` : "Where it starts is not said.",
    finals.length > 0 ? `Final: ${namesOf(finals)}.` : "No state is final.",
  ];
  if (isMarked) {
    const current = states.filter(({ isCurrent }) => isCurrent);
    const visited = states.filter(({ isVisited }) => isVisited);
    if (current.length > 0) sentences.push(`Current: ${namesOf(current)}.`);
    if (visited.length > 0) sentences.push(`Visited: ${namesOf(visited)}.`);
  }
  const counted = states.filter(({ count = 0 }) => count > 0);
  if (counted.length > 0)
    sentences.push(`Machines: ${namesOf(counted, ({ name, count }) => `${count} in ${showText(name)}`)}.`);
  return sentences.join(" ");
}

function namesOf(found: readonly DrawnState[], say = ({ name }: DrawnState): string => showText(name)): string {
  const names = found.slice(0, NAMES_HEARD).map((state) => say(state));
  const more = found.length - names.length;
  return more > 0 ? `${names.join(", ")}, and ${more} more` : names.join(", ");
}

function drawLegend(x: number, y: number): string[] {
  const swatch = (at: number, kind: string): string =>
    `<g class="${kind}"><rect class="d-box" x="${at}" y="${y}" width="26" height="14" rx="5"/></g>`;
  const word = (at: number, text: string): string => `<text class="d-note" x="${at}" y="${y + 11}">${text}</text>`;
  return [
    swatch(x, "d-current"),
    word(x + 34, "current state"),
    swatch(x + 126, "d-visited"),
    word(x + 160, "visited"),
    `<path class="d-arrow d-taken" d="M${x + 218} ${y + 7}h28"/>`,
    word(x + 254, "✓ taken"),
  ];
}

function arrowHead(id: string, kind: string, size: number): string {
  return `<marker id="${id}" class="${kind}" viewBox="0 0 10 10" refX="9.5" refY="5" markerUnits="userSpaceOnUse" markerWidth="${size}" markerHeight="${size}" orient="auto"><path d="M0 0.8 10 5 0 9.2 2 5z"/></marker>`;
}
