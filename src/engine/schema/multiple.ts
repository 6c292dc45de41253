const NUMBER = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/**
 * Whether `value` is a whole multiple of `divisor`, both taken as the decimal numbers that somebody wrote: 0.3 is a multiple
 * of 0.1, although the doubles are not.
 */
export function isMultiple(value: number, divisor: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(divisor)) return value % divisor === 0;
  const [digits, exponent] = readDecimal(value);
  const [divisorDigits, divisorExponent] = readDecimal(divisor);
  const least = Math.min(exponent, divisorExponent);
  return (digits * power(exponent - least)) % (divisorDigits * power(divisorExponent - least)) === 0n;
}

function readDecimal(value: number): [digits: bigint, exponent: number] {
  const [, whole = "0", fraction = "", exponent = "0"] = NUMBER.exec(String(value)) ?? [];
  return [BigInt(whole + fraction), Number(exponent) - fraction.length];
}

function power(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}
