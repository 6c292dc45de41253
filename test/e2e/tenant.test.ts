/** `npm run tenant`: without an account as a dry run, and with a real wrangler that talks to a pretended Cloudflare. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SECRETS } from "../../src/local/secrets.ts";
import { FakeCloudflare } from "./fake-cloudflare.ts";

const root = join(import.meta.dirname, "../..");
const wrangler = join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin", "wrangler.js");
/** No account, and nothing behind the address that wrangler would ask. */
const NO_ACCOUNT = { CLOUDFLARE_API_TOKEN: "", CLOUDFLARE_API_BASE_URL: "http://127.0.0.1:9" };

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function execute(command: string, args: readonly string[], env: Record<string, string>): Promise<Outcome> {
  try {
    const done = await promisify(execFile)(command, args, { cwd: root, env: { ...process.env, ...env } });
    return { code: 0, ...done };
  } catch (error) {
    const { code, stdout, stderr } = error as Outcome;
    return { code, stdout, stderr };
  }
}

const tenant = (env: Record<string, string>, ...args: string[]) =>
  execute("npm", ["run", "--silent", "tenant", "--", ...args], env);
const runWrangler = (...args: string[]) => execute(process.execPath, [wrangler, ...args], { ...NO_ACCOUNT, CI: "1" });

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-tenant-e2e-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));
const file = () => readFile(join(dir, "wrangler.toml"), "utf8");

test("a dry run writes a file that wrangler builds from, shows each command and no secret, and twice the same", async () => {
  const args = ["create", "acme", "--dry-run", "--transitions", "--jurisdiction", "eu", "--out", dir];
  const first = await tenant(NO_ACCOUNT, ...args);
  expect(first).toMatchObject({ code: 0, stderr: "" });
  const text = await file();
  const commands = [...first.stdout.matchAll(/^ {2}npx wrangler (.*?) -c \S+\/wrangler\.toml(.*)$/gm)];
  expect(commands.map(([, command = "", input = ""]) => command + input)).toEqual([
    "d1 list --json",
    ...["events", "jobs", "notifications", "transitions", "events-dlq"].map((queue) => `queues info acme-${queue}`),
    "secret list --format json",
    "d1 create detent-acme --jurisdiction eu",
    ...["events", "jobs", "notifications", "transitions", "events-dlq"].map(
      (queue) => `queues create acme-${queue} --jurisdiction eu`,
    ),
    "d1 migrations apply detent-acme --remote",
    `secret bulk  # standard input: ${SECRETS.join(", ")}`,
    "deploy --dry-run --outdir TEMPORARY",
    "deploy",
  ]);
  expect(first.stdout).not.toMatch(/dtk_|[\w-]{43}/);

  const second = await tenant(NO_ACCOUNT, ...args);
  expect(await file()).toBe(text);
  expect(second.stdout.split("\n").slice(1)).toEqual(first.stdout.split("\n").slice(1));
  expect(second.stdout).toContain("is as it has to be");
});

test("the file binds what the repository's binds, under other names, and finds the same migrations", async () => {
  await tenant(NO_ACCOUNT, "create", "acme", "--dry-run", "--out", dir);
  const config = join(dir, "wrangler.toml");
  const bindingsOf = async (of: string) => {
    const { stdout } = await runWrangler("deploy", "--dry-run", "--outdir", join(dir, "bundle"), "-c", of);
    return [...stdout.matchAll(/^env\.(\w+) \((.*)\)\s+(\S.*)$/gm)].map(([, name, value, kind]) => ({
      name,
      value,
      kind: kind?.trim(),
    }));
  };
  const [mine, theirs] = [await bindingsOf(config), await bindingsOf(join(root, "wrangler.toml"))];
  expect(theirs.length).toBeGreaterThan(15);
  const changed = mine.filter(({ value }, index) => value !== theirs[index]?.value);
  expect(mine.map(({ name, kind }) => ({ name, kind }))).toEqual(theirs.map(({ name, kind }) => ({ name, kind })));
  expect(changed.map(({ name, value }) => [name, value])).toEqual([
    ["EVENTS", "acme-events"],
    ["JOB_CHUNKS", "acme-jobs"],
    ["NOTIFICATIONS", "acme-notifications"],
    ["CATALOG", "detent-acme"],
    ["DETENT_EVENTS_TENANT", '"acme"'],
  ]);

  const local = ["--local", "--persist-to", join(dir, "state"), "-c", config];
  const applied = await runWrangler("d1", "migrations", "apply", "detent-acme", ...local);
  for (const migration of await readdir(join(root, "migrations"))) expect(applied.stdout).toContain(migration);
});

