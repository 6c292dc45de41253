/** A job as its callers and its workers reach it: plain values in, plain results out, customers' JSON as text. */
import type { MachineFilter } from "../catalog/machine-filter.ts";
import type { JsonText } from "../receipt.ts";
import type { Reason } from "../errors.ts";

/** What is done to each machine. */
export type JobAction =
  | {
      readonly kind: "send";
      readonly event: string;
      /** Canonical JSON text. */
      readonly data: JsonText;
      readonly details: string;
      readonly originator: string;
    }
  | {
      readonly kind: "migrate";
      readonly to: string;
      readonly stateMap: Readonly<Record<string, string>>;
    }
  | { readonly kind: "delete" };

/** What a job is: it never changes. */
export interface JobSpec {
  readonly id: string;
  readonly tenant: string;
  /** In whose name it acts. */
  readonly actor: string;
  readonly filter: MachineFilter;
  readonly action: JobAction;
  readonly isDryRun: boolean;
  /** Machines a second. */
  readonly rate: number;
  /** Machines that the filter meant when the job was created. */
  readonly expected: number;
  /** Machines that are newer are not its own: it would run after them for ever. */
  readonly createdAt: number;
  /** Of what it does to each machine; another for each job, also of one key. Absent in jobs of the first release. */
  readonly eventId?: string;
  /** Two jobs of one id are the same where this is. */
  readonly content: string;
}

export type JobStatus = "running" | "paused" | "cancelled" | "finished";

/** What became of a machine. */
export type JobResult = { readonly id: string } & (
  | { readonly outcome: "succeeded" | "unchanged" | "skipped" }
  | { readonly outcome: "refused"; readonly reason: Reason; readonly message: string }
);

type JobOutcome = JobResult["outcome"];

/** Numbers of machines; `found` is how many have been taken on. */
export type JobProgress = Readonly<Record<JobOutcome | "expected" | "found", number>>;

/** A job as it is now. */
export interface JobView extends Omit<JobSpec, "content" | "eventId" | "expected"> {
  readonly status: JobStatus;
  readonly progress: JobProgress;
  readonly updatedAt: number;
  /** Absent while it goes on. */
  readonly finishedAt?: number;
}

export interface JobRefusal {
  readonly seq: number;
  readonly id: string;
  readonly reason: string;
  readonly message: string;
}

/** Some of a job's machines, lent to one worker. */
export interface Chunk {
  readonly spec: JobSpec;
  readonly ids: readonly string[];
  /** Names the loan: a report on one that has been lent again since counts for nothing. */
  readonly lease: number;
  /** From then on the chunk may be lent again: no machine is to be begun later. */
  readonly until: number;
  /** Others may have begun with these machines since this time (epoch ms), and not been heard of; absent: nobody has. */
  readonly triedSince?: number;
}

/** What a message of the jobs queue says: look after this chunk. */
export interface ChunkRef {
  readonly tenant: string;
  readonly job: string;
  readonly chunk: number;
}

/** The job, or why it cannot be told or created. */
export type JobReply =
  | { readonly ok: true; readonly job: JobView }
  | { readonly ok: false; readonly problem: JobProblem };
export type JobProblem = "unknown" | "other content" | "too many";

/** A job's object. A call rejects only when the platform fails. */
export interface JobCalls {
  /**
   * Starts it, unless it is there already; where the tenant may have no more (`isFull`), only the latter. Rejects when it could not
   * be registered, and then there is none.
   */
  create(spec: JobSpec, isFull?: boolean): Promise<JobReply>;
  read(): Promise<JobReply>;
  /** Refusals after a position, in the order in which they came. */
  refusals(after: number, limit: number): Promise<readonly JobRefusal[]>;
  /** A job that has ended stays as it is. */
  pause(): Promise<JobReply>;
  resume(): Promise<JobReply>;
  cancel(): Promise<JobReply>;
  /** Forgets the job, whatever it is doing, but not its row in the catalog. */
  erase(): Promise<void>;
  /** Forgets what it has noted of a machine. */
  forgetMachine(id: string): Promise<void>;
  /** Lends a chunk; undefined: it is done, lent to another, not due again, or the job does not run. */
  take(chunk: number): Promise<Chunk | undefined>;
  /** Takes note of what became of machines of a chunk. Those that are not among the results are tried again later. */
  report(chunk: number, lease: number, results: readonly JobResult[]): Promise<void>;
}
