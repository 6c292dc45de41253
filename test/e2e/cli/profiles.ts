/** `login`, `logout`, `profile ...`: which service is asked, and who gets to see a key. */
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Cli } from "./cli.ts";

export function testProfiles(cli: () => Cli): void {
  const makeKey = async (scopes: string[]): Promise<string> => {
    const body = JSON.stringify({ name: "cli", scopes });
    const response = await fetch(`${cli().url}/api/v1/keys`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    return (await response.json<{ secret: string }>()).secret;
  };
  const without = { DETENT_URL: "" };

  test("login keeps a key that the service takes, for its owner's eyes only, and the commands use it", async () => {
    const key = await makeKey(["configurations:read"]);
    const ran = await cli().run(["login", "--profile", "one", "--url", cli().url], { input: `${key}\n`, env: without });
    expect(ran).toMatchObject({ code: 0, stdout: `one: ${cli().url}\n` });
    const file = join(cli().dir, "detent/profiles.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
      current: "one",
      profiles: { one: { url: cli().url, key } },
    });
    expect(await cli().run(["config", "list", "-q"], { env: without })).toMatchObject({ code: 0 });
    const denied = await cli().run(["config", "deprecate", "none:v1"], { env: without });
    expect(denied.code).toBe(4);
    expect(denied.stderr).toContain("PERMISSION_DENIED");
    const listed = await cli().run(["profile", "list"], { env: without });
    expect(listed.stdout).toContain(cli().url);
    expect(listed.stdout + ran.stderr).not.toContain(key);
  });

  test("login refuses a key that the service refuses, and keeps nothing of it", async () => {
    const forged = `dtk_${"A".repeat(16)}_${"B".repeat(49)}`;
    const ran = await cli().run(["login", "--profile", "forged", "--url", cli().url], { input: forged });
    expect(ran).toMatchObject({ code: 4, stdout: "" });
    expect(ran.stderr).toContain("UNAUTHENTICATED");
    expect(ran.stderr).not.toContain(forged);
    expect(await cli().json("profile", "list")).toEqual({
      profiles: [{ name: "one", url: cli().url, has_key: true, current: true }],
    });
    expect(await cli().run(["login", "--profile", "forged"], { input: "" })).toMatchObject({ code: 2 });
    expect(await cli().refusal(2, "login", "--profile", "a/b")).toContain("no name of a profile");
  });

  test("profiles are chosen by name, by use, and by the environment", async () => {
    await cli().text("login", "--no-key", "--profile", "two", "--url", `${cli().url}/`);
    expect(await cli().text("profile", "list")).toMatch(/\* +two .* no\n/);
    expect(await cli().text("profile", "use", "one")).toBe(`one: ${cli().url}\n`);
    expect(await cli().refusal(1, "profile", "use", "three")).toContain('no profile "three"');
    expect(await cli().refusal(2, "config", "list", "--profile", "three")).toContain("detent login --profile three");
    const byEnvironment = await cli().run(["config", "list"], { env: { ...without, DETENT_PROFILE: "three" } });
    expect(byEnvironment.code).toBe(2);
  });

  test("a profile's key goes to no other address, and none goes over plain HTTP to another machine", async () => {
    const seen: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.setHeader("content-type", "application/json").end('{"configurations": [], "next_page_token": ""}');
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    try {
      const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
      await cli().text("config", "list", "--profile", "one", "--url", elsewhere);
      expect(seen).toEqual([undefined]);
      expect((await cli().run(["config", "list", "--url", elsewhere], { env: { DETENT_KEY: "k" } })).code).toBe(0);
      expect(seen).toEqual([undefined, "Bearer k"]);
    } finally {
      other.close();
    }
    const open = await cli().run(["config", "list", "--url", "http://detent.example.com"], {
      env: { DETENT_KEY: "k" },
    });
    expect(open).toMatchObject({ code: 2 });
    expect(open.stderr).toContain("it is not https");
    expect(await cli().refusal(2, "config", "list", "--url", "detent.example.com")).toContain("is not an address");
  });

  test("logout forgets the profile and its key", async () => {
    expect(await cli().text("logout", "--profile", "one")).toBe("forgotten: one\n");
    expect(await readFile(join(cli().dir, "detent/profiles.json"), "utf8")).not.toContain("dtk_");
    expect(await cli().refusal(1, "logout", "--profile", "one")).toContain('no profile "one"');
  });
}
