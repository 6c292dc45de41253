/** What the command line asks for, checked before anything is touched. */
import { parseArgs } from "node:util";
// oxlint-disable-next-line no-restricted-imports -- what a tenant is called is one rule, here and on the server
import { isTenantName, TENANT_RULE } from "../../auth/tenant-name.ts";

/** What D1, queues and objects all have. */
export type Jurisdiction = "eu" | "fedramp";

export interface TenantOptions {
  readonly tenant: string;
  /** Where the deployment's wrangler file is; relative to the working directory. */
  readonly out: string;
  readonly jurisdiction: Jurisdiction | undefined;
  /** The host name it is served at; undefined: as the file says, at first workers.dev. */
  readonly domain: string | undefined;
  /** Origins whose pages may call it; none: as the file says, at first closed. */
  readonly corsOrigins: readonly string[];
  /** Whether every change leaves through a queue of its own. */
  readonly hasTransitions: boolean;
  readonly deploy: boolean;
  readonly dryRun: boolean;
}

/** What was asked for cannot be done; the message says why and what can. */
export class UsageError extends Error {}

const USAGE = `npm run tenant -- create NAME [options]
  prepares a deployment of its own for the tenant NAME, and may be run again: what is there stays

  --out DIR           where its wrangler.toml is written (default .deployments/NAME)
  --jurisdiction J    eu or fedramp: where database, queues and machines are kept; chosen once
  --domain HOST       serve at this host name of the account, and not at workers.dev
  --cors-origin URL   an origin whose pages may call it; may be given several times
  --transitions       send every change to a queue, too
  --deploy            deploy it when everything is there
  --dry-run           no account, no network: write the file, print the commands, build`;

const HOST = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
const OPTIONS = {
  out: { type: "string" },
  jurisdiction: { type: "string" },
  domain: { type: "string" },
  "cors-origin": { type: "string", multiple: true },
  transitions: { type: "boolean" },
  deploy: { type: "boolean" },
  "dry-run": { type: "boolean" },
} as const;

/** Reads the arguments after the command; throws a UsageError that names the rule and the value. */
export function readOptions(args: readonly string[]): TenantOptions {
  const { values, positionals } = parse(args);
  const [verb, tenant, ...rest] = positionals;
  if (verb !== "create" || tenant === undefined || rest.length > 0) throw new UsageError(USAGE);
  if (!isTenantName(tenant)) {
    throw new UsageError(`A tenant's name is ${TENANT_RULE}, got "${tenant}".`);
  }
  if (values.deploy && values["dry-run"]) throw new UsageError("--deploy and --dry-run exclude each other.");
  if (values.domain !== undefined && !HOST.test(values.domain)) {
    throw new UsageError(`--domain must be a host name like api.example.com, got "${values.domain}".`);
  }
  return {
    tenant,
    out: values.out || `.deployments/${tenant}`,
    jurisdiction: readJurisdiction(values.jurisdiction),
    domain: values.domain,
    corsOrigins: (values["cors-origin"] ?? []).map(checkOrigin),
    hasTransitions: values.transitions ?? false,
    deploy: values.deploy ?? false,
    dryRun: values["dry-run"] ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`, { cause: error });
  }
}

function readJurisdiction(value: string | undefined): Jurisdiction | undefined {
  if (value === undefined || value === "eu" || value === "fedramp") return value;
  throw new UsageError(`--jurisdiction must be eu or fedramp, which D1, queues and objects all have, got "${value}".`);
}

function checkOrigin(value: string): string {
  if (!URL.canParse(value) || new URL(value).origin !== value) {
    throw new UsageError(`--cors-origin must be an origin like https://app.example.com, got "${value}".`);
  }
  return value;
}
