import { AwsError } from '../wire/aws-error.ts'

/** `["eq", "$field", "value"]`, `["starts-with", "$field", "value"]` or `["content-length-range", min, max]` */
type Condition =
  | readonly [operator: 'eq' | 'starts-with', field: string, value: string]
  | readonly [operator: 'content-length-range', minBytes: number, maxBytes: number]

/** Fields that need no condition: the signature itself, and fields to be ignored. */
const isExempt = (field: string) => ['x-amz-signature', 'policy'].includes(field) || field.startsWith('x-ignore-')

/**
 * Validates a form by the policy that its signature covers: every condition must be satisfied, and every field be covered by one.
 * @param policy base64 of a JSON document
 * @param form its fields by lower-case name, and the bucket of the URL, which a condition may name
 * @throws AwsError InvalidPolicyDocument, AccessDenied, EntityTooSmall, EntityTooLarge
 */
export function requirePolicy(
  policy: string,
  form: { fields: ReadonlyMap<string, string>; bucket: string; file: Buffer },
  nowMs: number,
): void {
  const { expiresMs, conditions } = parse(Buffer.from(policy, 'base64').toString('utf8'))
  if (nowMs > expiresMs) throw violated('Policy expired.')
  const covered = new Set<string>()
  for (const condition of conditions) {
    const [operator, first, second] = condition
    if (operator === 'content-length-range') {
      requireLength(form.file.length, first, second)
      continue
    }
    const name = first.slice(1).toLowerCase()
    const actual = name === 'bucket' ? form.bucket : (form.fields.get(name) ?? '')
    // "Content-Types values for a starts-with condition that include commas are interpreted as lists. Each value in the list
    // must meet the condition" (Amazon S3 API Reference, POST Policy).
    const values = name === 'content-type' ? actual.split(',').map((type) => type.trim()) : [actual]
    if (operator === 'eq' ? actual !== second : !values.every((value) => value.startsWith(second))) {
      const text = condition.map((part) => JSON.stringify(part)).join(', ')
      throw violated(`Policy Condition failed: [${text}]`)
    }
    covered.add(name)
  }
  const extra = [...form.fields.keys()].filter((field) => !covered.has(field) && !isExempt(field))
  if (extra.length > 0) throw violated(`Extra input fields: ${extra.join(', ')}`)
}

function parse(text: string): { expiresMs: number; conditions: Condition[] } {
  let document: { expiration?: unknown; conditions?: unknown }
  try {
    document = Object(JSON.parse(text))
  } catch (error) {
    throw invalidPolicy(`Invalid JSON: ${(error as Error).message}`)
  }
  const { expiration, conditions } = document
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(String(expiration))
  const expiresMs = isTime ? Date.parse(String(expiration)) : Number.NaN
  if (Number.isNaN(expiresMs)) throw invalidPolicy(`Invalid 'expiration' value: '${String(expiration)}'`)
  if (!Array.isArray(conditions)) throw invalidPolicy('Policy missing conditions.')
  return { expiresMs, conditions: conditions.flatMap(parseCondition) }
}

/** An object is short for conditions with `eq`: `{ "field": "value" }`. */
function parseCondition(condition: unknown): Condition[] {
  const conditions: unknown[][] = Array.isArray(condition)
    ? [[String(condition[0]).toLowerCase(), ...condition.slice(1)]]
    : Object.entries(Object(condition)).map(([field, value]) => ['eq', `$${field}`, value])
  if (typeof condition !== 'object' || !conditions.every(isCondition))
    throw invalidPolicy(`Invalid Condition: ${JSON.stringify(condition)}`)
  return conditions as unknown as Condition[]
}

function isCondition([operator, first, second, ...more]: unknown[]): boolean {
  if (more.length > 0) return false
  if (operator === 'content-length-range') return Number.isInteger(first) && Number.isInteger(second)
  const isOperator = operator === 'eq' || operator === 'starts-with'
  return isOperator && typeof first === 'string' && first.startsWith('$') && typeof second === 'string'
}

function requireLength(bytes: number, minBytes: number, maxBytes: number): void {
  const members = { ProposedSize: bytes, MinSizeAllowed: minBytes, MaxSizeAllowed: maxBytes }
  if (bytes < minBytes)
    throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', { members })
  if (bytes > maxBytes)
    throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', { members })
}

const violated = (reason: string) =>
  new AwsError('AccessDenied', `Invalid according to Policy: ${reason}`, { statusCode: 403 })

const invalidPolicy = (reason: string) => new AwsError('InvalidPolicyDocument', `Invalid Policy: ${reason}`)
