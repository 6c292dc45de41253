/** The workflows call what is there, in the right order, and may do no more than they need. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const root = join(import.meta.dirname, "../..");
const folder = join(root, ".github/workflows");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly on: unknown;
  readonly permissions?: object;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly "timeout-minutes"?: number;
        readonly permissions?: object;
        readonly needs?: string;
        readonly steps: readonly Step[];
      }
    >
  >;
}

const texts = new Map<string, string>();
for (const file of await readdir(folder)) texts.set(file, await readFile(join(folder, file), "utf8"));
const parse = (file: string): Workflow => load(texts.get(file) ?? "") as Workflow;

test("there are the two of them", () => {
  expect([...texts.keys()].toSorted()).toEqual(["ci.yml", "release.yml"]);
});

describe.each([...texts.keys()])("%s", (file) => {
  const workflow = parse(file);
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);

  test("may read, and nothing else unless a job says so", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    for (const [, job] of jobs) expect(job["timeout-minutes"]).toBeLessThanOrEqual(30);
  });

  test("knows no secret but the job's own token", () => {
    expect(texts.get(file)).not.toMatch(/\bsecrets\b|pull_request_target/);
  });

  test("puts nothing of what others name into a script", () => {
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });

  test("uses actions of GitHub alone, each at a major version, and leaves no token in a checkout", () => {
    const used = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(used.filter((uses) => !/^actions\/[a-z-]+@(?:v\d+|[0-9a-f]{40})$/.test(uses))).toEqual([]);
    for (const step of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"))) {
      expect(step.with?.["persist-credentials"]).toBe(false);
    }
  });

  test("calls scripts that exist", () => {
    const called = steps.flatMap(({ run = "" }) => [...run.matchAll(/(?:\bnode |^)((?:src|\.ci)\/[\w./-]+)/gm)]);
    expect(called.length).toBeGreaterThan(0);
    expect(called.map(([, path]) => path ?? "").filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const scripts = steps.flatMap(({ run = "" }) => [...run.matchAll(/npm (?:run )?(\w[\w:]*)/g)]);
    const known = ["ci", "pack", ...Object.keys(packageJson.scripts)];
    expect(scripts.map(([, name]) => name ?? "").filter((name) => !known.includes(name))).toEqual([]);
  });
});

test("a push and a pull request run what anyone can run", () => {
  const { on, jobs } = parse("ci.yml");
  expect(on).toEqual({ push: { branches: ["**"] }, pull_request: null });
  expect(jobs["test"]?.steps.at(-1)).toEqual({ run: ".ci/run" });
});

test("a tag is checked, then tested, then packed, then released", () => {
  const { on, jobs } = parse("release.yml");
  expect(on).toEqual({ push: { tags: ["v*"] } });
  const scripts = ["pack", "publish"]
    .flatMap((name) => jobs[name]?.steps ?? [])
    .map(({ uses, run }) => uses ?? run ?? "");
  const places = ["release-notes.ts", "npm ci", "npm test", "npm pack", "sha256sum ./", "upload-", "gh release create"];
  const order = places.map((part) => scripts.findIndex((script) => script.includes(part)));
  expect(order).not.toContain(-1);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(jobs["publish"]?.needs).toBe("pack");
});

test("only the job that publishes may write, and it has no checkout to run anything of", () => {
  const { jobs } = parse("release.yml");
  expect(Object.keys(jobs).filter((name) => jobs[name]?.permissions !== undefined)).toEqual(["publish"]);
  expect(jobs["publish"]?.permissions).toEqual({ contents: "write" });
  expect(jobs["publish"]?.steps.some(({ uses }) => uses?.startsWith("actions/checkout@"))).toBe(false);
});
