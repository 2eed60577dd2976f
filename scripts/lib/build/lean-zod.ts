/**
 * Takes the place of zod in the functions' bundles (docs/adr/0047-zod-for-rejections.md). A schema here is a small object
 * that recognizes valid values, as nearly all are. Zod lies beside the bundle: it is loaded for the first value that is not
 * recognized, to make the same schema and to parse again. Every rejection, with its issues and messages, is therefore zod's
 * own, and so is the result of all that this file does not know: that is slower, and never wrong.
 */
import { regexes } from 'zod/v4/core'

/** A schema of zod, whose methods are called by name. */
type Zod = any

let loaded: Record<keyof typeof import('./whole-zod.ts'), Zod> | undefined
const zod = () =>
  (loaded ??= process.getBuiltinModule('node:module').createRequire(import.meta.url)('zod') as NonNullable<
    typeof loaded
  >)

/** The answer for a value that is invalid, or that only zod can decide on. */
const unrecognized = Symbol('unrecognized')

/** Returns the value that zod would, or `unrecognized`. */
type Recognize = (value: any) => unknown

/** How an object treats an absent key: `optin` and `optout` of zod's schemas. */
interface Presence {
  readonly optin?: 'optional' | 'defaulted'
  readonly optout?: 'optional'
}

type Shape = Readonly<Record<string, Schema>>
type ObjectFactory = 'object' | 'strictObject' | 'looseObject'

class Schema {
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

