/**
 * Takes the place of zod in the functions' bundles (docs/adr/0047-zod-for-rejections.md). A schema here is a small object
 * that recognizes valid values, as nearly all are. Zod lies beside the bundle: it is loaded for the first value that is not
 * recognized, to make the same schema and to parse again. Every rejection, with its issues and messages, is therefore zod's
 * own, and so is the result of all that this file does not know: that is slower, and never wrong.
 */
import { regexes } from 'zod/v4/core'
import {
  chained,
  changed,
  isObject,
  isPlain,
  Schema,
  unrecognized,
  zod,
  type Context,
  type Recognize,
  type Zod,
} from './lean-schema.ts'

/** Factories and classes of zod that need nothing else than what every schema has. */
export { intersection, NEVER, ZodError } from './lean-schema.ts'

type Shape = Readonly<Record<string, Schema>>
type ObjectFactory = 'object' | 'strictObject' | 'looseObject'

const realShape = (shape: Shape) => Object.fromEntries(Object.entries(shape).map(([key, field]) => [key, field.real()]))

/** Zod counts code points, so that only it decides on text with surrogates, which has no size here. */
const surrogate = /[\uD800-\uDFFF]/

/** A schema with bounds, of a number or a length. */
class BoundedSchema extends Schema {
  min(...args: [least: number, params?: unknown]): this {
    return this.with('min', args, (value) => sizeOf(value) >= args[0])
  }

  max(...args: [most: number, params?: unknown]): this {
    return this.with('max', args, (value) => sizeOf(value) <= args[0])
  }
}

function sizeOf(value: number | string | readonly unknown[]): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && surrogate.test(value) ? Number.NaN : value.length
}

class StringSchema extends BoundedSchema {
  regex(...args: [pattern: RegExp, params?: unknown]): this {
    return this.with('regex', args, (text) => {
      args[0].lastIndex = 0
      return args[0].test(text)
    })
  }
}

type Rule = (value: any) => boolean

class ObjectSchema extends Schema {
  readonly factory: ObjectFactory
  readonly shape: Shape
  readonly rules: readonly Rule[]

  constructor(
    { factory, shape, rules }: { factory: ObjectFactory; shape: Shape; rules: readonly Rule[] },
    make: () => Zod,
    recognize: Recognize,
  ) {
    super(make, recognize)
    this.factory = factory
    this.shape = shape
    this.rules = rules
  }

  protected override with(method: string, args: readonly unknown[], passes: Rule): this {
    return newObject(this.factory, this.shape, () => this.real()[method](...args), [...this.rules, passes]) as this
  }

  extend(shape: Shape): Schema {
    const extended = { ...this.shape, ...shape }
    return newObject(this.factory, extended, () => this.real().extend(realShape(shape)), this.rules)
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
    return newObject('strictObject', this.shape, () => this.real().strict(), this.rules)
  }

  partial(): Schema {
    const fields = Object.entries(this.shape).map(([key, field]) => [key, field.optional()])
    return newObject(this.factory, Object.fromEntries(fields), () => this.real().partial())
  }
}

/** @param rules refinements; zod rejects those of a schema whose keys are picked, omitted or made optional */
function newObject(factory: ObjectFactory, shape: Shape, make: () => Zod, rules: readonly Rule[] = []): ObjectSchema {
  const fields = Object.entries(shape)
  const recognize: Recognize = (input) => {
    if (!isObject(input)) return unrecognized
    const output: Record<string, unknown> = {}
    for (const [key, field] of fields) {
      const { optin, optout } = field.presence
      const isPresent = key in input
      if (!isPresent && optin === undefined) return unrecognized
      const value = field.recognize(input[key])
      if (value === unrecognized) return unrecognized
      if (value !== undefined || isPresent || (optin === 'defaulted' && optout === undefined)) output[key] = value
    }
    for (const key in factory === 'object' ? {} : input) {
      if (Object.hasOwn(shape, key)) continue
      if (factory === 'strictObject' || key === '__proto__') return unrecognized
      output[key] = input[key]
    }
    return rules.every((passes) => passes(output)) ? output : unrecognized
  }
  return new ObjectSchema({ factory, shape, rules }, make, recognize)
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

export const int = (params?: unknown) => new BoundedSchema(() => zod().int(params), when(Number.isSafeInteger))

export const number = (params?: unknown) => new BoundedSchema(() => zod().number(params), when(Number.isFinite))

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
  new BoundedSchema(
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
