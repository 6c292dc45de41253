/** Whether a key works. Knows no DOM. */
import { timestampMs, type Timestamp } from "@bufbuild/protobuf/wkt";

interface Ends {
  readonly expiresAt?: Timestamp | undefined;
  readonly revokedAt?: Timestamp | undefined;
}

export function statusOf({ expiresAt, revokedAt }: Ends, now: number): "works" | "expired" | "revoked" {
  if (revokedAt !== undefined) return "revoked";
  return expiresAt !== undefined && timestampMs(expiresAt) <= now ? "expired" : "works";
}
