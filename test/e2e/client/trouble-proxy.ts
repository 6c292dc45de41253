/** Something between a client and a server that goes wrong as networks do, request by request. */
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";

/**
 * - `pass`: as if it were not there.
 * - `lose`: the connection breaks before the server has heard of anything.
 * - `mute`: the server does what it is asked, and the connection breaks before its answer.
 * - `cut`: the connection breaks in the middle of the answer.
 * - a status: an answer of the proxy's own, with its headers.
 */
export type Trouble =
  | "pass"
  | "lose"
  | "mute"
  | "cut"
  | { readonly status: number; readonly headers?: Record<string, string> };

/** What has come by. */
export interface Seen {
  /** `SendEvent`, say. */
  readonly method: string;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
  readonly at: number;
}

export class TroubleProxy {
  readonly seen: Seen[] = [];
  readonly #server: HttpServer;
  readonly #sockets = new Set<Socket>();
  #plan: (seen: Seen, nr: number) => Trouble = () => "pass";
  #open = 0;
  /** Bytes of answers that were passed on since the plan. */
  passed = 0;
  #held = Promise.resolve();
  #release = (): void => undefined;
  readonly target: string;

  private constructor(target: string) {
    this.target = target;
    this.#server = createServer(
      (request, response) => void this.#handle(request, response).catch(() => response.destroy()),
    );
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(target: string): Promise<TroubleProxy> {
    const proxy = new TroubleProxy(target);
    await once(proxy.#server.listen(0, "127.0.0.1"), "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What goes wrong from now on: asked of each request with its number, the first being 0. Forgets what was seen. */
  plan(plan: (seen: Seen, nr: number) => Trouble): void {
    this.seen.length = 0;
    this.passed = 0;
    this.#plan = plan;
  }

  /** Calls that are not answered to their end. */
  get connections(): number {
    return this.#open;
  }

  /** Lets no request through until it is released. */
  hold(): void {
    this.#held = new Promise((resolve) => (this.#release = resolve));
  }

  release(): void {
    this.#release();
  }

  /** Breaks every connection that is open. */
  breakAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.breakAll();
    this.#server.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const method = request.url?.split("/").at(-1) ?? "";
    const seen = { method, body: body.toString(), headers: request.headers, at: performance.now() };
    const nr = this.seen.push(seen) - 1;
    await this.#held;
    const trouble = this.#plan(seen, nr);
    if (trouble === "lose") return void request.socket.destroy();
    if (typeof trouble === "object") return void response.writeHead(trouble.status, trouble.headers).end("<h1>no</h1>");
    const leaving = new AbortController();
    this.#open++;
    response.once("close", () => {
      this.#open--;
      leaving.abort();
    });
    const answer = await fetch(this.target + request.url, {
      method: request.method ?? "POST",
      headers: passedOn(request.headers),
      body,
      signal: leaving.signal,
    });
    if (trouble === "mute") {
      await answer.arrayBuffer();
      return void request.socket.destroy();
    }
    response.writeHead(answer.status, Object.fromEntries(headersOf(answer)));
    if (trouble === "cut") {
      const whole = Buffer.from(await answer.arrayBuffer());
      response.write(whole.subarray(0, Math.floor(whole.length / 2)), () => request.socket.destroy());
      return;
    }
    response.flushHeaders();
    for await (const chunk of answer.body ?? []) {
      await new Promise((resolve) => response.write(chunk, resolve));
      this.passed += chunk.byteLength;
    }
    response.end();
  }
}

const HOP = new Set([
  "host",
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "content-encoding",
  "accept-encoding",
]);

function passedOn(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (HOP.has(name) ? [] : [[name, String(value)]])),
  );
}

function headersOf({ headers }: Response): [string, string][] {
  return [...headers].filter(([name]) => !HOP.has(name));
}
