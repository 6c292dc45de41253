/** The client through a network that fails: what is repeated, under which ids, and what is not. */
import { beforeEach, expect, test } from "vitest";
import { typedOrders } from "../../../examples/orders/orders.ts";
import { createClient } from "../../../src/client/index.ts";
import { world, collect, failureOf, QUICK, range } from "./world.ts";
import type { Trouble } from "./trouble-proxy.ts";

const PATIENCE = { timeout: 60_000 };

/** What becomes of calls when the network fails. */
export function claimRepeats(): void {
  beforeEach(() => world.proxy.plan(() => "pass"));

  const methods = (): string[] => world.proxy.seen.map(({ method }) => method);
  const sent = (): { eventId: string }[] => world.proxy.seen.map(({ body }) => JSON.parse(body) as { eventId: string });

  const TROUBLES: [string, Trouble][] = [
    ["a connection that breaks before the server hears of it", "lose"],
    ["a connection that breaks before the answer", "mute"],
    ["an answer that breaks off", "cut"],
    ["a proxy's 502", { status: 502, headers: { "content-type": "text/html" } }],
    [
      "a 503 that says when to come back",
      { status: 503, headers: { "retry-after": "1", "content-type": "text/plain" } },
    ],
    ["a 429 of a proxy", { status: 429 }],
  ];

  test.each(TROUBLES)(
    "an event is applied once through %s, under the id of the first attempt",
    async (_name, trouble) => {
      const order = await world.open();
      world.proxy.plan((_seen, nr) => (nr < 2 ? trouble : "pass"));
      const receipt = await order.send("pay", { data: { amount: 10 } });
      expect(receipt).toMatchObject({
        result: "transitioned",
        to: "paid",
        revision: 1,
        duplicate: trouble === "mute" || trouble === "cut",
      });
      expect(methods()).toEqual(["SendEvent", "SendEvent", "SendEvent"]);
      expect(new Set(sent().map(({ eventId }) => eventId))).toEqual(new Set([receipt.eventId]));
      const waits = world.proxy.seen.slice(1).map(({ at }, index) => at - (world.proxy.seen[index]?.at ?? 0));
      if (typeof trouble === "object" && trouble.status === 503) expect(Math.min(...waits)).toBeGreaterThan(950);
      expect((await collect(order.history())).map(({ eventId }) => eventId)).toEqual([receipt.eventId]);
    },
  );

  test("many events through a network that mostly fails: each once", PATIENCE, async () => {
    const address = await world.turn("counted");
    const patient = world.clientWith({ retry: { ...QUICK, attempts: 40, longestWaitMs: 50 } });
    const kinds: Trouble[] = ["lose", "mute", "cut", "pass"];
    world.proxy.plan((_seen, nr) => kinds[(nr * 7) % 4] ?? "pass");
    const send = () => patient.machines.sendEvent({ ...address, event: "e" });
    const receipts = await Promise.all(range(60).map(send));
    expect(world.proxy.seen.length).toBeGreaterThan(120);
    world.proxy.plan(() => "pass");
    const { history } = await world.client.machines.listHistory({ ...address, pageSize: 1_000 });
    const ids = receipts.map(({ receipt }) => receipt?.eventId);
    expect(history).toHaveLength(60);
    expect(new Set(history.map(({ eventId }) => eventId))).toEqual(new Set(ids));
  });

  test("a machine is created once without an id, and a job without a key", async () => {
    world.proxy.plan((_seen, nr) => (nr < 2 ? "mute" : "pass"));
    const made = await typedOrders
      .machines(world.client)
      .create({ data: { customer: "once", total: 1 }, labels: { batch: "once" } });
    expect(methods()).toEqual(["CreateMachine", "CreateMachine", "CreateMachine"]);
    const { statemachines } = await world.client.machines.listMachines({
      configuration: "typed-orders",
      labels: { batch: "once" },
    });
    expect(statemachines.map(({ id }) => id)).toEqual([made.id]);
    world.proxy.plan((_seen, nr) => (nr < 2 ? "mute" : "pass"));
    const filter = { configuration: "typed-orders", labels: { batch: "once" } };
    const { job } = await world.client.jobs.createJob({
      filter,
      action: { case: "send", value: { event: "cancel" } },
      dryRun: true,
    });
    const { jobs } = await world.client.jobs.listJobs({});
    expect(jobs.map(({ id }) => id)).toEqual([job?.id]);
  });

  test("a creation under an id of the caller's is known again when its answer got lost, and is not when it is another", async () => {
    world.proxy.plan((_seen, nr) => (nr === 0 ? "mute" : "pass"));
    const order = typedOrders.machines(world.client).machine("named");
    expect(await order.create({ data: { customer: "c", total: 1 } })).toMatchObject({ id: "named", revision: 0 });
    expect(await failureOf(order.create({ data: { customer: "c", total: 1 } }))).toMatchObject({
      reason: "MACHINE_EXISTS",
    });
  });

  test("a batch goes again with the same ids", async () => {
    const order = await world.open();
    world.proxy.plan((_seen, nr) => (nr === 0 ? "mute" : "pass"));
    const address = { configuration: order.configuration, id: order.id };
    const { results } = await world.client.machines.sendEvents({
      events: [
        { ...address, event: "pay", data: { amount: 10 } },
        { ...address, event: "ship", data: { tracking: "t" }, eventId: "mine" },
      ],
    });
    expect(results.map(({ receipt }) => receipt?.duplicate)).toEqual([true, true]);
    expect(results[1]?.receipt?.eventId).toBe("mine");
    expect(await collect(order.history())).toHaveLength(2);
  });

  test("a caller's message is left as it is", async () => {
    const order = await world.open();
    const request = { configuration: order.configuration, id: order.id, event: "cancel" };
    await world.client.machines.sendEvent(request);
    expect(request).toEqual({ configuration: order.configuration, id: order.id, event: "cancel" });
  });

  test("what might be done twice is not repeated, unless the answer says that nothing was done", async () => {
    world.proxy.plan(() => "mute");
    const key = { name: "k", scopes: ["machines:read"] };
    expect(await failureOf(world.client.tenants.createKey(key))).toMatchObject({ reason: "UNAVAILABLE", attempts: 1 });
    expect(await failureOf(world.client.deadLetters.redriveDeadLetters({}))).toMatchObject({ attempts: 1 });
    expect(await failureOf(world.client.machines.eraseMachine({ configuration: "a", id: "b" }))).toMatchObject({
      attempts: 1,
    });
    expect(methods()).toEqual(["CreateKey", "RedriveDeadLetters", "EraseMachine"]);
  });

  test("a migration is not made again when somebody may have migrated on, unless it names its revision", async () => {
    const { configuration, id } = await world.open();
    world.proxy.plan(() => "mute");
    const migration = { configuration, id, to: "v1" };
    expect(await failureOf(world.client.machines.migrateMachine(migration))).toMatchObject({ attempts: 1 });
    world.proxy.plan((_seen, nr) => (nr === 0 ? "mute" : "pass"));
    await world.client.machines.migrateMachine({ ...migration, expectedRevision: 0 });
    expect(methods()).toEqual(["MigrateMachine", "MigrateMachine"]);
  });

  test("a deletion whose answer got lost is not done twice, and says that it was tried twice", async () => {
    const order = await world.open();
    world.proxy.plan((_seen, nr) => (nr === 0 ? "mute" : "pass"));
    const failure = await failureOf(
      world.client.machines.deleteMachine({ configuration: order.configuration, id: order.id }),
    );
    expect(failure).toMatchObject({ reason: "MACHINE_GONE", attempts: 2 });
  });

  test("when every attempt fails, the error has the id to send it again under", async () => {
    const order = await world.open();
    world.proxy.plan(() => "mute");
    const failure = await failureOf(order.send("pay", { data: { amount: 10 } }));
    expect(failure).toMatchObject({ reason: "UNAVAILABLE", code: "unavailable", attempts: 6 });
    expect(failure.message).toContain("cannot be reached");
    world.proxy.plan(() => "pass");
    const { eventId } = failure;
    expect(await order.send("pay", { data: { amount: 10 }, eventId })).toMatchObject({
      duplicate: true,
      revision: 1,
      eventId,
    });
  });

  test("what no waiting changes is asked once", async () => {
    world.proxy.plan(() => "pass");
    const order = typedOrders.machines(world.client).machine("nobody");
    await failureOf(order.get());
    await failureOf(order.send("cancel"));
    await failureOf(world.client.machines.getMachine({ configuration: "typed-orders", id: "a\u0000b" }));
    expect(methods()).toEqual(["GetMachine", "SendEvent", "GetMachine"]);
  });

  test("without retries a call is made once; with listeners each retry is told", async () => {
    const order = await world.open(world.clientWith({ retry: false }));
    world.proxy.plan(() => "lose");
    expect(await failureOf(order.get())).toMatchObject({ attempts: 1 });
    const heard: [string, number, string][] = [];
    const listened = await world.open();
    world.proxy.plan((_seen, nr) => (nr < 2 ? "lose" : "pass"));
    const told = world.clientWith({
      onRetry: ({ method, attempt, error }) => void heard.push([method, attempt, String(error.reason)]),
    });
    await typedOrders.machines(told).machine(listened.id).get();
    expect(heard).toEqual([1, 2].map((attempt) => ["detent.v1.MachineService.GetMachine", attempt, "UNAVAILABLE"]));
  });

  test("a caller that asks to stop is heard, in a call and between two", async () => {
    const order = await world.open(world.clientWith({ retry: { firstWaitMs: 60_000, longestWaitMs: 60_000 } }));
    const stop = new AbortController();
    world.proxy.plan(() => {
      setTimeout(() => stop.abort(), 50);
      return "lose";
    });
    const failure = await failureOf(order.send("cancel", { signal: stop.signal, eventId: "stopped" }));
    expect(failure).toMatchObject({ reason: "CANCELLED", code: "canceled", eventId: "stopped", attempts: 1 });
    expect(await failureOf(order.get({ signal: AbortSignal.abort() }))).toMatchObject({ reason: "CANCELLED" });
    expect(methods()).toEqual(["SendEvent"]);
  });

  test("a call ends at its deadline, and does not wait for what comes after it", async () => {
    const order = await world.open(world.clientWith({ retry: { firstWaitMs: 60_000, longestWaitMs: 60_000 } }));
    world.proxy.plan(() => "lose");
    const failure = await failureOf(order.get({ timeoutMs: 20_000 }));
    expect(failure).toMatchObject({ reason: "UNAVAILABLE", attempts: 1 });
    world.proxy.plan(() => ({ status: 503, headers: { "retry-after": "3600" } }));
    expect(await failureOf(order.get())).toMatchObject({ retryAfterMs: 3_600_000, attempts: 1 });
  });

  test("an attempt that hangs is given up, and the next one may go through", async () => {
    const { id } = await world.open();
    let calls = 0;
    const hang: typeof fetch = (input, init) => {
      calls++;
      if (calls > 1) return fetch(input, init);
      return new Promise((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error));
      });
    };
    const hasty = world.clientWith({ attemptTimeoutMs: 300, fetch: hang });
    expect(await typedOrders.machines(hasty).machine(id).get()).toMatchObject({ state: "open" });
    expect(calls).toBe(2);
  });

  test("a server that is none is said to be none", async () => {
    const stranger = await failureOf(createClient({ url: `${world.url}/nowhere` }).machines.getMachine({}));
    expect(stranger.message).toMatch(/HTTP 404.*no answer of a Detent server/);
    world.proxy.plan(() => ({ status: 302, headers: { location: "https://login.example.com/" } }));
    const redirected = await failureOf(world.client.machines.getMachine({ configuration: "a", id: "b" }));
    expect(redirected.message).toContain("redirects to https://login.example.com/");
    expect(redirected.attempts).toBe(1);
  });
}
