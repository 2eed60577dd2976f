/**
 * Exact decimal arithmetic on the canonical text of numbers: a DynamoDB number has up to 38 digits, more than a double.
 * A canonical number has no exponent, no sign other than `-`, and no redundant zeros.
 */
interface Decimal {
  readonly negative: boolean
  /** Without leading and trailing zeros; empty for zero. */
  readonly digits: string
  /** The power of ten of the first digit, or of a zero as it is written. */
  readonly exponent: number
}

const number = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:e([+-]?\d+))?$/i

function parse(text: string): Decimal | undefined {
  const match = number.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = match[4] ?? '', , power = '0'] = match
  if (Math.abs(Number(power)) >= largestPower) return undefined
  const all = whole + fraction
  const written = all.replace(/^0+(?=.)/, '')
  const exponent = whole.length - 1 - (all.length - written.length) + Number(power)
  const digits = written.replace(/0+$/, '')
  return { negative: sign === '-' && digits !== '', digits, exponent }
}

/** DynamoDB reads an exponent as a 64-bit integer before it checks the range of numbers. */
const largestPower = 2 ** 63

function textOf({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0'
  const whole = exponent < 0 ? '0' : digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const fraction = exponent < 0 ? '0'.repeat(-exponent - 1) + digits : digits.slice(exponent + 1)
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** Why a value is invalid, in DynamoDB's words; some of its operations use older ones. */
export interface ValueFault {
  readonly fault: string
  readonly olderFault?: string
}

/** Most numbers are integers that are canonical already and small enough for arithmetic on doubles. */
const smallInteger = /^(?:0|-?[1-9]\d{0,14})$/

const notNumeric = 'The parameter cannot be converted to a numeric value'
const overflow = 'Number overflow. Attempting to store a number with magnitude larger than supported range'
const underflow = 'Number underflow. Attempting to store a number with magnitude smaller than supported range'

/** A number in canonical form, or DynamoDB's error message for text that is not a valid number. */
export function canonicalNumber(text: string): { text: string } | ValueFault {
  if (smallInteger.test(text)) return { text }
  const decimal = parse(text)
  if (decimal === undefined) return { fault: `${notNumeric}: ${text}`, ...(text === '' && { olderFault: notNumeric }) }
  // The older check calculates with 32-bit integers.
  if (decimal.exponent >= 2 ** 31 - 1) return { fault: overflow, olderFault: underflow }
  if (decimal.exponent > 125) return { fault: overflow }
  if (decimal.exponent < -130) return { fault: underflow }
  if (decimal.digits.length > 38) return { fault: 'Attempting to store more than 38 significant digits in a Number' }
  return { text: textOf(decimal) }
}

/** The parts of a canonical number. */
export const decimalOf = (text: string): Decimal => parse(text)!

export function compareNumbers(left: string, right: string): number {
  if (smallInteger.test(left) && smallInteger.test(right)) return Number(left) - Number(right)
  const [a, b] = [decimalOf(left), decimalOf(right)]
  if (signOf(a) !== signOf(b)) return signOf(a) - signOf(b)
  return a.negative ? compareMagnitudes(b, a) : compareMagnitudes(a, b)
}

const signOf = ({ negative, digits }: Decimal) => (digits === '' ? 0 : negative ? -1 : 1)

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.exponent !== b.exponent) return a.exponent - b.exponent
  if (a.digits === b.digits) return 0
  return a.digits < b.digits ? -1 : 1
}

/** The sum or difference of two canonical numbers; it may have more digits than a number can have. */
export function calculate(left: string, operation: 'add' | 'subtract', right: string): string {
  if (smallInteger.test(left) && smallInteger.test(right)) {
    return String(operation === 'add' ? Number(left) + Number(right) : Number(left) - Number(right))
  }
  const [a, b] = [decimalOf(left), decimalOf(right)]
  // Both are written as integers in units of the last digit of either.
  const unit = Math.min(lastExponent(a), lastExponent(b))
  const [x, y] = [inUnits(a, unit), inUnits(b, unit)]
  return textOf(parse(`${operation === 'add' ? x + y : x - y}e${unit}`)!)
}

const lastExponent = ({ digits, exponent }: Decimal) => exponent - Math.max(digits.length - 1, 0)

const inUnits = (decimal: Decimal, unit: number): bigint => {
  const magnitude = BigInt(decimal.digits) * 10n ** BigInt(lastExponent(decimal) - unit)
  return decimal.negative ? -magnitude : magnitude
}
