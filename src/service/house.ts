/** What every use case works with: who asks, and the parts of the house. */
import type { TenantDb } from "../catalog/tenant-db.ts";
import type { MachineAddress, MachineCalls } from "../machine/calls.ts";

/** Who asks: the tenant comes only from the credential. */
export interface Principal {
  readonly tenant: string;
  /** What stands in receipts as `actor`. */
  readonly actor: string;
}

export interface House {
  /** D1, bound to a tenant. */
  catalog(tenant: string): TenantDb;
  machine(address: MachineAddress): MachineCalls;
  /** Key that signs page tokens. */
  tokenKey(): Promise<CryptoKey>;
  /** Answers an error's text when the part is down. */
  readonly checks: readonly { readonly name: string; check(): Promise<void> }[];
  now(): number;
  uuid(): string;
}
