/** A tenant's name: the contract's rule. */
const TENANT = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export function isTenantName(text: string): boolean {
  return TENANT.test(text);
}

/** The rule, for messages. */
export const TENANT_RULE = "1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end";
