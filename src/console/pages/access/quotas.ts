/** Quotas as they are entered. Knows no DOM. */

export const QUOTAS = {
  machines: { label: "Machines", hint: "Living ones." },
  configurations: { label: "Configurations", hint: "Versions count one by one." },
  eventsPerDay: { label: "Events per day", hint: "Of UTC." },
  requestsPerSecond: { label: "Requests per second", hint: "Of one key; each event of a batch counts." },
} as const;

export type QuotaName = keyof typeof QUOTAS;

export const QUOTA_NAMES = Object.keys(QUOTAS) as QuotaName[];

/** As of UpdateTenant. */
const LARGEST = 999_999_999;

/** What was entered; "" is as the deployment has it. */
export type QuotaDraft = Readonly<Record<QuotaName, string>>;

/** The quotas, or what is wrong with each. */
export type ReadQuotas =
  | { readonly quotas: Readonly<Partial<Record<QuotaName, number>>> }
  | { readonly complaints: Readonly<Partial<Record<QuotaName, string>>> };

export function readQuotas(draft: QuotaDraft): ReadQuotas {
  const quotas: Partial<Record<QuotaName, number>> = {};
  const complaints: Partial<Record<QuotaName, string>> = {};
  for (const name of QUOTA_NAMES) {
    const text = draft[name].trim();
    if (text === "") continue;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= 1 && value <= LARGEST) quotas[name] = value;
    else complaints[name] = "Enter a whole number from 1 to 999,999,999, or nothing.";
  }
  return Object.keys(complaints).length > 0 ? { complaints } : { quotas };
}

/** What stands in the fields at first. */
export function draftOf(quotas: Readonly<Partial<Record<QuotaName, number | undefined>>> | undefined): QuotaDraft {
  const text = (name: QuotaName): string => (quotas?.[name] === undefined ? "" : String(quotas[name]));
  return {
    machines: text("machines"),
    configurations: text("configurations"),
    eventsPerDay: text("eventsPerDay"),
    requestsPerSecond: text("requestsPerSecond"),
  };
}
