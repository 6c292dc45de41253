/** The client: the generated ones of every service, over a transport that repeats what is safe. */
import { fromJson, type JsonValue as ProtoJson } from "@bufbuild/protobuf";
import { createClient as createConnectClient, type Client as ConnectClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { ConfigurationSchema, type Configuration, type Finding } from "../gen/detent/v1/configuration_pb.ts";
import { ConfigurationService } from "../gen/detent/v1/configuration_service_pb.ts";
import { DeadLetterService } from "../gen/detent/v1/dead_letter_service_pb.ts";
import { FeedService } from "../gen/detent/v1/feed_service_pb.ts";
import { JobService } from "../gen/detent/v1/job_service_pb.ts";
import { MachineService } from "../gen/detent/v1/machine_service_pb.ts";
import { TenantService } from "../gen/detent/v1/tenant_service_pb.ts";
import type { Patience } from "./backoff.ts";
import { readChange, type WatchedChange } from "./change.ts";
import type { Credential } from "./credential.ts";
import { DetentError } from "./error.ts";
import { fetchingWith } from "./fetching.ts";
import { toPlain } from "./json.ts";
import { mistake } from "./mistake.ts";
import { checkNumbers, checkUrl, patienceOf } from "./checks.ts";
import type { CallOptions } from "./options.ts";
import { authorizeBy, repeating, type Manner, type Retry } from "./transport.ts";
import { watch, type Watched, type WatchOptions } from "./watching.ts";

/** Whom to call, and how. */
export interface ClientOptions {
  /** Where the server is: `https://detent.example.com`; in a page also a path of its own origin, `/`. */
  readonly url: string;
  /** A key or a token, or what gives one: asked before each attempt. Never a key in a browser. */
  readonly credential?: Credential | undefined;
  /** Lets the credential go over plain HTTP to another machine than this one, where nobody else listens. */
  readonly allowPlainHttp?: boolean | undefined;
  /** The platform's when absent. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How calls are repeated that failed in a way that may pass; `false`: not at all. */
  readonly retry?: Partial<Patience> | false | undefined;
  /** Hears of each failed attempt that is repeated, and of each connection of a watch that did not come about or was lost. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /** A call that is given no time of its own ends after so long, ms; no end when absent. */
  readonly timeoutMs?: number | undefined;
  /** An attempt that takes longer is given up, and repeated where that is safe, ms; default 60,000. */
  readonly attemptTimeoutMs?: number | undefined;
}

/** What an upload has come to. */
export interface Upload {
  /** `name:version`. */
  readonly configId: string;
  /** False: it was there already, with the same content. */
  readonly created: boolean;
  readonly warnings: readonly Finding[];
}

/** The services of `detent.v1`, and what they do not have in one call. Every failure is a DetentError. */
export interface Client {
  readonly configurations: ConnectClient<typeof ConfigurationService>;
  readonly machines: ConnectClient<typeof MachineService>;
  readonly feeds: ConnectClient<typeof FeedService>;
  readonly jobs: ConnectClient<typeof JobService>;
  readonly deadLetters: ConnectClient<typeof DeadLetterService>;
  readonly tenants: ConnectClient<typeof TenantService>;
  /** Uploads a configuration as it stands in a JSON file. One that is there with the same content counts as done. */
  upload(configuration: object, options?: CallOptions): Promise<Upload>;
  /**
   * Every change of a machine from a revision on, each once and in order, over as many connections as that takes. Returns
   * behind the machine's deletion, and when the signal is aborted. Throws DetentError where there is no such machine, and
   * where changes can no longer be told: a gap is never silent.
   */
  watch(
    machine: { readonly configuration: string; readonly id: string },
    options?: WatchOptions,
  ): AsyncGenerator<WatchedChange, void, undefined>;
}

/** More than the 30 s that a feed may be asked to wait for its first entry. */
const ATTEMPT_TIMEOUT_MS = 60_000;

/** Calls nobody yet. Throws TypeError naming the option that makes no sense. */
export function createClient(options: ClientOptions): Client {
  const { credential, retry, onRetry, timeoutMs, attemptTimeoutMs = ATTEMPT_TIMEOUT_MS } = options;
  const url = checkUrl(options);
  const patience = patienceOf(retry);
  checkNumbers({ timeoutMs, attemptTimeoutMs });
  // Looked up at each call: a platform's fetch must not be called as a method of something else.
  const fetch: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const inner = createConnectTransport({ baseUrl: url, fetch: fetchingWith(fetch) });
  const manner: Manner = { credential, patience, timeoutMs, attemptTimeoutMs, onRetry };
  const transport = repeating(inner, manner);
  const configurations = createConnectClient(ConfigurationService, transport);
  const machines = createConnectClient(MachineService, transport);
  const needs: Watched = {
    machines,
    patience,
    isRenewable: typeof credential === "function",
    authorize: (signal) => authorizeBy(manner, MachineService.method.watchMachine, signal),
    onRetry,
  };
  return {
    configurations,
    machines,
    feeds: createConnectClient(FeedService, transport),
    jobs: createConnectClient(JobService, transport),
    deadLetters: createConnectClient(DeadLetterService, transport),
    tenants: createConnectClient(TenantService, transport),
    upload: async (configuration, call = {}) => await upload(configurations, configuration, call),
    watch: async function* (machine, watched = {}) {
      for await (const entry of watch(needs, machine, watched)) yield readChange(entry);
    },
  };
}

async function upload(
  configurations: ConnectClient<typeof ConfigurationService>,
  source: object,
  { signal, timeoutMs }: CallOptions,
): Promise<Upload> {
  const configuration = readConfiguration(source);
  const configId = `${configuration.name}:${configuration.version || "v1"}`;
  const call = { ...(signal !== undefined && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
  try {
    const { warnings } = await configurations.createConfiguration({ configuration }, call);
    return { configId, created: true, warnings };
  } catch (error) {
    const isThere = error instanceof DetentError && error.reason === "CONFIGURATION_EXISTS";
    if (!isThere || error.metadata["identical"] !== "true") throw error;
    return { configId, created: false, warnings: [] };
  }
}

/** Throws DetentError INVALID_ARGUMENT, also for members that a configuration does not have. */
function readConfiguration(source: object): Configuration {
  const json = toPlain(source, "configuration") as ProtoJson;
  try {
    return fromJson(ConfigurationSchema, json);
  } catch (cause) {
    throw mistake(`this is no configuration: ${cause instanceof Error ? cause.message : String(cause)}`, {}, cause);
  }
}
