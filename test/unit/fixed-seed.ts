/**
 * `npm test` judges a change, not luck: what unit tests generate is the same each time. `DETENT_SEED=random` (npm run
 * test:properties) looks for cases that nobody has seen yet; a number gives those of a run again.
 */
import { configureGlobal } from "fast-check";

const { DETENT_SEED = "1" } = process.env;
const seed = DETENT_SEED === "random" ? Date.now() % 2 ** 31 : Number(DETENT_SEED);

if (DETENT_SEED === "random") console.log(`DETENT_SEED=${seed}`);
configureGlobal({ seed });
