/** Which commands follow from what is there. Pure. */
import type { Existing } from "./account.ts";
import type { Deployment } from "./deployment.ts";
import { SECRETS, type SecretName } from "../secrets.ts";

export interface Step {
  readonly kind: "database" | "queue" | "migrate" | "secrets" | "check" | "deploy";
  /** What it does, as in "Failed: ...". */
  readonly what: string;
  /** Of wrangler. */
  readonly args: readonly string[];
  /** Names of the secrets whose values are its standard input. */
  readonly secrets?: readonly SecretName[];
}

export interface Target {
  readonly deployment: Deployment;
  /** Its wrangler file. */
  readonly config: string;
  /** Where the check leaves the bundle. */
  readonly bundleDir: string;
  readonly deploy: boolean;
}

/** Creates what is missing, and nothing that is there; migrations and the check may always be repeated. */
export function planOf({ deployment, config, bundleDir, deploy }: Target, existing: Existing): Step[] {
  const { worker, database, jurisdiction } = deployment;
  const there = ["-c", config];
  const place = jurisdiction === undefined ? [] : ["--jurisdiction", jurisdiction];
  const steps: Step[] = [];
  if (existing.databaseId === undefined) {
    const args = ["d1", "create", database, ...place, ...there];
    steps.push({ kind: "database", what: `create the database ${database}`, args });
  }
  for (const queue of deployment.queues.filter((name) => !existing.queues.includes(name))) {
    const args = ["queues", "create", queue, ...place, ...there];
    steps.push({ kind: "queue", what: `create the queue ${queue}`, args });
  }
  const apply = ["d1", "migrations", "apply", database, "--remote", ...there];
  steps.push({ kind: "migrate", what: "apply the migrations of the database", args: apply });
  const secrets = SECRETS.filter((name) => !existing.secrets.includes(name));
  if (secrets.length > 0) {
    const args = ["secret", "bulk", ...there];
    steps.push({ kind: "secrets", what: `set ${secrets.join(", ")} of ${worker}`, args, secrets });
  }
  const build = ["deploy", "--dry-run", "--outdir", bundleDir, ...there];
  steps.push({ kind: "check", what: "build what would be deployed", args: build });
  if (deploy) steps.push({ kind: "deploy", what: `deploy ${worker}`, args: ["deploy", ...there] });
  return steps;
}
