/**
 * `detent load` while everything around it fails: the command is killed when the service has applied what it asked and the
 * answer is still on its way, answers are lost, the server is killed. Every line is applied once. DETENT_LOAD_MACHINES says
 * with how many machines.
 */
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFreePort } from "../free-port.ts";
import { until } from "../until.ts";
import { buildPackage, Cli } from "./cli/cli.ts";
import { startServer, type Server } from "./server.ts";

const MACHINES = Number(process.env["DETENT_LOAD_MACHINES"] ?? "1000");
/** Machines whose ids the load makes. */
const UNNAMED = MACHINES / 10;
const EVENTS_EACH = 2;
/** How often the command is killed. */
const KILLS = 3;
/** A busy machine does at least thirty lines a second. */
const WITHIN_MS = 60_000 + MACHINES * 100;
const ASKED_AT_ONCE = 20;

let stateDir: string;
let server: Server;
let proxy: LossyProxy;
let cli: Cli;
beforeAll(async () => {
  await buildPackage();
  stateDir = await mkdtemp(join(tmpdir(), "detent-e2e-load-"));
  server = await startServer({ stateDir, port: await findFreePort() });
  proxy = await LossyProxy.start(server.port);
  cli = await Cli.create(proxy.url);
  await cli.upload({
    name: "loaded",
    version: "v1",
    starting_state: "open",
    states: ["open", "unnamed"],
    // Applied twice, it would be two changes: nothing but its id keeps it from being.
    transitions: [
      { from: "open", to: "open", event: "add" },
      { from: "open", to: "unnamed", event: "forget" },
    ],
  });
});
afterAll(async () => {
  await cli?.close();
  await proxy?.close();
  await server?.kill();
  await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
});

/** Half of the machines one by one with their events, half with the events far behind; unnamed ones among them all. */
function makeLines(): object[] {
  const numbers = Array.from({ length: MACHINES }, (_, index) => index);
  const send = (index: number, nth: number) => ({
    send: { configuration: "loaded", id: `machine-${index}`, event: "add", data: { nth } },
  });
  const create = (index: number) => [
    { create: { config_id: "loaded:v1", id: `machine-${index}`, data: { index } } },
    ...(index % (MACHINES / UNNAMED) === 0 ? [{ create: { config_id: "loaded:v1", state: "unnamed" } }] : []),
  ];
  const [near, far] = [numbers.slice(0, MACHINES / 2), numbers.slice(MACHINES / 2)];
  const nths = Array.from({ length: EVENTS_EACH }, (_, nth) => nth);
  return [
    ...near.flatMap((index) => [...create(index), ...nths.map((nth) => send(index, nth))]),
    ...far.flatMap(create),
    ...nths.flatMap((nth) => far.map((index) => send(index, nth))),
  ];
}

async function ask<T>(path: string): Promise<T> {
  const response = await fetch(`${server.url}/api/v1/${path}`);
  expect(response.status).toBe(200);
  return await response.json<T>();
}

