/** A tenant's deployment of its own: which file, which commands, and that any failure can be gone on from. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseKey } from "../../src/auth/key-text.ts";
import type { Existing } from "../../src/local/tenant/account.ts";
import { createTenant } from "../../src/local/tenant/create.ts";
import { deriveDeployment } from "../../src/local/tenant/deployment.ts";
import { readOptions } from "../../src/local/tenant/options.ts";
import { planOf } from "../../src/local/tenant/plan.ts";
import { SECRETS } from "../../src/local/secrets.ts";
import type { Run } from "../../src/local/tenant/wrangler.ts";

const root = join(import.meta.dirname, "../..");
const committed = await readFile(join(root, "wrangler.toml"), "utf8");
const ID = "11111111-2222-3333-4444-555555555555";
const QUEUES = ["acme-events", "acme-jobs", "acme-notifications", "acme-events-dlq"];

const derive = (existing?: string, ...args: string[]) =>
  deriveDeployment(readOptions(["create", "acme", ...args]), {
    committed,
    existing,
    root: "/r",
    dir: "/r/.deployments/acme",
  });
const fileOf = (existing?: string, ...args: string[]) => parse(derive(existing, ...args).text);

describe("the file", () => {
  test("is that of the repository under names of its own", () => {
    const file = fileOf();
    expect(file).toMatchObject({
      name: "detent-acme",
      main: "../../src/worker.ts",
      workers_dev: true,
      assets: { directory: "../../src/http/assets" },
      d1_databases: [{ database_name: "detent-acme", migrations_dir: "../../migrations" }],
    });
    // No `cwd`: wrangler would take it from where it is started.
    expect(file["build"]).toEqual({ command: "npm run --silent build:console", watch_dir: "../../src/console" });
    expect(file["vars"]).toMatchObject({
      DETENT_EVENTS_TENANT: "acme",
      DETENT_JURISDICTION: "",
      DETENT_RETENTION: "P30D",
    });
  });

  test("binds what that of the repository binds, and its dead letters still end in -dlq", () => {
    const anonymous = (text: string) => {
      const { queues, durable_objects, migrations, triggers, assets, d1_databases } = parse(
        text
          .replaceAll(/"acme-/g, '"')
          .replaceAll(/detent-acme/g, "detent")
          .replaceAll("../../", ""),
      );
      return { queues, durable_objects, migrations, triggers, assets, d1_databases };
    };
    expect(anonymous(derive().text)).toEqual(anonymous(committed));
    expect(derive().queues.toSorted()).toEqual(QUEUES.toSorted());
  });

  test("takes what is asked for", () => {
    const args = ["--domain", "api.acme.example", "--jurisdiction", "eu", "--transitions"];
    const file = fileOf(undefined, ...args, "--cors-origin", "https://a.example", "--cors-origin", "https://b.example");
    expect(file).toMatchObject({ workers_dev: false, routes: [{ pattern: "api.acme.example", custom_domain: true }] });
    expect(file["vars"]).toMatchObject({
      DETENT_JURISDICTION: "eu",
      DETENT_CORS_ORIGINS: "https://a.example,https://b.example",
    });
    const { producers } = file["queues"] as { producers: object[] };
    expect(producers).toContainEqual({ binding: "TRANSITIONS", queue: "acme-transitions" });
  });

  test("made again keeps the database, the variables and what was added, and follows the repository's otherwise", () => {
    const first = derive(undefined, "--domain", "api.acme.example", "--jurisdiction", "eu", "--transitions").text;
    const edited = `account_id = "0123"\n${first}`
      .replace(/database_id = ".*"/, `database_id = "${ID}"`)
      .replace('DETENT_RETENTION = "P30D"', 'DETENT_RETENTION = "P7D"')
      .replace(/compatibility_date = ".*"/, 'compatibility_date = "2020-01-01"');
    const again = derive(edited);
    expect(again).toMatchObject({ databaseId: ID, jurisdiction: "eu" });
    const expected = { ...(parse(edited) as object), compatibility_date: parse(committed)["compatibility_date"] };
    expect(parse(again.text)).toEqual(expected);
    expect(derive(again.text).text).toBe(again.text);
  });

  test("keeps its jurisdiction once it has a database", () => {
    const eu = derive(undefined, "--jurisdiction", "eu").text;
    expect(derive(eu, "--jurisdiction", "fedramp").jurisdiction).toBe("fedramp");
    const created = eu.replace(/database_id = ".*"/, `database_id = "${ID}"`);
    expect(() => derive(created, "--jurisdiction", "fedramp")).toThrow(/has the jurisdiction eu and keeps it/);
    expect(derive(created, "--jurisdiction", "eu").text).toBe(created);
  });

  test("of another Worker is not written over", () => {
    expect(() => derive(committed)).toThrow(/is of "detent", not of "detent-acme"/);
    expect(() => derive("name = ")).toThrow(/is no TOML/);
  });

  test("is refused where a name would be too long, and only there", () => {
    const of = (length: number) => () =>
      deriveDeployment(readOptions(["create", "a".repeat(length)]), {
        committed,
        existing: undefined,
        root,
        dir: root,
      });
    expect(Math.max(...of(49)().queues.map((name) => name.length))).toBe(63);
    expect(of(50)).toThrow(/at most 49 characters.*-notifications" has 64/);
  });

  test("is refused where the repository's has something that nobody has thought about", () => {
    const more = `${committed}\n[[kv_namespaces]]\nbinding = "KV"\nid = "1"\n`;
    expect(() =>
      deriveDeployment(readOptions(["create", "acme"]), { committed: more, existing: undefined, root, dir: root }),
    ).toThrow(/wrangler.toml has kv_namespaces/);
  });
});

describe("the plan", () => {
  const planned = (existing: Partial<Existing>, deploy = false) => {
    const nothing: Existing = { databaseId: undefined, queues: [], secrets: [], doubts: [] };
    const target = { deployment: derive(undefined, "--jurisdiction", "eu"), config: "w.toml", bundleDir: "/b", deploy };
    return planOf(target, { ...nothing, ...existing });
  };
  const linesOf = (steps: ReturnType<typeof planned>) =>
    steps.map(({ args }) => args.join(" ").replace(" -c w.toml", ""));

  test("creates everything where nothing is", () => {
    expect(linesOf(planned({}, true))).toEqual([
      "d1 create detent-acme --jurisdiction eu",
      ...QUEUES.map((queue) => `queues create ${queue} --jurisdiction eu`),
      "d1 migrations apply detent-acme --remote",
      "secret bulk",
      "deploy --dry-run --outdir /b",
      "deploy",
    ]);
  });

  test("creates nothing where everything is", () => {
    const everything = { databaseId: ID, queues: QUEUES, secrets: SECRETS };
    expect(linesOf(planned(everything))).toEqual([
      "d1 migrations apply detent-acme --remote",
      "deploy --dry-run --outdir /b",
    ]);
  });

  test("creates what is missing", () => {
    const steps = planned({
      databaseId: ID,
      queues: QUEUES.slice(1),
      secrets: ["DETENT_KEY_PEPPER", "DETENT_ROOT_KEY_HASH"],
    });
    expect(linesOf(steps).slice(0, -1)).toEqual([
      "queues create acme-events --jurisdiction eu",
      "d1 migrations apply detent-acme --remote",
      "secret bulk",
    ]);
    expect(steps.find(({ kind }) => kind === "secrets")?.secrets).toEqual(["DETENT_TOKEN_SECRET"]);
  });
});

/** What wrangler says of an account, and does to it; breaks down at the call with the number `breaksAt`, before or after doing it. */
class Account {
  readonly databases: { uuid: string; name: string; jurisdiction?: string }[] = [];
  readonly queues = new Map<string, string | undefined>();
  secrets: Record<string, string> | undefined;
  readonly calls: string[] = [];
  breaksAt = Number.POSITIVE_INFINITY;
  breaksAfter = false;

