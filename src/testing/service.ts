/** A running service as a target, over detent.v1. Time there is real: what takes too long of it is refused, not waited for. */
import { randomUUID } from "node:crypto";
import { fromJson, toJson, type JsonValue } from "@bufbuild/protobuf";
import { createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { checkKey, checkWay } from "../credential-check.ts";
import { configIdOf } from "../engine/configuration.ts";
import { parseDuration } from "../engine/duration.ts";
import { ConfigurationSchema } from "../gen/detent/v1/configuration_pb.ts";
import { ConfigurationService } from "../gen/detent/v1/configuration_service_pb.ts";
import { MachineService } from "../gen/detent/v1/machine_service_pb.ts";
import { show } from "./match.ts";
import { ask, optionsOf, valueOf } from "./service-answers.ts";
import { ServiceMachine } from "./service-machine.ts";
import { TargetError } from "./target-error.ts";
import type { Target } from "./target.ts";
import { UsageError } from "./usage-error.ts";

export interface ServiceOptions {
  /** Where it answers: `http://localhost:8787`. */
  readonly url: string;
  /**
   * A key or a token that may write configurations and machines; none is needed on one's own machine. It is sent over https, or
   * within this machine, and nowhere else.
   */
  readonly key?: string | undefined;
  /** The longest that a step waits for time to pass, as a duration. Default: PT10S. */
  readonly waitAtMost?: string;
}

/** A timer is late by the time that an alarm takes; a busy machine needs several times that. */
const PATIENCE_MS = 10_000;
const WAIT_AT_MOST = "PT10S";

/**
 * Machines on a running service. The configuration is uploaded, unless it is there already; ids of machines are of this
 * run alone, and machines are deleted when their test has passed, where the key may. Throws a UsageError where an option
 * cannot be meant; it never has the key in it.
 */
export function service({ url, key, waitAtMost = WAIT_AT_MOST }: ServiceOptions): Target {
  const waitAtMostMs = parseDuration(waitAtMost);
  if (waitAtMostMs === undefined)
    throw new UsageError(`waitAtMost must be a duration like ${WAIT_AT_MOST}, but is ${show(waitAtMost)}`);
  checkAddress(url, key);
  const authorize: Interceptor = (next) => (request) => {
    if (key !== undefined) request.header.set("authorization", `Bearer ${key}`);
    return next(request);
  };
  const transport = createConnectTransport({ baseUrl: url, interceptors: [authorize] });
  const configurations = createClient(ConfigurationService, transport);
  const machines = createClient(MachineService, transport);
  const run = randomUUID().slice(0, 8);
  let count = 0;
  return {
    async open(configuration, signal) {
      const { name = "", version = "v1" } = configuration;
      const message = fromJson(ConfigurationSchema, configuration as JsonValue);
      const upload = () => configurations.createConfiguration({ configuration: message }, optionsOf(signal));
      const uploaded = await ask(url, upload, signal);
      if (!uploaded.ok && !(uploaded.reason === "CONFIGURATION_EXISTS" && uploaded.metadata["identical"] === "true")) {
        const { reason, message: why } = uploaded;
        const hint =
          reason === "CONFIGURATION_EXISTS" ? "; the one there is another: give this one another version" : "";
        throw new TargetError(`${url} does not take the configuration: ${reason}: ${why}${hint}`, { reason });
      }
      return {
        hasTestClock: false,
        patienceMs: PATIENCE_MS,
        newMachine: () => {
          const id = `test-${run}-${(count += 1)}`;
          return new ServiceMachine({
            url,
            machines,
            configuration: name,
            configId: configIdOf(name, version),
            id,
            waitAtMostMs,
            signal,
          });
        },
      };
    },
    async findConfiguration(configId, signal) {
      const found = await ask(url, () => configurations.getConfiguration({ configId }, optionsOf(signal)), signal);
      const { configuration } = valueOf(found, `${url} has not told the configuration`);
      if (configuration === undefined) throw new TargetError(`${url} has answered without a configuration`);
      const source = toJson(ConfigurationSchema, configuration, { useProtoFieldName: true }) as Record<string, unknown>;
      const { created_at: _made, deprecated_at: _ended, ...stored } = source;
      return stored;
    },
  };
}

/** Throws a UsageError, which has neither a key nor a password in it. */
function checkAddress(url: string, key: string | undefined): void {
  const parsed = URL.parse(url);
  if (url.includes("@")) throw new UsageError("url must not have a user or password in it: a key stands in key");
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new UsageError(`url must be one like http://localhost:8787, but is ${show(url)}`);
  }
  const problem = key === undefined ? undefined : (checkKey(key) ?? checkWay(url));
  if (problem !== undefined) throw new UsageError(problem);
}
