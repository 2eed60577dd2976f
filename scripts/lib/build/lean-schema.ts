/** What all schemas of lean-zod.ts have in common. */

/** A schema of zod, whose methods are called by name. */
export type Zod = any

let loaded: Record<keyof typeof import('./whole-zod.ts'), Zod> | undefined
export const zod = () =>
  (loaded ??= process.getBuiltinModule('node:module').createRequire(import.meta.url)('zod') as NonNullable<
    typeof loaded
  >)

/** The result for a value that is invalid, or that only zod can decide on. */
export const unrecognized = Symbol('unrecognized')

/** Returns the value that zod would, or `unrecognized`. */
export type Recognize = (value: any) => unknown

/** How an object treats an absent key: `optin` and `optout` of zod's schemas. */
interface Presence {
  readonly optin?: 'optional' | 'defaulted'
  readonly optout?: 'optional'
}

export class Schema {
  readonly #make: () => Zod
  readonly recognize: Recognize
  readonly presence: Presence
  #real: Zod

  constructor(make: () => Zod, recognize: Recognize = () => unrecognized, presence: Presence = {}) {
    this.#make = make
    this.recognize = recognize
    this.presence = presence
  }

  /** The same schema, made with zod. */
  real(): Zod {
    return (this.#real ??= this.#make())
  }

  parse(value: unknown): unknown {
    const data = this.recognize(value)
    return data === unrecognized ? this.real().parse(value) : data
  }

  /** @param params with the texts of rejections, for zod */
  safeParse(value: unknown, params?: unknown): unknown {
    const data = this.recognize(value)
    return data === unrecognized ? this.real().safeParse(value, params) : { success: true, data }
  }

  /** The schema with a rule, which is the result of one of its methods. */
  protected with(method: string, args: readonly unknown[], passes: (value: any) => boolean): this {
    const { recognize } = this
    const both: Recognize = (value) => {
      const data = recognize(value)
      return data !== unrecognized && passes(data) ? data : unrecognized
    }
    return this.copy(() => this.real()[method](...args), both)
  }

  protected copy(make: () => Zod, recognize: Recognize): this {
    return new (this.constructor as any)(make, recognize, this.presence)
  }

  /** Descriptions are for the OpenAPI document, which is made with zod. */
  describe(): this {
    return this
  }

  meta(): this {
    return this
  }

  refine(...args: [check: (value: any) => unknown, params?: unknown]): this {
    return this.with('refine', args, (value) => args[0](value) === true)
  }

  superRefine(...args: [check: (value: any, context: Context) => unknown]): this {
    return this.with('superRefine', args, (value) => {
      const context = new Context(value)
      return args[0](value, context) === undefined && context.issues.length === 0
    })
  }

  transform(change: (value: any, context: Context) => unknown): Schema {
    const { recognize, presence } = this
    const both: Recognize = (value) => {
      const data = recognize(value)
      return data === unrecognized ? data : changed(change, data)
    }
    return new Schema(() => this.real().transform(change), both, { optin: presence.optin })
  }

  pipe(next: Schema): Schema {
    const { recognize, presence } = this
    return new Schema(() => this.real().pipe(next.real()), chained(recognize, next.recognize), {
      optin: presence.optin,
      optout: next.presence.optout,
    })
  }

  and(other: Schema): Schema {
    return intersection(this, other)
  }

  optional(): Schema {
    const { recognize } = this
    const optin = this.presence.optin === 'defaulted' ? 'defaulted' : 'optional'
    return new Schema(
      () => this.real().optional(),
      (value) => (value === undefined && optin === 'optional' ? undefined : recognize(value)),
      { optin, optout: 'optional' },
    )
  }

  nullable(): Schema {
    const { recognize, presence } = this
    const orNull: Recognize = (value) => (value === null ? null : recognize(value))
    return new Schema(() => this.real().nullable(), orNull, presence)
  }

  nullish(): Schema {
    return this.nullable().optional()
  }

  default(value: unknown): Schema {
    const { recognize } = this
    // A copy, so that no caller changes another's.
    const replacement = () => (Array.isArray(value) ? [...value] : isPlain(value) ? { ...value } : value)
    return new Schema(
      () => this.real().default(value),
      (given) => {
        const data = given === undefined ? undefined : recognize(given)
        return data === undefined ? replacement() : data
      },
      { optin: 'defaulted' },
    )
  }

  /** What is invalid, zod replaces. */
  catch(value: unknown): Schema {
    const { optin, optout } = this.presence
    const presence = { optin: optin ?? ('optional' as const), optout }
    return new Schema(() => this.real().catch(value), this.recognize, presence)
  }

  prefault(value: unknown): Schema {
    const { recognize } = this
    return new Schema(
      () => this.real().prefault(value),
      (given) => recognize(given === undefined ? value : given),
      { optin: 'defaulted' },
    )
  }
}

/** Any other member is that of the schema made with zod. */
Object.setPrototypeOf(
  Schema.prototype,
  new Proxy(Object.prototype, {
    get(object, name, schema) {
      if (typeof name === 'symbol' || name in object) return Reflect.get(object, name, schema)
      const real = schema.real()
      const member = real[name]
      return typeof member === 'function' ? (...args: unknown[]) => lean(member.apply(real, args.map(realOf))) : member
    },
  }),
)

const lean = (value: any) => (value?._zod ? new Schema(() => value) : value)

const realOf = (value: unknown): unknown => (value instanceof Schema ? value.real() : value)

/** The context of a refinement or a transformation, which reports issues to it. */
export class Context {
  readonly issues: unknown[] = []
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
  addIssue(issue: unknown): void {
    this.issues.push(issue)
  }
}

export function changed(change: (value: any, context: Context) => unknown, value: unknown): unknown {
  const context = new Context(value)
  const result = change(value, context)
  return context.issues.length > 0 || result instanceof Promise ? unrecognized : result
}

export const chained =
  (first: Recognize, next: Recognize): Recognize =>
  (value) => {
    const data = first(value)
    return data === unrecognized ? data : next(data)
  }

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isPlain = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))

export const intersection = (left: Schema, right: Schema): Schema =>
  new Schema(
    () => zod().intersection(left.real(), right.real()),
    (input) => {
      const first = left.recognize(input)
      const second = first === unrecognized ? first : right.recognize(input)
      return second === unrecognized ? second : merged(first, second)
    },
  )

/** Members of both must be equal; zod decides on lists and objects that both have. */
function merged(first: unknown, second: unknown): unknown {
  if (!isPlain(first) || !isPlain(second)) return unrecognized
  const isEqual = (key: string) => !Object.hasOwn(first, key) || first[key] === second[key]
  return Object.keys(second).every(isEqual) ? { ...first, ...second } : unrecognized
}

/** What a transformation returns after it has reported an issue. */
export const NEVER: unknown = Object.freeze({ status: 'aborted' })

/** For `instanceof`: an error of zod exists only after zod was loaded. */
export const ZodError = {
  [Symbol.hasInstance]: (error: unknown): boolean => loaded !== undefined && error instanceof loaded.ZodError,
}