  readonly run: Run = async (args, input) => {
    const call = args.slice(0, args.indexOf("-c")).join(" ");
    this.calls.push(call);
    const isBreaking = this.calls.length === this.breaksAt;
    const broken = { code: 1, stdout: "", stderr: "✘ [ERROR] fetch failed" };
    if (isBreaking && !this.breaksAfter) return broken;
    const outcome = this.#answer(call, input);
    return isBreaking ? broken : outcome;
  };

  #answer(call: string, input?: string) {
    const fine = (stdout = "") => ({ code: 0, stdout, stderr: "" });
    const failed = (stderr: string) => ({ code: 1, stdout: "", stderr });
    const [first, second, name = "", , place] = call.split(" ");
    switch (`${first} ${second}`) {
      case "d1 list":
        return fine(JSON.stringify(this.databases));
      case "d1 create":
        this.databases.push({ uuid: ID, name, ...(place !== undefined && { jurisdiction: place }) });
        return fine();
      case "queues info": {
        if (!this.queues.has(name)) return failed(`✘ [ERROR] Queue "${name}" does not\nexist. To create it, run: ...`);
        const at = this.queues.get(name);
        return fine(`Queue Name: ${name}\n${at === undefined ? "" : `Jurisdiction: ${at}\n`}`);
      }
      case "queues create":
        if (this.queues.has(name)) return failed("Queue name is already taken");
        this.queues.set(name, place);
        return fine();
      case "secret list":
        if (this.secrets === undefined) return failed('✘ [ERROR] Worker "detent-acme" not found.');
        return fine(JSON.stringify(Object.keys(this.secrets).map((key) => ({ name: key, type: "secret_text" }))));
      case "secret bulk":
        this.secrets = { ...this.secrets, ...(JSON.parse(input ?? "") as Record<string, string>) };
        return fine();
      default:
        return fine("ran");
    }
  }
}

