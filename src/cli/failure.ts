// A command that can't be done: what happened, in one sentence, and what to do next, a line each. It ends the command; nothing else is thrown on purpose.

/** 1: failed. 2: wrong usage or settings. 3: refused by a rule. 4: not found. */
export type ExitCode = 1 | 2 | 3 | 4

export class Failure extends Error {
  readonly exit: ExitCode
  readonly hints: readonly string[]

  constructor(exit: ExitCode, message: string, ...hints: readonly string[]) {
    super(message)
    this.exit = exit
    this.hints = hints
  }
}
