/** `machine create|get|list|count|history|allowed|diagram`: making and reading machines. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ordersConfiguration, type Cli } from "./cli.ts";

/** Ids and texts of somebody who means harm, or whose keyboard has other letters. */
const HOSTILE = [
  "a/b/../c",
  'say "no" %2F 100%',
  "tab\\u0000 'quote'; rm -rf $HOME",
  "../..",
  "%2e%2e",
  "-x",
  "شحنة \u0661",
  "🚚 & <b>",
];
/** Clears a screen, paints, and turns the direction of what follows. */
const ESCAPES = "\u001b[2J\u001b[31mred\u009b0m \u202etxt.exe";
// oxlint-disable-next-line no-control-regex -- what must not reach a terminal is what is sought
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

interface Machine {
  readonly id: string;
  readonly statemachine: { readonly state: string; readonly data: object; readonly revision: number };
}

export function testMachines(cli: () => Cli): void {
  test("machine create prints the machine's name; get shows it, as it is and as it was", async () => {
    await cli().upload(ordersConfiguration("shop"));
    expect(await cli().text("machine", "create", "shop", "--id", "m-1", "--label", "region=eu=west")).toBe(
      "shop/m-1\n",
    );
    expect(await cli().text("machine", "create", "shop:v1")).toMatch(/^shop\/[0-9a-f-]{36}\n$/);
    const data = await cli().write("data.json", { paid: true });
    const args = ["--state", "pending", "--data", `@${data}`];
    const made = await cli().answer<Machine>("CreateMachine", "machine", "create", "shop", ...args);
    expect(made.statemachine).toMatchObject({ state: "pending", data: { paid: true }, revision: 0 });
    await cli().text("machine", "send", "shop/m-1", "accept");
    expect(await cli().text("machine", "get", "shop/m-1")).toMatch(
      /^machine: shop\/m-1\nconfig_id: shop:v1\nstate: pending\n[^]*region: eu=west\n/,
    );
    expect(await cli().answer("GetMachine", "machine", "get", "shop/m-1")).toMatchObject({
      statemachine: { state: "pending", labels: { region: "eu=west" }, history: [{ revision: 1 }] },
    });
    const before = await cli().answer("GetMachine", "machine", "get", "shop/m-1", "--at-revision", "0");
    expect(before).toMatchObject({ statemachine: { state: "start", revision: 0 } });
    expect(await cli().refusal(1, "machine", "get", "shop/m-1", "--at-revision", "9")).toContain("OUT_OF_RANGE");
    expect(await cli().refusal(1, "machine", "create", "shop", "--id", "m-1")).toContain("MACHINE_EXISTS");
    expect(await cli().refusal(2, "machine", "create", "shop", "--data", "{")).toContain("--data is not JSON");
    expect(await cli().refusal(2, "machine", "create", "shop", "--label", "eu")).toContain("--label is KEY=VALUE");
    const twice = ["--label", "a=1", "--label", "a=2"];
    expect(await cli().refusal(2, "machine", "create", "shop", ...twice)).toContain('"a" more than once');
  });

  test("a machine may have any id that the service takes, and an event, too", async () => {
    const use = async (id: string) => {
      const [name, eventId] = [`shop/${id}`, `e ${id}`];
      expect(await cli().text("machine", "create", "shop", "--id", id, "-q")).toBe(`${name}\n`);
      await cli().text("machine", "send", name, "accept", "--event-id", eventId);
      expect(await cli().json("machine", "get", name)).toMatchObject({ id, statemachine: { revision: 1 } });
      expect(await cli().json("events", "get", name, eventId)).toMatchObject({ event_id: eventId, machine: { id } });
    };
    await Promise.all(HOSTILE.map(use));
  });

  test("what a customer wrote does not move the terminal's cursor, nor turn its text", async () => {
    const machine = ["shop/escapes"];
    await cli().text("machine", "create", "shop", "--id", "escapes", "--label", `note=${ESCAPES}`);
    await cli().text("machine", "send", ...machine, "accept", "--details", ESCAPES);
    const refused = await cli().run(["machine", "send", ...machine, ESCAPES]);
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining("UNKNOWN_EVENT") });
    const unknown = await cli().run(["machine", "get", `shop/${ESCAPES.replaceAll(/[^\u202e]/g, "")}none`]);
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("MACHINE_NOT_FOUND") });
    const shown = [
      refused.stdout,
      unknown.stderr,
      await cli().text("machine", "history", ...machine),
      await cli().text("machine", "get", ...machine),
      await cli().text("get", "FiniteStateMachine", ...machine),
      await cli().text("machine", "list", "shop"),
      await cli().text("machine", "history", ...machine, "--refused"),
      await cli().text("machine", "label", ...machine, `other=${ESCAPES}`),
      await cli().text("events", "list", "--limit", "0"),
      await cli().text("events", "list", "--failures", "--limit", "0"),
    ];
    for (const text of shown) expect(UNPRINTABLE.exec(text), text).toBeNull();
    expect(shown[2]).toContain("␛[31mred");
    expect(shown[3]).toContain('note: "\\e[2J\\e[31mred\\u009b0m \\u202etxt.exe"');
    expect(await cli().json("machine", "get", ...machine)).toMatchObject({
      statemachine: { labels: { note: ESCAPES, other: ESCAPES }, history: [{ details: ESCAPES }] },
    });
  });

  test("a name that would be another path is refused before anybody is asked", async () => {
    for (const name of ["../x", "shop/..", "shop/.", "./x"])
      expect(await cli().refusal(2, "machine", "delete", name)).toContain("is no name");
    expect(await cli().refusal(2, "machine", "get", "m-1")).toContain("CONFIGURATION/ID");
    expect(await cli().refusal(2, "job", "cancel", "..")).toContain("is no name");
  });

  test("machine list and count follow the pages, filter, and say when there are more", async () => {
    await cli().upload(ordersConfiguration("many"));
    await cli().upload(ordersConfiguration("many", "v2"));
    const ids = Array.from({ length: 5 }, (_, i) => `m-${i}`);
    for (const [i, id] of ids.entries()) {
      const label = ["--label", `parity=${i % 2 === 0 ? "even" : "odd"}`];
      await cli().text("machine", "create", i < 3 ? "many" : "many:v2", "--id", id, ...label);
    }
    await cli().text("machine", "send", "many/m-1", "accept");
    const list = async (...args: string[]) => {
      const listed = ["machine", "list", ...args];
      const { statemachines } = await cli().answer<{ statemachines: Machine[] }>("ListMachines", ...listed);
      return statemachines.map(({ id }) => id);
    };
    await expect.poll(() => list("many", "--state", "pending"), { timeout: 5_000 }).toEqual(["m-1"]);
    expect(await list("many")).toEqual(ids);
    expect(await list("many", "--limit", "0")).toEqual(ids);
    expect(await list("many:v2")).toEqual(["m-3", "m-4"]);
    expect(await list("many", "--version", "v1", "--label", "parity=even")).toEqual(["m-0", "m-2"]);
    expect(await list("many", "--order", "-updated_at", "--limit", "1")).toEqual(["m-1"]);
    expect(await list("many", "--updated-before", "2020-01-01T00:00:00Z")).toEqual([]);
    const some = await cli().run(["machine", "list", "many", "--limit", "2"]);
    expect(some.stdout).toMatch(
      /^ID +STATE +VERSION +REVISION +UPDATED +LABELS\nm-0 +start +v1 +0 .* parity=even\nm-1 .*\n$/,
    );
    expect(some.stderr).toBe("there are more: --limit 0 shows all of them\n");
    expect(await cli().text("machine", "count", "many")).toBe("5\n");
    expect(
      await cli().answer("CountMachines", "machine", "count", "many", "--group-by", "version,state"),
    ).toMatchObject({
      counts: [
        { state: "start", version: "v1", count: 2 },
        { state: "start", version: "v2", count: 2 },
        { state: "pending", version: "v1", count: 1 },
      ],
      total: 5,
    });
    expect(await cli().text("machine", "count", "many", "--group-by", "state")).toBe(
      "STATE    COUNT\nstart    4\npending  1\n",
    );
    expect(await cli().refusal(2, "machine", "list", "many:v1", "--version", "v2")).toContain("two versions");
    expect(await cli().refusal(2, "machine", "list", "many", "--order", "age")).toContain("-updated_at");
    expect(await cli().refusal(2, "machine", "list", "many", "--limit", "-1")).toContain("whole number");
    expect(await cli().refusal(1, "machine", "list", "many", "--updated-after", "noon")).toContain("updated_after");
  });

  test("machine history tells changes in either order, and refusals; allowed tells what would be taken", async () => {
    const machine = ["shop/story"];
    await cli().text("machine", "create", "shop", "--id", "story");
    await cli().text("machine", "send", ...machine, "accept", "--details", "by phone");
    await cli().run(["machine", "send", ...machine, "accept", "--event-id", "again"]);
    await cli().text("machine", "send", ...machine, "ship");
    expect(await cli().text("machine", "history", ...machine)).toMatch(
      /^REVISION .*\n1 +\S+Z +accept +start +pending +anonymous +by phone\n2 +\S+Z +ship +pending +shipped +anonymous\n$/,
    );
    const newest = await cli().run(["machine", "history", ...machine, "--order", "desc", "--limit", "1", "--json"]);
    expect(JSON.parse(newest.stdout)).toMatchObject({ history: [{ revision: 2 }] });
    expect(newest.stderr).toContain("there are more");
    await cli().answer("ListHistory", "machine", "history", ...machine);
    const refused = await cli().answer("ListHistory", "machine", "history", ...machine, "--refused");
    expect(refused).toMatchObject({ receipts: [{ event_id: "again", reason: "NO_TRANSITION" }] });
    expect(await cli().text("machine", "history", ...machine, "--refused")).toMatch(
      /accept +pending +NO_TRANSITION +again/,
    );
    const allowed = await cli().run(["machine", "allowed", "shop/m-1"]);
    expect(allowed.stdout).toMatch(/^EVENT +ALLOWED +TO +REASON\naccept +no +NO_TRANSITION\nship +yes +shipped\n/);
    expect(allowed.stderr).toBe("in pending, revision 1\n");
    await cli().answer("ListAllowedEvents", "machine", "allowed", "shop/m-1");
  });

  test("machine diagram marks the state and the way, in the terminal as in the service's own diagrams", async () => {
    expect(await cli().text("machine", "diagram", "shop/story")).toBe(
      "✓ start (start)\n    └─ ✓ accept ─▶ pending\n✓ pending\n    ├─ ✓ ship ─▶ shipped\n    └─ cancel ─▶ cancelled\n▶ shipped (final)\n  cancelled (final)\n",
    );
    const route = `${cli().url}/api/v1/statemachines/shop/story/diagram`;
    const [mermaid, svg] = [await (await fetch(`${route}.mmd`)).text(), await (await fetch(`${route}.svg`)).text()];
    expect(await cli().text("machine", "diagram", "shop/story", "--format", "mmd")).toBe(mermaid);
    const picture = join(cli().dir, "story.svg");
    await cli().text("machine", "diagram", "shop/story", "-o", picture);
    expect(await readFile(picture, "utf8")).toBe(svg);
    expect(await cli().json("machine", "diagram", "shop/story", "--format", "mmd")).toEqual({
      format: "mmd",
      diagram: mermaid,
    });
  });
}
