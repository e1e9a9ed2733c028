// What doctor finds: what it is, where, and what to do about it.

export interface Finding {
  /** `wrong`: something does not work. `note`: worth knowing, all works. */
  readonly kind: 'wrong' | 'note'
  readonly what: string
  readonly where: string
  readonly todo?: string
}

export const wrong = (where: string, what: string, todo?: string): Finding => ({ kind: 'wrong', what, where, todo })
export const worthKnowing = (where: string, what: string, todo?: string): Finding => ({ kind: 'note', what, where, todo })
