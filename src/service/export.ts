/**
 * Use case: everything that is kept of a tenant, item by item, in pages of bounded size; whoever is cut off goes on at the
 * last cursor. Each part is told as it is when it is read: what changes meanwhile is told as it was or as it is.
 */
import type { Principal } from "../auth/principal.ts";
import { requireScope } from "../auth/scope.ts";
import * as auditLog from "../catalog/audit.ts";
import { walkConfigurations, type StoredConfiguration } from "../catalog/configurations.ts";
import * as deadLetters from "../catalog/dead-letters.ts";
import * as feeds from "../catalog/feeds.ts";
import { walkMachines } from "../catalog/housekeeping.ts";
import * as jobList from "../catalog/jobs.ts";
import * as keyList from "../catalog/keys.ts";
import type { TenantDb } from "../catalog/tenant-db.ts";
import { findTenant, type Tenant } from "../catalog/tenants.ts";
import { DetentError } from "../errors.ts";
import type { JobRefusal, JobView } from "../jobs/calls.ts";
import type { HistoryItem, MachineView } from "../machine/calls.ts";
import type { Receipt } from "../receipt.ts";
import { ExportSource, type MachineName } from "./export-source.ts";
import { newAuditEntry, toAuditView, type AuditView } from "./audit.ts";
import { toConfigurationView, type ConfigurationView } from "./configurations.ts";
import { toLetterView, type DeadLetterView } from "./dead-letters.ts";
import { toTransitionItem, type TransitionItem } from "./feeds.ts";
import type { House } from "./house.ts";
import { toKeyView, type KeyView } from "./keys.ts";
import { readPageToken, signPageToken } from "./paging.ts";
import { valueOf } from "./rules.ts";

/** Something that is kept of a tenant. */
type ExportItem =
  | { readonly type: "tenant"; readonly tenant: Tenant }
  | { readonly type: "configuration"; readonly configuration: ConfigurationView }
  | { readonly type: "machine"; readonly name: MachineName; readonly machine: MachineView }
  /** Its object has nothing to tell; null: it was not deleted or retired, and yet is not there. */
  | { readonly type: "machine"; readonly name: MachineName; readonly goneAt: number | null }
  | { readonly type: "history"; readonly name: MachineName; readonly item: HistoryItem }
  | { readonly type: "receipt" | "failure"; readonly receipt: Receipt }
  | { readonly type: "transition"; readonly transition: TransitionItem }
  | { readonly type: "dead_letter"; readonly letter: DeadLetterView }
  | { readonly type: "job"; readonly job: JobView }
  | { readonly type: "job_refusal"; readonly job: string; readonly refusal: JobRefusal }
  | { readonly type: "key"; readonly key: KeyView }
  | { readonly type: "audit"; readonly entry: AuditView };

type ExportCounts = Readonly<Partial<Record<ExportItem["type"], number>>>;

/** What is told: an item, where to go on behind all that was told so far, or that this was everything. */
export type ExportMessage =
  | ExportItem
  | { readonly type: "cursor"; readonly cursor: string }
  | { readonly type: "end"; readonly counts: ExportCounts };

export interface ExportInput {
  /** A cursor; absent or empty: from the start. */
  readonly after?: string | undefined;
  /** The caller is gone. */
  readonly signal: AbortSignal;
}

/** It has what each of these gives, and credentials besides. */
const NEEDED = ["configurations:read", "machines:read", "ops", "keys:admin"] as const;
/** So often it is asked whether the credential still holds. */
const RECHECK_MS = 15_000;
/** Items between two cursors, or some more where a page is not to be cut. */
const ITEMS_PER_CURSOR = 100;
/** Of up to 256 KiB each. */
const CONFIGURATIONS_PER_READ = 10;
const MACHINES_PER_READ = 50;
/** A machine's pages are bounded in bytes, too. */
const ITEMS_OF_MACHINE = 200;
/** Of what may have 64 KiB each. */
const ROWS_PER_READ = 50;
const REFUSALS_PER_READ = 500;

type Key = readonly (string | number)[];

/** An item, and where to go on behind it, where that can be said. */
interface Step {
  readonly item?: ExportItem;
  readonly key?: Key;
}

/**
 * Opens an export; what is iterated throws UNAVAILABLE where a part does not answer, and UNAUTHENTICATED where the credential has
 * ended meanwhile.
 */
export async function exportTenant(
  house: House,
  principal: Principal,
  { after, signal }: ExportInput,
): Promise<AsyncIterable<ExportMessage>> {
  for (const scope of NEEDED) requireScope(principal, scope);
  const token = await readPageToken(house, bindingOf(principal), after, "after");
  return tell(house, principal, token, signal);
}

function bindingOf({ tenant }: Principal): readonly string[] {
  return [tenant, "export"];
}

