/** dagre (https://github.com/dagrejs/dagre), which lays out graphs after Sugiyama: the only file that knows it. */
import { Graph as LayoutGraph, layout } from "@dagrejs/dagre";
import type { Size } from "./labels.ts";
import type { Ends, Gaps } from "./layer-plan.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  /** One for each layer that it passes on its way. */
  readonly turns: readonly Point[];
  /** The middle of its label. */
  readonly label: Point;
}

export interface PlacedGraph extends Size {
  /** The middle of each node. */
  readonly nodes: readonly Point[];
  readonly edges: readonly PlacedEdge[];
}

/** Nodes in given layers, from top to bottom; no edge is a loop. */
export function placeGraph(
  nodes: readonly (Size & { readonly rank: number })[],
  edges: readonly (Ends & Size)[],
  gaps: Gaps,
): PlacedGraph {
  const graph = new LayoutGraph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", ranker: "none", nodesep: gaps.node, edgesep: gaps.edge, ranksep: 2 * gaps.layer });
  for (const [i, node] of nodes.entries()) graph.setNode(`n${i}`, { ...node });
  for (const [i, { upper, lower, width, height }] of edges.entries())
    graph.setEdge(`n${upper}`, `n${lower}`, { width, height, labelpos: "c" }, `e${i}`);
  layout(graph, { useDynamic: false });
  const { width = 0, height = 0 } = graph.graph() as Partial<Size>;
  // Where nothing else decides, dagre puts last what comes first.
  const mirror = ({ x = 0, y = 0 }: Partial<Point>): Point => ({ x: width - x, y });
  return {
    width,
    height,
    nodes: nodes.map((_, i) => mirror(graph.node(`n${i}`) as Partial<Point>)),
    edges: edges.map(({ upper, lower }, i) => {
      const placed = graph.edge(`n${upper}`, `n${lower}`, `e${i}`) as Partial<Point> & { points?: Point[] };
      // The first and the last are where it meets its nodes.
      return { turns: (placed.points ?? []).slice(1, -1).map(mirror), label: mirror(placed) };
    }),
  };
}
