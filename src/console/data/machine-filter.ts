/** Which machines are meant, as an address says it and as the service is asked for it. */
import { timestampFromMs, type Timestamp } from "@bufbuild/protobuf/wkt";
import type { Query } from "../addresses.ts";

/** Texts as they stand in an address and in a form; empty: it does not matter. */
export interface MachineFilter {
  readonly configuration: string;
  readonly version: string;
  readonly state: string;
  /** An instant as RFC 3339 has it: changed after it. */
  readonly updatedAfter: string;
  /** Likewise: changed before it. */
  readonly updatedBefore: string;
  /** `key=value`; what follows the first `=` is the value. */
  readonly label: string;
  readonly label2: string;
}

export type FilterField = keyof MachineFilter;

/** What the fields are called in an address. */
const NAMES: Readonly<Record<FilterField, string>> = {
  configuration: "configuration",
  version: "version",
  state: "state",
  updatedAfter: "updated_after",
  updatedBefore: "updated_before",
  label: "label",
  label2: "label2",
};
const FIELDS = Object.keys(NAMES) as FilterField[];

/** The filter that an address has. */
export function readFilter(query: Query): MachineFilter {
  return Object.fromEntries(FIELDS.map((field) => [field, query[NAMES[field]] ?? ""])) as Record<FilterField, string>;
}

/** For `setQuery` and `hrefOf`; it has every parameter, so that those that do not matter are taken out. */
export function queryOf(filter: MachineFilter): Query {
  return Object.fromEntries(FIELDS.map((field) => [NAMES[field], filter[field] || undefined]));
}

/** Whether it says more than which configuration. */
export function isNarrowed(filter: MachineFilter): boolean {
  return FIELDS.some((field) => field !== "configuration" && filter[field] !== "");
}

/** What is wrong with it, by field; nothing must be asked or done with one that has such a thing. */
export function findFilterProblems(filter: MachineFilter): ReadonlyMap<FilterField, string> {
  const problems = new Map<FilterField, string>();
  for (const field of ["updatedAfter", "updatedBefore"] as const) {
    const text = filter[field];
    if (text !== "" && readInstant(text) === undefined) problems.set(field, `“${text}” is no date and time.`);
  }
  const [after, before] = [readInstant(filter.updatedAfter), readInstant(filter.updatedBefore)];
  if (after !== undefined && before !== undefined && before <= after) {
    problems.set("updatedBefore", "This is not later than “Changed after”: no machine can match.");
  }
  for (const field of ["label", "label2"] as const) {
    if (filter[field] !== "" && readLabel(filter[field]) === undefined) {
      problems.set(field, "Write a label as name=value.");
    }
  }
  const [one, other] = [readLabel(filter.label), readLabel(filter.label2)];
  if (one !== undefined && other !== undefined && one[0] === other[0] && one[1] !== other[1]) {
    problems.set("label2", "A label has one value: no machine can match both.");
  }
  return problems;
}

/** The fields that ListMachinesRequest, CountMachinesRequest and JobFilter share. */
export interface FilterRequest {
  configuration: string;
  version: string;
  state: string;
  labels: Record<string, string>;
  updatedAfter?: Timestamp;
  updatedBefore?: Timestamp;
}

/** Throws where something is wrong with the filter: a part left out would mean more machines than its author does. */
export function requestOf(filter: MachineFilter): FilterRequest {
  const [problem] = findFilterProblems(filter).values();
  if (problem !== undefined) throw new Error(problem);
  const { configuration, version, state } = filter;
  const labels = [readLabel(filter.label), readLabel(filter.label2)].filter((label) => label !== undefined);
  const [after, before] = [readInstant(filter.updatedAfter), readInstant(filter.updatedBefore)];
  return {
    configuration,
    version,
    state,
    // fromEntries makes own properties, also of a name like `__proto__`.
    labels: Object.fromEntries(labels),
    ...(after !== undefined && { updatedAfter: timestampFromMs(after) }),
    ...(before !== undefined && { updatedBefore: timestampFromMs(before) }),
  };
}

/** `key=value` of a label; undefined where no filter can mean it: it has a `=` in its name. */
export function labelText(name: string, value: string): string | undefined {
  return name === "" || name.includes("=") ? undefined : `${name}=${value}`;
}

function readLabel(text: string): readonly [name: string, value: string] | undefined {
  const at = text.indexOf("=");
  return at < 1 ? undefined : [text.slice(0, at), text.slice(at + 1)];
}

/** Date and time with a zone: an address without one would mean something else to each of its readers. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/i;

/** Epoch ms. */
function readInstant(text: string): number | undefined {
  if (!INSTANT.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

const pad = (value: number, digits = 2): string => String(value).padStart(digits, "0");

/** An instant in the reader's own zone, as `<input type="datetime-local">` has it; empty for what is none. */
export function toLocalText(instant: string): string {
  const ms = readInstant(instant);
  if (ms === undefined) return "";
  const at = new Date(ms);
  const day = `${pad(at.getFullYear(), 4)}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
  const rest = at.getMilliseconds();
  return `${day}T${time}${rest === 0 ? "" : `.${pad(rest, 3)}`}`;
}

/** The instant that the field's text means to its reader; empty for none. */
export function fromLocalText(text: string): string {
  const ms = text === "" ? Number.NaN : new Date(text).getTime();
  // Year 275760 is more than RFC 3339 can write.
  return Number.isNaN(ms) || ms > 253_402_300_799_999 ? "" : new Date(ms).toISOString().replace(".000Z", "Z");
}
