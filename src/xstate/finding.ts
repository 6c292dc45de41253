/** What a conversion cannot take over: an error where the meaning would be another, a warning where something is left out. */
export interface ConversionFinding {
  readonly severity: "error" | "warning";
  /** JSON Pointer into what is converted. */
  readonly pointer: string;
  /** A clause, without a full stop. */
  readonly message: string;
}
