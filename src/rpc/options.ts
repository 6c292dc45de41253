/** Options of the RPC door. Options of one method replace the router's, so both say everything. */
import type { DescMessage } from "@bufbuild/protobuf";

const JSON_OUT = { alwaysEmitImplicit: true } as const;

/** Zero values are visible (`"code": "Ok"`); no native gRPC, whose trailers Workers cannot send. */
export const LENIENT = { grpc: false, jsonOptions: { ...JSON_OUT, ignoreUnknownFields: true } } as const;

/** The messages that carry a configuration. */
const CONFIGURATION_MESSAGES = new Set([
  "statemachine.v1beta.Configuration",
  "detent.v1.CreateConfigurationRequest",
  "detent.v1.CheckConfigurationRequest",
]);

/** Whether unknown fields of this message are refused. */
export function isStrict(input: DescMessage): boolean {
  return CONFIGURATION_MESSAGES.has(input.typeName);
}

/** For calls that carry a configuration: `gaurd` must never be stored as an unguarded transition. */
export const STRICT = { grpc: false, jsonOptions: { ...JSON_OUT, ignoreUnknownFields: false } } as const;
