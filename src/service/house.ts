/** What every use case works with: who asks, and the parts of the house. */
import type { Principal } from "../auth/principal.ts";
import type { TokenClaims } from "../auth/token.ts";
import type { DeadLetter } from "../catalog/dead-letters.ts";
import type { IndexCounts } from "../catalog/index-counters.ts";
import type { FeedWait } from "../catalog/feed-wait.ts";
import type { FailedEvent, FeedTopic } from "../catalog/index-entry.ts";
import type { Tenant } from "../catalog/tenants.ts";
import type { TenantDb } from "../catalog/tenant-db.ts";
import type { JobCalls } from "../jobs/calls.ts";
import type { Quotas, Usage } from "../limits/quotas.ts";
import type { Log } from "../log.ts";
import type { MachineAddress, MachineCalls, Reply, WatchCall } from "../machine/calls.ts";
import type { LineListener, WatchLine } from "../machine/watching.ts";
import type { QueueMessage } from "../queue-sender.ts";
import type { JsonText } from "../receipt.ts";
import type { ErasureCalls } from "../upkeep/erasure.ts";
import type { RebuildCalls } from "../upkeep/rebuild.ts";

export interface House {
  /** D1, bound to a tenant. */
  catalog(tenant: string): TenantDb;
  machine(address: MachineAddress): MachineCalls;
  /** Opens a line on which the machine tells its changes. */
  watch(address: MachineAddress, call: WatchCall, listener: LineListener): Promise<Reply<WatchLine>>;
  /** How far lists are behind what machines have told, in ms. Answers within about a second, and never rejects. */
  indexLagMs(): Promise<number>;
  /** Stores events that found no machine, and sees to it that their notifications leave; settles when they are stored. */
  recordFailures(failures: readonly FailedEvent[]): Promise<void>;
  /** What each of the index-writers has counted of the tenant. */
  indexCounts(tenant: string): Promise<readonly IndexCounts[]>;
  /** A wait of `ms` for the feed to go on; it is over when the caller is gone. None of its calls rejects. */
  awaitFeed(topic: FeedTopic, ms: number, signal: AbortSignal | undefined): FeedWait;
  /** Hands CloudEvents to the notifications queue; settles when the queue has them. */
  notify(events: readonly JsonText[]): Promise<void>;
  /** Keeps letters of any tenants: each carries its own. */
  keepDeadLetters(letters: readonly DeadLetter[]): Promise<void>;
  /** Puts messages on the events queue; settles when the queue has all of them. */
  enqueueEvents(messages: readonly QueueMessage[]): Promise<void>;
  /** The tenant's rebuild of its index. */
  rebuild(tenant: string): RebuildCalls;
  /** The tenant's erasure. */
  erasure(tenant: string): ErasureCalls;
  /** A tenant's job of that id, whether there is one or not. */
  job(tenant: string, id: string): JobCalls;
  /** In ms: refused and failed receipts, unless a configuration says otherwise. */
  readonly retention: { readonly outcomesMs: number };
  /** Rejects with UNAUTHENTICATED where the caller's credential has ended since it came. */
  recheck(principal: Principal): Promise<void>;
  /** Of tenants that have none of their own. */
  readonly quotas: Quotas;
  /** What the tenant has, and has done today. */
  usage(tenant: string): Promise<Usage>;
  /** Counts requests of the caller's key; rejects with RATE_LIMITED where they are too many. */
  spendRequests(principal: Principal, count: number): Promise<void>;
  /** Counts events of the tenant; rejects with QUOTA_EXCEEDED where today's would be more than `most`. */
  spendEvents(tenant: string, most: number, count: number): Promise<void>;
  /** Of all tenants, in the order of their names, after `after`. */
  tenants(after: string, limit: number): Promise<readonly Tenant[]>;
  /** What is stored of an API key. */
  hashKey(key: string): Promise<string>;
  /** A token for a browser, with an id of its own. */
  signToken(claims: TokenClaims, id: string): Promise<string>;
  /** What is handed out and taken back is signed with the first of them, and known when it was with any. */
  signingKeys(): Promise<readonly CryptoKey[]>;
  /** Answers an error's text when the part is down. */
  readonly checks: readonly { readonly name: string; check(): Promise<void> }[];
  /** Knows the request: its id, door and place in a trace. */
  readonly log: Log;
  now(): number;
  /** In [0, 1): jitter. */
  random(): number;
  /** Calls back after `ms`, unless the answered function is called before. */
  after(ms: number, work: () => void): () => void;
  uuid(): string;
}
