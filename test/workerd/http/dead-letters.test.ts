/** Dead letters: listed until the queue has them again, and never lost on the way. */
import { Code, createClient } from "@connectrpc/connect";
import { beforeEach, describe, expect, test } from "vitest";
import { insertDeadLetters, type DeadLetter } from "../../../src/catalog/dead-letters.ts";
import { DeadLetterService } from "../../../src/gen/detent/v1/dead_letter_service_pb.ts";
import type { QueueMessage } from "../../../src/queue-sender.ts";
import { listDeadLetters, redriveDeadLetters } from "../../../src/service/dead-letters.ts";
import type { Json } from "../../doors/json.ts";
import { connectBinary, grpcWeb, sendJson } from "../doors/caller.ts";
import { CATALOG, createHouse, DEV, STRANGER } from "../seed.ts";
import { expectProblem, machine } from "./orders.ts";

const LETTERS = "/api/v1/dead-letters";
const AT = Date.parse("2026-11-01T00:00:00Z");

function letter(number: number, rest: Partial<DeadLetter> = {}): DeadLetter {
  return {
    tenant: DEV.tenant,
    // Some come at the same time.
    at: AT + Math.floor(number / 3),
    id: `q-${String(number).padStart(4, "0")}`,
    configuration: "orders",
    machineId: "m",
    eventId: `e${number}`,
    contentType: "json",
    body: JSON.stringify({ number }),
    ...rest,
  };
}

const idOf = ({ at, id }: DeadLetter): string => `${at}-${id}`;
const some = (count: number, rest?: Partial<DeadLetter>) =>
  Array.from({ length: count }, (_, index) => letter(index, rest));

async function listed(size = 1_000): Promise<Json[]> {
  const found: Json[] = [];
  let token = "";
  do {
    const { status, body } = await sendJson(`${LETTERS}?page_size=${size}&page_token=${token}`);
    expect(status).toBe(200);
    expect(body.dead_letters.length).toBeLessThanOrEqual(size);
    found.push(...body.dead_letters);
    token = body.next_page_token;
  } while (token !== "");
  return found;
}

/** A stranger's letters have the same keys as ours. */
beforeEach(async () => {
  await CATALOG.prepare("DELETE FROM dead_letters").run();
  await insertDeadLetters(CATALOG, some(30, { tenant: STRANGER.tenant, eventId: "strange" }));
});

const strangers = async (): Promise<unknown> => {
  const sql = "SELECT count(*) AS count FROM dead_letters WHERE tenant = ?";
  return (await CATALOG.prepare(sql).bind(STRANGER.tenant).first<{ count: number }>())?.count;
};

