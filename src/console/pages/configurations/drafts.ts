/** What was written and is not saved yet: it outlives a click on another page, though not the tab. */

const drafts = new Map<string, string>();

/** The address of the editor and the tenant: what is of one tenant is never shown to another. */
export function draftKey(tenant: string, from: string | undefined): string {
  return JSON.stringify([tenant, from ?? ""]);
}

export function readDraft(key: string): string | undefined {
  return drafts.get(key);
}

/** Undefined: there is nothing to be kept any more. */
export function keepDraft(key: string, text: string | undefined): void {
  if (text === undefined) drafts.delete(key);
  else drafts.set(key, text);
}