describe("creating", () => {
  let dir: string;
  /** Of all runs. */
  let shown: string;
  beforeEach(async () => {
    shown = "";
    dir = await mkdtemp(join(tmpdir(), "detent-tenant-test-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const create = async (account: Account, ...args: string[]): Promise<string> => {
    const lines: string[] = [];
    const options = readOptions(["create", "acme", "--out", dir, ...args]);
    account.calls.length = 0;
    const print = (line: string): void => {
      lines.push(line);
      shown += `${line}\n`;
    };
    await createTenant(options, { run: account.run, print, root });
    return lines.join("\n");
  };
  const file = () => readFile(join(dir, "wrangler.toml"), "utf8");

  test("makes everything, and the file names the database", async () => {
    const account = new Account();
    await create(account, "--jurisdiction", "eu");
    expect(account.databases).toEqual([{ uuid: ID, name: "detent-acme", jurisdiction: "eu" }]);
    expect([...account.queues]).toEqual(QUEUES.map((queue) => [queue, "eu"]));
    expect(await file()).toContain(`database_id = "${ID}"`);
    expect(account.calls.at(-1)).toMatch(/^deploy --dry-run/);
  });

  test("shows the root key, whose hash alone is kept, and no other secret", async () => {
    const account = new Account();
    const output = await create(account);
    const { DETENT_KEY_PEPPER = "", DETENT_TOKEN_SECRET = "", DETENT_ROOT_KEY_HASH } = account.secrets ?? {};
    const [key = ""] = /dtk_root_\S+/.exec(output) ?? [];
    expect(parseKey(key)?.id).toBe("root");
    expect(DETENT_ROOT_KEY_HASH).toBe(createHash("sha256").update(key).digest("hex"));
    for (const secret of [DETENT_KEY_PEPPER, DETENT_TOKEN_SECRET]) {
      expect(Buffer.from(secret, "base64url")).toHaveLength(32);
      expect(output).not.toContain(secret);
    }
    expect(DETENT_KEY_PEPPER).not.toBe(DETENT_TOKEN_SECRET);
    expect(output + (await file())).not.toContain(DETENT_ROOT_KEY_HASH);
  });

  test("twice changes nothing", async () => {
    const account = new Account();
    await create(account);
    const before = structuredClone([account.databases, account.queues, account.secrets, await file()]);
    const output = await create(account);
    expect([account.databases, account.queues, account.secrets, await file()]).toEqual(before);
    expect(account.calls.filter((call) => /create|bulk/.test(call))).toEqual([]);
    expect(output).not.toContain("dtk_");
  });

  test("deploys when told to", async () => {
    const account = new Account();
    expect(await create(account, "--deploy")).toContain("done: deploy detent-acme");
    expect(account.calls.at(-1)).toBe("deploy");
  });

  test.each([false, true])(
    "whatever call breaks down, another run completes it (having done it: %s)",
    async (breaksAfter) => {
      const whole = new Account();
      await create(whole, "--deploy");
      const text = await file();
      const count = whole.calls.length;
      for (let breaksAt = 1; breaksAt <= count; breaksAt += 1) {
        await rm(join(dir, "wrangler.toml"));
        const account = new Account();
        Object.assign(account, { breaksAt, breaksAfter });
        await expect(create(account, "--deploy"), whole.calls[breaksAt - 1]).rejects.toThrow(
          /^Failed: .*\n.*\n✘.*\nWhat was done/,
        );
        account.breaksAt = Number.POSITIVE_INFINITY;
        await create(account, "--deploy");
        expect([account.databases, account.queues, await file()]).toEqual([whole.databases, whole.queues, text]);
        expect(Object.keys(account.secrets ?? {})).toEqual([...SECRETS]);
        const lastKey = [...shown.matchAll(/dtk_root_\S+/g)].at(-1)?.[0] ?? "";
        expect(account.secrets?.["DETENT_ROOT_KEY_HASH"]).toBe(createHash("sha256").update(lastKey).digest("hex"));
      }
      expect(count).toBe(17);
    },
  );

  test("sets the secret that is missing and leaves the others", async () => {
    const account = new Account();
    await create(account);
    const { DETENT_ROOT_KEY_HASH: _, ...others } = account.secrets ?? {};
    account.secrets = others;
    expect(await create(account)).toMatch(/dtk_root_/);
    expect(account.secrets).toMatchObject(others);
    expect(Object.keys(account.secrets)).toHaveLength(3);
  });

  test("does not believe that secrets were set when they were not", async () => {
    const account = new Account();
    const run: Run = (args, input) => (args[1] === "bulk" ? account.run(["nothing"], "") : account.run(args, input));
    const options = readOptions(["create", "acme", "--out", dir]);
    await expect(createTenant(options, { run, print: () => {}, root })).rejects.toThrow(/Not set: DETENT_KEY_PEPPER/);
  });

  test("stops where the file's database is not the account's", async () => {
    const account = new Account();
    await create(account);
    account.databases.length = 0;
    await expect(create(account)).rejects.toThrow(/names the database 1{8}-.* is not there. Is it another account/s);
    account.databases.push({ uuid: "other", name: "detent-acme" });
    await expect(create(account)).rejects.toThrow(/is other\./);
    expect(account.calls).toEqual(["d1 list --json"]);
  });

  test("stops where something is there in another jurisdiction, and says what it cannot see", async () => {
    const account = new Account();
    account.queues.set("acme-jobs", "us");
    await expect(create(account, "--jurisdiction", "eu")).rejects.toThrow(/in the jurisdiction "us" and not in "eu"/);
    account.queues.set("acme-jobs", undefined);
    expect(await create(account, "--jurisdiction", "eu")).toContain("that the queue acme-jobs, which was there");
    expect(shown.match(/^Mind: /gm)).toHaveLength(1);
    const untold = new Account();
    untold.databases.push({ uuid: ID, name: "detent-acme" });
    await rm(join(dir, "wrangler.toml"));
    expect(await create(untold, "--jurisdiction", "eu")).toContain("that the database detent-acme, which was there");
    await rm(join(dir, "wrangler.toml"));
    const elsewhere = new Account();
    elsewhere.databases.push({ uuid: ID, name: "detent-acme", jurisdiction: "fedramp" });
    await expect(create(elsewhere)).rejects.toThrow(/in the jurisdiction "fedramp" and not in "none"/);
  });

  test("without an account only builds, and tells when that fails", async () => {
    const account = new Account();
    await create(account, "--dry-run");
    expect(account.calls).toEqual([expect.stringMatching(/^deploy --dry-run --outdir /)]);
    account.breaksAt = 1;
    await expect(create(account, "--dry-run")).rejects.toThrow(/^Failed: build what would be deployed\.\n.*\n✘/);
  });

  test("never writes over the repository's file", async () => {
    const options = readOptions(["create", "acme", "--out", root]);
    const deps = { run: new Account().run, print: () => {}, root };
    await expect(createTenant(options, deps)).rejects.toThrow(/would overwrite/);
  });
});
