/** What the random calls say and what they are answered, in words that belong to no door. */

export interface Address {
  /** Without its version; empty: none is named. */
  readonly configuration: string;
  readonly id: string;
}

export type Data = Readonly<Record<string, unknown>>;
export type Labels = Readonly<Record<string, string>>;

export interface NewMachine {
  readonly version?: string;
  readonly state?: string;
  readonly data?: Data;
  readonly labels?: Labels;
}

export interface EventCall extends Address {
  readonly event: string;
  readonly eventId: string;
  readonly data?: Data;
  readonly details?: string;
  readonly originator?: string;
  readonly expectedState?: string;
  readonly expectedRevision?: number;
  readonly createIfMissing?: NewMachine;
}

export type Call =
  | ({
      readonly do: "create";
      readonly configuration: string;
      readonly id?: string;
      readonly key?: string;
    } & NewMachine)
  | ({ readonly do: "read"; readonly atRevision?: number } & Address)
  | ({
      readonly do: "label";
      readonly set: Labels;
      readonly remove: readonly string[];
      readonly expectedRevision?: number;
    } & Address)
  | ({
      readonly do: "override";
      readonly state: string;
      readonly data?: Data;
      readonly comment: string;
      readonly expectedRevision?: number;
    } & Address)
  | ({ readonly do: "delete"; readonly expectedRevision?: number } & Address)
  | { readonly do: "send"; readonly event: EventCall; readonly isDryRun: boolean; readonly byHeaders: boolean }
  | { readonly do: "send many"; readonly events: readonly EventCall[]; readonly isDryRun: boolean }
  | ({ readonly do: "read event"; readonly eventId: string } & Address)
  | ({ readonly do: "list history"; readonly order: "asc" | "desc"; readonly refused: boolean } & Address)
  | ({ readonly do: "list allowed" } & Address);

export interface ReceiptSaid {
  readonly eventId: string;
  readonly event: string;
  readonly configId: string;
  readonly machine: Address;
  readonly result: string;
  readonly code: string;
  readonly reason: string;
  readonly from: string;
  /** Null: the machine did not move. */
  readonly to: string | null;
  readonly revision: number;
  readonly originator: string;
  readonly actor: string;
  readonly duplicate: boolean;
  readonly created: boolean;
  readonly details: string;
  readonly data: unknown;
  readonly allowedEvents: readonly string[];
}

export interface ChangeSaid {
  readonly revision: number;
  readonly kind: string;
  readonly eventId: string;
  readonly event: string;
  readonly from: string;
  readonly to: string;
  readonly originator: string;
  readonly actor: string;
  readonly details: string;
  readonly data: unknown;
}

export interface MachineSaid {
  readonly id: string;
  readonly configId: string;
  readonly state: string;
  readonly data: unknown;
  readonly labels: unknown;
  readonly revision: number;
  readonly final: boolean;
  readonly history: readonly ChangeSaid[];
  readonly hasOlderHistory: boolean;
}

export interface FailureSaid {
  readonly reason: string;
  readonly receipt: ReceiptSaid | null;
  /** Fields that broke a rule, as JSON pointers. */
  readonly pointers: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

export type Answer =
  | { readonly machine: MachineSaid }
  | { readonly receipt: ReceiptSaid; readonly isDryRun: boolean }
  | { readonly results: readonly Answer[] }
  | { readonly history: readonly ChangeSaid[] }
  | { readonly receipts: readonly ReceiptSaid[] }
  | { readonly state: string; readonly revision: number; readonly allowed: readonly AllowedSaid[] }
  | { readonly failure: FailureSaid }
  | "done";

interface AllowedSaid {
  readonly event: string;
  readonly allowed: string;
  readonly to: string | null;
  readonly reason: string | null;
}

/** What stands for an id that the service made up, which nobody can foresee. */
export const MADE_UP = "<made up>";

/** JSON text that is equal for equal values, whatever the order of their members. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
