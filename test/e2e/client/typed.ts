/** The client of a generated module against a server as `npm start` runs it. */
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import configuration from "../../../examples/orders/order.json" with { type: "json" };
import { typedOrders } from "../../../examples/orders/orders.ts";
import { defineConfiguration, RefusedError, type JsonObject } from "../../../src/client/index.ts";
import { world, collect, failureOf, range } from "./world.ts";

const TURNING = { name: "turning", version: "v1", startingState: "a" } as const;

interface TurningTypes {
  readonly name: "turning";
  readonly version: "v1";
  readonly states: { readonly a: JsonObject };
  readonly events: { readonly e: JsonObject };
  readonly startingState: "a";
  readonly initialStates: "a";
  readonly leadsTo: { readonly e: "a" };
  readonly needsData: { readonly states: never; readonly events: never };
}
/** What can be asked of a machine of a generated module. */
export function claimTypes(): void {
  test("is created, read, moved, and tells what it allows and what it has been through", async () => {
    const machines = typedOrders.machines(world.client);
    const created = await machines.create({ data: { customer: "Ada", total: 10 }, labels: { region: "eu" } });
    expect(created).toMatchObject({
      configId: "typed-orders:v1",
      state: "open",
      data: { customer: "Ada", total: 10 },
      labels: { region: "eu" },
      revision: 0,
      final: false,
      timers: [],
    });
    expect(created.createdAt).toBeGreaterThan(Date.now() - 60_000);
    const order = machines.machine(created.id);
    expect(await order.allowedEvents()).toMatchObject({
      state: "open",
      events: [
        { event: "pay", allowed: "depends", to: "paid" },
        { event: "ship", allowed: "no", reason: "NO_TRANSITION" },
        { event: "cancel", allowed: "yes", to: "cancelled" },
      ],
    });
    const paid = await order.send("pay", { data: { amount: 10 }, details: "in cash", expectedState: "open" });
    expect(paid).toMatchObject({
      result: "transitioned",
      event: "pay",
      from: "open",
      to: "paid",
      revision: 1,
      duplicate: false,
    });
    expect(await order.receipt(paid.eventId)).toEqual(paid);
    expect(await order.dryRun("ship", { data: { tracking: "t" } })).toMatchObject({
      result: "transitioned",
      to: "shipped",
    });
    expect(await order.sendEvent({ event: "ship", data: { tracking: "t" } })).toMatchObject({ to: "shipped" });
    expect(await order.get()).toMatchObject({
      state: "shipped",
      data: { customer: "Ada", tracking: "t" },
      final: true,
    });
    expect(await order.get({ atRevision: 1 })).toMatchObject({ state: "paid", revision: 1 });
    const history = await collect(order.history());
    expect(history).toMatchObject([
      { kind: "event", event: "pay", from: "open", to: "paid", details: "in cash", data: { amount: 10 } },
      { kind: "event", event: "ship", from: "paid", to: "shipped" },
    ]);
    expect(await collect(order.history({ order: "desc" }))).toEqual(history.toReversed());
  });

  test("reads a history of more than a page", async () => {
    const address = await world.turn("turning");
    await world.client.machines.sendEvents({ events: range(60).map(() => ({ ...address, event: "e" })) });
    const turning = defineConfiguration<TurningTypes>({
      ...TURNING,
      states: ["a"],
      events: ["e"],
      initialStates: ["a"],
      finalStates: [],
    });
    const changes = await collect(turning.machines(world.client).machine(address.id).history());
    expect(changes.map(({ revision }) => revision)).toEqual(range(60).map((index) => index + 1));
  });

  test("a refusal is an error of send and an answer of trySend, with the same receipt", async () => {
    const order = await world.open();
    const refusal = await failureOf(order.send("ship", { data: { tracking: "t" }, eventId: "early" }));
    expect(refusal).toBeInstanceOf(RefusedError);
    expect(refusal).toMatchObject({
      reason: "NO_TRANSITION",
      code: "failed_precondition",
      eventId: "early",
      attempts: 1,
      receipt: { result: "refused", event: "ship", from: "open", allowedEvents: ["pay", "cancel"], duplicate: false },
    });
    expect(refusal.requestId).toMatch(/./);
    const again = await order.trySend("ship", { data: { tracking: "t" }, eventId: "early" });
    expect(again).toEqual({ ...refusal.receipt, duplicate: true });
    expect(await order.dryRun("pay", { data: { amount: 1 } })).toMatchObject({
      result: "refused",
      reason: "GUARD_REJECTED",
    });
  });

  test("every other failure is an error of both, told apart by its reason", async () => {
    const nobody = typedOrders.machines(world.client).machine("nobody");
    const failure = await failureOf(nobody.trySend("cancel"));
    expect(failure).not.toBeInstanceOf(RefusedError);
    expect(failure).toMatchObject({ reason: "MACHINE_NOT_FOUND", code: "not_found", receipt: { result: "failed" } });
    const order = await world.open();
    expect(await failureOf(order.trySend("cancel", { expectedRevision: 7 }))).toMatchObject({
      reason: "REVISION_MISMATCH",
      metadata: { revision: "0" },
    });
    const invalid = await failureOf(
      world.client.machines.createMachine({ configId: "typed-orders:v1", data: { total: 1 } }),
    );
    expect(invalid).toMatchObject({
      reason: "INVALID_ARGUMENT",
      violations: [
        { pointer: "/data/customer", rule: "required", message: expect.stringContaining("customer") as string },
      ],
    });
    expect(ConnectError.from(invalid.cause).code).toBe(Code.InvalidArgument);
  });

  test("JSON that is none is refused with its place before anything is sent", async () => {
    const order = await world.open();
    world.proxy.plan(() => "pass");
    await expect(order.send("cancel", { data: { when: new Date() } as never })).rejects.toThrow(
      "data/when is an object of the class Date",
    );
    await expect(order.send("pay", { data: { amount: Number.NaN } })).rejects.toThrow("data/amount is NaN");
    expect(world.proxy.seen).toEqual([]);
    const data = { reason: undefined } as object;
    expect(await order.send("cancel", { data })).toMatchObject({ data: {} });
  });

  test("a machine of another version is told as one, and read by that version's module", async () => {
    await world.client.upload({ ...configuration, version: "v2" });
    const order = await world.open();
    await world.client.machines.migrateMachine({ configuration: "typed-orders", id: order.id, to: "v2" });
    const machine = await order.get();
    expect(machine).toMatchObject({
      state: undefined,
      otherState: "open",
      configId: "typed-orders:v2",
      data: { customer: "c" },
    });
    const cases = { open: () => "open", paid: () => "paid", shipped: () => "shipped", cancelled: () => "cancelled" };
    expect(typedOrders.match(machine, cases, ({ configId }) => configId)).toBe("typed-orders:v2");
    expect(typedOrders.matchOr(machine, { open: () => "open" }, ({ state }) => state)).toBe(undefined);
    if (machine.state !== undefined) throw new Error("it is of another version");
    const second = defineConfiguration({ ...typedOrders, version: "v2" as "v1" });
    expect(second.read(machine)).toMatchObject({ state: "open", configId: "typed-orders:v2" });
    expect(await order.send("pay", { data: { amount: 10 } })).toMatchObject({
      configId: "typed-orders:v2",
      to: "paid",
    });
  });

  test("an event may create its machine", async () => {
    const order = typedOrders.machines(world.client).machine("made-on-the-way");
    const createIfMissing = { data: { customer: "c", total: 5 }, labels: { a: "b" } };
    const paid = await order.send("pay", { data: { amount: 5 }, createIfMissing, timestamp: 1_700_000_000_000 });
    expect(paid).toMatchObject({ created: true, to: "paid" });
    expect(await order.get()).toMatchObject({ labels: { a: "b" }, data: { customer: "c" } });
    expect(await collect(order.history())).toMatchObject([{ timestamp: 1_700_000_000_000 }]);
  });

  test("an identical configuration counts as uploaded, another one does not", async () => {
    const another = { ...configuration, version: crypto.randomUUID() };
    const configId = `typed-orders:${another.version}`;
    expect(await world.client.upload(another)).toEqual({ configId, created: true, warnings: [] });
    expect(await world.client.upload(another)).toEqual({ configId, created: false, warnings: [] });
    const other = await failureOf(world.client.upload({ ...another, unhandled: "ignore" }));
    expect(other).toMatchObject({ reason: "CONFIGURATION_EXISTS", metadata: { identical: "false" } });
    await expect(world.client.upload({ ...configuration, gaurd: "true" })).rejects.toThrow("gaurd");
  });
}
