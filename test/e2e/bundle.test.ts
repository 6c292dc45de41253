/**
 * The bundle as a deployment gets it, on a bare workerd: what the test runner's own runtime would allow (eval, modules
 * that were never bundled) fails here. Every case goes through every door once more, over a real connection.
 */
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCaller } from "../doors/caller.ts";
import { CASES } from "../doors/cases.ts";
import { canSay, runCase } from "../doors/run-case.ts";
import { startHost, SUBJECTS, type Host } from "../host.ts";

const LARGEST_BUNDLE_BYTES = 250_000;
const MIB = 1024 * 1024;

let dir: string;
let host: Host | undefined;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-bundle-"));
  host = await startHost(SUBJECTS.complete, dir, AbortSignal.timeout(90_000));
});
afterAll(async () => {
  await host?.stop();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

const origin = (): string => host?.origin ?? "";
// The port is known only once the host runs; the doors are named before.
const { sendJson, doors } = createCaller("http://host.invalid", (request) =>
  fetch(new Request(request.url.replace("http://host.invalid", origin()), request)),
);

test("the bundle is small: a large one starts slowly", async () => {
  const bundle = join(dir, "detent", "bundle");
  const files = (await readdir(bundle)).filter((file) => /\.(?:js|wasm)$/.test(file));
  expect(files).toContain("worker.js");
  const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(join(bundle, file))).byteLength));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(LARGEST_BUNDLE_BYTES);
});

test("no page of another origin may call, unless a setting says so", async () => {
  const headers = { origin: "https://app.example.com", "access-control-request-method": "POST" };
  for (const method of ["OPTIONS", "GET"]) {
    const response = await fetch(`${origin()}/api/v1/configurations`, { method, headers });
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
  }
});

describe.each(doors)("$name", (door) => {
  const cases = CASES.filter((entry) => canSay(door, entry));
  test.each(cases.map((entry) => [entry.name, entry] as const))("%s", (_name, entry) => runCase(door, entry));
});

/** What each door does with a body of so many bytes, with its length announced or in chunks. */
const BODIES = [
  { door: "JSON", path: "/api/v1/configurations:check", type: "application/json", refused: 413, frame: false },
  {
    door: "Connect",
    path: "/detent.v1.ConfigurationService/CheckConfiguration",
    type: "application/json",
    refused: 429,
    frame: false,
  },
  {
    door: "gRPC-web",
    path: "/detent.v1.ConfigurationService/CheckConfiguration",
    type: "application/grpc-web+json",
    refused: 8,
    frame: true,
  },
] as const;

describe.each(BODIES)("a body through $door", ({ path, type, refused, frame }) => {
  /** A message of spaces around `{}`, framed where the protocol frames. */
  const bodyOf = (bytes: number): Uint8Array<ArrayBuffer> => {
    const text = new Uint8Array(new TextEncoder().encode("{}".padEnd(bytes - (frame ? 5 : 0))));
    if (!frame) return text;
    const framed = new Uint8Array(5 + text.length);
    new DataView(framed.buffer).setUint32(1, text.length);
    framed.set(text, 5);
    return framed;
  };
  const statusOf = async (body: Uint8Array<ArrayBuffer>, chunked: boolean): Promise<number> => {
    const init = { method: "POST", headers: { "content-type": type } };
    const stream = (): ReadableStream<Uint8Array> => new Blob([body]).stream();
    const response = await fetch(
      origin() + path,
      chunked ? ({ ...init, body: stream(), duplex: "half" } as RequestInit) : { ...init, body },
    );
    const text = await response.text();
    const status = response.headers.get("grpc-status") ?? /grpc-status: ?(\d+)/i.exec(text)?.[1];
    return frame ? Number(status) : response.status;
  };

  test.each([false, true])("of 1 MiB is read, one byte more is not (chunked: %s)", async (chunked) => {
    expect(await statusOf(bodyOf(MIB), chunked)).toBe(frame ? 0 : 200);
    expect(await statusOf(bodyOf(MIB + 1), chunked)).toBe(refused);
  });
});

test("a body of many small faults, which deployed code meets without eval, is the caller's error", async () => {
  const assign = Object.fromEntries(Array.from({ length: 62 }, (_, index) => [`${index}`, 1]));
  const transitions = Array.from({ length: 2_100 }, () => ({ from: "a", to: "a", event: "e", assign }));
  const body = { name: "c", starting_state: "a", states: ["a"], transitions };
  expect((await sendJson("/api/v1/configurations", body)).status).toBe(400);
  const short = { ...body, transitions: transitions.slice(0, 500).map((one) => ({ ...one, event: 1 })) };
  expect((await sendJson("/api/v1/configurations", short)).body).toMatchObject({ reason: "INVALID_ARGUMENT" });
});

test.each(["/api/v1/configurations", "/detent.v1.ConfigurationService/CreateConfiguration"])(
  "a large body without a credential, which comes slowly, is answered and not cut off: %s",
  async (path) => {
    const { hostname, port } = new URL(origin());
    const socket = connect(Number(port), hostname);
    let answer = "";
    let isCut = false;
    socket.on("data", (data) => {
      answer += String(data);
    });
    socket.on("close", () => {
      isCut = true;
    });
    await once(socket, "connect");
    const head = `POST ${path} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\nauthorization: Bearer x`;
    socket.write(`${head}\r\ncontent-length: 1000000\r\n\r\n`);
    for (let part = 0; part < 10; part += 1) {
      expect([answer, isCut]).toEqual(["", false]);
      socket.write("x".repeat(100_000));
      await sleep(30);
    }
    await expect.poll(() => answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(isCut).toBe(false);
    socket.destroy();
  },
);

test.each([
  ["JSON", "/api/v1/statemachines/cut/m/events", { event: "go" }],
  ["Connect", "/detent.v1.MachineService/SendEvent", { configuration: "cut", id: "m", event: "go" }],
])(
  "%s: a body that ends before its announced length is no event, though it is whole JSON",
  async (_door, path, event) => {
    const loop = {
      name: "cut",
      starting_state: "a",
      states: ["a"],
      transitions: [{ from: "a", to: "a", event: "go" }],
    };
    await sendJson("/api/v1/configurations", loop);
    await sendJson("/api/v1/statemachines", { config_id: "cut", id: "m" });
    const { hostname, port } = new URL(origin());
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    const head = `POST ${path} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: 1000`;
    socket.end(`${head}\r\n\r\n${JSON.stringify(event)}`);
    socket.resume();
    await once(socket, "close");
    expect((await sendJson("/api/v1/statemachines/cut/m")).body.statemachine.revision).toBe(0);
    expect((await sendJson("/health")).body).toMatchObject({ state: "READY" });
  },
);
