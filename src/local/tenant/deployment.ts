/**
 * The wrangler file of a tenant's deployment, made from the committed one: the same Worker with names of its own. No I/O:
 * texts come in, a text goes out.
 */
import { parse, stringify } from "smol-toml";
import { moveConfig, type Paths } from "../moved-config.ts";
import { UsageError, type Jurisdiction, type TenantOptions } from "./options.ts";

export interface Deployment {
  readonly tenant: string;
  readonly worker: string;
  readonly database: string;
  /** Undefined while there is none. */
  readonly databaseId: string | undefined;
  readonly queues: readonly string[];
  readonly jurisdiction: Jurisdiction | undefined;
  /** The whole file. */
  readonly text: string;
}

export interface Sources {
  /** The committed wrangler.toml. */
  readonly committed: string;
  /** The deployment's own file, where there is one. */
  readonly existing: string | undefined;
  /** The directories in which the two are. */
  readonly root: string;
  readonly dir: string;
}

interface WranglerFile extends Paths {
  readonly name: string;
  readonly d1_databases: readonly { database_name: string; database_id: string; migrations_dir: string }[];
  readonly queues: {
    readonly producers: readonly { binding: string; queue: string }[];
    readonly consumers: readonly { queue: string; dead_letter_queue?: string }[];
  };
  readonly vars: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** Of a Worker, which is a label of a host name at workers.dev, of a queue and of a database. */
const LONGEST_NAME = 63;

/** What this file knows how to give each tenant its own of, or what all may share. Anything else has to be thought about. */
const KNOWN = [
  "name",
  "main",
  "build",
  "compatibility_date",
  "compatibility_flags",
  "send_metrics",
  "minify",
  "upload_source_maps",
  "keep_names",
  "assets",
  "d1_databases",
  "durable_objects",
  "migrations",
  "queues",
  "triggers",
  "vars",
  "observability",
  "limits",
  "placement",
  "logpush",
];

/**
 * The tenant's deployment. An existing file keeps its variables, its database and what the committed one does not have,
 * such as routes; all else follows the committed one. Throws a UsageError for what cannot be.
 */
export function deriveDeployment(options: TenantOptions, { committed, existing, root, dir }: Sources): Deployment {
  const base = moveConfig(parse(committed) as WranglerFile, root, dir);
  const unknown = Object.keys(base).filter((key) => !KNOWN.includes(key));
  if (unknown.length > 0) throw new Error(`wrangler.toml has ${unknown.join(", ")}: say here what a tenant gets of it`);
  const [database, ...more] = base.d1_databases;
  if (database === undefined || more.length > 0)
    throw new Error("wrangler.toml has another number of databases than one");

  const { tenant } = options;
  const worker = `${base.name}-${tenant}`;
  const own = readExisting(existing, worker);
  const databaseName = `${database.database_name}-${tenant}`;
  const [known] = own?.d1_databases ?? [];
  const databaseId = known?.database_id === database.database_id ? undefined : known?.database_id;
  const queues = queuesOf(base, tenant, options.hasTransitions || hasTransitions(own));
  const queueNames = [
    ...new Set([
      ...queues.producers.map(({ queue }) => queue),
      ...queues.consumers.flatMap(({ queue, dead_letter_queue }) => [queue, dead_letter_queue ?? queue]),
    ]),
  ];
  checkLengths(tenant, [worker, databaseName, ...queueNames]);
  const jurisdiction = jurisdictionOf(options, own, databaseId);
  const file = {
    ...base,
    name: worker,
    workers_dev: true,
    ...Object.fromEntries(Object.entries(own ?? {}).filter(([key]) => !(key in base))),
    ...(options.domain !== undefined && {
      workers_dev: false,
      routes: [{ pattern: options.domain, custom_domain: true }],
    }),
    d1_databases: [
      {
        ...database,
        database_name: databaseName,
        database_id: databaseId ?? database.database_id,
      },
    ],
    queues,
    vars: {
      ...base.vars,
      DETENT_EVENTS_TENANT: tenant,
      ...own?.vars,
      DETENT_JURISDICTION: jurisdiction ?? "",
      ...(options.corsOrigins.length > 0 && { DETENT_CORS_ORIGINS: options.corsOrigins.join(",") }),
    },
  };
  const text = write(tenant, file);
  return { tenant, worker, database: databaseName, databaseId, queues: queueNames, jurisdiction, text };
}

/** The same deployment with the database that has now been created. */
export function withDatabase(deployment: Deployment, databaseId: string): Deployment {
  const file = parse(deployment.text) as WranglerFile;
  const d1_databases = file.d1_databases.map((database) => ({ ...database, database_id: databaseId }));
  return { ...deployment, databaseId, text: write(deployment.tenant, { ...file, d1_databases }) };
}

function write(tenant: string, file: WranglerFile): string {
  return `# Made from the wrangler.toml of the repository by \`npm run tenant -- create ${tenant}\`. After an upgrade run it again: the
# variables, the database and what that file does not have are kept, all else follows it. See docs/operations.md.
${stringify(file)}`;
}

function readExisting(text: string | undefined, worker: string): Partial<WranglerFile> | undefined {
  if (text === undefined) return undefined;
  let file: Partial<WranglerFile>;
  try {
    file = parse(text);
  } catch (error) {
    throw new UsageError(`The wrangler.toml that is there is no TOML: ${(error as Error).message}`, { cause: error });
  }
  if (file.name === worker) return file;
  throw new UsageError(
    `The wrangler.toml that is there is of "${file.name ?? "no name"}", not of "${worker}"; name another directory with --out.`,
  );
}

function hasTransitions(own: Partial<WranglerFile> | undefined): boolean {
  return own?.queues?.producers?.some(({ binding }) => binding === "TRANSITIONS") ?? false;
}

/** Which of several a queue is, is told by its end: those of dead letters still end in -dlq. */
function queuesOf({ queues }: WranglerFile, tenant: string, withTransitions: boolean): WranglerFile["queues"] {
  const nameOf = (queue: string): string => `${tenant}-${queue}`;
  const producers = queues.producers.map((producer) => ({ ...producer, queue: nameOf(producer.queue) }));
  if (withTransitions) producers.push({ binding: "TRANSITIONS", queue: nameOf("transitions") });
  const consumers = queues.consumers.map((consumer) => ({
    ...consumer,
    queue: nameOf(consumer.queue),
    ...(consumer.dead_letter_queue !== undefined && { dead_letter_queue: nameOf(consumer.dead_letter_queue) }),
  }));
  return { producers, consumers };
}

function checkLengths(tenant: string, names: readonly string[]): void {
  const longest = names.toSorted((a, b) => b.length - a.length)[0] ?? "";
  if (longest.length <= LONGEST_NAME) return;
  const most = LONGEST_NAME - (longest.length - tenant.length);
  throw new UsageError(
    `"${tenant}" is too long a name for a deployment of its own: at most ${most} characters, since Workers, databases and queues have at most ${LONGEST_NAME} and "${longest}" has ${longest.length}.`,
  );
}

function jurisdictionOf(
  { jurisdiction }: TenantOptions,
  own: Partial<WranglerFile> | undefined,
  databaseId: string | undefined,
): Jurisdiction | undefined {
  const before = (own?.vars?.["DETENT_JURISDICTION"] || undefined) as Jurisdiction | undefined;
  if (jurisdiction !== undefined && databaseId !== undefined && jurisdiction !== before) {
    throw new UsageError(
      `This deployment has the jurisdiction ${before ?? "none"} and keeps it: in "${jurisdiction}" neither its database nor its machines would be found.`,
    );
  }
  return jurisdiction ?? before;
}