test.each([
  ["no command", [], /npm run tenant -- create NAME/],
  ["another command", ["delete", "acme"], /npm run tenant -- create NAME/],
  ["two names", ["create", "acme", "other"], /npm run tenant -- create NAME/],
  ["a name with a capital", ["create", "Acme"], /lower-case letters, digits and hyphens.*got "Acme"/],
  ["a name that ends in a dash", ["create", "acme-"], /no hyphen at either end.*got "acme-"/],
  ["a name that leaves no room", ["create", "a".repeat(50)], /too long a name.*at most 49 characters/],
  ["an unknown option", ["create", "acme", "--nonsense"], /Unknown option '--nonsense'/],
  [
    "a jurisdiction that D1 lacks",
    ["create", "acme", "--jurisdiction", "fedramp-high"],
    /must be eu or fedramp.*got "fedramp-high"/,
  ],
  [
    "a URL for a domain",
    ["create", "acme", "--domain", "https://a.example"],
    /must be a host name.*got "https:\/\/a.example"/,
  ],
  [
    "an origin with a path",
    ["create", "acme", "--cors-origin", "https://a.example/"],
    /must be an origin.*got "https:\/\/a.example\/"/,
  ],
  ["a dry run that deploys", ["create", "acme", "--dry-run", "--deploy"], /exclude each other/],
])("refused with exit code 2: %s", async (_what, args, message) => {
  const outcome = await tenant(NO_ACCOUNT, ...args, ...(args.length > 0 ? ["--out", dir] : []));
  expect(outcome).toMatchObject({ code: 2, stdout: "" });
  expect(outcome.stderr).toMatch(message);
  expect(await readdir(dir)).toEqual([]);
});

test("without an account it says so, and how to go on", async () => {
  const outcome = await tenant(NO_ACCOUNT, "create", "acme", "--out", dir);
  expect(outcome.code).toBe(1);
  expect(outcome.stderr).toMatch(/^Failed: look for the database\.\n {2}npx wrangler d1 list --json/);
  expect(outcome.stderr).toMatch(/CLOUDFLARE_API_TOKEN[^]*run the same command again/);
});

// Some thirty runs of wrangler.
test(
  "wrangler makes a deployment of it, goes on where it broke down, changes nothing after",
  { timeout: 300_000 },
  async () => {
    await using cloudflare = await FakeCloudflare.start();
    const create = (...args: string[]) => tenant(cloudflare.env, "create", "acme", "--out", dir, ...args);

    cloudflare.broken = "/secrets-bulk";
    const broken = await create("--jurisdiction", "eu");
    expect(broken.code).toBe(1);
    expect(broken.stderr).toMatch(/^Failed: set DETENT_KEY_PEPPER, .* of detent-acme\.\n[^]*It is broken/);
    cloudflare.broken = undefined;
    const before = cloudflare.writes.splice(0);
    expect(before.filter((call) => call === "POST /queues")).toHaveLength(4);

    const second = await create("--deploy");
    expect(second).toMatchObject({ code: 0, stderr: "" });
    expect(cloudflare.writes.filter((call) => /\/(?:queues|database)$/.test(call))).toEqual([]);
    expect(cloudflare.databases).toMatchObject([{ name: "detent-acme", jurisdiction: "eu" }]);
    expect(cloudflare.queues).toContainEqual({ queue_name: "acme-events-dlq", jurisdiction: "eu" });
    const [database] = cloudflare.databases;
    expect(database?.sql.prepare("SELECT count(*) AS rows FROM machines").get()).toMatchObject({ rows: 0 });
    expect(await file()).toContain(`database_id = "${database?.uuid}"`);
    expect(Object.keys(cloudflare.workers.get("detent-acme") ?? {}).toSorted()).toEqual([...SECRETS].toSorted());
    expect(Object.fromEntries(cloudflare.consumers)).toEqual({
      "acme-events": "acme-events-dlq",
      "acme-events-dlq": undefined,
      "acme-jobs": undefined,
    });
    expect(cloudflare.uploaded?.migrations?.new_tag).toMatch(/^v\d+$/);
    expect(cloudflare.uploaded?.keep_bindings).toContain("secret_text");
    expect(second.stdout).toContain("https://detent-acme.example.workers.dev");

    const secrets = { ...cloudflare.workers.get("detent-acme") };
    const text = await file();
    cloudflare.writes.length = 0;
    const third = await create();
    expect(third).toMatchObject({ code: 0, stderr: "" });
    expect([cloudflare.writes, cloudflare.workers.get("detent-acme"), await file()]).toEqual([[], secrets, text]);
    expect(third.stdout).not.toContain("dtk_");
    for (const secret of Object.values(secrets)) expect(second.stdout + third.stdout).not.toContain(secret);
  },
);
