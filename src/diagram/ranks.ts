/**
 * In which layer each state stands: every arrow leads to a later layer, except those that lead back. dagre could find
 * layers itself, but its time for that has no useful bound (3 s for 500 states and 700 arrows), and how much work the rest
 * of the layout will be can only be told from the layers.
 */

export interface Link {
  readonly from: number;
  readonly to: number;
}

export interface Ranks {
  /** Layer of each node; the first is 0. */
  readonly ranks: readonly number[];
  /** Whether each link leads back, against the layers. */
  readonly isBack: readonly boolean[];
  /** The nodes in an order in which only those links lead back. */
  readonly order: readonly number[];
}

/** Passes over all nodes that shorten arrows; the first few do nearly all of it. */
const PASSES = 12;

/** Layers of the nodes 0 to count-1. Links must not be loops; `roots` are where reading starts. */
export function rankNodes(count: number, links: readonly Link[], roots: readonly number[]): Ranks {
  const outgoing = listByNode(count, links, ({ from }) => from);
  const { isBack, order } = findBackLinks(count, links, outgoing, roots);
  const downward = links.map(({ from, to }, i) => (isBack[i] ? { from: to, to: from } : { from, to }));
  const below = listByNode(count, downward, ({ from }) => from);
  const above = listByNode(count, downward, ({ to }) => to);
  const ranks = Array.from({ length: count }, () => 0);
  for (const node of order)
    for (const link of below[node] ?? []) {
      const { to } = downward[link] as Link;
      ranks[to] = Math.max(ranks[to] ?? 0, (ranks[node] ?? 0) + 1);
    }
  for (let pass = 0; pass < PASSES; pass++) {
    let moved = false;
    for (const node of pass % 2 === 0 ? order.toReversed() : order) {
      const lowest = Math.max(-Infinity, ...(above[node] ?? []).map((i) => (ranks[downward[i]?.from ?? 0] ?? 0) + 1));
      const highest = Math.min(Infinity, ...(below[node] ?? []).map((i) => (ranks[downward[i]?.to ?? 0] ?? 0) - 1));
      const pull = (below[node]?.length ?? 0) - (above[node]?.length ?? 0);
      // Each step towards the side with more arrows shortens them by the difference.
      const wanted = pull > 0 ? highest : pull < 0 ? lowest : (ranks[node] ?? 0);
      if (wanted === ranks[node] || !Number.isFinite(wanted)) continue;
      ranks[node] = wanted;
      moved = true;
    }
    if (!moved) break;
  }
  const first = Math.min(...ranks);
  return { ranks: ranks.map((rank) => rank - first), isBack, order };
}

function listByNode(count: number, links: readonly Link[], nodeOf: (link: Link) => number): number[][] {
  const lists = Array.from({ length: count }, (): number[] => []);
  for (const [i, link] of links.entries()) lists[nodeOf(link)]?.push(i);
  return lists;
}

/** Depth first: a link to a node that is still being followed closes a circle. `order` is one in which no other link leads back. */
function findBackLinks(
  count: number,
  links: readonly Link[],
  outgoing: readonly (readonly number[])[],
  roots: readonly number[],
) {
  const NEW = 0;
  const OPEN = 1;
  const DONE = 2;
  const marks = Array.from({ length: count }, () => NEW);
  const isBack = links.map(() => false);
  const finished: number[] = [];
  const visit = (root: number): void => {
    if (marks[root] !== NEW) return;
    marks[root] = OPEN;
    // A stack of its own: a chain of 500 states would be as deep a recursion.
    const stack = [{ node: root, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const link = outgoing[top.node]?.[top.next++];
      if (link === undefined) {
        marks[top.node] = DONE;
        finished.push(top.node);
        stack.pop();
        continue;
      }
      const to = links[link]?.to ?? 0;
      if (marks[to] === OPEN) isBack[link] = true;
      else if (marks[to] === NEW) {
        marks[to] = OPEN;
        stack.push({ node: to, next: 0 });
      }
    }
  };
  for (const root of roots) visit(root);
  for (let node = 0; node < count; node++) visit(node);
  return { isBack, order: finished.toReversed() };
}
