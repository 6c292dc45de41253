/**
 * Lives of machines that were erased. A telling may still be on its way then; the audit log knows for good that it comes too
 * late, so that it is not written whenever and from wherever it comes.
 */

/** The condition under which a telling is written; `told` is its JSON, with the machine's address and `createdAt`. */
export function notErased(told: string): string {
  return `NOT EXISTS (
    SELECT 1 FROM audit WHERE audit.tenant = ${told}->>'tenant'
      AND audit.subject = (${told}->>'configuration') || '/' || (${told}->>'id')
      AND audit.erased_life >= ${told}->>'createdAt')`;
}
