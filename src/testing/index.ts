/**
 * `detent/testing`: tests that read like sentences, on the machine itself in memory or on a running service. Knows no
 * test runner, and works under any.
 */
export { create, none, unchecked, type Creation, type None, type Unchecked } from "./creation.ts";
export { ConfigurationError } from "./configuration.ts";
export { createKit, type Kit, type KitGoldenOptions, type KitOptions, type StoredConfiguration } from "./kit.ts";
export { inMemory, type MemoryOptions } from "./memory.ts";
export { service, type ServiceOptions } from "./service.ts";
export { matchGolden, UPDATE_FLAG, type GoldenOptions } from "./golden.ts";
export { ScenarioError } from "./scenario-error.ts";
export { TargetError } from "./target-error.ts";
export { UsageError } from "./usage-error.ts";
export type {
  Branch,
  Given,
  Scenario,
  SendOptions,
  StateOptions,
  Steps,
  Then,
  ThenOfEvent,
  ThenOfTime,
} from "./scenario.ts";
export type { Coverage, CoverageExceptions, CoveredTransition } from "./coverage.ts";
export type { Fuzzed, FuzzOptions } from "./fuzz.ts";
export type { Walk, WalkOptions } from "./walk.ts";
export type { Cell, Row, Table } from "./table.ts";
export type { Outcome } from "./run-steps.ts";
export type { AnyTypes, KitTypes, Matcher } from "./types.ts";
export type { Machine, NewMachine, Presence, Receipt, Refusal, Target, Violation } from "./target.ts";
export { runScenarios, type RunScenariosOptions, type ScenarioResult, type ScenariosResult } from "./run-scenarios.ts";
export { ScenarioFileError } from "./scenario-file.ts";
