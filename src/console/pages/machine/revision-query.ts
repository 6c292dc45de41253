/** Which revision an address of the page asks for. */

/** Undefined: the present one, also where the text is no revision. */
export function readRevision(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
