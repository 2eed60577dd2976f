import { AwsError } from '../wire/aws-error.ts'

/** The policy of a signed form: every field must be covered by a condition, and every condition must be satisfied. */
interface PostPolicy {
  readonly expiresMs: number
  readonly conditions: readonly FieldCondition[]
  readonly lengthRanges: readonly LengthRange[]
}

interface FieldCondition {
  readonly operator: 'eq' | 'starts-with'
  /** As written in the policy; fields are compared in lower case. */
  readonly field: string
  readonly value: string
}

interface LengthRange {
  readonly minBytes: number
  readonly maxBytes: number
}

/** @param text base64 of a JSON document, as signed in the form @throws AwsError InvalidPolicyDocument */
export function parsePolicy(text: string): PostPolicy {
  const document = parseJson(Buffer.from(text, 'base64').toString('utf8'))
  const { expiration, conditions } = document
  if (expiration === undefined) throw invalidPolicy('Policy missing expiration.')
  const expiresMs = typeof expiration === 'string' && isoTime.test(expiration) ? Date.parse(expiration) : Number.NaN
  if (Number.isNaN(expiresMs)) throw invalidPolicy(`Invalid 'expiration' value: '${String(expiration)}'`)
  if (!Array.isArray(conditions)) throw invalidPolicy('Policy missing conditions.')
  const parsed = conditions.flatMap(parseCondition)
  return {
    expiresMs,
    conditions: parsed.filter((condition) => 'operator' in condition),
    lengthRanges: parsed.filter((condition) => 'minBytes' in condition),
  }
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/

function parseJson(text: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as object) }
  } catch (error) {
    throw invalidPolicy(`Invalid JSON: ${(error as Error).message}`)
  }
}

/** `{ "field": "value", … }`, `["eq", "$field", "value"]`, `["starts-with", …]` or `["content-length-range", min, max]` */
function parseCondition(condition: unknown): (FieldCondition | LengthRange)[] {
  if (Array.isArray(condition)) return [parseOperation(condition)]
  if (typeof condition !== 'object' || condition === null) throw invalidCondition(condition)
  return Object.entries(condition).map(([field, value]) => {
    if (typeof value !== 'string') throw invalidCondition(condition)
    return { operator: 'eq', field, value }
  })
}

function parseOperation(condition: unknown[]): FieldCondition | LengthRange {
  const [name, first, second] = condition
  const operator = String(name).toLowerCase()
  if (condition.length !== 3) throw invalidCondition(condition)
  switch (operator) {
    case 'content-length-range': {
      const [minBytes, maxBytes] = [Number(first), Number(second)]
      if (!Number.isInteger(minBytes) || !Number.isInteger(maxBytes)) throw invalidCondition(condition)
      return { minBytes, maxBytes }
    }
    case 'eq':
    case 'starts-with':
      if (typeof first !== 'string' || !first.startsWith('$') || typeof second !== 'string') {
        throw invalidCondition(condition)
      }
      return { operator, field: first.slice(1), value: second }
    default:
      throw invalidCondition(condition)
  }
}

/** Fields that need no condition: the signature itself, and fields to be ignored. */
const isExempt = (field: string) =>
  ['x-amz-signature', 'policy', 'file'].includes(field) || field.startsWith('x-ignore-')

/**
 * Validates a form by its policy.
 * @param form its fields by lower-case name, and the bucket of the URL, which a condition may name
 * @throws AwsError AccessDenied
 */
export function requirePolicy(
  policy: PostPolicy,
  form: { fields: ReadonlyMap<string, string>; bucket: string },
  nowMs: number,
): void {
  if (nowMs > policy.expiresMs) throw violated('Policy expired.')
  for (const condition of policy.conditions) {
    const name = condition.field.toLowerCase()
    if (!holds(condition, name === 'bucket' ? form.bucket : (form.fields.get(name) ?? ''))) {
      const { operator, field, value } = condition
      const text = [operator, `$${field}`, value].map((part) => JSON.stringify(part)).join(', ')
      throw violated(`Policy Condition failed: [${text}]`)
    }
  }
  const covered = new Set(policy.conditions.map(({ field }) => field.toLowerCase()))
  const extra = [...form.fields.keys()].filter((field) => !covered.has(field) && !isExempt(field))
  if (extra.length > 0) throw violated(`Extra input fields: ${extra.join(', ')}`)
}

const holds = ({ operator, value }: FieldCondition, actual: string) =>
  operator === 'eq' ? actual === value : actual.startsWith(value)

/** @throws AwsError EntityTooSmall, EntityTooLarge */
export function requireLength(policy: PostPolicy, bytes: number): void {
  for (const { minBytes, maxBytes } of policy.lengthRanges) {
    const members = { ProposedSize: bytes, MinSizeAllowed: minBytes, MaxSizeAllowed: maxBytes }
    if (bytes < minBytes)
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', { members })
    if (bytes > maxBytes)
      throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', { members })
  }
}

const violated = (reason: string) =>
  new AwsError('AccessDenied', `Invalid according to Policy: ${reason}`, { statusCode: 403 })

const invalidPolicy = (reason: string) => new AwsError('InvalidPolicyDocument', `Invalid Policy: ${reason}`)

const invalidCondition = (condition: unknown) => invalidPolicy(`Invalid Condition: ${JSON.stringify(condition)}`)