describe("listed", () => {
  test.each([1, 7, 1000])("%i a page: each once, oldest first, none of another tenant", async (size) => {
    await insertDeadLetters(CATALOG, some(25).toReversed());
    const found = await listed(size);
    expect(found.map(({ id }) => id)).toEqual(some(25).map(idOf));
    expect(found.some(({ event_id: eventId }) => eventId === "strange")).toBe(false);
  });

  test("with what the message says: json as a value, text as a string", async () => {
    await insertDeadLetters(CATALOG, [letter(0), letter(1, { contentType: "text", body: "Cgx0ZXh0" })]);
    const common = { configuration: "orders", machine_id: "m", received_at: new Date(AT).toISOString() };
    expect(await listed()).toEqual([
      { ...common, id: `${AT}-q-0000`, event_id: "e0", content_type: "json", body: { number: 0 } },
      { ...common, id: `${AT}-q-0001`, event_id: "e1", content_type: "text", body: "Cgx0ZXh0" },
    ]);
  });

  test("what is stored again stays as it is", async () => {
    await insertDeadLetters(CATALOG, [letter(0)]);
    await insertDeadLetters(CATALOG, [letter(0, { body: '"other"' }), letter(1)]);
    expect((await listed()).map(({ body }) => body)).toEqual([{ number: 0 }, { number: 1 }]);
  });

  test.each([
    ["a number beyond doubles", '{"n":1e400}'],
    ["a lone surrogate", '{"s":"\\ud800"}'],
    ["deep nesting", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
  ])("a body with %s is shown as its text, on every door", async (_what, body) => {
    await insertDeadLetters(CATALOG, [letter(0, { body }), letter(1)]);
    // As JSON text: a lone surrogate would break the report of a failure.
    expect(JSON.stringify((await listed()).map((found) => found.body))).toBe(JSON.stringify([body, { number: 1 }]));
    const { deadLetters } = await createClient(DeadLetterService, connectBinary).listDeadLetters({});
    expect(deadLetters.map((found) => found.body?.kind.case)).toEqual(["stringValue", "structValue"]);
  });

  test("large bodies come in pages of 4 MB, and all of them come", async () => {
    const body = JSON.stringify("x".repeat(100_000));
    await insertDeadLetters(CATALOG, some(60, { body }));
    const reads = { rows: [] as number[] };
    const house = createHouse(undefined, reads);
    const first = await listDeadLetters(house, DEV, { pageSize: 1_000 });
    expect(first.deadLetters.length).toBe(39);
    const rest = await listDeadLetters(house, DEV, { pageSize: 1_000, pageToken: first.nextPageToken });
    expect([...first.deadLetters, ...rest.deadLetters].map(({ id }) => id)).toEqual(some(60).map(idOf));
    expect(rest.nextPageToken).toBe("");
    expect(reads.rows).toEqual([60, 39, 21, 21]);
  });

  test.each([
    ["page_size=-1", "/page_size"],
    ["page_token=x", "/page_token"],
    ["configuration=c", "/configuration"],
  ])("?%s is 400", async (query, pointer) => {
    await expectProblem(sendJson(`${LETTERS}?${query}`), 400, "INVALID_ARGUMENT", [pointer]);
  });

  test("a page token of another tenant is refused", async () => {
    await insertDeadLetters(CATALOG, some(5));
    const { nextPageToken } = await listDeadLetters(createHouse(), STRANGER, { pageSize: 2 });
    const query = `page_size=2&page_token=${nextPageToken}`;
    await expectProblem(sendJson(`${LETTERS}?${query}`), 400, "INVALID_ARGUMENT", ["/page_token"]);
    const mine = await listDeadLetters(createHouse(), DEV, { pageSize: 2 });
    const { body } = await sendJson(`${LETTERS}?page_size=2&page_token=${mine.nextPageToken}`);
    expect(body.dead_letters.map(({ id }: Json) => id)).toEqual(some(5).slice(2, 4).map(idOf));
  });
});

describe("redriven", () => {
  const queued: QueueMessage[] = [];
  const house = createHouse((messages) => void queued.push(...messages));
  beforeEach(() => void queued.splice(0));
  const messages = (letters: readonly DeadLetter[]) => letters.map(({ contentType, body }) => ({ contentType, body }));

  test("those that are named, as they came, and no others", async () => {
    const letters = [...some(5), letter(5, { contentType: "text", body: "Cgx0ZXh0" })];
    await insertDeadLetters(CATALOG, letters);
    const named = [letters[5]!, letters[2]!];
    const ids = [...named.map(idOf), idOf(letters[2]!)];
    expect(await redriveDeadLetters(house, DEV, ids)).toEqual({ redriven: 2, remaining: true });
    expect(queued).toEqual(messages(named));
    expect((await listed()).map(({ id }) => id)).toEqual([0, 1, 3, 4].map((index) => idOf(letters[index]!)));
    const rest = letters.filter((kept) => !named.includes(kept));
    expect(await redriveDeadLetters(house, DEV, rest.map(idOf))).toEqual({ redriven: 4, remaining: false });
    expect(await strangers()).toBe(30);
  });

  test("with none named the oldest 1,000", async () => {
    const letters = some(1_030);
    await insertDeadLetters(CATALOG, letters);
    expect(await redriveDeadLetters(house, DEV, [])).toEqual({ redriven: 1_000, remaining: true });
    expect(queued).toEqual(messages(letters.slice(0, 1_000)));
    expect((await listed()).map(({ id }) => id)).toEqual(letters.slice(1_000).map(idOf));
    expect(await redriveDeadLetters(house, DEV, [])).toEqual({ redriven: 30, remaining: false });
    expect(await redriveDeadLetters(house, DEV, [])).toEqual({ redriven: 0, remaining: false });
    expect(queued.length).toBe(1_030);
    expect(await strangers()).toBe(30);
  });

  test("what the queue does not take stays", async () => {
    const letters = some(120);
    await insertDeadLetters(CATALOG, letters);
    const failing = createHouse((batch) => {
      if (queued.length >= 50) throw new Error("the queue is down");
      queued.push(...batch);
    });
    await expect(redriveDeadLetters(failing, DEV, [])).rejects.toThrow("the queue is down");
    const left = (await listed()).map(({ id }) => id);
    expect(queued).toEqual(messages(letters.slice(0, 50)));
    expect(left).toEqual(letters.slice(50).map(idOf));
  });

  test("an id that is not there is NOT_FOUND, and nothing is redriven", async () => {
    await insertDeadLetters(CATALOG, some(3));
    // A stranger has this one.
    const strange = idOf(letter(20));
    for (const missing of ["nonsense", "", `0${idOf(letter(0))}`, strange]) {
      const problem = await expectProblem(
        sendJson(`${LETTERS}:redrive`, { ids: [idOf(letter(0)), missing] }),
        404,
        "NOT_FOUND",
      );
      expect(problem.detail).toContain(`"${missing}"`);
    }
    expect((await listed()).length).toBe(3);
    const client = createClient(DeadLetterService, grpcWeb);
    await expect(client.redriveDeadLetters({ ids: [strange] })).rejects.toMatchObject({ code: Code.NotFound });
  });

  test.each([
    ["ids that are no list", { ids: "x" }, "INVALID_ARGUMENT", "/ids"],
    ["an id that is no text", { ids: [1] }, "INVALID_ARGUMENT", "/ids/0"],
    ["an unknown field", { id: ["x"] }, "INVALID_ARGUMENT", "/id"],
    ["1,001 ids", { ids: Array.from({ length: 1_001 }, (_, index) => `1-${index}`) }, "LIMIT_EXCEEDED", "/ids"],
  ])("%s: refused", async (_what, body, reason, pointer) => {
    await expectProblem(sendJson(`${LETTERS}:redrive`, body), 400, reason, [pointer]);
  });

  test.each(["JSON", "detent.v1"])("through the queue, and applied: %s", async (door) => {
    const { name, path } = await machine();
    const event = { event_id: "back", transition: { event: "accept" } };
    await insertDeadLetters(CATALOG, [
      letter(0, { body: JSON.stringify({ tenant: DEV.tenant, config: name, id: "m", event }) }),
    ]);
    const answer =
      door === "JSON"
        ? (await sendJson(`${LETTERS}:redrive`, {})).body
        : await createClient(DeadLetterService, connectBinary).redriveDeadLetters({});
    expect(answer).toMatchObject({ redriven: 1, remaining: false });
    expect(await listed()).toEqual([]);
    await expect
      .poll(async () => (await sendJson(path)).body.statemachine.state, { timeout: 20_000, interval: 100 })
      .toBe("pending");
  });
});
