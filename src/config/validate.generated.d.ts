// What the generated validator offers: it fills in defaults and leaves what is wrong in `errors`.

export interface SchemaError {
  /** A JSON pointer into the settings. */
  readonly instancePath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  /** It is about the name of a member, not about its value. */
  readonly propertyName?: string
}

declare const validate: {
  (settings: unknown): boolean
  errors: SchemaError[] | null
}
export default validate
