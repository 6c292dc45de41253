/** History: pages, order, tokens, refusals. */
import { expect, test } from "vitest";
import { type Json } from "../../doors/json.ts";
import { sendJson } from "../doors/caller.ts";
import { expectProblem, machine } from "./orders.ts";

async function reminded(times: number): Promise<string> {
  const { path } = await machine();
  await sendJson(`${path}/events`, { event: "accept" });
  for (let index = 1; index < times; index += 1) {
    await sendJson(`${path}/events`, { event: "remind" });
  }
  return path;
}

async function pages(path: string, query: string): Promise<number[][]> {
  const found: number[][] = [];
  let token = "";
  do {
    const { body } = await sendJson(`${path}/history?${query}&page_token=${token}`);
    found.push(body.history.map(({ revision }: Json) => revision));
    token = body.next_page_token;
  } while (token !== "");
  return found;
}

test("in pages, both ways", async () => {
  const path = await reminded(5);
  expect(await pages(path, "page_size=2")).toEqual([[1, 2], [3, 4], [5]]);
  expect(await pages(path, "page_size=2&order=desc")).toEqual([[5, 4], [3, 2], [1]]);
  expect(await pages(path, "page_size=5")).toEqual([[1, 2, 3, 4, 5]]);
  expect(await pages(path, "page_size=0")).toEqual([[1, 2, 3, 4, 5]]);
  expect(await pages(path, "page_size=5000")).toEqual([[1, 2, 3, 4, 5]]);
});

test("50 a page by default; the machine shows 100 and a token for what is older", async () => {
  const path = await reminded(102);
  expect((await pages(path, "")).map((page) => page.length)).toEqual([50, 50, 2]);
  const { statemachine } = (await sendJson(path)).body;
  expect(statemachine.history.map(({ revision }: Json) => revision)).toEqual(
    Array.from({ length: 100 }, (_, index) => index + 3),
  );
  const older = await sendJson(`${path}/history?order=desc&page_token=${statemachine.history_next_page_token}`);
  expect(older.body.history.map(({ revision }: Json) => revision)).toEqual([2, 1]);
});

test.each([
  "page_size=-1",
  "page_size=x",
  "page_size=1.5",
  "page_size=0x10",
  "page_size=1e2",
  "page_size=%205",
  "order=sideways",
  "refused=maybe",
  "page_token=x",
])("%s is 400", async (query) => {
  const { path } = await machine();
  const pointer = `/${query.split("=")[0]}`;
  await expectProblem(sendJson(`${path}/history?${query}`), 400, "INVALID_ARGUMENT", [pointer]);
});

test("a page token works only where it was given out", async () => {
  const path = await reminded(3);
  const other = await reminded(3);
  const token = (await sendJson(`${path}/history?page_size=1`)).body.next_page_token;
  expect(token).not.toBe("");
  const refused = [`${other}/history?page_token=${token}`, `${path}/history?order=desc&page_token=${token}`];
  refused.push(`${path}/history?refused=true&page_token=${token}`, `${path}/history?page_token=x${token}`);
  for (const url of refused) {
    await expectProblem(sendJson(url), 400, "INVALID_ARGUMENT", ["/page_token"]);
  }
});

test("refused=true lists the receipts of refused events, in pages", async () => {
  const { path } = await machine();
  for (const id of ["r1", "r2", "r3"]) {
    await sendJson(`${path}/events`, { event: "finish", event_id: id });
  }
  await sendJson(`${path}/events`, { event: "accept" });
  const first = (await sendJson(`${path}/history?refused=true&page_size=2`)).body;
  expect(first.receipts).toMatchObject([
    { event_id: "r1", result: "refused", reason: "NO_TRANSITION", revision: 0 },
    { event_id: "r2" },
  ]);
  const rest = (await sendJson(`${path}/history?refused=true&page_size=2&page_token=${first.next_page_token}`)).body;
  expect(rest).toMatchObject({ receipts: [{ event_id: "r3" }], next_page_token: "" });
});