  safeParse(value: unknown): unknown {
    const data = this.recognize(value)
    return data === unrecognized ? this.real().safeParse(value) : { success: true, data }
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

const realShape = (shape: Shape) => Object.fromEntries(Object.entries(shape).map(([key, field]) => [key, field.real()]))

/** The context of a refinement or a transformation, which reports issues to it. */
class Context {
  readonly issues: unknown[] = []
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
  addIssue(issue: unknown): void {
    this.issues.push(issue)
  }
}

function changed(change: (value: any, context: Context) => unknown, value: unknown): unknown {
  const context = new Context(value)
  const result = change(value, context)
  return context.issues.length > 0 || result instanceof Promise ? unrecognized : result
}

const chained =
  (first: Recognize, next: Recognize): Recognize =>
  (value) => {
    const data = first(value)
    return data === unrecognized ? data : next(data)
  }

/** Zod counts code points, so that only it decides on text with surrogates. */
const surrogate = /[\uD800-\uDFFF]/

class StringSchema extends Schema {
  min(...args: [length: number, params?: unknown]): this {
    return this.with('min', args, (text) => text.length >= args[0] && !surrogate.test(text))
  }

  max(...args: [length: number, params?: unknown]): this {
    return this.with('max', args, (text) => text.length <= args[0])
  }

  regex(...args: [pattern: RegExp, params?: unknown]): this {
    return this.with('regex', args, (text) => {
      args[0].lastIndex = 0
      return args[0].test(text)
    })
  }
}

class NumberSchema extends Schema {
  min(...args: [least: number, params?: unknown]): this {
    return this.with('min', args, (value) => value >= args[0])
  }

  max(...args: [most: number, params?: unknown]): this {
    return this.with('max', args, (value) => value <= args[0])
  }
}

class ArraySchema extends Schema {
  min(...args: [length: number, params?: unknown]): this {
    return this.with('min', args, ({ length }) => length >= args[0])
  }

  max(...args: [length: number, params?: unknown]): this {
    return this.with('max', args, ({ length }) => length <= args[0])
  }
}

class ObjectSchema extends Schema {
  readonly factory: ObjectFactory
  readonly shape: Shape

  constructor(factory: ObjectFactory, shape: Shape, make: () => Zod, recognize: Recognize) {
    super(make, recognize)
    this.factory = factory
    this.shape = shape
  }

  protected override copy(make: () => Zod, recognize: Recognize): this {
    return new ObjectSchema(this.factory, this.shape, make, recognize) as this
  }

  extend(shape: Shape): Schema {
    return newObject(this.factory, { ...this.shape, ...shape }, () => this.real().extend(realShape(shape)))
  }

  pick(mask: Readonly<Record<string, true>>): Schema {
    const picked = Object.keys(mask).map((key) => [key, this.shape[key]])
    return newObject(this.factory, Object.fromEntries(picked), () => this.real().pick(mask))
  }

  omit(mask: Readonly<Record<string, true>>): Schema {
    const kept = Object.entries(this.shape).filter(([key]) => !mask[key])
    return newObject(this.factory, Object.fromEntries(kept), () => this.real().omit(mask))
  }

  strict(): Schema {
    return newObject('strictObject', this.shape, () => this.real().strict())
  }

  partial(): Schema {
    const fields = Object.entries(this.shape).map(([key, field]) => [key, field.optional()])
    return newObject(this.factory, Object.fromEntries(fields), () => this.real().partial())
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPlain = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))

function newObject(factory: ObjectFactory, shape: Shape, make: () => Zod): ObjectSchema {
  const fields = Object.entries(shape)
  const recognize: Recognize = (input) => {
    if (!isObject(input)) return unrecognized
    const output: Record<string, unknown> = {}
    for (const [key, field] of fields) {
      const { optin, optout } = field.presence
      const isPresent = key in input
      if (!isPresent && optin === undefined) return unrecognized
      if (!isPresent && optin === 'optional' && optout === 'optional') continue
      const value = field.recognize(input[key])
      if (value === unrecognized) return unrecognized
      if (value !== undefined || isPresent || (optin === 'defaulted' && optout === undefined)) output[key] = value
    }
    if (factory === 'object') return output
    for (const key in input) {
      if (Object.hasOwn(shape, key)) continue
      if (factory === 'strictObject' || key === '__proto__') return unrecognized
      output[key] = input[key]
    }
    return output
  }
  return new ObjectSchema(factory, shape, make, recognize)
}

const objectFactory =
  (factory: ObjectFactory) =>
  (shape: Shape, params?: unknown): ObjectSchema =>
    newObject(factory, shape, () => zod()[factory](realShape(shape), params))

export const object = objectFactory('object')
export const strictObject = objectFactory('strictObject')
export const looseObject = objectFactory('looseObject')

const when =
  (accepts: (value: any) => boolean): Recognize =>
  (value) =>
    accepts(value) ? value : unrecognized

const isText = (value: unknown): value is string => typeof value === 'string'

export const string = (params?: unknown) => new StringSchema(() => zod().string(params), when(isText))

export const int = (params?: unknown) => new NumberSchema(() => zod().int(params), when(Number.isSafeInteger))

export const number = (params?: unknown) => new NumberSchema(() => zod().number(params), when(Number.isFinite))

export const boolean = (params?: unknown) =>
  new Schema(
    () => zod().boolean(params),
    when((value) => typeof value === 'boolean'),
  )

export const unknown = () =>
  new Schema(
    () => zod().unknown(),
    (value) => value,
  )

/** The URLs of services and machines; zod decides on all others. */
const plainUrl = /^https?:\/\/[a-z\d]+(?:[.-][a-z\d]+)*(?::(?:[1-5]\d{4}|\d{1,4}))?(?:\/[\w./-]*)?$/

export const url = (params?: unknown) =>
  new StringSchema(
    () => zod().url(params),
    params === undefined ? when((value) => isText(value) && plainUrl.test(value) && URL.canParse(value)) : undefined,
  )

function patternOf(make: () => Zod, newPattern: () => RegExp): StringSchema {
  let pattern: RegExp | undefined
  return new StringSchema(
    make,
    when((value) => isText(value) && (pattern ??= newPattern()).test(value)),
  )
}

let utc: RegExp | undefined

/** `z.iso` */
export const iso = {
  date: (params?: unknown) =>
    patternOf(
      () => zod().iso.date(params),
      () => regexes.date,
    ),
  datetime: (params?: { offset?: boolean }) =>
    patternOf(
      () => zod().iso.datetime(params),
      () => (params === undefined ? (utc ??= regexes.datetime({})) : regexes.datetime(params)),
    ),
}

/** A schema of some values. */
class ValuesSchema extends Schema {
  readonly values: readonly unknown[]
  constructor(make: () => Zod, values: readonly unknown[]) {
    let set: ReadonlySet<unknown> | undefined
    super(
      make,
      when((value) => (set ??= new Set(values)).has(value)),
    )
    this.values = values
  }

  /** Of a literal. */
  get value(): unknown {
    return this.values.length === 1 ? this.values[0] : this.real().value
  }

  /** Of an enum. */
  get options(): readonly unknown[] {
    return this.values
  }

  protected override copy(make: () => Zod, recognize: Recognize): this {
    return new Schema(make, recognize) as this
  }
}

export const literal = (value: unknown, params?: unknown) =>
  new ValuesSchema(() => zod().literal(value, params), Array.isArray(value) ? value : [value])

const enumOf = (values: readonly string[], params?: unknown) =>
  new ValuesSchema(() => zod().enum(values, params), values)
export { enumOf as enum }

export const array = (element: Schema, params?: unknown) =>
  new ArraySchema(
    () => zod().array(element.real(), params),
    (input) => {
      if (!Array.isArray(input)) return unrecognized
      const output: unknown[] = []
      for (const item of input) {
        const value = element.recognize(item)
        if (value === unrecognized) return unrecognized
        output.push(value)
      }
      return output
    },
  )

export const record = (key: Schema, field: Schema, params?: unknown) =>
  new Schema(
    () => zod().record(key.real(), field.real(), params),
    (input) => {
      if (!(key instanceof StringSchema) || !isPlain(input)) return unrecognized
      const output: Record<string, unknown> = {}
      for (const name of Reflect.ownKeys(input)) {
        if (typeof name === 'symbol' || name === '__proto__' || key.recognize(name) !== name) return unrecognized
        const value = field.recognize(input[name])
        if (value === unrecognized) return unrecognized
        output[name] = value
      }
      return output
    },
  )

class UnionSchema extends Schema {
  readonly options: readonly Schema[]
  constructor(make: () => Zod, recognize: Recognize, options: readonly Schema[]) {
    super(make, recognize)
    this.options = options
  }

  protected override copy(make: () => Zod, recognize: Recognize): this {
    return new UnionSchema(make, recognize, this.options) as this
  }
}

export function discriminatedUnion(key: string, options: readonly Schema[], params?: unknown): UnionSchema {
  const byValue = new Map<unknown, Schema>()
  for (const option of options) {
    const field = option instanceof ObjectSchema ? option.shape[key] : undefined
    if (field instanceof ValuesSchema) for (const value of field.values) byValue.set(value, option)
  }
  return new UnionSchema(
    () =>
      zod().discriminatedUnion(
        key,
        options.map((option) => option.real()),
        params,
      ),
    (input) => (isObject(input) && byValue.has(input[key]) ? byValue.get(input[key])!.recognize(input) : unrecognized),
    options,
  )
}

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

export const preprocess = (change: (value: unknown, context: Context) => unknown, next: Schema): Schema =>
  new Schema(
    () => zod().preprocess(change, next.real()),
    chained((value) => changed(change, value), next.recognize),
    { optin: 'optional', optout: next.presence.optout },
  )

const instanceOf = (type: new (...args: any[]) => unknown, params?: unknown) =>
  new Schema(
    () => zod().instanceof(type, params),
    when((value) => value instanceof type),
  )
export { instanceOf as instanceof }

/** What a transformation returns after it has reported an issue. */
export const NEVER: unknown = Object.freeze({ status: 'aborted' })

/** For `instanceof`: an error of zod exists only after zod was loaded. */
export const ZodError = {
  [Symbol.hasInstance]: (error: unknown): boolean => loaded !== undefined && error instanceof loaded.ZodError,
}
