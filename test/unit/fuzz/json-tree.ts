/**
 * JSON as it is written, not as it is read: so a sample can get a key twice, a number without end or half a text, and
 * still be right everywhere else.
 */
import { HOSTILE_JSON, LARGE_JSON, HOSTILE_TEXTS, pick, type Edit } from "./mutations.ts";

type Tree = { raw: string } | { items: Tree[] } | { members: [key: string, member: Tree][] };

/** A place in a tree: the list or object, and which of its members. */
interface Place {
  readonly parent: Exclude<Tree, { raw: string }>;
  readonly index: number;
}

/** `value` as JSON text, with edits made to its parts. */
export function editJson(value: unknown, made: readonly Edit[]): string {
  // Around the value, so that it can be edited as a whole, too.
  const root: Tree = { items: [toTree(value)] };
  for (const edit of made) {
    const places = listPlaces(root);
    const place = pick(places, edit.at);
    const other = pick(places, edit.what);
    if (place !== undefined) pick(TREE_EDITS, edit.kind)(place, edit.what, other);
  }
  return root.items.map(print).join("");
}

const DEPTHS = [1, 2, 24, 30, 31, 32, 33, 41, 1_000];
const COUNTS = [2, 10, 64, 65, 101, 501];
/** Characters. */
const MOST_ADDED = 8_000;

type TreeEdit = (place: Place, what: number, other: Place) => void;

const TREE_EDITS: readonly TreeEdit[] = [
  (place, what) => put(place, { raw: what % 150 === 0 ? pick(LARGE_JSON, what / 150) : pick(HOSTILE_JSON, what) }),
  (place, what) => put(place, { raw: JSON.stringify(pick(HOSTILE_TEXTS, what)) }),
  ({ parent, index }) => void contentOf(parent).splice(index, 1),
  ({ parent, index }) => insert(parent, index, [keyAt(parent, index), at({ parent, index })]),
  ({ parent, index }, what) => insert(parent, index, [pick(HOSTILE_TEXTS, what), at({ parent, index })]),
  rename((_key, what) => pick(HOSTILE_TEXTS, what)),
  rename((key) => key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())),
  rename((key, what) => key.slice(0, what % (key.length + 1)) + key.slice((what % (key.length + 1)) + 1)),
  (place, what) => put(place, wrap(at(place), pick(DEPTHS, what), what)),
  (place, _what, other) => put(place, copy(at(other))),
  (place) => put(place, retype(at(place))),
  (place) => put(place, { items: [at(place)] }),
  ({ parent, index }, what) => {
    // Crowds of small things: of large ones a few are as good, and cheaper.
    const most = Math.ceil(MOST_ADDED / print(at({ parent, index })).length);
    for (let left = Math.min(pick(COUNTS, what), most); left > 0; left -= 1) {
      insert(parent, index, [`${keyAt(parent, index)}${left}`, at({ parent, index })]);
    }
  },
  (place, what) => {
    const tree = at(place);
    if ("raw" in tree && tree.raw.startsWith('"')) put(place, { raw: lengthen(tree.raw, what) });
  },
  ({ parent }) => void contentOf(parent).push(...contentOf(parent).splice(0).toReversed()),
];

function toTree(value: unknown): Tree {
  if (Array.isArray(value)) return { items: value.map(toTree) };
  if (typeof value !== "object" || value === null) return { raw: JSON.stringify(value) ?? "null" };
  return { members: Object.entries(value).map(([key, member]) => [key, toTree(member)]) };
}

function print(tree: Tree): string {
  if ("raw" in tree) return tree.raw;
  if ("items" in tree) return `[${tree.items.map(print).join(",")}]`;
  return `{${tree.members.map(([key, member]) => `${JSON.stringify(key)}:${print(member)}`).join(",")}}`;
}

function listPlaces(tree: Tree, depth = 0): Place[] {
  if ("raw" in tree || depth > 40) return [];
  const children = "items" in tree ? tree.items : tree.members.map(([, member]) => member);
  return children.flatMap((child, index) => [{ parent: tree, index }, ...listPlaces(child, depth + 1)]);
}

function contentOf(parent: Place["parent"]): unknown[] {
  return "items" in parent ? parent.items : parent.members;
}

function at({ parent, index }: Place): Tree {
  const found = "items" in parent ? parent.items[index] : parent.members[index]?.[1];
  return found ?? { raw: "null" };
}

function keyAt(parent: Place["parent"], index: number): string {
  return "items" in parent ? "" : (parent.members[index]?.[0] ?? "");
}

function put({ parent, index }: Place, tree: Tree): void {
  if ("items" in parent) parent.items[index] = tree;
  else parent.members[index] = [keyAt(parent, index), tree];
}

function insert(parent: Place["parent"], index: number, [key, tree]: [string, Tree]): void {
  if ("items" in parent) parent.items.splice(index, 0, copy(tree));
  else parent.members.splice(index, 0, [key, copy(tree)]);
}

function rename(how: (key: string, what: number) => string): TreeEdit {
  return ({ parent, index }, what) => {
    const tree = at({ parent, index });
    if ("members" in parent) parent.members[index] = [how(keyAt(parent, index), what), tree];
    else if ("raw" in tree) parent.items[index] = { raw: JSON.stringify(how(tree.raw.slice(1, -1), what)) };
  };
}

function wrap(tree: Tree, depth: number, what: number): Tree {
  const [open, close] = what % 2 === 0 ? ["[", "]"] : ['{"a":', "}"];
  return { raw: open.repeat(depth) + print(tree) + close.repeat(depth) };
}

/** What is a text becomes a number and the other way round; a list becomes an object. */
function retype(tree: Tree): Tree {
  if ("items" in tree) return { members: tree.items.map((item, index) => [String(index), item]) };
  if ("members" in tree) return { items: tree.members.map(([, member]) => member) };
  return { raw: tree.raw.startsWith('"') ? tree.raw.slice(1, -1).length.toString() : JSON.stringify(tree.raw) };
}

function lengthen(raw: string, what: number): string {
  const inside = raw.slice(1, -1);
  const middle = what % (inside.length + 1);
  const added = JSON.stringify(pick(HOSTILE_TEXTS, what)).slice(1, -1);
  // Not in the middle of an escape.
  return inside.includes("\\") ? raw : `"${inside.slice(0, middle)}${added}${inside.slice(middle)}"`;
}

function copy(tree: Tree): Tree {
  if ("raw" in tree) return tree;
  if ("items" in tree) return { items: tree.items.map(copy) };
  return { members: tree.members.map(([key, member]) => [key, copy(member)]) };
}
