/** `dlq ...` on a server whose queue has given up on something. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildSubject, serveSubject, SUBJECTS, type Host } from "../host.ts";
import { startSink, type Sink } from "../faults/sink.ts";
import { until } from "../until.ts";
import { buildPackage, Cli, ordersConfiguration } from "./cli/cli.ts";

const DELIVERED_WITHIN_MS = 30_000;

let dir: string;
let sink: Sink;
let host: Host;
let cli: Cli;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-dlq-"));
  sink = await startSink();
  await buildPackage();
  await buildSubject(SUBJECTS.faults, dir, AbortSignal.timeout(90_000));
  host = await serveSubject(SUBJECTS.faults, dir, { SINK: sink.origin });
  cli = await Cli.create(host.origin);
});
afterAll(async () => {
  await cli?.close();
  await host?.stop();
  sink?.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

interface Letters {
  readonly dead_letters: readonly { readonly id: string; readonly event_id: string }[];
}

test("dlq list shows the letters; redrive puts those that are named on the queue again, and --all the others", async () => {
  await cli.upload(ordersConfiguration("posted"));
  const events = ["one", "two", "three"].map((id) => ({
    config: "posted",
    id,
    event: { event_id: `late ${id}`, transition: { event: "accept" } },
  }));
  for (const { id } of events) await cli.text("machine", "create", "posted", "--id", id);
  const messages = events.map((body) => ({ contentType: "json", body }));
  const way = { method: "POST", body: JSON.stringify(messages) };
  expect((await fetch(`${host.origin}/faults/dead-letters`, way)).status).toBe(202);

  const list = () => cli.answer<Letters>("ListDeadLetters", "dlq", "list");
  const { dead_letters: letters } = await until(
    DELIVERED_WITHIN_MS,
    list,
    ({ dead_letters: found }) => found.length >= 3,
  );
  expect(letters.map(({ event_id: id }) => id).toSorted()).toEqual(["late one", "late three", "late two"]);
  expect(await cli.text("dlq", "list")).toMatch(/^ID +RECEIVED +MACHINE +EVENT ID\n\S+ +\S+Z +posted\/\w+ +late \w+\n/);
  const some = await cli.run(["dlq", "list", "--limit", "1"]);
  expect(some.stderr).toContain("there are more");

  const first = letters.find(({ event_id: id }) => id === "late one")?.id ?? "";
  expect(await cli.text("dlq", "redrive", first)).toBe("redriven: 1\n");
  expect(await cli.refusal(1, "dlq", "redrive", first)).toContain("NOT_FOUND");
  expect(await cli.answer("RedriveDeadLetters", "dlq", "redrive", "--all")).toEqual({ redriven: 2, remaining: false });
  for (const { id } of events) {
    await expect
      .poll(() => cli.json("machine", "get", `posted/${id}`), { timeout: DELIVERED_WITHIN_MS })
      .toMatchObject({ statemachine: { state: "pending", revision: 1 } });
  }
});
