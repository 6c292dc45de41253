/** Where arrows meet the sides of their states. */
import type { Ends } from "./layer-plan.ts";
import type { Point } from "./dagre.ts";
import type { Box } from "./layered.ts";

/** Between arrows that meet at one side of a state, if there is room. */
const PORT_GAP = 14;
/** Corners are round. */
const PORT_MARGIN = 12;

/**
 * The x at which each route leaves the bottom of its upper, or enters the top of its lower state, by the route's position:
 * in the order in which they come, apart, and as straight as the state is wide.
 */
export function assignPorts(
  boxes: readonly Box[],
  routes: readonly (Ends & { readonly points: readonly Point[] })[],
  end: "upper" | "lower",
): Map<number, number> {
  const ports = new Map<number, number>();
  const numbered = routes.map((route, i) => ({ i, route }));
  for (const [node, meeting] of Map.groupBy(numbered, ({ route }) => route[end])) {
    const box = boxes[node] as Box;
    const reach = Math.max(0, box.width / 2 - PORT_MARGIN);
    const wish = ({ points }: { readonly points: readonly Point[] }): number =>
      (end === "upper" ? points[0] : points.at(-1))?.x ?? box.x;
    const sorted = meeting.toSorted((a, b) => wish(a.route) - wish(b.route));
    const gap = sorted.length > 1 ? Math.min(PORT_GAP, (2 * reach) / (sorted.length - 1)) : 0;
    let least = box.x - reach;
    for (const [k, { i, route }] of sorted.entries()) {
      const most = box.x + reach - gap * (sorted.length - 1 - k);
      const x = Math.min(most, Math.max(least, wish(route)));
      ports.set(i, x);
      least = x + gap;
    }
  }
  return ports;
}
