/** Each door passes on that the caller is gone, so that nobody waits for a feed on its behalf. */
import { expect, test } from "vitest";
import { FeedWait } from "../../src/catalog/feed-wait.ts";
import type { FeedTopic } from "../../src/catalog/index-entry.ts";
import { createJsonApp } from "../../src/http/app.ts";
import { createRpcDoor } from "../../src/rpc/mount.ts";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import type { House } from "../../src/service/house.ts";

const rpcDoor = createRpcDoor();
const jsonApp = createJsonApp();

test.each(["transitions", "failures"].flatMap((feed) => ["json", "rpc"].map((door) => [feed, door] as const)))(
  "%s, %s",
  async (feed, door) => {
    const caller = new AbortController();
    const house = {
      catalog: () => ({ all: () => Promise.resolve([]) }),
      awaitFeed: (topic: FeedTopic, ms: number, signal: AbortSignal | undefined) => {
        // Gone as soon as it waits.
        setTimeout(() => caller.abort(), 10);
        return new FeedWait({ writers: [], topic, ms, signal, background: () => {} });
      },
    } as unknown as House;
    const call = {
      house,
      release: "",
      requestId: "",
      traceparent: undefined,
      onOperation: () => {},
      authenticate: () => Promise.resolve({ tenant: "t", actor: "", scopes: EVERY_SCOPE }),
    };
    const { signal } = caller;
    const method = feed === "transitions" ? "ListTransitions" : "ListFailures";
    const startedAt = performance.now();
    if (door === "json") {
      await jsonApp.fetch(new Request(`http://localhost/api/v1/${feed}?wait=30s`, { signal }), call);
    } else {
      const init = { method: "POST", headers: { "content-type": "application/json" }, body: '{"wait": "30s"}', signal };
      await rpcDoor.handle(new Request(`http://localhost/detent.v1.FeedService/${method}`, init), call);
    }
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  },
);
