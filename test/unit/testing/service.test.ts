/** What a service is asked with is looked at before it is asked; and what it says of itself is no machine's behaviour. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import {
  create,
  createKit,
  none,
  runScenarios,
  ScenarioError,
  service,
  TargetError,
  UsageError,
} from "../../../src/testing/index.ts";
import { until } from "../../until.ts";
import { lying } from "../../kit/lying.ts";
import { TICKET } from "../../kit/ticket.ts";

/** What a call throws, with everything that it would print. */
function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("a service is not asked with", () => {
  test.each([
    ["a key with the end of a line", { url: "https://detent.example.com", key: "SECRET\n" }, /the key has a character/],
    ["a key with a space", { url: "https://detent.example.com", key: "SECRET KEY" }, /the key has a character/],
    ["an empty key", { url: "https://detent.example.com", key: "" }, /the key is empty/],
    ["a key over plain http", { url: "http://detent.example.com", key: "SECRET" }, /not sent to .*it is not https/],
    ["a password in its address", { url: "https://anna:SECRET@detent.example.com" }, /user or password/],
    ["a password in what is no address", { url: "anna:SECRET@detent" }, /user or password/],
    ["an address that is none", { url: "detent" }, /url must be one like/],
    ["an address of another protocol", { url: "ftp://localhost" }, /url must be one like/],
    ["a wait that is none", { url: "https://detent.example.com", waitAtMost: "long" }, /waitAtMost must be .*"long"/],
  ])("%s", (_name, options, message) => {
    const error = thrownBy(() => service(options));
    if (!(error instanceof UsageError)) throw new Error("it was taken", { cause: error });
    expect(error.message).toMatch(message);
    expect(error.cause).toBeUndefined();
    expect(error.stack).not.toContain("SECRET");
  });

  test("and without a key plain http will do, as with one on this machine", () => {
    expect(service({ url: "http://detent.example.com" })).toBeTypeOf("object");
    expect(service({ url: "http://localhost:8787", key: "dtk_x" })).toBeTypeOf("object");
  });
});

/** What a promise rejects with. */
async function rejectionOf(work: PromiseLike<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("it did not reject");
}

const REASONS = [
  "PERMISSION_DENIED",
  "UNAUTHENTICATED",
  "RATE_LIMITED",
  "QUOTA_EXCEEDED",
  "UNAVAILABLE",
  "CONFIGURATION_DEPRECATED",
] as const;

/** Events are answered so, whatever they are. */
const answering = (reason: string) =>
  lying(() => ({ send: () => Promise.resolve({ ok: false, reason, message: "not now", violations: [] }) }));

describe("what says nothing about a machine", () => {
  test.each(REASONS)("%s is no refusal, unless a test names it", async (reason) => {
    const kit = createKit(TICKET, { target: answering(reason) });
    const sent = kit.given(create()).when("assign");
    for (const scenario of [sent.thenRefused(), sent.thenRefused("NO_TRANSITION"), sent.thenState("new")]) {
      const error = await rejectionOf(scenario);
      if (!(error instanceof ScenarioError)) throw new Error("it passed", { cause: error });
      expect(error.message).toContain(`says nothing about the machine: ${reason}: not now`);
      expect(error.cause).toBeInstanceOf(TargetError);
    }
    await sent.thenRefused(reason);
    expect(await kit.diagram({ withRefusals: true })).not.toContain(reason);
  });

  test.each(REASONS)("%s ends a walk, a table, a fuzz and a file of scenarios", async (reason) => {
    const target = answering(reason);
    const kit = createKit(TICKET, { target });
    const scenarios = `configuration: ${JSON.stringify(TICKET)}
scenarios:
  - name: first
    steps:
      - { when: assign, refused: {} }
`;
    for (const work of [kit.walk(), kit.table(), kit.fuzz(), runScenarios(scenarios, { target })]) {
      const error = await rejectionOf(work);
      expect(error).toBeInstanceOf(TargetError);
      expect(error).toMatchObject({ reason, message: expect.stringContaining("not now") });
    }
  });
});

/** Answers every call with an error of Connect's, as the service has them, and counts the calls. */
async function withServer<T>(
  answer: { reason: string; code: string; retryAfter?: string; isSilent?: boolean },
  work: (url: string, count: () => number) => Promise<T>,
): Promise<T> {
  const { reason, code, retryAfter, isSilent = false } = answer;
  let calls = 0;
  const server = createServer((_request, response) => {
    calls += 1;
    if (isSilent) return;
    const value = Buffer.from([10, reason.length, ...Buffer.from(reason)]).toString("base64");
    response.statusCode = 429;
    response.setHeader("content-type", "application/json");
    if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
    response.end(JSON.stringify({ code, message: "no", details: [{ type: "google.rpc.ErrorInfo", value }] }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => calls);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a service that asks to wait for long is not waited for", async () => {
  const limited = { reason: "RATE_LIMITED", code: "resource_exhausted", retryAfter: "3600" };
  await withServer(limited, async (url, count) => {
    const error = await rejectionOf(createKit(TICKET, { target: service({ url }) }).given(none()));
    expect(error).toBeInstanceOf(TargetError);
    expect(error).toMatchObject({
      reason: "RATE_LIMITED",
      message: expect.stringContaining("asks to wait for 3600 s, and at most 30 s are waited"),
    });
    expect(count()).toBe(1);
  });
});

test.each([
  ["that asks to wait", "20"],
  ["that never answers", undefined],
])("a file of scenarios is called off while a service %s is waited for", async (_name, retryAfter) => {
  const limited = {
    reason: "RATE_LIMITED",
    code: "resource_exhausted",
    ...(retryAfter !== undefined && { retryAfter }),
  };
  await withServer({ ...limited, isSilent: retryAfter === undefined }, async (url, count) => {
    const controller = new AbortController();
    const text = `configuration: ${JSON.stringify(TICKET)}\nscenarios: [{ name: first, then: new }]`;
    const running = rejectionOf(runScenarios(text, { target: service({ url }), signal: controller.signal }));
    await until(10_000, count, (calls) => calls > 0);
    const reason = new Error("called off");
    controller.abort(reason);
    expect(await running).toBe(reason);
    expect(count()).toBe(1);
  });
});

test("a service that does not take the configuration says why, and so that a program can tell", async () => {
  for (const [reason, code] of [
    ["UNAUTHENTICATED", "unauthenticated"],
    ["PERMISSION_DENIED", "permission_denied"],
    ["CONFIGURATION_EXISTS", "already_exists"],
  ] as const) {
    await withServer({ reason, code }, async (url) => {
      const error = await rejectionOf(createKit(TICKET, { target: service({ url }) }).coverage());
      expect(error).toBeInstanceOf(TargetError);
      expect(error).toMatchObject({ reason, message: expect.stringContaining("does not take the configuration") });
      const stored = createKit({ configId: "ticket:v1" }, { target: service({ url }) });
      expect(await rejectionOf(stored.coverage())).toMatchObject({ name: "TargetError", reason });
    });
  }
});

test("a service that does not answer is told without a reason", async () => {
  const error = await rejectionOf(createKit(TICKET, { target: service({ url: "http://127.0.0.1:9" }) }).coverage());
  expect(error).toBeInstanceOf(TargetError);
  expect(error).toMatchObject({ reason: undefined, message: expect.stringContaining("no Detent answers at") });
});
