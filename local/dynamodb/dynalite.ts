import { createRequire } from 'node:module'

/**
 * The parts of dynalite in use: its expression parsers and its validation of request structure, whose messages are those
 * of DynamoDB (they were written against the real service). Evaluation and storage are implemented here. The package has
 * no types, so this file is the only one that imports it.
 */
const require = createRequire(import.meta.url)
const validations = require('dynalite/validations')
const requireOfDynalite = createRequire(require.resolve('dynalite'))

/** Exact decimal arithmetic; a DynamoDB number has up to 38 digits, more than a double. */
interface Decimal {
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

/** The request members of an operation, by the name of its file in dynalite (`putItem`). */
export const membersOf = (operation: string): Members => require(`dynalite/validations/${operation}`).types

/** Copies the declared members. @throws Error with `body.__type` and a message when a type is wrong or a constraint fails */
export function checkStructure(input: unknown, members: Members): any {
  const data = validations.checkTypes(input, members)
  validations.checkValidations(data, members)
  return data
}

/** Converts the numbers of the value to canonical form. @returns an error message, or undefined when the value is valid */
export const checkAttributeValue = (value: unknown): string | undefined => validations.validateAttributeValue(value)

/** Parses the expressions of `data` into `_updates`, `_condition`, … . @returns an error message, or undefined */
export const parseExpressions = (data: Record<string, unknown>): string | undefined =>
  validations.validateExpressions(data)

export interface KeyCondition {
  ComparisonOperator: 'EQ' | 'LT' | 'LE' | 'GT' | 'GE' | 'BETWEEN' | 'BEGINS_WITH'
  AttributeValueList: any[]
}

/** @returns the condition of each key attribute, or an error message when the expression is no key condition */
export const convertKeyCondition = (expression: unknown): Record<string, KeyCondition> | string =>
  validations.convertKeyCondition(expression)
