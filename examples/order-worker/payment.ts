/** Stands for a payment service: it takes a key for each payment and answers a repeated one as it did the first. */

export type Payment = { readonly ok: true; readonly payment: string } | { readonly ok: false; readonly why: string };

/** What the customer's card is good for. */
const LIMIT = 100;

export async function charge(key: string, amount: number): Promise<Payment> {
  if (amount > LIMIT) return { ok: false, why: `the card is good for ${LIMIT}` };
  return { ok: true, payment: `payment ${key}` };
}
