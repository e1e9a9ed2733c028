// How the scanner's expressions are put together, and who and whose is meant in them.

/** One of these. */
export const any = (...all: readonly string[]): string => String.raw`(?<![\p{L}\p{N}_])(?:${all.join('|')})(?![\p{L}\p{N}_])`
export const or = (...all: readonly string[]): string => `(?:${all.join('|')})`

export const not = "(?:do not|don't|does not|doesn't|never|not|must not|mustn't|should not|shouldn't|no need to|without|avoid|refrain from)"
export const person = '(?:the |any |your |their )?(?:end[ -]?)?(?:users?|humans?|person|people|operator|owner|customer|anyone|anybody|nobody|no one)'
export const whose = "(?:(?:the )?user's|their|your|users'|the human's|the person's)"
