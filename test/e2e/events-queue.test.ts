/** The events queue in a real server: what is put on it happens, what is no event is told. */
import { Buffer } from "node:buffer";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCaller } from "../doors/caller.ts";
import { startSink, type CloudEvent, type Sink } from "../faults/sink.ts";
import { buildSubject, serveSubject, SUBJECTS, type Host } from "../host.ts";
import { EventRequestSchema } from "../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import { until } from "../until.ts";

/** A batch waits for a second; a busy machine needs several times that. */
const DELIVERED_WITHIN_MS = 30_000;

let dir: string;
let sink: Sink;
let host: Host | undefined;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-queue-"));
  sink = await startSink();
  await buildSubject(SUBJECTS.faults, dir, AbortSignal.timeout(90_000));
  host = await serveSubject(SUBJECTS.faults, dir, { SINK: sink.origin, DETENT_NOTIFICATIONS_PER_MINUTE: "2" });
  const transitions = [{ from: "a", to: "a", event: "go" }];
  await sendJson("/api/v1/configurations", { name: "loop", starting_state: "a", states: ["a"], transitions });
});
afterAll(async () => {
  await host?.stop();
  sink?.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

// The port is known only once the host runs.
const { send, sendJson } = createCaller("http://host.invalid", (request) =>
  fetch(new Request(request.url.replace("http://host.invalid", host?.origin ?? ""), request)),
);

type Way = "events" | "dead-letters";

async function enqueue(way: Way, ...messages: { contentType: "json" | "text"; body: unknown }[]): Promise<void> {
  const response = await send(`/faults/${way}`, { method: "POST", body: JSON.stringify(messages) });
  expect(response.status).toBe(202);
}

const json = (body: unknown) => ({ contentType: "json", body }) as const;
const text = (body: string) => ({ contentType: "text", body }) as const;

/** A machine of its own for a test. */
async function createMachine(id: string): Promise<void> {
  expect((await sendJson("/api/v1/statemachines", { config_id: "loop", id })).status).toBe(201);
}

interface Change {
  readonly event_id: string;
  readonly actor: string;
  readonly data: object;
}

/** The machine's history, once it has so many changes. */
async function historyOf(id: string, length: number): Promise<Change[]> {
  const read = async () => {
    const { body } = await sendJson(`/api/v1/statemachines/loop/${id}/history`);
    return (body as { history: Change[] }).history;
  };
  return await until(DELIVERED_WITHIN_MS, read, (history) => history.length >= length);
}

const eventOf = (event_id: string, data = {}) => ({ event_id, transition: { event: "go" }, data });

test("JSON as a value, JSON as text and base64 of the binary form all happen, in their order, each once", async () => {
  await createMachine("forms");
  const binary = toBinary(
    EventRequestSchema,
    create(EventRequestSchema, {
      config: "loop",
      id: "forms",
      event: { eventId: "binary", transition: { event: "go" } },
    }),
  );
  const value = { config: "loop", id: "forms", event: eventOf("value", { weight: 1 }) };
  await enqueue(
    "events",
    json(value),
    text(JSON.stringify({ config: "loop", id: "forms", event: eventOf("text") })),
    text(Buffer.from(binary).toString("base64")),
    json(value),
    json({ config: "loop", id: "forms", event: eventOf("last") }),
  );
  const history = await historyOf("forms", 4);
  expect(history.map(({ event_id }) => event_id)).toEqual(["value", "text", "binary", "last"]);
  expect(history[0]).toMatchObject({ actor: "queue", data: { weight: 1 } });
});

test("a message that is no event is told and keeps nothing else from happening", async () => {
  await createMachine("poison");
  await enqueue("events", text("%% poison %%"), json({ config: "loop", id: "poison", event: eventOf("after-poison") }));
  expect((await historyOf("poison", 1)).map(({ event_id }) => event_id)).toEqual(["after-poison"]);
  const told = await until<CloudEvent | undefined>(
    DELIVERED_WITHIN_MS,
    () => [...sink.notifications.firsts.values()].find(({ data }) => data["body"] === "%% poison %%"),
    (event) => event !== undefined,
  );
  expect(told).toMatchObject({ type: "detent.message.unreadable.v1", data: { reason: "INVALID_ARGUMENT" } });
});

test("what the queue gave up on is listed, and happens once it is redriven", async () => {
  await createMachine("letter");
  await enqueue("dead-letters", json({ config: "loop", id: "letter", event: eventOf("late") }));
  const read = async () => {
    const { body } = await sendJson("/api/v1/dead-letters");
    return (body as { dead_letters: { event_id: string }[] }).dead_letters;
  };
  const letters = await until(DELIVERED_WITHIN_MS, read, (found) => found.length > 0);
  expect(letters).toMatchObject([{ event_id: "late", configuration: "loop", machine_id: "letter" }]);
  expect((await sendJson("/api/v1/dead-letters:redrive", {})).body).toEqual({ redriven: 1, remaining: false });
  expect((await historyOf("letter", 1)).map(({ event_id }) => event_id)).toEqual(["late"]);
  expect(await read()).toEqual([]);
});

test("of a machine's refused events as many are told as the setting says, and the others together, before it goes", async () => {
  await createMachine("flooded");
  const path = "/api/v1/statemachines/loop/flooded";
  const ids = ["f1", "f2", "f3", "f4", "f5"];
  for (const event_id of ids) {
    expect((await sendJson(`${path}/events`, { event: "never", event_id })).body).toMatchObject({
      reason: "UNKNOWN_EVENT",
    });
  }
  expect((await send(path, { method: "DELETE" })).ok).toBe(true);
  const told = await until(
    DELIVERED_WITHIN_MS,
    () => [...sink.notifications.firsts.values()].filter(({ subject }) => subject === "loop/flooded"),
    (events) => events.length >= 3,
  );
  expect(told.map(({ sequence, data }) => [sequence, data["event_id"] ?? data["refused"]])).toEqual([
    [1, "f1"],
    [2, "f2"],
    [3, 3],
  ]);
});
