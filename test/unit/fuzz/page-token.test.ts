/** Page tokens and cursors of feeds, with all else that a query of a list says: read, or refused. */
import * as fc from "fast-check";
import { readPageToken, signPageToken } from "../../../src/service/paging.ts";
import { askJson } from "./doors.ts";
import { nextHouse } from "./house.ts";
import { editText, edits, HOSTILE_TEXTS, pick, type Edit } from "./mutations.ts";
import { ACCEPTED, fuzz } from "./target.ts";

/** What tokens of our lists stand for. */
const POSITIONS = ["orders", "1000000:order-1", "3", "0", '{"createdAt":1,"id":"j"}', "5000-77", "é\u{1f600}", ""];
const BINDINGS = [["t", "configurations", ""], ["t", "dead-letters"], ["t", "statemachines", "id"], ["t", "jobs"], []];

interface Token {
  readonly binding: number;
  readonly position: number;
  readonly made: readonly Edit[];
}

const tokens: fc.Arbitrary<Token> = fc.record({
  binding: fc.nat({ max: BINDINGS.length - 1 }),
  position: fc.nat({ max: POSITIONS.length - 1 }),
  made: edits,
});

async function tokenOf({ binding, position, made }: Token): Promise<string> {
  const { house } = await nextHouse();
  return editText(await signPageToken(house, pick(BINDINGS, binding), pick(POSITIONS, position)), made);
}

fuzz<Token>({
  name: "a page token is the position that was signed, or refused",
  inputs: tokens,
  describe: (token) => JSON.stringify(token),
  accepted: 0.15,
  reasons: 2,
  feed: async (token) => {
    const { house } = await nextHouse();
    const text = await tokenOf(token);
    const read = await readPageToken(house, pick(BINDINGS, token.binding), text);
    if (read === undefined) return "empty";
    if (read !== pick(POSITIONS, token.position)) throw new Error(`a forged token was taken: ${text} for ${read}`);
    const other = await readPageToken(house, ["t", "other"], text).catch(() => undefined);
    if (other !== undefined) throw new Error(`a token was taken by another list: ${text}`);
    return ACCEPTED;
  },
});

/** Lists, and how the first page of each is asked for, so that it gives out a token. */
const LISTS = [
  { path: "/api/v1/configurations", query: "page_size=2", token: "page_token" },
  { path: "/api/v1/statemachines", query: "configuration=orders&page_size=1", token: "page_token" },
  {
    path: "/api/v1/statemachines",
    query: "configuration=orders&page_size=1&order=-updated_at",
    token: "page_token",
  },
  { path: "/api/v1/statemachines/orders/order-1/history", query: "page_size=1", token: "page_token" },
  { path: "/api/v1/statemachines/orders/order-1/history", query: "page_size=1&refused=true", token: "page_token" },
  { path: "/api/v1/transitions", query: "page_size=1", token: "after" },
  { path: "/api/v1/failures", query: "page_size=1&configuration=orders", token: "after" },
  { path: "/api/v1/dead-letters", query: "page_size=1", token: "page_token" },
  { path: "/api/v1/jobs", query: "page_size=1", token: "page_token" },
  { path: "/api/v1/jobs/none", query: "page_size=1", token: "page_token" },
];

const PARAMETERS = (
  "page_size pageSize page_token after wait order refused state updated_after " +
  "label.region label.__proto__ label. label configuration __proto__ x"
).split(" ");

interface Asked {
  readonly list: number;
  /** Whose token it is. */
  readonly of: number;
  readonly made: readonly Edit[];
  readonly more: Record<string, string>;
}

const asked: fc.Arbitrary<Asked> = fc
  .record({
    list: fc.nat({ max: LISTS.length - 1 }),
    isOwn: fc.integer({ min: 0, max: 9 }).map((drawn) => drawn > 0),
    other: fc.nat({ max: LISTS.length - 1 }),
    made: edits,
    more: fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      {
        weight: 1,
        arbitrary: fc.dictionary(
          fc.constantFrom(...PARAMETERS),
          fc.constantFrom(...HOSTILE_TEXTS, "1", "1000", "1001", "-5", "1e3", "asc", "desc", "20s", "999999999999999"),
          { minKeys: 1, maxKeys: 2, noNullPrototype: true },
        ),
      },
    ),
  })
  .map(({ list, isOwn, other, made, more }) => ({ list, of: isOwn ? list : other, made, more }));

fuzz<Asked>({
  name: "a list is answered for a token or a cursor, or refused",
  share: 0.5,
  inputs: asked,
  describe: (input) => JSON.stringify({ ...input, list: pick(LISTS, input.list) }),
  accepted: 0.15,
  reasons: 9,
  feed: async ({ list, of, made, more }) => {
    const { path, query, token } = pick(LISTS, list);
    const params = new URLSearchParams(query);
    const given = editText(await givenOut(of), made);
    if (given !== "") params.set(token, given.toWellFormed());
    for (const [name, value] of Object.entries(more)) params.set(name, value.toWellFormed());
    const { outcome } = await askJson(`${path}?${params.toString()}`);
    return outcome;
  },
});

const known = new Map<number, Promise<string>>();

/** The token that the list gives out with its first page. */
function givenOut(list: number): Promise<string> {
  const ask = async (): Promise<string> => {
    const { path, query } = pick(LISTS, list);
    const { body } = await askJson(`${path}?${query}`);
    const { next_page_token: page = "", next_cursor: cursor = "" } = body as Record<string, string>;
    return page || cursor;
  };
  const token = known.get(list) ?? ask();
  known.set(list, token);
  return token;
}
