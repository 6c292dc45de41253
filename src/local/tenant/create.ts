/** `create`: makes a tenant's deployment complete, from wherever it is. Whatever fails, running it again goes on from there. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { findDatabase, listSecrets, lookAround, QUESTIONS } from "./account.ts";
import { deriveDeployment, withDatabase } from "./deployment.ts";
import { UsageError, type TenantOptions } from "./options.ts";
import { planOf, type Step, type Target } from "./plan.ts";
import { makeSecrets } from "../secrets.ts";
import { must, showCommand, StepError, type Run } from "./wrangler.ts";

export interface Deps {
  /** Its wrangler runs in `root`. */
  readonly run: Run;
  readonly print: (line: string) => void;
  /** The repository's directory. */
  readonly root: string;
}

/** Creates what is missing of the deployment. Throws a UsageError or a StepError, whose messages are for the user. */
export async function createTenant(options: TenantOptions, deps: Deps): Promise<void> {
  const committedFile = join(deps.root, "wrangler.toml");
  const file = resolve(options.out, "wrangler.toml");
  if (file === committedFile)
    throw new UsageError(`--out ${options.out} would overwrite the repository's wrangler.toml.`);
  const deployment = deriveDeployment(options, {
    committed: await readFile(committedFile, "utf8"),
    existing: await readIfThere(file),
    root: deps.root,
    dir: dirname(file),
  });
  const inside = relative(deps.root, file);
  const config = inside.startsWith("..") ? file : inside;
  const bundleDir = await mkdtemp(join(tmpdir(), "detent-tenant-"));
  try {
    const target = { deployment, config, bundleDir, deploy: options.deploy };
    await write(target, deps);
    await (options.dryRun ? rehearse : complete)(target, deps);
  } finally {
    await rm(bundleDir, { recursive: true, force: true });
  }
}

/** Shows what would be done, and proves the file by building with it. */
async function rehearse(target: Target, { run, print }: Deps): Promise<void> {
  const { deployment, config } = target;
  const nothing = { databaseId: deployment.databaseId, queues: [], secrets: [], doubts: [] };
  const questions = [
    QUESTIONS.databases(config),
    ...deployment.queues.map((queue) => QUESTIONS.queue(config, queue)),
    QUESTIONS.secrets(config),
  ];
  print("\nIt would ask what is there:");
  for (const args of questions) print(`  ${showCommand(args)}`);
  print("\nand then do what is missing of this, in this order:");
  for (const { args, secrets } of planOf({ ...target, bundleDir: "TEMPORARY", deploy: true }, nothing)) {
    print(`  ${showCommand(args)}${secrets === undefined ? "" : `  # standard input: ${secrets.join(", ")}`}`);
  }
  const check = planOf(target, nothing).find(({ kind }) => kind === "check");
  if (check !== undefined) await must(run, check.what, check.args);
  print(`\nwrangler builds what ${config} describes. Nothing was created: that needs an account, and no --dry-run.`);
}

async function complete(first: Target, deps: Deps): Promise<void> {
  const { run, print } = deps;
  const existing = await lookAround(run, first.deployment, first.config);
  for (const doubt of existing.doubts) print(`Mind: ${doubt}.`);
  let target = await noteDatabase(first, existing.databaseId, deps);
  for (const step of planOf(target, existing)) {
    const said = await take(step, target, deps);
    if (step.kind === "deploy") print(said.trim());
    if (step.kind === "database") {
      const created = await findDatabase(run, target.deployment, target.config);
      if (created === undefined)
        throw new StepError(step.what, step.args, { stdout: said, stderr: "It is not listed yet." });
      target = await noteDatabase(target, created.uuid, deps);
    }
    print(`done: ${step.what}`);
  }
  if (target.deploy) return;
  print(`\n${target.deployment.worker} can be deployed:\n  ${showCommand(["deploy", "-c", target.config])}`);
}

async function take(step: Step, { deployment, config }: Target, { run, print }: Deps): Promise<string> {
  if (step.secrets === undefined) return await must(run, step.what, step.args);
  const { values, rootKey } = makeSecrets(step.secrets);
  // Before its hash is sent: a key that counts and was never shown would be of no use.
  if (rootKey !== undefined) {
    print(`\nThe root key, shown now and never again; it counts when the step below is done:\n\n  ${rootKey}\n`);
  }
  const said = await must(run, step.what, step.args, JSON.stringify(values));
  // Wrangler ends well, too, when it has set nothing.
  const set = await listSecrets(run, deployment, config);
  const missing = step.secrets.filter((name) => !set.includes(name));
  if (missing.length === 0) return said;
  throw new StepError(step.what, step.args, { stdout: said, stderr: `Not set: ${missing.join(", ")}.` });
}

async function noteDatabase(target: Target, id: string | undefined, deps: Deps): Promise<Target> {
  if (id === undefined || id === target.deployment.databaseId) return target;
  const noted = { ...target, deployment: withDatabase(target.deployment, id) };
  await write(noted, deps);
  return noted;
}

async function write({ deployment, config }: Target, { print, root }: Deps): Promise<void> {
  const file = resolve(root, config);
  if ((await readIfThere(file)) === deployment.text) return print(`${config} is as it has to be`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, deployment.text);
  print(`wrote ${config}`);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
