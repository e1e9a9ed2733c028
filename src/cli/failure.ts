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

/** Whatever was thrown as a failure: what nobody has foreseen is one too. */
export function failureOf(error: unknown, env: Readonly<Record<string, string | undefined>>): Failure {
  if (error instanceof Failure) return error
  const { message, stack = '' } = error as Error
  const where = env['MCPGW_LOG'] === 'debug' ? stack.split('\n').slice(1) : ['With MCPGW_LOG=debug it says where.']
  return new Failure(1, `this should not have happened: ${message}`, ...where.map(line => line.trim()))
}
