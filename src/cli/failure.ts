/** How a command fails: each kind with its exit code, so that a script can tell them apart. Knows no output. */

import type { Receipt } from "./answers.ts";

/**
 * 0 done; 1 the answer is no (a refusal, findings, not ready, not found); 2 the command line or a file cannot be read; 3
 * nobody answered, or the service has trouble: later it may work; 4 no valid credential, or one that may not do this; 130
 * interrupted, as shells say it of SIGINT.
 */
export const EXIT = { done: 0, no: 1, usage: 2, unavailable: 3, denied: 4, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command; `message` is for whoever typed it. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: ExitCode;
  /** What may help, below the message. */
  readonly hint: string | undefined;

  constructor(message: string, exitCode: ExitCode, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** The command cannot be carried out as it was typed. */
export function usage(message: string, hint?: string): Failure {
  return new Failure(message, EXIT.usage, hint);
}

/** What breaks a rule, as a problem document lists it. */
interface Violation {
  readonly pointer: string;
  readonly rule: string;
  readonly message: string;
  readonly value?: string;
}

/** A problem document of the JSON routes (RFC 9457), as far as commands read it. */
export interface Problem {
  readonly status: number;
  readonly title?: string;
  readonly detail: string;
  readonly reason: string;
  readonly request_id?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly errors?: readonly Violation[];
  readonly receipt?: Receipt;
  readonly dry_run?: true;
}

/** The service answered no. */
export class Refused extends Failure {
  readonly problem: Problem;
  /** How long the service asks to be left alone (Retry-After); 0 where it does not say. */
  readonly retryAfterMs: number;

  constructor(problem: Problem, retryAfterMs = 0) {
    super(problem.detail, exitCodeOf(problem.status), hintOf(problem));
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The exit code for a problem with this status. */
export function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.denied;
  return status === 429 || status >= 500 ? EXIT.unavailable : EXIT.no;
}

function hintOf({ status }: Problem): string | undefined {
  return status === 401 ? 'run "detent login", or give a key in DETENT_KEY' : undefined;
}

/** The command has printed its answer, and the answer is no. */
export function answeredNo(): Failure {
  return new Failure("", EXIT.no);
}
