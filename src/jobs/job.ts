/**
 * A job: it cuts the machines that its filter means into chunks, at the job's rate, has each looked after by whoever takes
 * the message about it, and counts what became of them. What it knows is in its storage, and its alarm goes on from there;
 * a message that is lost is sent again, one too many finds nothing to do. Knows no platform, only its Deps.
 */
import type { Sql } from "../machine/deps.ts";
import type { LogFacts, Severity } from "../log.ts";
import type { Chunk, ChunkRef, JobProblem, JobRefusal, JobReply, JobResult, JobSpec, JobView } from "./calls.ts";
import { JobStore, type ChunkRow, type JobRow } from "./job-store.ts";
import { Pace } from "./pace.ts";
import { hasTables, migrate } from "./schema.ts";

/** Machines of a chunk: some seconds of work. At a slower rate than that it is a second's worth. */
const MACHINES_PER_CHUNK = 100;
/** Clocks of the hosts of two objects differ by less. */
const CLOCKS_MS = 5_000;
/** Chunks that nobody has reported on, at a time: what the index is read ahead. */
const MOST_FRESH = 10;
/** Machines that could not be reached and wait, at a time: beyond, it is not they that are at fault, and the job waits with them. */
const MOST_LEFT = 1_000;
/** Machines that are newer than the job are read past no faster than so many every so often, whatever its rate. */
const PAGE = { machines: 100, ms: 100 };
/** Whoever has taken a chunk is done by then, or gone: a hundred machines take a second or two. */
const LEASE_MS = 20_000;
/** A machine is not begun so shortly before the lease ends. */
const LAST_BEGIN_MS = 10_000;
/** A message that nobody has taken is sent again: the queue has lost it, or is behind. */
const RESEND_MS = 15_000;
/** A part of a chunk that could not be done waits from here, doubling. */
const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;
/** Machines that could not be reached in so many loans, which takes ten minutes or more, are given up. */
const MOST_LEASES = 30;
/** How old the catalog's account of a running job may be. */
const TELL_EVERY_MS = 5_000;
/** After a failure of the catalog or the queue. */
const AGAIN_MS = 5_000;
/** A job whose creation failed in the middle can be created again for so long, then it is forgotten. */
const ABANDONED_MS = 60_000;

export interface JobDeps {
  readonly sql: Sql;
  /** All of `work` or nothing of it. */
  transaction<T>(work: () => T): T;
  now(): number;
  /** In [0, 1): jitter. */
  random(): number;
  /** The one alarm. */
  setAlarm(at: number): void;
  /** Forgets everything, the alarm included. */
  deleteAll(): Promise<void>;
  /** Machines that the filter means, in the order of their ids, after one. */
  listMachines(
    spec: JobSpec,
    after: string | undefined,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly createdAt: number }[]>;
  /** Puts messages on the jobs queue; settles when it has them. */
  send(refs: readonly ChunkRef[]): Promise<void>;
  /** Tells the catalog how far the job is. */
  tell(view: JobView): Promise<void>;
  /** Takes the job out of the catalog. */
  forget(spec: JobSpec): Promise<void>;
  /** How long a job is kept after its end. */
  keepMs(): number;
  log(severity: Severity, message: string, facts: LogFacts): void;
}

export class Job {
  readonly #deps: JobDeps;
  readonly #store: JobStore;
  readonly #pace = new Pace();
  #registering: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  /** The last page of the index had newer machines only. */
  #isAmongNewer = false;
  /** An object may have been written by an earlier release. */
  #isMigrated = false;

  constructor(deps: JobDeps) {
    this.#deps = deps;
    this.#store = new JobStore(deps.sql);
  }

  /** Starts it, unless it is there already; rejects when the catalog did not take it: then it has not begun. */
  async create(spec: JobSpec, isFull = false): Promise<JobReply> {
    // One of the same id, abandoned or over, makes room first.
    while (this.#ending !== undefined) await this.#ending.catch(() => undefined);
    const known = this.#find();
    if (known !== undefined && known.spec.content !== spec.content) return refuse("other content");
    if (known === undefined) {
      if (isFull) return refuse("too many");
      this.#deps.transaction(() => {
        migrate(this.#deps.sql);
        this.#store.insertJob(spec, this.#deps.now());
      });
    }
    if (known === undefined || known.toldAt === null) {
      this.#rearm();
      this.#registering ??= this.#tell().finally(() => (this.#registering = undefined));
      await this.#registering;
      this.#rearm();
    }
    return this.read();
  }

  read(): JobReply {
    const job = this.#find();
    return job === undefined || job.toldAt === null ? refuse("unknown") : { ok: true, job: viewOf(job) };
  }

  refusals(after: number, limit: number): readonly JobRefusal[] {
    return this.#find() === undefined ? [] : this.#store.listRefusals(after, limit);
  }

  pause(): JobReply {
    return this.#become("paused");
  }

  resume(): JobReply {
    return this.#become("running");
  }

  cancel(): JobReply {
    return this.#become("cancelled");
  }

