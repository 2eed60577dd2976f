import { createRequire } from 'node:module'

/**
 * What we take of dynalite: its expression parsers and its checks of request structure, which answer with DynamoDB's
 * own messages (they were written against the real service). Evaluation and storage are ours. The package has no
 * types, so this file is the only one that touches it.
 */
const require = createRequire(import.meta.url)
const validations = require('dynalite/validations')
const requireOfDynalite = createRequire(require.resolve('dynalite'))

/** Exact decimal arithmetic; a number of DynamoDB has up to 38 digits, more than a double holds. */
export interface Decimal {
  plus(other: string): Decimal
  minus(other: string): Decimal
  cmp(other: string): -1 | 0 | 1
  toFixed(): string
  /** Sign, exponent of the first digit, digits without leading and trailing zeros. */
  readonly s: -1 | 1
  readonly e: number
  readonly c: readonly number[]
}

const Big = requireOfDynalite('big.js') as new (text: string) => Decimal
export const decimal = (text: string): Decimal => new Big(text)

/** A declaration of request members in dynalite's notation. */
export type Members = Record<string, unknown>

/** Members of an operation that dynalite knows, by the name of its file (`putItem`). */
export const membersOf = (operation: string): Members => require(`dynalite/validations/${operation}`).types

/** Copies what `members` declares. @throws Error with `body.__type` and a message when a type does not fit or a constraint fails */
export function checkStructure(input: unknown, members: Members): any {
  const data = validations.checkTypes(input, members)
  validations.checkValidations(data, members)
  return data
}

/** @returns what is wrong with the value, or undefined; numbers in it are brought to their canonical form */
export const checkAttributeValue = (value: unknown): string | undefined => validations.validateAttributeValue(value)

/** Parses the expressions of `data` into `_updates`, `_condition`, … . @returns what is wrong, or undefined */
export const parseExpressions = (data: Record<string, unknown>): string | undefined =>
  validations.validateExpressions(data)

export interface KeyCondition {
  ComparisonOperator: 'EQ' | 'LT' | 'LE' | 'GT' | 'GE' | 'BETWEEN' | 'BEGINS_WITH'
  AttributeValueList: any[]
}

/** @returns the condition of each key attribute, or a sentence that says why the expression is none */
export const convertKeyCondition = (expression: unknown): Record<string, KeyCondition> | string =>
  validations.convertKeyCondition(expression)