async function* tell(
  house: House,
  principal: Principal,
  token: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<ExportMessage> {
  const { tenant } = principal;
  const source = new ExportSource(house, tenant);
  if (token === undefined) {
    const entry = newAuditEntry(house, principal, "tenant.exported", tenant, {});
    await source.query((db) => auditLog.insertAudit(db, entry));
  }
  let recheckAt = house.now() + RECHECK_MS;
  const [first, start, told] = JSON.parse(token ?? "[0,null,{}]") as [number, Key | null, ExportCounts];
  const counts = { ...told };
  let items = 0;
  for (const [index, part] of PARTS.entries()) {
    if (index < first) continue;
    for await (const { item, key } of part(source, index === first ? (start ?? undefined) : undefined)) {
      if (signal.aborted) return;
      if (house.now() >= recheckAt) {
        await house.recheck(principal);
        recheckAt = house.now() + RECHECK_MS;
      }
      if (item !== undefined) {
        counts[item.type] = (counts[item.type] ?? 0) + 1;
        items += 1;
        yield item;
      }
      const { isSpent } = source;
      if (key === undefined || (items < ITEMS_PER_CURSOR && !isSpent)) continue;
      items = 0;
      const cursor = await signPageToken(house, bindingOf(principal), JSON.stringify([index, key, counts]));
      yield { type: "cursor", cursor };
      if (isSpent) return;
    }
  }
  if (!signal.aborted) yield { type: "end", counts };
}

type Part = (source: ExportSource, after: Key | undefined) => AsyncGenerator<Step>;

/** What is in one table: `read` answers the rows behind the last one or, at first, behind a key. */
function listed<Row>(
  limit: number,
  read: (db: TenantDb, last: Row | undefined, first: Key | undefined, limit: number) => Promise<readonly Row[]>,
  toStep: (row: Row) => Step,
): Part {
  return async function* tellListed(source, first) {
    const rows = source.pages<Row>(limit, (db, last, most) => read(db, last, first, most));
    for await (const row of rows) yield toStep(row);
  };
}

/** Where something stands in a list that is ordered by time and id. */
function positionOf(key: Key | undefined) {
  const [at, id] = (key ?? []) as [number, string];
  return key && { at, createdAt: at, id };
}

/** In the order in which they are told; a cursor names one by its place here, so new ones go to the end. */
const PARTS: readonly Part[] = [
  tellTenant,
  listed<StoredConfiguration>(
    CONFIGURATIONS_PER_READ,
    (db, last, [name = "", version = ""] = [], limit) =>
      walkConfigurations(db, last ?? { name: String(name), version: String(version) }, limit),
    (stored) => ({
      item: { type: "configuration", configuration: toConfigurationView(stored) },
      key: [stored.name, stored.version],
    }),
  ),
  tellMachines,
  listed<feeds.WholeFailure>(
    ROWS_PER_READ,
    (db, last, [seq = 0] = [], limit) => feeds.listWholeFailures(db, last?.seq ?? Number(seq), limit),
    ({ receipt, seq }) => ({ item: { type: "failure", receipt }, key: [seq] }),
  ),
  listed<feeds.FeedTransition>(
    ROWS_PER_READ,
    (db, last, [seq = 0] = [], limit) =>
      feeds.listTransitions(db, { configuration: "", after: last?.seq ?? Number(seq), limit }),
    (found) => ({ item: { type: "transition", transition: toTransitionItem(found) }, key: [found.seq] }),
  ),
  tellDeadLetters,
  tellJobs,
  listed<keyList.StoredKey>(
    ROWS_PER_READ,
    (db, last, first, limit) => keyList.listKeys(db, last ?? positionOf(first), limit),
    (key) => ({ item: { type: "key", key: toKeyView(key) }, key: [key.createdAt, key.id] }),
  ),
  listed<auditLog.AuditEntry>(
    ROWS_PER_READ,
    (db, last, first, limit) => auditLog.listAudit(db, last ?? positionOf(first), limit),
    (entry) => ({ item: { type: "audit", entry: toAuditView(entry) }, key: [entry.at, entry.id] }),
  ),
];

async function* tellTenant(source: ExportSource): AsyncGenerator<Step> {
  const tenant = await source.query(findTenant);
  if (tenant !== undefined) yield { item: { type: "tenant", tenant } };
}

async function* tellMachines(source: ExportSource, after: Key = ["", ""]): AsyncGenerator<Step> {
  const [configuration, id, stage, position] = after as [string, string, Stage?, number?];
  let last: MachineName = { configuration, id };
  if (stage !== undefined) yield* tellMachine(source, last, null, stage, position);
  for (;;) {
    const from = last;
    const rows = await source.query((db) => walkMachines(db, from, MACHINES_PER_READ));
    for (const row of rows) {
      yield* tellMachine(source, { configuration: row.configuration, id: row.id }, row.retiredAt, "machine");
    }
    const lastRow = rows.at(-1);
    if (lastRow === undefined) return;
    last = { configuration: lastRow.configuration, id: lastRow.id };
  }
}

type Stage = "machine" | "history" | "receipts";

/** From a stage on; one that goes meanwhile has a line that says so, and no more. */
async function* tellMachine(
  source: ExportSource,
  name: MachineName,
  goneAt: number | null,
  from: Stage,
  after?: number,
): AsyncGenerator<Step> {
  const key = [name.configuration, name.id];
  try {
    let isTold = from === "receipts";
    if (from === "machine") {
      const machine = valueOf(await source.askMachine(name, (object, address) => object.read(address)));
      yield { item: { type: "machine", name, machine } };
      if (machine.revision > 0) yield* tellCreation(source, name);
      isTold = !machine.hasOlderHistory;
      if (isTold) for (const item of machine.history) yield { item: { type: "history", name, item } };
    }
    if (!isTold) {
      for (let last = from === "history" ? after : undefined; ;) {
        const call = { order: "asc", limit: ITEMS_OF_MACHINE, ...(last !== undefined && { after: last }) } as const;
        const page = valueOf(await source.askMachine(name, (object, address) => object.history(address, call)));
        for (const item of page.items) yield { item: { type: "history", name, item } };
        last = page.next;
        if (last === undefined) break;
        yield { key: [...key, "history", last] };
      }
    }
    for (let last = from === "receipts" ? after : undefined; ;) {
      const call = {
        order: "asc",
        limit: ITEMS_OF_MACHINE,
        everyOutcome: true,
        ...(last !== undefined && { after: last }),
      } as const;
      const page = valueOf(await source.askMachine(name, (object, address) => object.refusals(address, call)));
      for (const receipt of page.items) yield { item: { type: "receipt", receipt } };
      last = page.next;
      if (last === undefined) break;
      yield { key: [...key, "receipts", last] };
    }
    yield { key };
  } catch (error) {
    const isAbsent = error instanceof DetentError && /^MACHINE_(?:GONE|NOT_FOUND)$/.test(error.reason);
    if (!isAbsent) throw error;
    yield { item: { type: "machine", name, goneAt }, key };
  }
}

/** What it was created with, where that is still kept: a change of no event, which the history leaves out. */
async function* tellCreation(source: ExportSource, name: MachineName): AsyncGenerator<Step> {
  const reply = await source.askMachine(name, (object, address) => object.read(address, 0));
  if (!reply.ok) return;
  const { state: to, data, createdAt: timestamp } = reply.value;
  const nobody = { eventId: "", event: "", from: "", originator: "", actor: "", details: "" };
  yield { item: { type: "history", name, item: { revision: 0, kind: "creation", ...nobody, to, data, timestamp } } };
}

async function* tellDeadLetters(source: ExportSource, [first]: Key = []): AsyncGenerator<Step> {
  let after = first === undefined ? undefined : deadLetters.parseLetterId(String(first));
  do {
    const from = after;
    const { letters, next } = await source.query((db) => deadLetters.listDeadLetters(db, from, ROWS_PER_READ));
    for (const letter of letters) {
      yield { item: { type: "dead_letter", letter: toLetterView(letter) }, key: [deadLetters.letterIdOf(letter)] };
    }
    after = next;
  } while (after !== undefined);
}

async function* tellJobs(source: ExportSource, first: Key = []): AsyncGenerator<Step> {
  const [createdAt, id, told] = first as [number?, string?, number?];
  if (createdAt !== undefined && id !== undefined && told !== undefined) {
    yield* tellRefusals(source, { createdAt, id }, told);
  }
  const start = createdAt === undefined || id === undefined ? undefined : { createdAt, id };
  const jobs = source.pages<JobView>(ROWS_PER_READ, async (db, last, limit) =>
    (await jobList.listJobs(db, last ?? start, limit)).map((job) => JSON.parse(job) as JobView),
  );
  for await (const job of jobs) {
    yield { item: { type: "job", job } };
    yield* tellRefusals(source, job, 0);
  }
}

/** Of a job, behind a position; there may be one for each of a million machines. */
async function* tellRefusals(
  source: ExportSource,
  { createdAt, id }: Pick<JobView, "createdAt" | "id">,
  after: number,
): AsyncGenerator<Step> {
  for (let last = after; ;) {
    const from = last;
    const refusals = await source.askJob(id, (job) => job.refusals(from, REFUSALS_PER_READ));
    for (const refusal of refusals) yield { item: { type: "job_refusal", job: id, refusal } };
    last = refusals.at(-1)?.seq ?? last;
    yield { key: [createdAt, id, last] };
    if (refusals.length < REFUSALS_PER_READ) return;
  }
}
