/**
 * Every finding of a check, in the order in which they are reported. The codes are contract:
 * `errors[].rule` and `findings[].code` are these words.
 */
export const FINDING_CODES = [
  { code: "name_missing", severity: "error", text: "The configuration has no name." },
  { code: "states_missing", severity: "error", text: "The configuration has no states." },
  { code: "starting_state_missing", severity: "error", text: "The configuration has no starting state." },
  { code: "starting_state_unknown", severity: "error", text: "The starting state is not one of the states." },
  {
    code: "state_unused",
    severity: "error",
    text: "No transition names the state as its `from` or `to`; `*` does not count, since it stands only for states that a `from` names.",
  },
  {
    code: "from_unknown",
    severity: "error",
    text: "The `from` of a transition is absent, or neither a state nor `*`.",
  },
  { code: "to_unknown", severity: "error", text: "The `to` of a transition is absent or not a state." },
  { code: "event_empty", severity: "error", text: "A transition has no event." },
  { code: "state_duplicate", severity: "error", text: "A state is listed more than once." },
  {
    code: "state_reserved",
    severity: "error",
    text: "A state is named `*`, which stands for every state that is not final.",
  },
  {
    code: "expression_invalid",
    severity: "error",
    text: "A `guard`, an `assign` or a `deadline` is no CEL expression, reads what it cannot, or gives what it must not ([expressions](expressions.md)).",
  },
  {
    code: "schema_invalid",
    severity: "error",
    text: "A `schema` is no JSON Schema, or has a keyword that is not supported ([schemas](schemas.md)).",
  },
  {
    code: "duration_invalid",
    severity: "error",
    text: "A duration is neither ISO 8601 from weeks to seconds (`PT30M`) nor as Go writes it (`30m`).",
  },
  {
    code: "timer_ambiguous",
    severity: "error",
    text: "A transition has both `after` and `deadline`.",
  },
  {
    code: "name_invalid",
    severity: "error",
    text: "The name is not a letter followed by letters, digits, `.`, `_` or `-`.",
  },
  {
    code: "version_invalid",
    severity: "error",
    text: "The version is not a letter or digit followed by letters, digits, `.`, `_` or `-`.",
  },
  { code: "state_invalid", severity: "error", text: "The name of a state is empty or not well-formed Unicode." },
  { code: "event_invalid", severity: "error", text: "The name of an event is not well-formed Unicode." },
  { code: "unhandled_invalid", severity: "error", text: "`unhandled` is none of `reject`, `ignore` and `defer`." },
  { code: "initial_state_unknown", severity: "error", text: "One of `initial_states` is not one of the states." },
  { code: "state_option_unknown", severity: "error", text: "`state_options` names something that is not a state." },
  { code: "event_option_unknown", severity: "error", text: "`event_options` names an event that no transition has." },
  {
    code: "limit_exceeded",
    severity: "error",
    text: "Something is larger than its limit: an expression, a schema or a pattern, too.",
  },
  {
    code: "transition_shadowed",
    severity: "warning",
    text: "A transition is never taken, since earlier ones match the same states and the same event, without a guard or with the same.",
  },
  {
    code: "state_unreachable",
    severity: "warning",
    text: "No transitions lead to the state from the starting state or the initial states.",
  },
  {
    code: "guard_never_true",
    severity: "warning",
    text: "A guard is always false. Its transition counts neither as a way to a state nor as one out of it.",
  },
  {
    code: "state_no_way_out",
    severity: "warning",
    text: "The state is not final, but no transition that can be taken leads out of it.",
  },
  {
    code: "field_not_provided",
    severity: "warning",
    text: "An expression reads a field of the data that no `assign` and no state's schema names, or one of the event's data that the event's schema does not name.",
  },
  {
    code: "timer_cycle",
    severity: "warning",
    text: "Transitions with an `after` or a `deadline`, without a guard or an `assign`, lead round for ever.",
  },
  {
    code: "starting_state_final",
    severity: "warning",
    text: "The starting state is final: a machine that starts there never moves.",
  },
  {
    code: "initial_state_final",
    severity: "warning",
    text: "One of the initial states is final: a machine created there never moves.",
  },
] as const satisfies readonly { code: string; severity: "error" | "warning"; text: string }[];

/** The stable code of a finding. */
export type FindingCode = (typeof FINDING_CODES)[number]["code"];

/** Something a check has to say about a configuration. */
export interface Finding {
  readonly severity: "error" | "warning";
  readonly code: FindingCode;
  /** JSON Pointer (RFC 6901) to what it is about; `""` is the whole configuration. */
  readonly pointer: string;
  readonly message: string;
  /** The offending value, cut to 64 code points. */
  readonly value?: string;
}

const RANKS: ReadonlyMap<string, number> = new Map(FINDING_CODES.map(({ code }, i) => [code, i]));
const SEVERITIES: ReadonlyMap<string, "error" | "warning"> = new Map(
  FINDING_CODES.map(({ code, severity }) => [code, severity]),
);

/** The severity that belongs to a code. */
export function severityOf(code: FindingCode): "error" | "warning" {
  return SEVERITIES.get(code) ?? "error";
}

/** Sorts by the order of `FINDING_CODES`; equal codes stay in the order given, that of the document. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const rank = (finding: Finding): number => RANKS.get(finding.code) ?? RANKS.size;
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

/** No name that any rule allows is longer; a longer token, which may be a megabyte, is cut. */
const LONGEST_TOKEN = 512;

/** Makes a JSON Pointer of its reference tokens. */
export function toPointer(...tokens: readonly (string | number)[]): string {
  return tokens.map((token) => `/${escapeToken(String(token))}`).join("");
}

/** The reference tokens of a JSON Pointer. */
export function readPointer(pointer: string): string[] {
  const tokens = pointer.split("/").slice(1);
  return tokens.map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function escapeToken(token: string): string {
  const cut = token.length > LONGEST_TOKEN ? `${token.slice(0, LONGEST_TOKEN)}…` : token;
  return cut.toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1");
}
