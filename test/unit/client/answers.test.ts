/** What a typed client sends, and what it makes of answers that it does not expect. */
import { expect, test } from "vitest";
import { typedOrders } from "../../../examples/orders/orders.ts";
import { DetentError, RefusedError } from "../../../src/client/error.ts";
import { failureOf, json, openStream, standIn } from "./stand-in.ts";

const receipt = (result: string): string =>
  JSON.stringify({ receipt: { result, eventId: "mine", event: "cancel", from: "open", revision: 3 } });
const machine = (state: string): string =>
  JSON.stringify({ id: "1", statemachine: { configId: "typed-orders:v1", state, data: {} } });

test("an answer that lacks what it is for is an error with the ids of its call", async () => {
  const { clientWith, seen } = await standIn(json("{}"));
  const order = typedOrders.machines(clientWith()).machine("1");
  const unknown = { reason: "UNKNOWN", code: "unknown", attempts: 1 };
  expect(await failureOf(order.send("cancel", { eventId: "mine" }))).toMatchObject({
    ...unknown,
    message: "the answer has no receipt",
    eventId: "mine",
  });
  expect((await failureOf(order.send("cancel"))).eventId).toMatch(/^[0-9a-f-]{36}$/);
  expect(await failureOf(order.receipt("e"))).toMatchObject(unknown);
  expect(await failureOf(order.get())).toMatchObject({ ...unknown, message: "the answer has no statemachine" });
  const created = order.create({ data: { customer: "c", total: 1 }, idempotencyKey: "k" });
  expect(await failureOf(created)).toMatchObject({ ...unknown, idempotencyKey: "k" });
  expect(seen).toHaveLength(5);
});

test("what a newer server decides is an answer, and what it calls a change is told", async () => {
  const sent = await standIn(json(receipt("postponed")));
  const order = typedOrders.machines(sent.clientWith()).machine("1");
  const other = { result: "other", otherResult: "postponed", eventId: "mine", from: "open", revision: 3 };
  expect(await order.send("cancel")).toMatchObject(other);
  expect(await order.trySend("cancel")).toMatchObject(other);
  const watched = await standIn((response) =>
    openStream(response).send({ revision: 4, change: { revision: 4, kind: "relabelled" } }),
  );
  const changes = typedOrders.machines(watched.clientWith()).machine("1").watch();
  expect((await changes.next()).value).toMatchObject({ kind: "other", otherKind: "relabelled", revision: 4 });
  await changes.return();
});

test("a state that this module does not have is of another version, whatever the machine says that it runs", async () => {
  const { clientWith } = await standIn(json(machine("lost")));
  const read = await typedOrders.machines(clientWith()).machine("1").get();
  expect(read).toMatchObject({ state: undefined, otherState: "lost", configId: "typed-orders:v1" });
  if (read.state === undefined) expect(typedOrders.read(read)).toBe(read);
});

test("an event that is held as a value brings its data and nothing else", async () => {
  const { clientWith, seen } = await standIn(json(receipt("transitioned")));
  const bodies: string[] = [];
  const order = typedOrders
    .machines(
      clientWith({
        fetch: async (input, init) => {
          bodies.push(new TextDecoder().decode(init?.body as Uint8Array));
          return await fetch(input, init);
        },
      }),
    )
    .machine("1");
  const row = { event: "pay" as const, data: { amount: 3 }, eventId: undefined, details: "of the row" };
  await order.sendEvent(row, { eventId: "outbox-1", details: "by hand" });
  expect(bodies.map((text) => JSON.parse(text) as object)).toMatchObject([
    { event: "pay", data: { amount: 3 }, eventId: "outbox-1", details: "by hand" },
  ]);
  expect(seen).toHaveLength(1);
});

test("what a caller gets wrong is an error like every other, and nothing is sent", async () => {
  const { clientWith, seen } = await standIn(json("{}"));
  const client = clientWith();
  const machines = typedOrders.machines(client);
  const order = machines.machine("1");
  const found = { reason: "INVALID_ARGUMENT", code: "invalid_argument", attempts: 0 };
  const data = { when: new Date(0) } as never;
  expect(await failureOf(order.send("cancel", { data, eventId: "mine" }))).toMatchObject({
    ...found,
    message: "data/when is an object of the class Date, which JSON does not have",
    eventId: "mine",
  });
  for (const [what, name] of [
    [new Date(0), "an object of the class Date"],
    [new Map(), "an object of the class Map"],
    [["a"], "an array"],
    [null, "null"],
    ["a", "a value of type string"],
  ] as const) {
    expect(await failureOf(order.send("cancel", { data: what as never }))).toMatchObject({
      ...found,
      message: `data must be a plain object, but is ${name}`,
    });
  }
  expect(await failureOf(client.upload({ name: "a", transitions: [{ gaurd: "true" }] }))).toMatchObject({
    ...found,
    message: expect.stringContaining("gaurd") as string,
  });
  expect(await failureOf(client.machines.sendEvents({ events: [null] as never }))).toMatchObject({
    ...found,
    message: expect.stringContaining("detent.v1.MachineService.SendEvents") as string,
  });
  const empty = (name: string) => ({ ...found, message: `${name} must be a text that is not empty, but is ""` });
  expect(await failureOf(Promise.resolve().then(() => machines.machine("")))).toMatchObject(empty("id"));
  expect(await failureOf(order.send("cancel", { eventId: "" }))).toMatchObject(empty("eventId"));
  expect(await failureOf(order.receipt(""))).toMatchObject(empty("eventId"));
  const create = machines.create({ data: { customer: "c", total: 1 }, idempotencyKey: "" });
  expect(await failureOf(create)).toMatchObject(empty("idempotencyKey"));
  const told = clientWith({ credential: "a\u0100b" });
  expect(await failureOf(told.watch({ configuration: "a", id: "b" }).next())).toMatchObject({
    reason: "UNAUTHENTICATED",
    message: "there is no credential: it must be printable ASCII without blanks, but has other characters",
  });
  expect(seen).toEqual([]);
});

test("a state may be named __proto__, and has its case", async () => {
  const snapshot = { state: "__proto__" } as never;
  expect(typedOrders.match(snapshot, { __proto__: () => "found" } as never, () => "other")).toBe("found");
  expect(typedOrders.matchOr(snapshot, { __proto__: () => "found" } as never, () => "other")).toBe("found");
  expect(typedOrders.matchOr(snapshot, {}, () => "other")).toBe("other");
});

test("a class that is derived of the error has its own instances only", () => {
  class Own extends DetentError {}
  class OwnRefusal extends RefusedError {}
  const facts = { reason: "INTERNAL", code: "internal" };
  const [plain, own] = [new DetentError("m", facts), new Own("m", facts)];
  expect([plain instanceof Own, own instanceof Own, own instanceof DetentError]).toEqual([false, true, true]);
  const [refused, ownRefusal] = [new RefusedError("m", facts), new OwnRefusal("m", facts)];
  expect([refused instanceof OwnRefusal, ownRefusal instanceof OwnRefusal]).toEqual([false, true]);
  expect([ownRefusal instanceof RefusedError, ownRefusal instanceof DetentError]).toEqual([true, true]);
});
