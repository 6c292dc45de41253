/** `load`: what is sent, what is told, and how it goes on; that it survives kills is shown in load.test.ts. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { until } from "../../until.ts";
import { ordersConfiguration, type Cli } from "./cli.ts";

interface Report {
  readonly lines: number;
  readonly applied: number;
  readonly left: number;
  readonly failures: readonly { readonly line: number }[];
}

const toLines = (...lines: readonly (object | string)[]): string =>
  lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
const create = (id: string, others: object = {}) => ({ create: { config_id: "bulk:v1", id, ...others } });
const send = (id: string, event: string, others: object = {}) => ({
  send: { configuration: "bulk", id, event, ...others },
});

export function testLoads(cli: () => Cli): void {
  beforeAll(async () => {
    await cli().text("config", "create", await cli().write("bulk.json", ordersConfiguration("bulk")));
  });

  const read = async (path: string) =>
    await (await fetch(`${cli().url}/api/v1/statemachines/${path}`)).json<{ statemachine: Record<string, unknown> }>();
  const load = async (file: string, ...flags: readonly string[]) => {
    const ran = await cli().run(["load", file, "--json", ...flags]);
    return { ...ran, report: JSON.parse(ran.stdout || "{}") as Report };
  };

  test("load applies the lines of a machine in their order, and again nothing", async () => {
    const lines = [
      create("one", { data: { a: 1 }, labels: { l: "x" } }),
      "",
      send("one", "accept", { eventId: "first", data: { n: 1 }, details: "d", expectedState: "start" }),
      send("one", "ship"),
      { send: { configuration: "bulk", id: "two", event: "accept", create_if_missing: { version: "v1" } } },
      { create: { configId: "bulk:v1", state: "pending", labels: { made: "here" } } },
    ];
    const file = await cli().write("order.ndjson", toLines(...lines));
    expect(await load(file)).toMatchObject({
      code: 0,
      report: {
        lines: 5,
        applied: 5,
        duplicates: 0,
        refused: 0,
        invalid: 0,
        left: 0,
        failures: [],
        failures_left_out: 0,
      },
    });
    const before = await read("bulk/one");
    expect(before.statemachine).toMatchObject({
      state: "shipped",
      data: { a: 1 },
      labels: { l: "x" },
      history: [{ event_id: "first", details: "d", data: { n: 1 } }, { transition: { to: "shipped" } }],
    });
    expect(await load(file)).toMatchObject({ code: 0, report: { applied: 5, duplicates: 3 } });
    expect(await read("bulk/one")).toEqual(before);
    const list = await fetch(`${cli().url}/api/v1/statemachines?configuration=bulk&label.made=here`);
    expect((await list.json<{ statemachines: object[] }>()).statemachines).toHaveLength(1);
  });

  test("what is not applied is told with its line and hinders nothing; its report is mended and loaded", async () => {
    const lines = [
      create("three"),
      "{",
      send("three", "ship"),
      { create: { config_id: "bulk:v1", id: "three", data: { other: true } } },
      send("three", "accept"),
      send("nobody", "accept"),
      create("four", { gaurd: 1 }),
      send("three", "fly", { event_id: "fly" }),
      create("five", { state: "nowhere" }),
    ];
    const file = await cli().write("faulty.ndjson", toLines(...lines));
    const reported = join(cli().dir, "reported.ndjson");
    const ran = await load(file, "--report", reported);
    expect(ran.code).toBe(1);
    expect(ran.report).toMatchObject({ lines: 9, applied: 2, refused: 5, invalid: 2, left: 0 });
    const failures = [
      { line: 2, outcome: "invalid", reason: "INVALID_LINE", message: "the line is not valid JSON" },
      { line: 3, outcome: "refused", reason: "NO_TRANSITION" },
      { line: 4, outcome: "refused", reason: "MACHINE_EXISTS" },
      { line: 6, outcome: "refused", reason: "MACHINE_NOT_FOUND" },
      { line: 7, outcome: "invalid", reason: "INVALID_LINE" },
      { line: 8, outcome: "refused", reason: "UNKNOWN_EVENT" },
      { line: 9, outcome: "refused", reason: "INVALID_ARGUMENT" },
    ];
    expect(ran.report.failures).toMatchObject(failures);
    const told = (await readFile(reported, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(told).toMatchObject(failures.map((failure) => ({ failure })));
    expect(told[1]).toMatchObject(send("three", "ship"));
    expect(told[0]).toMatchObject({ text: "{" });

    // The event that came too early, on its own, as the report has it.
    await writeFile(reported, toLines(told[1] ?? {}));
    expect(await load(reported)).toMatchObject({ code: 0, report: { applied: 1, duplicates: 0 } });
    expect((await read("bulk/three")).statemachine).toMatchObject({ state: "shipped", revision: 2 });
    const text = await cli().run(["load", file, "--restart"]);
    expect(text.stdout).toBe("");
    expect(text.stderr).toContain("line 4: MACHINE_EXISTS: ");
    expect(text.stderr).toMatch(/2 of 9 lines applied, 1 of them before, 5 refused, 2 invalid; /);
  });

  test("load --stop-on-error ends at the first failure, and goes on behind it", async () => {
    const file = await cli().write("stops.ndjson", toLines(create("six"), "{", send("six", "accept")));
    const ran = await load(file, "--stop-on-error");
    expect(ran).toMatchObject({ code: 1, report: { lines: 3, applied: 1, invalid: 1, left: 1 } });
    expect(ran.stderr).toContain("the same command goes on from here");
    expect((await read("bulk/six")).statemachine).toMatchObject({ revision: 0 });
    const rest = await load(file, "--stop-on-error");
    expect(rest).toMatchObject({ code: 1, report: { applied: 2, invalid: 1, left: 0, failures: [{ line: 2 }] } });
    expect(rest.stderr).toContain("going on with");
    expect((await read("bulk/six")).statemachine).toMatchObject({ revision: 1 });
  });

  test("an interrupted load ends what is under way, tells how far it came, and goes on; changed, it is refused", async () => {
    const lines = Array.from({ length: 40 }, (_, index) => create(`slow-${index}`));
    const file = await cli().write("slow.ndjson", toLines(...lines));
    const child = cli().start(["load", file, "--rate", "10", "--json"]);
    let [stdout, stderr] = ["", ""];
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    const ended = once(child, "close");
    const dir = join(cli().dir, "detent/load");
    const journals = async () => {
      const names = (await readdir(dir).catch((): string[] => [])).filter((name) => name.endsWith(".journal"));
      return await Promise.all(names.map((name) => readFile(join(dir, name), "utf8")));
    };
    const hasBegun = (texts: string[]) => texts.some((text) => text.includes('"applied":1'));
    expect(hasBegun(await until(30_000, journals, hasBegun))).toBe(true);
    expect(await cli().refusal(2, "load", file)).toContain(`process ${child.pid} is loading this file`);
    child.kill("SIGINT");
    expect(await ended, stderr).toEqual([130, null]);
    expect(stderr).toContain("ending; what is under way is awaited");
    expect(stderr).toContain("the same command goes on from here");
    const report = JSON.parse(stdout) as Report;
    expect(report.applied).toBeGreaterThan(0);
    expect(report.left).toBe(40 - report.applied);

    // One line less: all others have other ids, and would be applied again.
    const changed = await cli().write("slow.ndjson", toLines(...lines.slice(1)));
    const refused = await cli().refusal(2, "load", changed);
    expect(refused).toContain("is not what it was");
    expect(refused).toContain("--restart");
    expect(await journals()).toHaveLength(1);
    const again = await load(await cli().write("slow.ndjson", toLines(...lines)));
    expect(again).toMatchObject({ code: 0, report: { lines: 40, applied: 40, left: 0 } });
    expect(again.stderr).toContain(`going on with ${file}: ${report.applied} of 40 lines`);
    expect(await readdir(dir)).toEqual([]);
  });

  test("load reads stdin to its end; the same input again applies nothing twice", async () => {
    const input = toLines(create("seven"), send("seven", "accept"));
    const first = await cli().run(["load", "-", "--json"], { input });
    expect(JSON.parse(first.stdout)).toMatchObject({ lines: 2, applied: 2, duplicates: 0 });
    const second = await cli().run(["load", "-", "--json"], { input });
    expect(JSON.parse(second.stdout)).toMatchObject({ lines: 2, applied: 2, duplicates: 1 });
    expect(await load(await cli().write("empty.ndjson", "\n"))).toMatchObject({ code: 0, report: { lines: 0 } });
  });

  test("load --restart loads a changed file as it is, and forgets what it was", async () => {
    const file = await cli().write("edited.ndjson", toLines(create("ten"), "{", create("eleven")));
    expect(await load(file, "--stop-on-error")).toMatchObject({ code: 1, report: { applied: 1, left: 1 } });
    await cli().write("edited.ndjson", toLines(create("ten"), create("eleven")));
    expect(await cli().refusal(2, "load", file)).toContain("is not what it was");
    expect(await load(file, "--restart")).toMatchObject({ code: 0, report: { lines: 2, applied: 2, left: 0 } });
    expect(await load(file)).toMatchObject({ code: 0, report: { lines: 2, applied: 2, left: 0 } });
  });

  test("load ends at once when it is interrupted while it reads stdin", async () => {
    const child = cli().start(["load", "-"]);
    const ended = once(child, "close");
    // Taken by the pipe, and so read by the command, which has set everything up by then.
    await new Promise((resolve) => child.stdin?.write("\n".repeat(2_000_000), resolve));
    child.kill("SIGINT");
    // A terminal would wait for ever; here it is told from the other by how it ends.
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
    expect(await ended).toEqual([130, null]);
    clearTimeout(late);
  });

  test("load reads a pipe to its end, and keeps its report from what it reads", async () => {
    const { cwd, env } = await cli().shell();
    await cli().write("piped.ndjson", toLines(create("nine"), "{"));
    const run = promisify(execFile);
    const script = "cat piped.ndjson | detent load /dev/stdin --json; detent load piped.ndjson --report ./piped.ndjson";
    const ran = await run("bash", ["-c", script], { cwd, env }).catch((error: unknown) => error);
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("is what is loaded") as string });
    expect(JSON.parse((ran as { stdout: string }).stdout)).toMatchObject({ lines: 2, applied: 1, invalid: 1 });
    expect(await readFile(join(cwd, "piped.ndjson"), "utf8")).toBe(toLines(create("nine"), "{"));
    const told = await run("bash", ["-c", "detent load piped.ndjson --report /dev/stdout | cat"], { cwd, env });
    expect(JSON.parse(told.stdout)).toMatchObject({ text: "{", failure: { line: 2 } });
  });

  test("load gives up on a service that is away, keeps what is left, and says what it cannot read", async () => {
    const file = await cli().write("away.ndjson", toLines(create("eight")));
    const away = ["--url", "http://127.0.0.1:9", "--give-up-after", "1s"];
    const ran = await load(file, ...away);
    expect(ran).toMatchObject({ code: 3, report: { lines: 1, applied: 0, left: 1 } });
    expect(ran.stderr).toContain("given up after 1 s");
    const key = await cli().run(["load", file], { env: { DETENT_KEY: `dtk_${"A".repeat(16)}_${"B".repeat(49)}` } });
    expect(key).toMatchObject({ code: 4 });
    expect(await cli().refusal(2, "load", "nowhere.ndjson")).toContain("nowhere.ndjson cannot be read");
    expect(await cli().refusal(2, "load", file, "--rate", "0")).toContain("--rate is a whole number");
    expect(await cli().refusal(2, "load", file, "--concurrency", "many")).toContain("--concurrency");
    expect(await cli().refusal(2, "load", file, "--give-up-after", "P1M")).toContain("no duration");
  });
}
