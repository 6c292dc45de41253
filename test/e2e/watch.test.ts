/** Watching as docs/watch.md tells it: its cURL line in a shell, its browser code in a real Chromium, heartbeats at every door. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packaged from "@sparticuz/chromium";
import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCaller } from "../doors/caller.ts";
import { watcherOf, type Told, type Watching } from "../doors/watcher.ts";
import { startServer, type Server } from "./server.ts";

const page = await readFile(join(import.meta.dirname, "../../docs/watch.md"), "utf8");
const PATIENCE = { timeout: 60_000 };
const HEARTBEAT_MS = 15_000;

const CONFIGURATION = {
  name: "orders",
  starting_state: "start",
  states: ["start", "paid"],
  transitions: [
    { from: "start", to: "paid", event: "pay" },
    { from: "paid", to: "start", event: "refund" },
  ],
};

let stateDir: string;
let server: Server;
let browser: Browser | undefined;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "detent-watch-"));
  server = await startServer({ stateDir });
  const { sendJson } = callerOf(server);
  expect((await sendJson("/api/v1/configurations", CONFIGURATION)).status).toBe(201);
  for (const id of ["order-1", "quiet"]) {
    expect((await sendJson("/api/v1/statemachines", { config_id: "orders", id })).status).toBe(201);
  }
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
});

const callerOf = ({ url }: Server) => createCaller(url, (request) => fetch(request));

/** The only block of the page in this language. */
function blockOf(language: string): string {
  const blocks = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))];
  expect(blocks).toHaveLength(1);
  return blocks[0]?.[1] ?? "";
}

async function order(event: string): Promise<void> {
  const path = "/api/v1/statemachines/orders/order-1/events";
  expect((await callerOf(server).sendJson(path, { event })).status).toBe(200);
}

test("the cURL line prints what was missed, then what happens", PATIENCE, async () => {
  await order("pay");
  const line = blockOf("sh").replaceAll("http://localhost:8787", server.url);
  const shell = spawn("bash", ["-c", `exec ${line}`], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    let printed = "";
    shell.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
    const ids = (): string[] => [...printed.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id ?? "");
    await expect.poll(ids, PATIENCE).toEqual(["1"]);
    await order("refund");
    await expect.poll(ids, PATIENCE).toEqual(["1", "2"]);
  } finally {
    shell.kill();
  }
});

test(
  "a browser that goes on after the server was killed has missed nothing and has nothing twice",
  PATIENCE,
  async () => {
    browser = await chromium.launch({
      executablePath: await packaged.executablePath(),
      args: [...packaged.args, "--disable-background-networking"],
      headless: true,
    });
    // A page of another policy than that of what the service answers, as any page with code in it has.
    const tab = await browser.newPage({ bypassCSP: true });
    await tab.goto(`${server.url}/health`);
    // The code prints the transition of each change, and the reason of a problem.
    await tab.evaluate(`globalThis.printed = []; console.log = (what) => printed.push(what.event ?? what);`);
    // Its constant, kept where the test finds it.
    await tab.evaluate(blockOf("js").replace("const events", "globalThis.events"));
    const printed = (): Promise<string[]> => tab.evaluate<string[]>("printed");
    await expect.poll(printed, PATIENCE).toEqual(["pay", "refund"]);
    await server.kill();
    server = await startServer({ stateDir, port: server.port });
    await order("pay");
    await expect.poll(printed, PATIENCE).toEqual(["pay", "refund", "pay"]);
    await order("refund");
    await expect.poll(printed, PATIENCE).toEqual(["pay", "refund", "pay", "refund"]);
    await callerOf(server).send("/api/v1/statemachines/orders/order-1", { method: "DELETE" });
    // CLOSED: the code leaves it at that, and does not ask again.
    await expect.poll(() => tab.evaluate("events.readyState"), PATIENCE).toBe(2);
    expect((await printed()).slice(4)).toEqual(["", "MACHINE_GONE"]);
  },
);

test("after 15 s of silence a heartbeat comes at every door", PATIENCE, async () => {
  const { send, connectJson, connectBinary, grpcWeb } = callerOf(server);
  const watches: Watching[] = [
    ...[connectJson, connectBinary, grpcWeb].map((transport) => watcherOf.rpc(transport, "orders", "quiet")),
    watcherOf.sse(send, "orders", "quiet"),
  ];
  const hear = async ({ messages }: Watching): Promise<Told[]> => {
    const heard: Told[] = [];
    let beganAt = 0;
    for await (const message of messages) {
      heard.push(message);
      if (heard.length === 2) break;
      beganAt = performance.now();
    }
    // It is silence that makes one come; how late it may be is nothing that a test can say.
    expect(performance.now() - beganAt).toBeGreaterThan(HEARTBEAT_MS - 1_000);
    return heard;
  };
  const heard = await Promise.all(watches.map(hear));
  for (const watching of watches) watching.cut();
  expect(heard).toEqual(watches.map(() => [{ revision: 0 }, { revision: 0 }]));
});