  /** Forgets the job, whatever it is doing: whoever works for it finds nothing to do. Its row in the catalog is the caller's. */
  async erase(): Promise<void> {
    await this.#registering?.catch(() => undefined);
    if (this.#find() !== undefined) await this.#deps.deleteAll();
  }

  /** Forgets what it has noted of a machine. */
  forgetMachine(id: string): void {
    if (this.#find() !== undefined) this.#deps.transaction(() => this.#store.deleteRefusals(id));
  }

  /** Lends a chunk; undefined: it is done, lent to another, not due again, or the job does not run. */
  take(chunk: number): Chunk | undefined {
    const job = this.#find();
    const now = this.#deps.now();
    if (job?.status !== "running") return undefined;
    const row = this.#store.findChunk(chunk);
    if (row === undefined || row.lentUntil > now || row.notBefore > now) return undefined;
    const lease = row.lease + 1;
    if (lease > MOST_LEASES) {
      // Nobody who had it has ever come back: what is in it must not keep the job from its end.
      this.#note(row, row.ids.map(giveUp), [], now);
      return undefined;
    }
    const isFirst = row.lease === 0;
    // What an earlier release has lent has no such time; nobody can have tried before the job was there.
    const firstLentAt = isFirst ? now : row.firstLentAt || job.spec.createdAt;
    this.#deps.transaction(() => this.#store.lend({ chunk, lease, lentUntil: now + LEASE_MS, firstLentAt }));
    const until = now + LEASE_MS - LAST_BEGIN_MS;
    return { spec: job.spec, ids: row.ids, lease, until, ...(!isFirst && { triedSince: firstLentAt - CLOCKS_MS }) };
  }

  /**
   * Takes note of what became of machines of a chunk; of the others it will be asked again. A report on a loan that is over
   * counts for nothing: whoever has the chunk now reports on the same machines.
   */
  report(chunk: number, lease: number, results: readonly JobResult[]): void {
    const row = this.#find() && this.#store.findChunk(chunk);
    if (row === undefined || row.lease !== lease || row.lentUntil === 0) return;
    const now = this.#deps.now();
    const byId = new Map(results.map((result) => [result.id, result]));
    const told = row.ids.flatMap((id) => byId.get(id) ?? []);
    const left = row.ids.filter((id) => !byId.has(id));
    this.#note(row, told, left, now + this.#retryMs(lease));
  }

  /** What became of a chunk, and what is left of it for `dueAt`. */
  #note({ chunk }: ChunkRow, results: readonly JobResult[], left: readonly string[], dueAt: number): void {
    this.#deps.transaction(() => {
      const refusals = results.filter((result) => result.outcome === "refused");
      this.#store.addResults(countOf(results), refusals, this.#deps.now());
      this.#store.storeRest(chunk, left, dueAt);
      this.#rearm();
    });
  }

  /** The alarm. Never rejects: the platform drops one that throws too often. */
  async wake(): Promise<void> {
    try {
      const job = this.#find();
      if (job === undefined) return;
      if (job.toldAt === null || isOver(job, this.#deps)) await this.#makeRoom(job);
      else await this.#goOn(job);
      this.#rearm();
    } catch (error) {
      this.#deps.log("warn", "a job waits", { cause: error });
      this.#deps.setAlarm(this.#deps.now() + AGAIN_MS);
    }
  }

  async #makeRoom({ spec }: JobRow): Promise<void> {
    // Whoever creates it just now is heard first.
    if (this.#registering !== undefined) return;
    this.#ending ??= this.#deps
      .forget(spec)
      .then(() => this.#deps.deleteAll())
      .finally(() => (this.#ending = undefined));
    await this.#ending;
  }

  async #goOn({ status }: JobRow): Promise<void> {
    if (status === "running") {
      try {
        await this.#cut();
      } finally {
        // The index may be down; machines are not.
        await this.#sendDue();
      }
      this.#finish();
    }
    const job = this.#find();
    if (job !== undefined && tellAt(job, this.#deps.now()) <= this.#deps.now()) await this.#tell();
  }

  /** The next chunk, where the rate and the window have room for it. */
  async #cut(): Promise<void> {
    const job = this.#find();
    if (job === undefined || job.isCut || this.#deps.now() < job.nextCutAt) return;
    if (!this.#hasRoom) return;
    const { rate, createdAt } = job.spec;
    const size = Math.min(MACHINES_PER_CHUNK, rate);
    const limit = this.#isAmongNewer ? PAGE.machines : size;
    const rows = await this.#deps.listMachines(job.spec, job.afterId ?? undefined, limit);
    // Paused or cancelled while the index was read.
    const now = this.#deps.now();
    if (this.#find()?.status !== "running") return;
    const own = rows.filter((machine) => machine.createdAt <= createdAt).map(({ id }) => id);
    this.#isAmongNewer = own.length === 0;
    const ids = own.slice(0, size);
    const isPageDone = ids.length === own.length;
    const afterId = (isPageDone ? rows.at(-1)?.id : ids.at(-1)) ?? job.afterId;
    const isCut = isPageDone && rows.length < limit;
    const nextCutAt = Math.max(now, job.nextCutAt) + Math.max(PAGE.ms, Math.ceil((ids.length * 1_000) / rate));
    const cut = { ids, afterId, isCut, nextCutAt };
    this.#deps.transaction(() => this.#store.insertChunk(job, cut, now));
  }

  /** Sends messages about what is due, in its order, as far as the rate goes: what is tried again counts as what is new. */
  async #sendDue(): Promise<void> {
    const now = this.#deps.now();
    const job = this.#find();
    const due = job?.status === "running" ? this.#store.listDue(now) : [];
    if (job === undefined || due.length === 0) return;
    const { tenant, id, rate } = job.spec;
    const { sent, later, laterAt } = this.#pace.admit(due, rate, now);
    if (later.length > 0) this.#deps.transaction(() => this.#store.postpone(later, now, laterAt));
    if (sent.length === 0) return;
    await this.#deps.send(sent.map((chunk) => ({ tenant, job: id, chunk })));
    this.#deps.transaction(() => this.#store.postpone(sent, now, now + RESEND_MS));
  }

  #finish(): void {
    const job = this.#find();
    if (job?.status !== "running" || !job.isCut || this.#store.countOpen().chunks > 0) return;
    this.#deps.transaction(() => this.#store.storeStatus("finished", this.#deps.now()));
  }

  async #tell(): Promise<void> {
    const job = this.#find();
    if (job === undefined) return;
    await this.#deps.tell(viewOf(job));
    const at = this.#deps.now();
    this.#deps.transaction(() => this.#store.storeTold(at, job.updatedAt));
  }

  #become(status: "running" | "paused" | "cancelled"): JobReply {
    const job = this.#find();
    if (job === undefined || job.toldAt === null) return refuse("unknown");
    // Whoever cancels a job may be just too late.
    if (job.status === status || job.finishedAt !== null) return { ok: true, job: viewOf(job) };
    const now = this.#deps.now();
    this.#deps.transaction(() => {
      this.#store.storeStatus(status, now);
      // Messages that came during a pause were let go.
      if (status === "running") this.#store.makeDue(now);
      this.#rearm();
    });
    return this.read();
  }

  #rearm(): void {
    const job = this.#find();
    if (job === undefined) return;
    const at = this.#nextAt(job);
    if (at !== undefined) this.#deps.setAlarm(Math.max(at, this.#deps.now()));
  }

  /** When there is something to do; undefined: nothing, until somebody asks. */
  #nextAt(job: JobRow): number | undefined {
    const now = this.#deps.now();
    if (job.toldAt === null) return now + ABANDONED_MS;
    const at = [tellAt(job, now)];
    if (job.finishedAt !== null) at.push(job.finishedAt + this.#deps.keepMs());
    if (job.status === "running") {
      at.push(this.#store.readNextDueAt() ?? Infinity);
      if (!job.isCut && this.#hasRoom) at.push(job.nextCutAt);
      if (job.isCut && this.#store.countOpen().chunks === 0) at.push(now);
    }
    const next = Math.min(...at);
    return next === Infinity ? undefined : next;
  }

  get #hasRoom(): boolean {
    const { fresh, left } = this.#store.countOpen();
    return fresh < MOST_FRESH && left < MOST_LEFT;
  }

  #retryMs(lease: number): number {
    const longest = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (lease - 1));
    return Math.round(longest * (0.5 + this.#deps.random() / 2));
  }

  #find(): JobRow | undefined {
    if (!hasTables(this.#deps.sql)) return undefined;
    if (!this.#isMigrated) this.#deps.transaction(() => migrate(this.#deps.sql));
    this.#isMigrated = true;
    return this.#store.readJob();
  }
}

/** When the catalog is to be told; Infinity: it has it as it is. */
function tellAt({ isTold, toldAt }: JobRow, now: number): number {
  return isTold ? Infinity : Math.min((toldAt ?? 0) + TELL_EVERY_MS, now + TELL_EVERY_MS);
}

function isOver({ finishedAt }: JobRow, deps: JobDeps): boolean {
  return finishedAt !== null && deps.now() >= finishedAt + deps.keepMs();
}

function viewOf({ spec, status, progress, updatedAt, finishedAt }: JobRow): JobView {
  const { content: _content, eventId: _eventId, expected: _expected, ...rest } = spec;
  return { ...rest, status, progress, updatedAt, ...(finishedAt !== null && { finishedAt }) };
}

function giveUp(id: string): JobResult {
  const message = `the machine could not be reached, ${MOST_LEASES} times`;
  return { id, outcome: "refused", reason: "UNAVAILABLE", message };
}

function countOf(results: readonly JobResult[]) {
  const counts = { succeeded: 0, unchanged: 0, refused: 0, skipped: 0 };
  for (const { outcome } of results) counts[outcome] += 1;
  return counts;
}

function refuse(problem: JobProblem): JobReply {
  return { ok: false, problem };
}