test(
  `a load of ${MACHINES} machines survives kills and lost answers: every line is applied once`,
  { timeout: WITHIN_MS * 4 },
  async () => {
    const lines = makeLines();
    const file = await cli.write("load.ndjson", `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);

    for (let kill = 1; kill <= KILLS; kill += 1) {
      // The service has done it, and the command will never know: an unnamed machine, and a call of events.
      const held = proxy.hold({ after: (kill * MACHINES) / 20 });
      const killed = cli.start(["load", file]);
      const ended = once(killed, "exit");
      expect(await until(WITHIN_MS, held, ({ isComplete }) => isComplete)).toMatchObject({ isComplete: true });
      killed.kill("SIGKILL");
      expect(await ended).toEqual([null, "SIGKILL"]);
      proxy.drop();
    }

    // Of the answers from here on some are lost; and so is the server, once.
    proxy.loseEvery(7);
    const running = cli.follow(["load", file, "--json"]);
    const asked = proxy.count;
    await until(
      WITHIN_MS,
      () => proxy.count,
      (count) => count > asked + MACHINES / 5,
    );
    await server.kill();
    await until(
      WITHIN_MS,
      () => running.stderr(),
      (text) => text.includes("trying again"),
    );
    server = await startServer({ stateDir, port: server.port });
    expect(await running.ended, running.stderr()).toBe(0);
    expect(running.stderr()).toMatch(/going on with .*: [\d,]+ of [\d,]+ lines were done before/);
    expect(running.stderr()).toContain("trying again");
    const report = JSON.parse(running.stdout()) as { duplicates: number };
    expect(report).toMatchObject({ lines: lines.length, applied: lines.length, left: 0, failures: [] });
    // Otherwise nothing was asked twice, and this shows nothing.
    expect(report.duplicates).toBeGreaterThan(0);

    const expected = { open: MACHINES, unnamed: UNNAMED };
    const countStates = async () => {
      const { counts } = await ask<{ counts: { state: string; count: number }[] }>(
        "statemachines:count?configuration=loaded&group_by=state",
      );
      return Object.fromEntries(counts.map(({ state, count }) => [state, count]));
    };
    // What is one too many is there by now: a creation is answered when the machine is in the index.
    const isThere = (found: Record<string, number>) =>
      Object.entries(expected).every(([state, count]) => (found[state] ?? 0) >= count);
    expect(await until(WITHIN_MS, countStates, isThere)).toEqual(expected);
    const history = Array.from({ length: EVENTS_EACH }, (_, nth) => ({ transition: { event: "add" }, data: { nth } }));
    const indexes = Array.from({ length: MACHINES }, (_, index) => index);
    while (indexes.length > 0) {
      await Promise.all(
        indexes.splice(0, ASKED_AT_ONCE).map(async (index) => {
          const path = `statemachines/loaded/machine-${index}`;
          const { statemachine } = await ask<{ statemachine: object }>(path);
          expect(statemachine).toMatchObject({ revision: EVENTS_EACH, data: { index }, history });
          const refused = await ask<{ receipts: object[] }>(`${path}/history?refused=true`);
          expect(refused.receipts).toEqual([]);
        }),
      );
    }
    // Complete, it has nothing to go on from.
    expect(await readdir(join(cli.dir, "detent/load"))).toEqual([]);
  },
);

/** What is held back: done by the server, unknown to who asked. */
interface Held {
  readonly sends: number;
  readonly creations: number;
  /** There is one of each. */
  readonly isComplete: boolean;
}

/** What stands between the command and the server, and loses answers to what the server has done. */
class LossyProxy {
  readonly #server: HttpServer;
  readonly #port: number;
  readonly #held: { readonly kind: "sends" | "creations"; readonly response: ServerResponse }[] = [];
  #holdsFrom = Infinity;
  #losesEvery = Infinity;
  #count = 0;

  private constructor(port: number) {
    this.#port = port;
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  /** In front of the server at this port. */
  static async start(port: number): Promise<LossyProxy> {
    const made = new LossyProxy(port);
    made.#server.listen(0, "127.0.0.1");
    await once(made.#server, "listening");
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Calls that the server has answered. */
  get count(): number {
    return this.#count;
  }

  /** From so many further calls on, holds back what is answered to calls of events and to creations without a name. */
  hold({ after }: { readonly after: number }): () => Held {
    this.#holdsFrom = this.#count + after;
    return () => {
      const count = (kind: string) => this.#held.filter((held) => held.kind === kind).length;
      const [sends, creations] = [count("sends"), count("creations")];
      return { sends, creations, isComplete: sends > 0 && creations > 0 };
    };
  }

  /** Holds nothing back any more; what was is lost. */
  drop(): void {
    this.#holdsFrom = Infinity;
    for (const { response } of this.#held.splice(0)) response.destroy();
  }

  /** One answer of so many is lost. */
  loseEvery(calls: number): void {
    this.#losesEvery = calls;
  }

  async close(): Promise<void> {
    this.drop();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { url: path = "/", method, headers } = request;
    const sent = forward({ host: "127.0.0.1", port: this.#port, path, method, headers, agent: false });
    sent.end(body);
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    const text = await buffer(answer);
    this.#count += 1;
    const kind = kindOf(path, body);
    if (kind !== undefined && this.#count > this.#holdsFrom) this.#held.push({ kind, response });
    else if (this.#count % this.#losesEvery === 0) response.destroy();
    else {
      const { "transfer-encoding": _encoding, ...kept } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, { ...kept, "content-length": text.byteLength }).end(text);
    }
  }
}

function kindOf(path: string, body: Buffer): "sends" | "creations" | undefined {
  if (path.endsWith(":send-events")) return "sends";
  return body.includes('"state":"unnamed"') ? "creations" : undefined;
}
