/** What a text has come to, read as a configuration. */
import type { Place } from "../../../documents.ts";
import type { ConfigurationSource } from "../../../engine/configuration.ts";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import type { PlacedFinding } from "./placed-finding.ts";

export type Reading =
  /** It is no YAML, or has nothing in it. */
  | { readonly kind: "unreadable"; readonly findings: readonly PlacedFinding[] }
  /** It is YAML, but no configuration; it may be on the way to one. */
  | { readonly kind: "shapeless"; readonly value: unknown; readonly findings: readonly PlacedFinding[] }
  | {
      readonly kind: "read";
      readonly value: ConfigurationSource;
      readonly message: Configuration;
      /** Undefined: that is not known. */
      readonly placeOf: (pointer: string) => Place | undefined;
    };
