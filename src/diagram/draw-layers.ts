/** The picture of states in layers. */
import { drawGroup, drawPath, drawTitle, round, takenLast, type Drawing } from "./draw.ts";
import type { Arrow, DrawnState, Graph } from "./graph.ts";
import type { Point } from "./dagre.ts";
import { ANY_NAME, ANY_NOTE, CUT_NOTE, LINE_HEIGHT, type ArrowLabel, type StateLabel } from "./labels.ts";
import { DOT_RADIUS, type Box, type LayeredLayout, type Route } from "./layered.ts";
import { escapeXml } from "./text.ts";

const CORNER = 9;
/** Between the two lines of a final state. */
const INSET = 3.5;

export function drawLayers(
  graph: Graph,
  layout: LayeredLayout,
  states: readonly StateLabel[],
  labels: readonly ArrowLabel[],
  inlineAs: string | undefined,
): Drawing {
  const order = takenLast(graph.arrows);
  const { anyBox } = layout;
  const elements = [
    ...drawStart(layout, layout.boxes[graph.states.findIndex(({ isStart }) => isStart)], inlineAs),
    ...order.map((i) => drawArrow(graph.arrows[i] as Arrow, layout, layout.routes[i] as Route, inlineAs)),
    ...graph.states.map((state, i) =>
      drawGroup(state, i, inlineAs, drawState(state, layout.boxes[i] as Box, states[i] as StateLabel)),
    ),
    ...(anyBox === undefined ? [] : [drawAny(anyBox)]),
    ...order.map((i) => drawLabel(layout.routes[i] as Route, labels[i] as ArrowLabel)),
  ];
  const notes = [...(graph.isCut ? [CUT_NOTE] : []), ...(anyBox === undefined ? [] : [ANY_NOTE])];
  return { width: layout.width, height: layout.height, elements, notes };
}

function drawStart({ dot, isSideways }: LayeredLayout, box: Box | undefined, inlineAs: string | undefined): string[] {
  if (dot === undefined || box === undefined) return [];
  const { x, y, width, height } = box;
  const d = isSideways
    ? `M${round(dot.x)} ${round(dot.y + DOT_RADIUS)}V${round(y - height / 2)}`
    : `M${round(dot.x + DOT_RADIUS)} ${round(dot.y)}H${round(x - width / 2)}`;
  const circle = `<circle class="d-dot" cx="${round(dot.x)}" cy="${round(dot.y)}" r="${DOT_RADIUS}"/>`;
  return [circle + drawPath({ isTaken: false }, d, inlineAs)];
}

function drawArrow(
  arrow: Arrow,
  { boxes, isSideways }: LayeredLayout,
  { points }: Route,
  inlineAs: string | undefined,
): string {
  if (points.length > 0) return drawPath(arrow, pathOf(points, isSideways), inlineAs);
  const { x, y, width, height } = boxes[arrow.to] as Box;
  return isSideways
    ? drawPath(arrow, `M${round(x - 8)} ${round(y + height / 2)}c-20 36 36 36 16 0`, inlineAs)
    : drawPath(arrow, `M${round(x + width / 2)} ${round(y - 8)}c36 -20 36 36 0 16`, inlineAs);
}

/** Straight where it passes a layer, and in an even bend from one to the next. */
function pathOf(points: readonly Point[], isSideways: boolean): string {
  let d = "";
  let before: Point | undefined;
  for (const [i, point] of points.entries()) {
    const [x, y] = [round(point.x), round(point.y)];
    if (before === undefined) d = `M${x} ${y}`;
    else if (i % 2 === 0 || (isSideways ? before.y === y : before.x === x)) d += isSideways ? `H${x}` : `V${y}`;
    else if (isSideways) {
      const half = round((before.x + x) / 2);
      d += `C${half} ${before.y} ${half} ${y} ${x} ${y}`;
    } else {
      const half = round((before.y + y) / 2);
      d += `C${before.x} ${half} ${x} ${half} ${x} ${y}`;
    }
    before = { x, y };
  }
  return d;
}

function drawState({ isFinal }: DrawnState, box: Box, { text, count, title }: StateLabel): string {
  const inner = isFinal ? drawRect("d-inner", box, INSET) : "";
  const line = (kind: string, down: number, content: string): string =>
    `<text class="${kind}" x="${round(box.x)}" y="${round(box.y + down)}">${escapeXml(content)}</text>`;
  const lines =
    count === undefined ? line("d-inside", 5, text) : line("d-inside", -4, text) + line("d-inside d-note", 14, count);
  return drawTitle(title) + drawRect("d-box", box, 0) + inner + lines;
}

function drawAny(box: Box): string {
  return (
    `<g class="d-state d-any">${drawTitle(ANY_NOTE)}${drawRect("d-box", box, 0)}` +
    `<text x="${round(box.x)}" y="${round(box.y + 5)}">${ANY_NAME}</text></g>`
  );
}

function drawRect(kind: string, { x, y, width, height }: Box, inset: number): string {
  const [left, top] = [round(x - width / 2 + inset), round(y - height / 2 + inset)];
  const size = `width="${round(width - 2 * inset)}" height="${round(height - 2 * inset)}"`;
  return `<rect class="${kind}" x="${left}" y="${top}" ${size} rx="${CORNER - inset}"/>`;
}

function drawLabel({ label }: Route, { lines, width, height, title }: ArrowLabel): string {
  const [left, top] = [label.x - width / 2, label.y - height / 2];
  const paper = `<rect x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" rx="3"/>`;
  const texts = lines.map(({ text, isTaken }, k) => {
    const kind = isTaken ? ' class="d-was-taken"' : "";
    const y = round(top + (k + 1) * LINE_HEIGHT - 2);
    return `<text${kind} x="${round(label.x)}" y="${y}">${escapeXml(text)}</text>`;
  });
  return `<g class="d-label">${drawTitle(title)}${paper}${texts.join("")}</g>`;
}
