/** The example of a Worker that talks by queues alone, as its README has it, with Detent beside it: the whole circle. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFreePort } from "../free-port.ts";
import { until } from "../until.ts";
import { startServer, type Server } from "./server.ts";

const root = join(import.meta.dirname, "../..");
const TOLD_WITHIN_MS = 40_000;
const BLOCK = /<!-- test: (run|until "([^"]+)") -->\s*```sh\n([\s\S]*?)```/g;
const readme = await readFile(join(root, "examples/order-worker/README.md"), "utf8");
const blocks = [...readme.matchAll(BLOCK)].map(([, , expected, block = ""]) => ({ expected, block }));

let server: Server;
let shop: string;
beforeAll(async () => {
  server = await startServer({ script: "example:orders" });
  shop = `http://127.0.0.1:${server.port + 1}`;
  const isUp = async (): Promise<boolean> => fetch(shop).then(Boolean, () => false);
  expect(await until(TOLD_WITHIN_MS, isUp, Boolean)).toBe(true);
});
afterAll(async () => {
  await server?.stop();
});

interface Shown {
  readonly standing?: {
    readonly state: string;
    readonly sequence: number;
    readonly amount: number;
    readonly why?: string;
  };
  readonly problem?: { readonly event: string; readonly reason: string };
}

async function ask<T>(url: string, init?: RequestInit): Promise<T> {
  return (await fetch(url, init)).json<T>();
}
const post = (body: object, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
const show = (order: string): Promise<Shown> => ask(`${shop}/orders/${order}`);
const checkOut = (order: string, key: string, amount: unknown): Promise<Response> =>
  fetch(`${shop}/orders/${order}/checkout`, post({ amount }, { "idempotency-key": key }));

async function historyOf(order: string): Promise<string[]> {
  const path = `/api/v1/statemachines/shop-orders/${encodeURIComponent(order)}`;
  type Machine = { statemachine: { history: { event_id: string; transition: { event: string } }[] } };
  const { statemachine } = await ask<Machine>(server.url + path);
  return statemachine.history.map(({ event_id, transition }) => `${transition.event} ${event_id}`);
}

test("what the README says to type works, and ends where it says", async () => {
  expect(blocks.map(({ expected }) => expected)).toEqual([undefined, undefined, "paid", "NO_TRANSITION"]);
  for (const { expected, block } of blocks) {
    const script = block.replaceAll("8787", `${server.port}`).replaceAll("8788", `${server.port + 1}`);
    const run = async (): Promise<string> =>
      (await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], { cwd: root })).stdout;
    // Nothing is known of an order that nothing was told of yet.
    const tryToRun = (): Promise<string> => run().catch(String);
    if (expected === undefined) expect(await run()).not.toBe("");
    else
      expect(await until(TOLD_WITHIN_MS, tryToRun, (printed) => printed.includes(`"${expected}"`))).toContain(
        `"${expected}"`,
      );
  }
  const [checkout, payment, ...more] = await historyOf("7");
  expect([checkout, more]).toEqual(["checkout checkout-click-1", []]);
  expect(payment).toMatch(/^charged payment-\d+-1$/);
  expect((await show("7")).problem).toMatchObject({ event: "checkout", reason: "NO_TRANSITION" });
  const printed = "shop-orders/7 checkout NO_TRANSITION: ";
  expect(
    await until(
      TOLD_WITHIN_MS,
      () => server.output(),
      (output) => output.includes(printed),
    ),
  ).toContain(printed);
});

test("a declined order is paid by another checkout; its id may be anything", { timeout: 120_000 }, async () => {
  const id = "8/é ü";
  await ask(`${server.url}/api/v1/statemachines`, post({ config_id: "shop-orders", id }));
  const order = encodeURIComponent(id);
  const stateOf = async (): Promise<string | undefined> => (await show(order)).standing?.state;
  expect((await checkOut(order, "a", 101)).status).toBe(202);
  expect(await until(TOLD_WITHIN_MS, stateOf, (state) => state === "unpaid")).toBe("unpaid");
  expect((await show(order)).standing).toMatchObject({ why: "the card is good for 100", amount: 101, sequence: 2 });
  expect((await checkOut(order, "b", 99)).status).toBe(202);
  expect(await until(TOLD_WITHIN_MS, stateOf, (state) => state === "paid")).toBe("paid");
  expect((await historyOf(id)).map((entry) => entry.split(" ")[0])).toEqual([
    "checkout",
    "declined",
    "checkout",
    "charged",
  ]);
});

test("a checkout that is too large to be told whole is not charged, and may follow in a smaller one", async () => {
  await ask(`${server.url}/api/v1/statemachines`, post({ config_id: "shop-orders", id: "9" }));
  const events = `${server.url}/api/v1/statemachines/shop-orders/9/events`;
  const data = { amount: 40, note: "x".repeat(40_000) };
  expect(await ask(events, post({ event: "checkout", data }))).toMatchObject({ result: "transitioned" });
  const stateOf = async (): Promise<string | undefined> => (await show("9")).standing?.state;
  expect(await until(TOLD_WITHIN_MS, stateOf, (state) => state === "unpaid")).toBe("unpaid");
  expect((await show("9")).standing).toMatchObject({ why: "no amount was told with the order" });
  expect((await checkOut("9", "a", 99)).status).toBe(202);
  expect(await until(TOLD_WITHIN_MS, stateOf, (state) => state === "paid")).toBe("paid");
});

test("a checkout of an order that there is not is told as a problem", async () => {
  expect((await checkOut("nobody", "a", 1)).status).toBe(202);
  const reasonOf = async (): Promise<string | undefined> => (await show("nobody")).problem?.reason;
  expect(await until(TOLD_WITHIN_MS, reasonOf, (reason) => reason !== undefined)).toBe("MACHINE_NOT_FOUND");
});

test("the shop refuses what is no checkout, and puts nothing on the queue", async () => {
  for (const amount of [0, -1, "40", null, undefined]) expect((await checkOut("7", "c", amount)).status).toBe(400);
  expect((await checkOut("7", "k".repeat(201), 1)).status).toBe(400);
  expect((await fetch(`${shop}/orders/7/checkout`, post({ amount: 1 }))).status).toBe(400);
  expect((await fetch(`${shop}/orders/7/checkout`)).status).toBe(405);
  expect((await fetch(`${shop}/orders/never-heard-of`)).status).toBe(404);
  expect((await fetch(`${shop}/orders/%ff`)).status).toBe(404);
});

test("the two servers end together, whichever ends", async () => {
  await server.stop();
  await expect(fetch(shop)).rejects.toThrow("fetch failed");
  await expect(fetch(server.url)).rejects.toThrow("fetch failed");
  const dir = await mkdtemp(join(tmpdir(), "detent-beside-"));
  try {
    const env = { ...process.env, PORT: String(await findFreePort()), DETENT_STATE_DIR: dir };
    const args = [join(root, "src/local/start.ts"), "--beside", "no-such.toml"];
    const started = promisify(execFile)(process.execPath, args, { env, timeout: TOLD_WITHIN_MS });
    await expect(started).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("no-such.toml") });
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
});
