/** A configuration of the service as the text that was uploaded: what diagrams, editors and comparisons take. */
import { toJson } from "@bufbuild/protobuf";
import type { ConfigurationSource } from "../../engine/configuration.ts";
import { ConfigurationSchema, type Configuration } from "../../gen/detent/v1/configuration_pb.ts";

/** In the names of the JSON routes; empty members and what the service alone writes, the times, are left out. */
export function sourceOf(configuration: Configuration): ConfigurationSource {
  const json = toJson(ConfigurationSchema, configuration, { useProtoFieldName: true });
  const {
    created_at: _created,
    deprecated_at: _deprecated,
    ...source
  } = json as ConfigurationSource & {
    created_at?: string;
    deprecated_at?: string;
  };
  return source;
}
