/** `detent/engine`: what is pure, for those who want configurations checked and stepped without a service. */
export { compileConfiguration, type Compilation } from "./compile-configuration.ts";
export { start, step } from "./step.ts";
