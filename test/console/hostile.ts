/** What callers may name things so that a careless page breaks: markup, other directions of writing, signs of addresses. */

export const IMAGE = "<img src=x onerror=alert(1)>";
export const SCRIPT = `"><script>alert(1)</script>`;
/** A bidi override turns what comes after it round, where it is not isolated. */
export const OVERRIDE = "user\u202Egnp.exe";
export const ARABIC = "مرحبا بالعالم";
const HEBREW = "שלום עולם";
const ADDRESS = "a/b?c=d#e&f=%2F%zz";

/** States, events and ids alike. */
export const HOSTILE_TEXTS = [
  IMAGE,
  SCRIPT,
  OVERRIDE,
  ARABIC,
  HEBREW,
  ADDRESS,
  "with  spaces ",
  "🦊👩‍👩‍👧",
  "../../etc",
  "__proto__",
];

/** As long as ids may be: in code points, and in bytes. */
const LONG_ID = "long-".padEnd(255, "x");
const LONG_ARABIC_ID = "م".repeat(255);

export const HOSTILE_IDS: readonly string[] = [...HOSTILE_TEXTS, LONG_ID, LONG_ARABIC_ID];

export const HOSTILE = {
  name: "hostile",
  version: "v1",
  starting_state: IMAGE,
  states: HOSTILE_TEXTS,
  // A ring, and a shorter way.
  transitions: HOSTILE_TEXTS.flatMap((from, at) => [
    { from, to: HOSTILE_TEXTS[(at + 1) % HOSTILE_TEXTS.length], event: from },
    {
      from,
      to: HOSTILE_TEXTS[(at + 2) % HOSTILE_TEXTS.length],
      event: SCRIPT.repeat(2),
      guard: `'${IMAGE}' == '</script>'`,
    },
  ]),
};
