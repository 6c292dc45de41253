/** `key ...`, `token ...`, `tenant ...`: who may do what. */
import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startBreakingLine } from "./breaking-line.ts";
import { ordersConfiguration, type Cli } from "./cli.ts";

interface ShownKey {
  readonly key: { readonly id: string; readonly expires_at?: string };
  readonly secret: string;
}

const SECRET = /^dtk_([0-9A-Za-z]{16})_[0-9A-Za-z]{49}\n$/;
const DAY_MS = 86_400_000;

export function testKeys(cli: () => Cli, stateDir: () => string): void {
  const root = async () => ({ DETENT_KEY: (await readFile(join(stateDir(), "root-key"), "utf8")).trim() });
  /** Runs with the root key. */
  const asRoot = async (...args: string[]) => cli().run(args, { env: await root() });

  test("key create prints the secret alone, which works, and no other command prints it", async () => {
    const made = await cli().run(["key", "create", "of ci", "--scope", "machines:read", "--scope", "events:send"]);
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(SECRET);
    expect(made.stderr).toMatch(/^key [0-9A-Za-z]{16} \(of ci\): machines:read, events:send\n.*only time.*\n$/);
    const [, id = ""] = SECRET.exec(made.stdout) ?? [];
    const secret = made.stdout.trim();
    expect(made.stderr).not.toContain(secret);
    const env = { DETENT_KEY: secret };
    expect(await cli().run(["machine", "count", "shop"], { env })).toMatchObject({ code: 0 });
    const denied = await cli().run(["machine", "create", "shop"], { env });
    expect(denied).toMatchObject({ code: 4, stderr: expect.stringContaining("PERMISSION_DENIED") });
    expect(await cli().answer("GetKey", "key", "get", id)).toMatchObject({ name: "of ci" });
    const listed = await cli().text("key", "list", "--limit", "0");
    expect(listed).toMatch(new RegExp(`${id} +of ci +machines:read events:send +all `));
    const rest = [listed, await cli().text("key", "get", id), await cli().text("key", "list", "--json")].join("\n");
    expect(rest).not.toContain(secret.slice(21));
    await cli().answer("ListKeys", "key", "list");

    const rerolled = await cli().run(["key", "reroll", id, "--grace", "1h"]);
    expect(rerolled.stdout).toMatch(SECRET);
    expect(rerolled.stdout.trim()).not.toBe(secret);
    expect(rerolled.stderr).toContain("the secret before works until");
    expect(await cli().run(["machine", "count", "shop"], { env })).toMatchObject({ code: 0 });
    expect(await cli().answer("RevokeKey", "key", "revoke", id)).toHaveProperty("revoked_at");
    expect(await cli().text("key", "revoke", id)).toBe(`revoked: ${id} (of ci)\n`);
    expect(await cli().text("key", "list", "--limit", "0")).toMatch(/revoked \S+Z\n/);
  });

  test("a key may be narrowed to configurations and end by itself", async () => {
    const narrow = ["--scope", "machines:read", "--configuration", "shop", "--configuration", "many"];
    const before = Date.now();
    const create = ["key", "create", "guest", ...narrow, "--expires-in", "90d"];
    const made = await cli().answer<ShownKey>("CreateKey", ...create);
    expect(made.key).toMatchObject({ configurations: ["shop", "many"] });
    const ends = Date.parse(made.key.expires_at ?? "");
    expect(ends).toBeGreaterThanOrEqual(before + 90 * DAY_MS);
    expect(ends).toBeLessThanOrEqual(Date.now() + 90 * DAY_MS);
    const until = ["--expires-at", "2099-01-01T00:00:00Z"];
    expect(await cli().json("key", "create", "guest", ...narrow, ...until)).toMatchObject({
      key: { expires_at: "2099-01-01T00:00:00.000Z" },
    });
    await cli().answer("RerollKey", "key", "reroll", made.key.id);
    expect(await cli().refusal(2, "key", "create", "none")).toContain("--scope");
    expect(await cli().refusal(2, "key", "create", "x", ...narrow, "--expires-in", "soon")).toContain("90d");
    const both = await cli().refusal(2, "key", "create", "x", ...narrow, ...until, "--expires-in", "1h");
    expect(both).toContain("cannot be used with");
    expect(await cli().refusal(1, "key", "create", "x", "--scope", "all")).toContain("machines:read");
    expect(await cli().refusal(1, "key", "get", "none")).toContain("NOT_FOUND");
  });

  test("token create prints a token that reaches what it names and nothing else", async () => {
    const key = await cli().json<ShownKey>("key", "create", "of a page", "--scope", "machines:read");
    const env = { DETENT_KEY: key.secret };
    const create = ["token", "create", "--scope", "machines:read", "--machine", "shop/m-1"];
    const made = await cli().run([...create, "--ttl", "15m", "--subject", "customer 7"], { env });
    expect(made.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(made.stderr).toMatch(/^it works until \S+Z\n$/);
    const token = { DETENT_KEY: made.stdout.trim() };
    expect(await cli().run(["machine", "get", "shop/m-1"], { env: token })).toMatchObject({ code: 0 });
    expect(await cli().run(["machine", "get", "shop/story"], { env: token })).toMatchObject({ code: 4 });
    const own = ["--configuration", "shop", "--event", "accept"];
    await cli().answer("CreateToken", "token", "create", "--scope", "events:send", ...own);
    expect(await cli().refusal(2, "token", "create", "--scope", "machines:read", "--machine", "m-1")).toContain(
      "CONFIGURATION/ID",
    );
  });

  test("tenant create, list, get and update; a quota that is not named stays", async () => {
    expect(await asRoot("tenant", "create", "acme")).toEqual({ code: 0, stdout: "acme\n", stderr: "created\n" });
    expect(await asRoot("tenant", "create", "acme")).toMatchObject({ code: 0, stderr: "it was there already\n" });
    const update = ["tenant", "update", "acme"];
    expect(await asRoot(...update, "--machines", "5", "--events-per-day", "7")).toMatchObject({
      stdout: "acme: machines=5 events_per_day=7\n",
    });
    expect(await asRoot(...update, "--requests-per-second", "9", "--machines", "default")).toMatchObject({
      stdout: "acme: events_per_day=7 requests_per_second=9\n",
    });
    expect(await asRoot(...update)).toMatchObject({ code: 2 });
    expect((await asRoot(...update, "--machines", "many")).stderr).toContain('"default"');
    expect((await asRoot("tenant", "get", "acme")).stdout).toContain("events_per_day: 7\n");
    expect((await asRoot("tenant", "list")).stdout).toMatch(
      /^NAME +CREATED +QUOTAS +ERASED\nacme +\S+Z +events_per_day=7/,
    );
    expect((await asRoot("tenant", "audit", "acme")).stdout).toMatch(/root +tenant\.updated +acme\n/);
    expect((await asRoot("tenant", "usage", "acme", "--from", "2026-01-01")).stdout).toContain("machines: 0\n");
    expect(await cli().refusal(4, "tenant", "list")).toContain("PERMISSION_DENIED");
    await cli().answer("GetUsage", "tenant", "usage");
    await cli().answer("ListAuditEntries", "tenant", "audit", "--limit", "0");
  });

  test("tenant export takes everything along, as lines that end with the end", async () => {
    const file = join(cli().dir, "dev.ndjson");
    const ran = await cli().run(["tenant", "export", "-o", file]);
    expect(ran).toMatchObject({ code: 0, stdout: "", stderr: expect.stringMatching(/^whole: \d+ lines in /) });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    const entries = lines.map((line) => JSON.parse(line) as { type: string; id?: string; cursor?: string });
    expect(entries.at(-1)).toMatchObject({ type: "end" });
    expect(entries.filter(({ type, id }) => type === "machine" && id === "story")).toHaveLength(1);
    const piped = await cli().run(["tenant", "export", "-q"]);
    expect(piped.stderr).toBe("");
    expect(piped.stdout.trimEnd().split("\n").at(-1)).toContain('"type":"end"');

    // Cut off behind its first cursor, it is made whole from there.
    const at = entries.findIndex(({ type }) => type === "cursor");
    const told = (text: string) =>
      text.split("\n").filter((line) => /^\{"type":"(machine|history|configuration)"/.test(line));
    // What was written behind the cursor, and torn, comes again.
    for (const torn of ["", `${lines.slice(at + 1, at + 3).join("\n")}\n{"type":"machine","conf`]) {
      const part = await cli().write("part.ndjson", `${lines.slice(0, at + 1).join("\n")}\n${torn}`);
      await cli().text("tenant", "export", "--after", entries[at]?.cursor ?? "", "-o", part);
      expect(told(await readFile(part, "utf8"))).toEqual(told(lines.join("\n")));
    }
    const strange = await cli().write("strange.ndjson", "not an export\n");
    expect(await cli().refusal(2, "tenant", "export", "--after", entries[at]?.cursor ?? "", "-o", strange)).toContain(
      "no cursor",
    );
    expect(await readFile(strange, "utf8")).toBe("not an export\n");
    const { env, cwd } = await cli().shell();
    const left = await promisify(execFile)("bash", ["-o", "pipefail", "-c", "detent tenant export | head -1"], {
      env,
      cwd,
    });
    expect(left).toMatchObject({ stderr: "", stdout: expect.stringMatching(/^\{"type":"\w+".*\n$/) });
    expect(await asRoot("tenant", "export")).toMatchObject({ code: 4, stdout: "" });
    expect(await cli().refusal(2, "tenant", "export", "-o", join(cli().dir, "none", "x"))).toContain(
      "cannot be written",
    );
  });

  test("tenant export over a line that breaks has each line once", async () => {
    const documents = [
      { kind: "Configuration", spec: ordersConfiguration("exported") },
      ...Array.from({ length: 80 }, (_, i) => {
        return { kind: "FiniteStateMachine", id: `x-${i}`, spec: { config_id: "exported:v1" } };
      }),
    ];
    const text = documents.map((document) => JSON.stringify(document)).join("\n---\n");
    expect(await cli().run(["send", "-q", "-"], { input: text })).toMatchObject({ code: 0 });
    const told = (exported: string) =>
      exported.split("\n").filter((line) => /^\{"type":"(machine|history|configuration)"/.test(line));
    const whole = await cli().text("tenant", "export");
    const [before = ""] = whole.split('{"type":"cursor"');
    const cursorAt = Buffer.byteLength(before);
    expect(before.length).toBeLessThan(whole.length);
    // Before there is a cursor, in the line behind the first one, and there again.
    const cuts = [cursorAt / 2, cursorAt + 500, 50].map(Math.floor);
    const line = await startBreakingLine(cli().url, (_path, nth) => cuts[nth - 1]);
    try {
      const ran = await cli().run(["tenant", "export", "--url", line.url]);
      expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining("going on in") });
      expect(told(ran.stdout)).toEqual(told(whole));
      const resumed = expect.stringContaining("?after=");
      expect(line.asked).toEqual(["/api/v1/export", "/api/v1/export", resumed, resumed]);
    } finally {
      line.close();
    }
  });

  test("tenant erase wants the name once more", async () => {
    expect(await asRoot("tenant", "erase", "acme")).toMatchObject({ code: 2 });
    expect(await asRoot("tenant", "erase", "acme", "--confirm", "acm")).toMatchObject({ code: 1, stdout: "" });
    expect(await asRoot("tenant", "erase", "acme", "--confirm", "acme")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^acme: eras(ing since|ed) \S+Z\n$/),
    });
    expect((await asRoot("tenant", "get", "acme", "--json")).stdout).toContain("erasing_at");
  });
}
