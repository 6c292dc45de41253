/** What of a deployment is in the account already. */
import type { Deployment } from "./deployment.ts";
import { SECRETS, type SecretName } from "../secrets.ts";
import { must, StepError, type Outcome, type Run } from "./wrangler.ts";

export interface Existing {
  readonly databaseId: string | undefined;
  readonly queues: readonly string[];
  readonly secrets: readonly SecretName[];
  /** What could not be made sure of. */
  readonly doubts: readonly string[];
}

interface Place {
  readonly jurisdiction?: string | null;
}

interface Database extends Place {
  readonly uuid: string;
  readonly name: string;
}

/** The commands that ask, which change nothing. `config` is the deployment's wrangler file. */
export const QUESTIONS = {
  databases: (config: string) => ["d1", "list", "--json", "-c", config],
  queue: (config: string, queue: string) => ["queues", "info", queue, "-c", config],
  secrets: (config: string) => ["secret", "list", "--format", "json", "-c", config],
} as const;

/** Looks, and refuses what is not this deployment's: another database than the file's, another jurisdiction. */
export async function lookAround(run: Run, deployment: Deployment, config: string): Promise<Existing> {
  const database = await findDatabase(run, deployment, config);
  const queues: string[] = [];
  const doubts = doubtsOf(`the database ${deployment.database}`, database, deployment);
  for (const queue of deployment.queues) {
    const found = await findQueue(run, queue, deployment, config);
    if (found === undefined) continue;
    queues.push(queue);
    doubts.push(...doubtsOf(`the queue ${queue}`, found, deployment));
  }
  return { databaseId: database?.uuid, queues, doubts, secrets: await listSecrets(run, deployment, config) };
}

/** The deployment's database; undefined when there is none. */
export async function findDatabase(run: Run, deployment: Deployment, config: string): Promise<Database | undefined> {
  const what = "look for the database";
  const args = QUESTIONS.databases(config);
  const databases = readList<Database>(what, args, await must(run, what, args));
  const found = databases.find(({ name }) => name === deployment.database);
  if (deployment.databaseId !== undefined && found?.uuid !== deployment.databaseId) {
    const instead = found === undefined ? "not there" : found.uuid;
    throw refusal(
      what,
      args,
      `${config} names the database ${deployment.databaseId}, but in this account ${deployment.database} is ${instead}. Is it another account? If the database is lost for good, take the line database_id out of the file.`,
    );
  }
  checkPlace(what, args, found?.jurisdiction ?? undefined, deployment);
  return found;
}

/** The names of the secrets that are set; none while there is no Worker. */
export async function listSecrets(run: Run, { worker }: Deployment, config: string): Promise<SecretName[]> {
  const what = "look for the secrets";
  const args = QUESTIONS.secrets(config);
  const outcome = await run(args);
  if (outcome.code !== 0 && saysOf(outcome, `Worker "${worker}" not found`)) return [];
  if (outcome.code !== 0) throw new StepError(what, args, outcome);
  const names = readList<{ name: string }>(what, args, outcome.stdout).map(({ name }) => name);
  return SECRETS.filter((name) => names.includes(name));
}

async function findQueue(run: Run, queue: string, deployment: Deployment, config: string): Promise<Place | undefined> {
  const what = `look for the queue ${queue}`;
  const args = QUESTIONS.queue(config, queue);
  const outcome = await run(args);
  if (outcome.code !== 0 && saysOf(outcome, `Queue "${queue}" does not exist`)) return undefined;
  if (outcome.code !== 0) throw new StepError(what, args, outcome);
  const [, jurisdiction] = /^Jurisdiction: (\S+)$/m.exec(outcome.stdout) ?? [];
  checkPlace(what, args, jurisdiction, deployment);
  return jurisdiction === undefined ? {} : { jurisdiction };
}

/** It may be where it has to be, and it may not. */
function doubtsOf(what: string, found: Place | undefined, { jurisdiction }: Deployment): string[] {
  if (found === undefined || jurisdiction === undefined || found.jurisdiction) return [];
  return [`wrangler does not say that ${what}, which was there already, is in the jurisdiction ${jurisdiction}`];
}

function checkPlace(
  what: string,
  args: readonly string[],
  found: string | undefined,
  { jurisdiction }: Deployment,
): void {
  if (found === undefined || found === jurisdiction) return;
  throw refusal(
    what,
    args,
    `It is there already, in the jurisdiction "${found}" and not in "${jurisdiction ?? "none"}"; a jurisdiction is chosen at creation and never changes.`,
  );
}

function readList<T>(what: string, args: readonly string[], stdout: string): T[] {
  try {
    return JSON.parse(stdout) as T[];
  } catch {
    throw refusal(what, args, `wrangler was expected to answer with JSON, not with:\n${stdout}`);
  }
}

function refusal(what: string, args: readonly string[], why: string): StepError {
  return new StepError(what, args, { stdout: "", stderr: why });
}

/** Wrangler has no code for what is not there, only words, which it may break into lines. */
function saysOf({ stdout, stderr }: Outcome, words: string): boolean {
  return `${stdout} ${stderr}`.replaceAll(/\s+/g, " ").includes(words);
}
