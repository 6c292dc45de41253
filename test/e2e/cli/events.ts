/** `machine watch`, `events tail|list|get`: what is told as it happens. Restarts are in cli-following.test.ts. */
import { expect, test } from "vitest";
import { until } from "../../until.ts";
import { ordersConfiguration, type Cli } from "./cli.ts";
import { checkShape } from "./operation-answer.ts";

const TOLD_WITHIN_MS = 20_000;

interface Entry {
  readonly id: string;
  readonly revision: number;
  readonly kind: string;
  readonly at: string;
}

/** NDJSON as values. */
function parseLines<T>(text: string): T[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}

export function testEvents(cli: () => Cli): void {
  const send = (machine: string, event: string) => cli().text("machine", "send", machine, event);

  test("machine watch tells each change with its line, from the creation to the deletion, and ends well", async () => {
    await cli().upload(ordersConfiguration("seen"));
    await cli().text("machine", "create", "seen", "--id", "w-1");
    await send("seen/w-1", "accept");
    const watch = cli().follow(["machine", "watch", "seen/w-1", "--after-revision", "-1", "--json"]);
    await until(
      TOLD_WITHIN_MS,
      () => parseLines<Entry>(watch.stdout()),
      (told) => told.length >= 2,
    );
    await send("seen/w-1", "ship");
    await cli().text("machine", "delete", "seen/w-1");
    expect(await watch.ended).toBe(0);
    expect(watch.stderr()).toBe("");
    const told = parseLines<Entry>(watch.stdout());
    expect(told.map(({ kind, revision }) => [kind, revision])).toEqual([
      ["creation", 0],
      ["event", 1],
      ["event", 2],
      ["deletion", 3],
    ]);
    for (const entry of told.slice(1, 3)) checkShape("HistoryEntry", entry);
    expect(await cli().text("machine", "watch", "seen/w-1", "--after-revision", "-1")).toMatch(
      /^\S+Z {2}0 {2}created: start\n\S+Z {2}1 {2}accept: start -> pending {2}anonymous\n[^]*\n\S+Z {2}3 {2}deleted/,
    );
  });

  test("machine watch ends with 130 when it is interrupted, and tells neither refusals nor labels", async () => {
    await cli().text("machine", "create", "seen", "--id", "w-2");
    const watch = cli().follow(["machine", "watch", "seen/w-2", "--after-revision", "-1"]);
    const creation = /^\S+Z {2}0 {2}created: start\n$/;
    await until(
      TOLD_WITHIN_MS,
      () => watch.stdout(),
      (text) => creation.test(text),
    );
    expect(await cli().run(["machine", "send", "seen/w-2", "ship"])).toMatchObject({ code: 1 });
    await cli().text("machine", "label", "seen/w-2", "a=b");
    watch.interrupt();
    expect(await watch.ended).toBe(130);
    expect(watch.stdout()).toMatch(creation);
    expect(watch.stderr()).toBe("");
    expect(await cli().refusal(1, "machine", "watch", "seen/none")).toContain("MACHINE_NOT_FOUND");
    expect(await cli().refusal(1, "machine", "watch", "seen/w-2", "--after-revision", "9")).toContain("OUT_OF_RANGE");
    expect(await cli().refusal(2, "machine", "watch", "seen/w-2", "--after-revision", "-2")).toContain("or -1");
  });

  test("machine watch --until waits for a state, also for one that was there before it looked", async () => {
    const waiting = cli().follow(["machine", "watch", "seen/w-2", "--until", "pending"]);
    await send("seen/w-2", "accept");
    expect(await waiting.ended).toBe(0);
    expect(await cli().run(["machine", "watch", "seen/w-2", "--until", "pending"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "it is in pending, revision 1\n",
    });
    const late = cli().follow(["machine", "watch", "seen/w-2", "--until", "shipped", "--after-revision", "0"]);
    await cli().text("machine", "delete", "seen/w-2");
    expect(await late.ended).toBe(1);
    expect(late.stderr()).toContain("was not in shipped before");
  });

  test("events tail begins now, follows what happens, and says where it ended", async () => {
    const oldest = (await cli().json<{ transitions: Entry[] }>("events", "list", "--limit", "1")).transitions[0];
    // Where the service tells its time, a tail begins with the second in which it is started.
    await until(
      TOLD_WITHIN_MS,
      () => Date.now() - Date.parse(oldest?.at ?? ""),
      (age) => age > 2_000,
    );
    const tail = cli().follow(["events", "tail", "--configuration", "seen", "--json"]);
    let created = 0;
    // It begins when it has asked for the first time: what is created until then may be passed over.
    await until(
      TOLD_WITHIN_MS,
      async () => {
        await cli().text("machine", "create", "seen", "--id", `t-${(created += 1)}`);
        return tail.stdout();
      },
      (told) => told !== "",
    );
    await send(`seen/t-${created}`, "accept");
    const told = await until(
      TOLD_WITHIN_MS,
      () => parseLines<Entry>(tail.stdout()),
      (entries) => entries.at(-1)?.kind === "changed",
    );
    tail.interrupt();
    expect(await tail.ended).toBe(130);
    for (const entry of told) checkShape("TransitionEntry", entry);
    expect(told.at(-1)).toMatchObject({ configuration: "seen", id: `t-${created}`, revision: 1, event: "accept" });
    expect(told.map(({ id }) => id)).not.toContain(oldest?.id);
    const [, cursor = ""] = /^the cursor: (\d+)\n$/.exec(tail.stderr()) ?? [];
    await send(`seen/t-${created}`, "ship");
    const resumed = await cli().run(["events", "tail", "--after", cursor, "--limit", "1", "--configuration", "seen"]);
    expect(resumed).toMatchObject({ code: 0, stderr: expect.stringMatching(/^the cursor: \d+\n$/) });
    expect(resumed.stdout).toMatch(/^\S+Z {2}seen\/t-\d+ {2}2 {2}ship: pending -> shipped {2}anonymous\n$/);
  });

  test("events tail and list go through a feed in parts, and miss nothing between them", async () => {
    const all = await cli().answer<{ transitions: Entry[]; next_cursor: string }>(
      "ListTransitions",
      "events",
      "list",
      "--limit",
      "0",
    );
    expect(all.transitions.length).toBeGreaterThan(10);
    const parts: Entry[] = [];
    let after = "0";
    while (parts.length < 6) {
      const ran = await cli().run(["events", "tail", "--after", after, "--limit", "2", "--json"]);
      expect(ran.code).toBe(0);
      parts.push(...parseLines<Entry>(ran.stdout));
      after = /(\d+)/.exec(ran.stderr)?.[1] ?? "";
    }
    expect(parts).toEqual(all.transitions.slice(0, 6));
    const first = await cli().run(["events", "tail", "--from-start", "--limit", "1", "--json", "-q"]);
    expect(first).toMatchObject({ stderr: "" });
    expect(parseLines(first.stdout)).toEqual(all.transitions.slice(0, 1));
    const clash = await cli().refusal(2, "events", "tail", "--from-start", "--after", "1");
    expect(clash).toContain("cannot be used with");
  });

  test("events list --failures and events get tell what was refused, and why", async () => {
    await cli().text("machine", "create", "seen", "--id", "f-1");
    await cli().run(["machine", "send", "seen/f-1", "ship", "--event-id", "f-e", "--data", '{"a": 1}']);
    const list = ["events", "list", "--failures", "--configuration", "seen", "--limit", "0"];
    const found = await until(
      TOLD_WITHIN_MS,
      () => cli().answer<{ failures: { event_id: string }[] }>("ListFailures", ...list),
      ({ failures }) => failures.some(({ event_id: id }) => id === "f-e"),
    );
    expect(found.failures.at(-1)).toMatchObject({ event_id: "f-e", reason: "NO_TRANSITION" });
    expect(await cli().text(...list)).toMatch(/seen\/f-1 {2}ship in start: refused: NO_TRANSITION: .* {2}anonymous\n$/);
    expect(await cli().answer("FindEvent", "events", "get", "seen", "f-e")).toMatchObject({ data: { a: 1 } });
    expect(await cli().answer("GetEvent", "events", "get", "seen/f-1", "f-e")).toMatchObject({ data: { a: 1 } });
    expect(await cli().text("events", "get", "seen", "f-e")).toContain("reason: NO_TRANSITION\n");
    expect(await cli().refusal(1, "events", "get", "seen", "none")).toContain("EVENT_NOT_FOUND");
  });
}
