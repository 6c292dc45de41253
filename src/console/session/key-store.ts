/** Where the key of the console is kept: in memory, or, if its user wishes, for as long as the tab is open. Never in an address. */
const NAME = "detent.key";

let inMemory: string | undefined;

/** The key that was kept; undefined where there is none. */
export function readKey(): string | undefined {
  return inMemory ?? attempt(() => sessionStorage.getItem(NAME)) ?? undefined;
}

/** `survivesReload`: it is kept in session storage, too. */
export function keepKey(key: string, survivesReload: boolean): void {
  forgetKey();
  inMemory = key;
  if (survivesReload) attempt(() => sessionStorage.setItem(NAME, key));
}

export function forgetKey(): void {
  inMemory = undefined;
  attempt(() => sessionStorage.removeItem(NAME));
}

/** A browser may forbid storage; then there is memory alone. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
