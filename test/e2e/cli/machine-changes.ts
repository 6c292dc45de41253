/** `machine send|label|migrate|override|delete|erase`: what changes a machine. */
import { expect, test } from "vitest";
import { startBreakingLine } from "./breaking-line.ts";
import { ordersConfiguration, type Cli } from "./cli.ts";
import { checkShape } from "./operation-answer.ts";

/** Goods are weighed before they are sent. */
const WEIGHED = {
  name: "weighed",
  starting_state: "start",
  states: ["start", "sent"],
  transitions: [{ from: "start", to: "sent", event: "send", guard: "event.data.weight < 30" }],
};

interface Receipt {
  readonly event_id: string;
  readonly duplicate: boolean;
  readonly revision: number;
}

export function testMachineChanges(cli: () => Cli): void {
  test("machine send prints the receipt; a refusal is one, too, with exit code 1", async () => {
    await cli().upload(WEIGHED);
    const machine = "weighed/w-1";
    await cli().text("machine", "create", "weighed", "--id", "w-1");
    const heavy = await cli().run(["machine", "send", machine, "send", "--data", '{"weight": 31}']);
    expect(heavy.code).toBe(1);
    expect(heavy.stdout).toMatch(/^refused: GUARD_REJECTED: .*"send".*\n$/);
    expect(heavy.stderr).toBe("");
    const json = await cli().run(["machine", "send", machine, "send", "--data", '{"weight": 31}', "--json"]);
    expect(json.code).toBe(1);
    checkShape("SentEvent", JSON.parse(json.stdout));
    expect(JSON.parse(json.stdout)).toMatchObject({ result: "refused", reason: "GUARD_REJECTED", allowed_events: [] });
    const dry = await cli().answer(
      "SendEvent",
      "machine",
      "send",
      machine,
      "send",
      "--data",
      '{"weight": 2}',
      "--dry-run",
    );
    expect(dry).toMatchObject({ result: "transitioned", dry_run: true });
    const dryRefusal = await cli().run(["machine", "send", machine, "send", "--dry-run", "--json"]);
    expect(dryRefusal.code).toBe(1);
    expect(JSON.parse(dryRefusal.stdout)).toMatchObject({ result: "refused", dry_run: true });
    const send = ["machine", "send", machine, "send", "--data", '{"weight": 2}', "--event-id", "w"];
    expect(await cli().text(...send)).toBe("send: start -> sent, revision 1\n");
    expect(await cli().text(...send)).toBe("send: start -> sent, revision 1 (a duplicate of w)\n");
    expect(await cli().answer("SendEvent", ...send)).toMatchObject({ duplicate: true, event_id: "w" });
    const reused = await cli().refusal(1, "machine", "send", machine, "send", "--event-id", "w");
    expect(reused).toContain("EVENT_ID_REUSED");
    const missing = await cli().run(["machine", "send", "weighed/none", "send"]);
    expect(missing).toMatchObject({ code: 1, stdout: expect.stringContaining("failed: MACHINE_NOT_FOUND") });
    expect(await cli().refusal(2, "machine", "send", machine, "send", "--event-id", "")).toContain("empty");
  });

  test("machine send heeds expectations, creates what is missing, and leaves it to the queue", async () => {
    await cli().upload(ordersConfiguration("sent"));
    const create = ["--create-if-missing", "--version", "v1", "--label", "a=b", "--machine-data", '{"n": 1}'];
    expect(await cli().text("machine", "send", "sent/s-1", "accept", ...create)).toBe(
      "accept: start -> pending, revision 1 (the machine was created)\n",
    );
    expect(await cli().json("machine", "get", "sent/s-1")).toMatchObject({
      statemachine: { labels: { a: "b" }, data: { n: 1 } },
    });
    const wrong = await cli().refusal(1, "machine", "send", "sent/s-1", "ship", "--expected-revision", "7");
    expect(wrong).toContain("REVISION_MISMATCH");
    const elsewhere = await cli().refusal(1, "machine", "send", "sent/s-1", "ship", "--expected-state", "start");
    expect(elsewhere).toContain("STATE_MISMATCH");
    const right = ["--expected-revision", "1", "--expected-state", "pending"];
    const queued = await cli().answer<Receipt>("SendEvent", "machine", "send", "sent/s-1", "ship", ...right, "--async");
    await expect
      .poll(() => cli().run(["events", "get", "sent/s-1", queued.event_id, "--json"]), { timeout: 30_000 })
      .toMatchObject({ code: 0, stdout: expect.stringContaining('"to": "shipped"') });
    const label = await cli().refusal(2, "machine", "send", "sent/s-1", "ship", "--label", "a=b");
    expect(label).toContain("--label is about a machine that is created");
    expect(await cli().refusal(2, "machine", "send", "sent/s-1", "ship", "--async", "--dry-run")).toContain("--async");
  });

  test("when answers are lost, an event happens once and a creation makes one machine", async () => {
    await cli().upload(ordersConfiguration("lossy"));
    const lost = new Set<string>();
    // The first answer of each route is lost before it begins, the second in its middle.
    const line = await startBreakingLine(cli().url, (path) => {
      if (lost.has(`${path} twice`)) return undefined;
      const [note, bytes] = lost.has(path) ? [`${path} twice`, 10] : [path, 0];
      lost.add(note);
      return bytes;
    });
    try {
      const elsewhere = ["--url", line.url];
      const named = await cli().run(["machine", "create", "lossy", ...elsewhere]);
      expect(named).toMatchObject({ code: 0, stderr: expect.stringContaining("trying again") });
      expect(await cli().text("machine", "count", "lossy")).toBe("1\n");
      const machine = named.stdout.trim();
      const sent = await cli().run(["machine", "send", machine, "accept", "--json", ...elsewhere]);
      expect(JSON.parse(sent.stdout)).toMatchObject({ duplicate: true, revision: 1 });
      const override = ["machine", "override", machine, "shipped", "--comment", "x", "--expected-revision", "1"];
      expect(await cli().run([...override, ...elsewhere])).toMatchObject({ code: 3, stdout: "" });
      const times = (end: string) => line.asked.filter((path) => path.endsWith(end)).length;
      expect([times("/statemachines"), times("/events"), times("/override")]).toEqual([3, 3, 1]);
    } finally {
      line.close();
    }
  });

  test("machine label sets, takes off, and leaves the others", async () => {
    await cli().text("machine", "create", "sent", "--id", "l-1", "--label", "a=1", "--label", "b=2");
    expect(await cli().text("machine", "label", "sent/l-1", "b-", "c=x=y", "d-=")).toBe("a=1 c=x=y d-=\n");
    expect(await cli().answer("UpdateLabels", "machine", "label", "sent/l-1", "d--")).toMatchObject({
      statemachine: { labels: { a: "1", c: "x=y" }, revision: 0 },
    });
    expect(await cli().refusal(2, "machine", "label", "sent/l-1", "a")).toContain("KEY-");
    const late = await cli().refusal(1, "machine", "label", "sent/l-1", "a=2", "--expected-revision", "3");
    expect(late).toContain("REVISION_MISMATCH");
  });

  test("machine migrate tries out, maps states, and moves to another version", async () => {
    const { states, transitions, ...rest } = ordersConfiguration("sent", "v2");
    const rename = (state: string) => (state === "start" ? "begin" : state);
    await cli().upload({
      ...rest,
      starting_state: "begin",
      states: states.map(rename),
      transitions: transitions.map(({ from, to, event }) => ({ from: rename(from), to: rename(to), event })),
    });
    const migrate = ["machine", "migrate", "sent/l-1", "v2"];
    expect(await cli().refusal(1, ...migrate, "--dry-run")).toContain("MIGRATION_REJECTED");
    const map = ["--state-map", "start=begin"];
    expect(await cli().answer("MigrateMachine", ...migrate, ...map, "--dry-run")).toMatchObject({ dry_run: true });
    expect(await cli().refusal(1, ...migrate, ...map, "--expected-revision", "4")).toContain("REVISION_MISMATCH");
    expect(await cli().text(...migrate, ...map, "--expected-revision", "0")).toBe(
      "sent/l-1: begin, revision 1, on sent:v2\n",
    );
    expect(await cli().text(...migrate)).toBe("sent/l-1: begin, revision 1, on sent:v2\n");
  });

  test("machine override needs the revision that was seen, and a comment", async () => {
    const override = ["machine", "override", "sent/l-1", "shipped"];
    expect(await cli().refusal(2, ...override, "--comment", "x")).toContain("--expected-revision");
    expect(await cli().refusal(2, ...override, "--expected-revision", "1")).toContain("--comment");
    const late = await cli().refusal(1, ...override, "--comment", "x", "--expected-revision", "0");
    expect(late).toContain("REVISION_MISMATCH");
    const args = ["--comment", "by hand", "--expected-revision", "1", "--data", '{"n": 2}'];
    expect(await cli().answer("OverrideMachine", ...override, ...args)).toMatchObject({
      statemachine: { state: "shipped", revision: 2, data: { n: 2 } },
    });
    expect(await cli().text("machine", "history", "sent/l-1")).toMatch(/2 +\S+ +\(override\) .* by hand\n/);
  });

  test("machine delete ends a machine, erase takes it out of everything; both say so", async () => {
    expect(await cli().refusal(1, "machine", "delete", "sent/l-1", "--expected-revision", "1")).toContain("REVISION");
    expect(await cli().json("machine", "delete", "sent/l-1", "--expected-revision", "2")).toEqual({
      machine: { configuration: "sent", id: "l-1" },
      deleted: true,
    });
    expect(await cli().refusal(1, "machine", "get", "sent/l-1")).toContain("MACHINE_GONE");
    expect(await cli().text("machine", "erase", "sent/l-1")).toBe("erased: sent/l-1\n");
    expect(await cli().refusal(1, "machine", "get", "sent/l-1")).toContain("MACHINE_NOT_FOUND");
    expect(await cli().json("machine", "erase", "sent/l-1")).toEqual({
      machine: { configuration: "sent", id: "l-1" },
      erased: true,
    });
  });
}
