/** Watching through the client: over connections that break, a server that is killed, credentials that end, and in a browser. */
import { join } from "node:path";
import packaged from "@sparticuz/chromium";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { typedOrders } from "../../../examples/orders/orders.ts";
import { createClient, type Client, type WatchOptions } from "../../../src/client/index.ts";
import { world, failureOf, range } from "./world.ts";
import { until } from "../../until.ts";

const PATIENCE = { timeout: 120_000 };
const TOLD_WITHIN_MS = 30_000;

/** What watchers are told. The last of the groups, since it restarts the server. */
export function claimWatches(): void {
  beforeEach(() => world.proxy.plan(() => "pass"));

  interface Address {
    readonly configuration: string;
    readonly id: string;
  }

  /** Revisions as they are told, and the end. */
  function follow(through: Client, address: Address, options: WatchOptions) {
    const revisions: number[] = [];
    const end = (async () => {
      for await (const { revision } of through.watch(address, options)) revisions.push(revision);
    })();
    // Awaited later, perhaps after it has failed.
    end.catch(() => undefined);
    return { revisions, end };
  }

  async function turn(
    address: Address,
    times: number,
    meanwhile: (nr: number) => void = () => undefined,
  ): Promise<void> {
    for (const nr of range(times)) {
      await world.direct.machines.sendEvent({ ...address, event: "e" });
      meanwhile(nr);
    }
  }

  const watches = (): number => world.proxy.seen.filter(({ method }) => method === "WatchMachine").length;

  test(
    "each change is told once and in order through connections that break, and the end of the machine is the end",
    PATIENCE,
    async () => {
      const address = await world.turn("breaking");
      const { revisions, end } = follow(world.client, address, { afterRevision: -1 });
      for (const round of range(6)) {
        await turn(address, 5);
        if (round % 2 === 0)
          await until(
            TOLD_WITHIN_MS,
            () => revisions.length,
            (length) => length === 1 + 5 * (round + 1),
          );
        world.proxy.breakAll();
      }
      await world.direct.machines.deleteMachine(address);
      await end;
      expect(revisions).toEqual(range(32));
      expect(watches()).toBeGreaterThan(3);
    },
  );

  test(
    "a watch from now on begins where its first heartbeat said, also when its connection breaks right behind it",
    PATIENCE,
    async () => {
      const address = await world.turn("from-now");
      await turn(address, 3);
      const stop = new AbortController();
      let asked = 0;
      // No change is told before the break, so that only the heartbeat says where the watch was.
      const { revisions, end } = follow(world.client, address, { signal: stop.signal });
      await until(
        TOLD_WITHIN_MS,
        () => world.proxy.passed,
        // Asked once more, so that what has left the proxy has been read.
        (bytes) => bytes > 0 && asked++ > 0,
      );
      world.proxy.hold();
      world.proxy.breakAll();
      await turn(address, 3);
      world.proxy.release();
      await until(
        TOLD_WITHIN_MS,
        () => revisions.length,
        (length) => length >= 3,
      );
      stop.abort();
      await end;
      expect(revisions).toEqual([4, 5, 6]);
      expect(watches()).toBeGreaterThan(1);
    },
  );

  test("a server that is killed and comes back is watched on, and nothing is missed", PATIENCE, async () => {
    const address = await world.turn("restarted");
    await turn(address, 2);
    const stop = new AbortController();
    const { revisions, end } = follow(world.client, address, { afterRevision: 0, signal: stop.signal });
    await until(
      TOLD_WITHIN_MS,
      () => revisions.length,
      (length) => length === 2,
    );
    await world.restart(async () => {
      // An event that is sent meanwhile waits for the server, too.
      void world.client.machines.sendEvent({ ...address, event: "e" }).catch(() => undefined);
    });
    await turn(address, 3);
    await until(
      TOLD_WITHIN_MS,
      () => revisions.length,
      (length) => length >= 5,
    );
    stop.abort();
    await end;
    expect(revisions).toEqual(range(revisions.length).map((index) => index + 1));
    expect(revisions.length).toBeGreaterThanOrEqual(5);
  });

  test("a connection that says nothing any more is given up", PATIENCE, async () => {
    const address = await world.turn("silent");
    await turn(address, 1);
    const stop = new AbortController();
    const { revisions, end } = follow(world.client, address, { afterRevision: 0, silenceMs: 200, signal: stop.signal });
    // A heartbeat comes after 15 s only, so that each of these is silent for too long.
    await until(TOLD_WITHIN_MS, watches, (count) => count >= 3);
    await turn(address, 1);
    await until(
      TOLD_WITHIN_MS,
      () => revisions.length,
      (length) => length === 2,
    );
    stop.abort();
    await end;
    expect(revisions).toEqual([1, 2]);
  });

  test("what cannot be told is an error: no machine, a revision to come, changes of a machine that is gone", async () => {
    const address = await world.turn("ended");
    const first = async (options: WatchOptions, id = address.id) =>
      await world.client.watch({ ...address, id }, options).next();
    expect(await failureOf(first({}, "nobody"))).toMatchObject({ reason: "MACHINE_NOT_FOUND" });
    expect(await failureOf(first({ afterRevision: 7 }))).toMatchObject({ reason: "OUT_OF_RANGE" });
    await world.direct.machines.deleteMachine(address);
    expect(await failureOf(first({}))).toMatchObject({ reason: "MACHINE_GONE" });
  });

  test("who leaves the loop leaves the connection", PATIENCE, async () => {
    const address = await world.turn("left");
    for await (const { kind } of world.client.watch(address, { afterRevision: -1 })) {
      expect(kind).toBe("creation");
      break;
    }
    await until(
      TOLD_WITHIN_MS,
      () => world.proxy.connections,
      (count) => count === 0,
    );
    expect(watches()).toBe(1);
  });

  /** A key with these scopes, and what makes tokens with it that live for as long as is said. */
  async function createTokens(ttl: string, configuration: string) {
    const { secret } = await world.direct.tenants.createKey({
      name: "k",
      scopes: ["machines:read", "machines:write", "events:send"],
    });
    const keyed = world.clientWith({ credential: secret });
    const given: string[] = [];
    const credential = async (): Promise<string> => {
      const { token } = await keyed.tenants.createToken({
        scopes: ["machines:read"],
        configurations: [configuration],
        ttl,
      });
      given.push(token);
      return token;
    };
    return { secret, given, credential };
  }

  test(
    "a watch outlives its token where there is another one, and ends with it where there is none",
    PATIENCE,
    async () => {
      const address = await world.turn("renewed");
      const { given, credential } = await createTokens("PT2S", "renewed");
      const stop = new AbortController();
      const { revisions, end } = follow(world.clientWith({ credential }), address, {
        afterRevision: 0,
        signal: stop.signal,
      });
      await turn(address, 1);
      await until(
        TOLD_WITHIN_MS,
        () => given.length,
        (count) => count >= 3,
      );
      await turn(address, 1);
      await until(
        TOLD_WITHIN_MS,
        () => revisions.length,
        (length) => length === 2,
      );
      stop.abort();
      await end;
      expect(revisions).toEqual([1, 2]);
      const last = world.clientWith({ credential: given[0] });
      expect(await failureOf(last.watch(address).next())).toMatchObject({ reason: "UNAUTHENTICATED" });
    },
  );

  test("a credential that is refused is asked for once more, and goes with the header that the server knows", async () => {
    const address = await world.turn("refreshed");
    const { credential } = await createTokens("PT1M", "refreshed");
    const answers = ["stale", await credential()];
    const renewing = world.clientWith({ credential: () => answers.shift() ?? "stale" });
    world.proxy.plan(() => "pass");
    expect(await renewing.machines.getMachine(address)).toMatchObject({ id: "m" });
    expect(world.proxy.seen.map(({ headers }) => headers.authorization?.slice(0, 12))).toEqual([
      "Bearer stale",
      "Bearer eyJhb",
    ]);
    world.proxy.plan(() => "pass");
    expect(await failureOf(renewing.machines.getMachine(address))).toMatchObject({
      reason: "UNAUTHENTICATED",
      attempts: 1,
    });
    const helpless = world.clientWith({ credential: () => Promise.reject(new Error("signed out")) });
    expect(await failureOf(helpless.machines.getMachine(address))).toMatchObject({
      message: expect.stringContaining("signed out") as string,
    });
  });

  test("in a browser: an order is created, refused, moved and watched, with a token", PATIENCE, async () => {
    const bundle = await build({
      entryPoints: [join(import.meta.dirname, "page.ts")],
      bundle: true,
      write: false,
      format: "iife",
    });
    const script = bundle.outputFiles[0]?.text ?? "";
    const { secret } = await createTokens("PT1M", "refreshed");
    const issuer = createClient({ url: world.url, credential: secret });
    const { token } = await issuer.tenants.createToken({
      scopes: ["machines:read", "machines:write", "events:send"],
      configurations: [typedOrders.name],
    });
    const browser = await chromium.launch({
      executablePath: await packaged.executablePath(),
      args: [...packaged.args, "--disable-background-networking"],
      headless: true,
    });
    try {
      const page = await browser.newPage();
      const html = `<!doctype html><title>page</title><script>${script.replaceAll("</script", "<\\/script")}</script>`;
      await page.route("**/page", (route) => route.fulfill({ contentType: "text/html", body: html }));
      await page.goto(`${world.url}/page`);
      const walked = await page.evaluate(`walkAnOrder(${JSON.stringify(world.url)}, ${JSON.stringify(token)})`);
      expect(walked).toEqual(["refused", "false", "true", "creation", "pay", "ship"]);
    } finally {
      await browser.close();
    }
  });
}
