/** Waiting for a feed to go on, in the words of each door. */
import { Code, createClient, type Transport } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { FeedService } from "../../../src/gen/detent/v1/feed_service_pb.ts";
import { machinePath, type Json } from "../../doors/json.ts";
import { connectBinary, connectGet, grpcWeb, sendJson } from "../doors/caller.ts";
import { configuration, expectProblem, MACHINES } from "./orders.ts";

/** One accepted change and one refused event, while somebody waits for them. */
async function happen(name: string): Promise<void> {
  // Whoever waits shall be waiting by then; were it not, it would find them at once.
  await scheduler.wait(300);
  await sendJson(MACHINES, { config_id: name, id: "m" });
  await sendJson(`${machinePath(name, "m")}/events`, { event: "finish", event_id: "no" });
}

const json = (feed: string) => async (name: string, wait: string) => {
  const { body } = await sendJson(`/api/v1/${feed}?configuration=${name}&wait=${wait}`);
  return { entries: body[feed] as Json[], nextCursor: body.next_cursor as string };
};
const rpc = (transport: Transport) => {
  const feeds = createClient(FeedService, transport);
  return [
    async (name: string, wait: string) => {
      const { transitions: entries, nextCursor } = await feeds.listTransitions({ configuration: name, wait });
      return { entries, nextCursor };
    },
    async (name: string, wait: string) => {
      const { failures: entries, nextCursor } = await feeds.listFailures({ configuration: name, wait });
      return { entries, nextCursor };
    },
  ] as const;
};

describe.each([
  ["JSON", [json("transitions"), json("failures")]],
  ["Connect", rpc(connectBinary)],
  ["Connect by GET", rpc(connectGet)],
  ["gRPC-web", rpc(grpcWeb)],
] as const)("%s", (_name, feeds) => {
  test("an entry that comes is answered before the time is over", async () => {
    const name = await configuration();
    const startedAt = Date.now();
    const pages = Promise.all(feeds.map((readFeed) => readFeed(name, "PT25S")));
    await happen(name);
    for (const { entries, nextCursor } of await pages) {
      expect(entries).toHaveLength(1);
      expect(Number(nextCursor)).toBeGreaterThan(0);
    }
    expect(Date.now() - startedAt).toBeLessThan(20_000);
  });

  test("when nothing comes, the page is empty after that time", async () => {
    const name = await configuration();
    const startedAt = Date.now();
    const pages = await Promise.all(feeds.map((readFeed) => readFeed(name, "400ms")));
    expect(pages).toEqual(feeds.map(() => ({ entries: [], nextCursor: "0" })));
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(400);
  });

  test("an empty wait is none", async () => {
    const name = await configuration();
    for (const readFeed of feeds) expect(await readFeed(name, "")).toEqual({ entries: [], nextCursor: "0" });
  });
});

test.each(["transitions", "failures"])(
  "of %s, more than 30 s is refused: the field, the limit and the value are named",
  async (feed) => {
    const problem = await expectProblem(sendJson(`/api/v1/${feed}?wait=PT30.001S`), 400, "LIMIT_EXCEEDED", ["/wait"]);
    expect(problem.errors).toMatchObject([
      { message: "wait is PT30.001S, the limit is 30 s", rule: "limit_exceeded", value: "PT30.001S" },
    ]);
  },
);

test.each([
  ["Connect", connectBinary],
  ["Connect by GET", connectGet],
  ["gRPC-web", grpcWeb],
])("%s refuses the same", async (_name, transport) => {
  const feeds = createClient(FeedService, transport);
  await expect(feeds.listTransitions({ wait: "31s" })).rejects.toThrow("wait is 31s, the limit is 30 s");
  await expect(feeds.listFailures({ wait: "soon" })).rejects.toThrow("wait must be a duration");
});

test("a caller whose own patience ends before is told so", async () => {
  const name = await configuration();
  const feeds = createClient(FeedService, connectBinary);
  const call = feeds.listTransitions({ configuration: name, wait: "20s" }, { timeoutMs: 300 });
  await expect(call).rejects.toMatchObject({ code: Code.DeadlineExceeded });
});
