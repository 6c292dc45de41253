/**
 * How a key is written: `dtk_<keyId>_<secret><crc>`. The secret has 256 bits; id, secret and checksum are base62, so that
 * a double click takes the whole of it. The prefix and the checksum let scanners of repositories know a leaked one, and a
 * mistyped one be refused without a look into the database.
 */

/** A key in its parts. `id` names it and is no secret. */
export interface KeyText {
  readonly id: string;
  /** The whole of it, to be shown once and never stored. */
  readonly text: string;
}

/** The id of the root key: no other has one of this length. */
export const ROOT_KEY_ID = "root";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LENGTH = 16;
const SECRET_BYTES = 32;
/** 62^43 is more than 2^256. */
const SECRET_LENGTH = 43;
/** 62^6 is more than 2^32. */
const CHECKSUM_LENGTH = 6;
const KEY = /^(dtk_(root|[0-9A-Za-z]{16})_[0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** A new key under `id`; with a new id when absent. */
export function makeKey(id: string = makeKeyId()): KeyText {
  const body = `dtk_${id}_${toDigits(randomBytes(SECRET_BYTES), SECRET_LENGTH)}`;
  return { id, text: body + checksumOf(body) };
}

/** Reads what was written by `makeKey`; undefined for anything else, a mistyped key among it. */
export function parseKey(text: string): KeyText | undefined {
  const [, body = "", id = "", checksum] = KEY.exec(text) ?? [];
  return checksum !== undefined && checksumOf(body) === checksum ? { id, text } : undefined;
}

function makeKeyId(): string {
  return toDigits(randomBytes(12), ID_LENGTH + 1).slice(-ID_LENGTH);
}

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

function toDigits(bytes: Uint8Array, length: number): string {
  let rest = 0n;
  for (const byte of bytes) rest = (rest << 8n) | BigInt(byte);
  let digits = "";
  for (; digits.length < length; rest /= 62n) digits = DIGITS.charAt(Number(rest % 62n)) + digits;
  return digits;
}

function checksumOf(text: string): string {
  const crc = crc32(new TextEncoder().encode(text));
  const bytes = [24, 16, 8, 0].map((shift) => (crc >>> shift) & 0xff);
  return toDigits(Uint8Array.from(bytes), CHECKSUM_LENGTH);
}

/** CRC-32 as in ISO 3309 and zlib, bit by bit: a key has 70 bytes. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
