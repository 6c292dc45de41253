/** `detent tenant`: tenants, for the root key; and what a tenant reads of itself: usage, audit log, export. */
import { InvalidArgumentError, type Command } from "commander";
import type { Page } from "../../answers.ts";
import { usage } from "../../failure.ts";
import { toSegment } from "../../input.ts";
import { addLeaf, addNoun, type Runner } from "../../leaf.ts";
import { addLimitOption, readLimit, readWhole } from "../../options.ts";
import { readPages, tellOfMore } from "../../pages.ts";
import { formatTable, toPrintable, toYaml } from "../../table.ts";
import { addExport } from "./export.ts";

const QUOTAS = ["machines", "configurations", "events_per_day", "requests_per_second"] as const;

type Quotas = Partial<Record<(typeof QUOTAS)[number], number>>;

interface Tenant {
  readonly name: string;
  readonly created_at: string;
  readonly quotas: Quotas;
  readonly erasing_at?: string;
  readonly erased_at?: string;
}

/** `default`: the deployment's. */
type QuotaFlag = number | "default";

interface QuotaFlags {
  readonly machines?: QuotaFlag;
  readonly configurations?: QuotaFlag;
  readonly eventsPerDay?: QuotaFlag;
  readonly requestsPerSecond?: QuotaFlag;
}

interface AuditLog extends Page {
  readonly entries: readonly {
    readonly at: string;
    readonly actor: string;
    readonly action: string;
    readonly subject: string;
  }[];
}

const TENANTS = "/api/v1/tenants";

