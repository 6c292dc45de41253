/** Many calls, of which only a few are on their way at a time. */

/** Calls `work` for every item, `width` at a time; rejects with the first failure, behind which nothing new begins. */
export async function inTurns<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const lane = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  try {
    await Promise.all(Array.from({ length: width }, lane));
  } catch (error) {
    left.return?.();
    throw error;
  }
}
