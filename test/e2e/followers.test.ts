/** Followers of a running server by long poll: nothing is missed, although they are killed and go on at their cursors. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Json } from "../doors/json.ts";
import { Chance } from "../unit/simulation/random.ts";
import { startServer, type Server } from "./server.ts";

const MACHINES = 30;
/** Of each machine: so many events are taken, and every third of as many others is refused. */
const EVENTS = 24;
const CONFIGURATIONS = ["left", "right"];

const chance = new Chance(11);
let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

async function send(path: string, body: object): Promise<number> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  await response.arrayBuffer();
  return response.status;
}

async function runMachine(configuration: string, id: string): Promise<void> {
  await sleep(chance.below(1_000));
  expect(await send("/api/v1/statemachines", { config_id: configuration, id })).toBe(201);
  const events = `/api/v1/statemachines/${configuration}/${id}/events`;
  for (let number = 1; number <= EVENTS; number += 1) {
    await sleep(chance.below(200));
    expect(await send(events, { event: "go", event_id: `e${number}` })).toBe(200);
    if (number % 3 === 0) expect(await send(events, { event: "stay", event_id: `no${number}` })).toBe(409);
  }
}

/** Entries as `machine event`, in the order in which they came; ends when they are as many as there will be. */
async function follow(feed: "transitions" | "failures", configuration: string, count: number): Promise<string[]> {
  const noted: string[] = [];
  let cursor = "";
  while (noted.length < count) {
    const query = new URLSearchParams({
      after: cursor,
      configuration,
      wait: "PT20S",
      page_size: `${chance.pick([2, 50])}`,
    });
    // Now and then it is killed, while it waits or with the page in its hands.
    const signal = chance.next() < 0.2 ? AbortSignal.timeout(chance.below(300)) : null;
    let page: Json;
    try {
      const response = await fetch(`${server.url}/api/v1/${feed}?${query.toString()}`, { signal });
      expect(response.status).toBe(200);
      page = await response.json();
    } catch (error) {
      if (signal?.aborted) continue;
      throw error;
    }
    for (const { id, machine, event_id } of page[feed]) noted.push(`${machine?.id ?? id} ${event_id ?? "created"}`);
    cursor = page.next_cursor;
  }
  const after = await fetch(`${server.url}/api/v1/${feed}?after=${cursor}&configuration=${configuration}&wait=1s`);
  expect(await after.json()).toEqual({ [feed]: [], next_cursor: cursor });
  return noted;
}

/** What of the feed is of one machine. */
const ofMachine = (noted: readonly string[], id: string) => noted.filter((entry) => entry.startsWith(`${id} `));

test("every follower has every entry once, in the order of its machine", async () => {
  for (const name of CONFIGURATIONS) {
    const transitions = [
      { from: "a", to: "a", event: "go" },
      { from: "b", to: "a", event: "stay" },
    ];
    const body = { name, starting_state: "a", states: ["a", "b"], transitions };
    expect(await send("/api/v1/configurations", body)).toBe(201);
  }
  const ids = Array.from({ length: MACHINES }, (_, index) => `m${index}`);
  const configurationOf = (id: string) => CONFIGURATIONS[Number(id.slice(1)) % 2] ?? "";
  const numbers = Array.from({ length: EVENTS }, (_, index) => index + 1);
  const perMachine = {
    transitions: ["created", ...numbers.map((number) => `e${number}`)],
    failures: numbers.filter((number) => number % 3 === 0).map((number) => `no${number}`),
  };
  const followers = (["transitions", "failures"] as const).flatMap((feed) =>
    ["", "", ...CONFIGURATIONS].map((configuration) => {
      const followed = ids.filter((id) => configuration === "" || configurationOf(id) === configuration);
      const noted = follow(feed, configuration, followed.length * perMachine[feed].length);
      return { feed, followed, noted };
    }),
  );
  await Promise.all(ids.map((id) => runMachine(configurationOf(id), id)));
  for (const { feed, followed, noted } of followers) {
    for (const id of followed) {
      expect(ofMachine(await noted, id)).toEqual(perMachine[feed].map((event) => `${id} ${event}`));
    }
    expect(await noted).toHaveLength(followed.length * perMachine[feed].length);
  }
});