export function addTenant(program: Command, runner: Runner): void {
  const tenant = addNoun(program, "tenant", "tenants (root key in DETENT_KEY); a tenant's usage, audit log and export");

  addLeaf(tenant, runner, {
    name: "create <name>",
    summary: "create a tenant; one that is there is left as it is",
    examples: [
      ["tenant create acme", "then give it a key:"],
      ["key create admin --tenant acme --scope keys:admin", "its first"],
    ],
    json: "the answer of `CreateTenant`",
    run: async ({ output, door }, name = "") => {
      const { status, body } = await (
        await door()
      ).call<Tenant>("POST", TENANTS, { body: { name }, isRepeatable: true });
      output.data(body, () => toPrintable(body.name));
      output.say(status === 201 ? "created" : "it was there already");
    },
  });

  addLeaf<{ readonly limit: number }>(tenant, runner, {
    name: "list",
    summary: "list tenants, by name",
    examples: [["tenant list", "erased ones among them"]],
    json: "the answer of `ListTenants`, its pages as one",
    options: addLimitOption,
    run: async ({ output, door, flags }) => {
      const asked = { most: readLimit(flags) };
      const found = await readPages<Page & { readonly tenants: readonly Tenant[] }>(
        await door(),
        TENANTS,
        "tenants",
        asked,
      );
      output.data(found, () =>
        formatTable(
          ["NAME", "CREATED", "QUOTAS", "ERASED"],
          found.tenants.map((each) => [each.name, each.created_at, formatQuotas(each.quotas), endOf(each)]),
        ),
      );
      tellOfMore(output, found);
    },
  });

  addLeaf(tenant, runner, {
    name: "get <name>",
    summary: "show a tenant: its quotas, or how far its erasure is",
    examples: [["tenant get acme", "as YAML"]],
    json: "the answer of `GetTenant`",
    run: async ({ output, door }, name = "") => {
      const answer = await (await door()).get<Tenant>(`${TENANTS}/${toSegment(name)}`);
      output.data(answer, () => toYaml(answer));
    },
  });

  addLeaf<QuotaFlags>(tenant, runner, {
    name: "update <name>",
    summary: "set quotas of a tenant",
    description: `Sets quotas of a tenant. Those that are not named stay as they are; "default" is what the deployment's settings say.`,
    examples: [
      ["tenant update acme --machines 10000 --events-per-day 1000000", "two of them"],
      ["tenant update acme --machines default", "as the deployment says again"],
    ],
    json: "the answer of `UpdateTenant`",
    options: (command) =>
      command
        .option("--machines <n>", "living machines", readQuota)
        .option("--configurations <n>", "versions of configurations", readQuota)
        .option("--events-per-day <n>", "events in a day of UTC", readQuota)
        .option("--requests-per-second <n>", "requests of one key", readQuota),
    run: async ({ output, door, flags }, name = "") => {
      const { machines, configurations, eventsPerDay, requestsPerSecond } = flags;
      const named = {
        machines,
        configurations,
        events_per_day: eventsPerDay,
        requests_per_second: requestsPerSecond,
      };
      if (Object.values(named).every((quota) => quota === undefined)) throw usage("name a quota to set");
      const service = await door();
      const path = `${TENANTS}/${toSegment(name)}`;
      // The route takes all of them at once.
      const { quotas } = await service.get<Tenant>(path);
      const body = { quotas: mergeQuotas(quotas, named) };
      const { body: answer } = await service.call<Tenant>("PATCH", path, { body, isRepeatable: true });
      output.data(answer, () =>
        toPrintable(`${answer.name}: ${formatQuotas(answer.quotas) || "no quotas of its own"}`),
      );
    },
  });

  addLeaf<{ readonly from?: string }>(tenant, runner, {
    name: "usage [name]",
    summary: "show what a tenant has, and its events by day",
    examples: [
      ["tenant usage", "of the key's own tenant (scope keys:admin)"],
      ["tenant usage acme --from 2026-11-01", "with the root key: of any, since a day"],
    ],
    json: "the answer of `GetUsage`",
    options: (command) => command.option("--from <day>", "the first day to show (YYYY-MM-DD)"),
    run: async ({ output, door, flags }, name) => {
      const answer = await (await door()).get<object>("/api/v1/usage", { tenant: name, from: flags.from });
      output.data(answer, () => toYaml(answer));
    },
  });

  addLeaf<{ readonly limit: number }>(tenant, runner, {
    name: "audit [name]",
    summary: "list who made, changed and erased what, newest first",
    examples: [
      ["tenant audit", "of the key's own tenant (scope keys:admin)"],
      ["tenant audit acme --limit 0", "with the root key: of any, all of it"],
    ],
    json: "the answer of `ListAuditEntries`, its pages as one",
    options: addLimitOption,
    run: async ({ output, door, flags }, name) => {
      const asked = { query: { tenant: name }, most: readLimit(flags) };
      const found = await readPages<AuditLog>(await door(), "/api/v1/audit", "entries", asked);
      output.data(found, () =>
        formatTable(
          ["TIME", "ACTOR", "ACTION", "SUBJECT"],
          found.entries.map(({ at, actor, action, subject }) => [at, actor, action, subject]),
        ),
      );
      tellOfMore(output, found);
    },
  });

  addExport(tenant, runner);

  addLeaf<{ readonly confirm: string }>(tenant, runner, {
    name: "erase <name>",
    summary: "erase a tenant with all that it has, for good",
    description: `Erases a tenant with all that it has, for good: its keys end within 30 seconds, everything else goes in the background, for a
minute at least. "tenant get" tells how far it is; with erased_at it is done.`,
    examples: [["tenant erase acme --confirm acme", "its name, once more"]],
    json: "the answer of `EraseTenant`",
    options: (command) => command.requiredOption("--confirm <name>", "the tenant's name, once more"),
    run: async ({ output, door, flags }, name = "") => {
      const path = `${TENANTS}/${toSegment(name)}/erase`;
      const answer = await (await door()).post<Tenant>(path, { confirm: flags.confirm }, { isRepeatable: true });
      output.data(answer, () => toPrintable(`${answer.name}: ${endOf(answer)}`));
      output.say(toPrintable(`how far it is: detent tenant get ${answer.name}`));
    },
  });
}

function readQuota(text: string): QuotaFlag {
  if (text === "default") return text;
  try {
    return readWhole(text);
  } catch {
    throw new InvalidArgumentError('it is a whole number, or "default".');
  }
}

function mergeQuotas(present: Quotas, named: Partial<Record<(typeof QUOTAS)[number], QuotaFlag | undefined>>): Quotas {
  const merged = QUOTAS.map((quota) => [quota, named[quota] ?? present[quota]] as const);
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined && value !== "default"));
}

function formatQuotas(quotas: Quotas): string {
  return QUOTAS.flatMap((name) => (quotas[name] === undefined ? [] : [`${name}=${quotas[name]}`])).join(" ");
}

function endOf({ erasing_at: erasingAt, erased_at: erasedAt }: Tenant): string {
  if (erasedAt !== undefined) return `erased ${erasedAt}`;
  return erasingAt === undefined ? "" : `erasing since ${erasingAt}`;
}
