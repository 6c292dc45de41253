/** What the JSON routes answer, as far as commands read it: they print it as it came, whatever else is in it. */

/** A page of a list. */
export interface Page {
  /** Empty where nothing follows. */
  readonly next_page_token: string;
}

/** A change of a machine. */
export interface HistoryEntry {
  readonly revision: number;
  /** `event`, `migration`, `override`; to who watches also `creation` and `deletion`. */
  readonly kind: string;
  readonly event_id: string;
  readonly timestamp: string;
  readonly transition: { readonly from: string; readonly to: string; readonly event: string };
  readonly actor: string;
  readonly details: string;
}

export interface Receipt {
  readonly event_id: string;
  readonly event: string;
  readonly machine: { readonly configuration: string; readonly id: string };
  readonly result: string;
  readonly reason?: string;
  readonly message?: string;
  readonly from: string;
  readonly to?: string;
  readonly revision: number;
  readonly at: string;
  readonly actor: string;
  readonly duplicate: boolean;
  readonly created?: boolean;
  readonly dry_run?: boolean;
}

export interface MachineAnswer {
  readonly id: string;
  readonly statemachine: {
    readonly config_id: string;
    readonly state: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly revision: number;
    readonly final: boolean;
    readonly updated_at: string;
  };
  readonly dry_run?: boolean;
}

/** An entry of the feed of accepted changes. */
export interface TransitionEntry {
  readonly kind: string;
  readonly configuration: string;
  readonly id: string;
  readonly revision: number;
  readonly event?: string;
  readonly event_id?: string;
  readonly from?: string;
  readonly to: string;
  readonly at: string;
  readonly actor: string;
}
