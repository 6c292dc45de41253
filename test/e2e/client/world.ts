/** A server, the network before it, and clients. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import configuration from "../../../examples/orders/order.json" with { type: "json" };
import { typedOrders } from "../../../examples/orders/orders.ts";
import { createClient, DetentError, type Client, type ClientOptions } from "../../../src/client/index.ts";
import { startServer, type Server } from "../server.ts";
import { TroubleProxy } from "./trouble-proxy.ts";

/** Waits that are no test of patience. */
export const QUICK = { firstWaitMs: 5, longestWaitMs: 2_000 };

export class ClientWorld {
  readonly proxy: TroubleProxy;
  /** Through the network. */
  readonly client: Client;
  /** Past it. */
  readonly direct: Client;
  readonly #stateDir: string;
  #server: Server;

  private constructor(server: Server, proxy: TroubleProxy, stateDir: string) {
    this.#server = server;
    this.proxy = proxy;
    this.#stateDir = stateDir;
    this.client = this.clientWith();
    this.direct = createClient({ url: server.url });
  }

  static async start(): Promise<ClientWorld> {
    const stateDir = await mkdtemp(join(tmpdir(), "detent-client-"));
    const server = await startServer({ stateDir });
    const world = new ClientWorld(server, await TroubleProxy.start(server.url), stateDir);
    await world.direct.upload(configuration);
    return world;
  }

  get url(): string {
    return this.#server.url;
  }

  clientWith(options: Partial<ClientOptions> = {}): Client {
    return createClient({ url: this.proxy.url, retry: QUICK, ...options });
  }

  /** An order that is open, through a client. */
  async open(through = this.client) {
    const { id } = await typedOrders.machines(this.direct).create({ data: { customer: "c", total: 10 } });
    return typedOrders.machines(through).machine(id);
  }

  /** A machine that goes from its only state to the same, as often as it is told. */
  async turn(name: string): Promise<{ readonly configuration: string; readonly id: string }> {
    const transitions = [{ from: "a", to: "a", event: "e" }];
    await this.direct.upload({ name, starting_state: "a", states: ["a"], transitions });
    await this.direct.machines.createMachine({ configId: `${name}:v1`, id: "m" });
    return { configuration: name, id: "m" };
  }

  /** Kills the server as a power cut would, and starts it again at the same place when `meanwhile` is done. */
  async restart(meanwhile: () => Promise<void>): Promise<void> {
    const { port } = this.#server;
    await this.#server.kill();
    await meanwhile();
    this.#server = await startServer({ stateDir: this.#stateDir, port });
  }

  async stop(): Promise<void> {
    this.proxy.stop();
    await this.#server.stop();
    await rm(this.#stateDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What `work` fails with. */
export async function failureOf(work: Promise<unknown>): Promise<DetentError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DetentError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** The one that all claims are checked in: a server takes longer to start than most of them take. */
export let world: ClientWorld;

export async function startWorld(): Promise<void> {
  world = await ClientWorld.start();
}
