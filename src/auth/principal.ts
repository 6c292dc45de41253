/** Who asks. */
import type { Quotas } from "../limits/quotas.ts";
import type { Reach } from "./reach.ts";
import type { Scope } from "./scope.ts";

/** The tenant comes only from the credential. */
export interface Principal {
  /** Empty with the root key: it has none, and names the tenant whose keys it manages. */
  readonly tenant: string;
  /** What stands in receipts, history and the audit log as `actor`. */
  readonly actor: string;
  /** What the credential may do. */
  readonly scopes: ReadonlySet<Scope>;
  /** What of the tenant's the credential reaches; absent: everything. */
  readonly reach?: Reach;
  /** When the credential ends, in epoch ms; absent: never. */
  readonly expiresAt?: number;
  /** The key that tokens are made with; absent: none may be. */
  readonly keyId?: string;
  /** What is stored of the secret of the key that was sent. */
  readonly secretHash?: string;
  /** The key with which the credential ends: the key itself, or the one that a token was made with. */
  readonly restsOn?: string;
  readonly isRoot?: true;
  /** What its tenant may have and do; absent: anything. */
  readonly quotas?: Quotas;
}
