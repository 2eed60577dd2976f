import type { AttributeValue } from './attribute-value.ts'

/** `a.b[2]` is `['a', 'b', 2]`; in the text of an expression a step may be a placeholder, `#b`. */
export type Path = readonly (string | number)[]

/** A value in the text of an expression: `:v`. */
export interface Placeholder {
  readonly placeholder: string
}

/** Expressions are parsed with placeholders for values, and bound to the values of each request. */
export type Operand<Value = AttributeValue> = Path | Value | FunctionCall<Value>

export interface FunctionCall<Value = AttributeValue> {
  readonly type: 'function'
  readonly name: string
  readonly args: readonly Operand<Value>[]
}

export interface Arithmetic<Value = AttributeValue> {
  readonly type: 'add' | 'subtract'
  readonly args: readonly [Operand<Value>, Operand<Value>]
}

export type UpdateOperand<Value = AttributeValue> = Operand<Value> | Arithmetic<Value>

export interface Comparison<Value = AttributeValue> {
  readonly type: '=' | '<>' | '<' | '<=' | '>' | '>=' | 'between' | 'in'
  readonly args: readonly Operand<Value>[]
}

export type ConditionNode<Value = AttributeValue> =
  | { readonly type: 'and' | 'or'; readonly args: readonly [ConditionNode<Value>, ConditionNode<Value>] }
  | { readonly type: 'not'; readonly args: readonly [ConditionNode<Value>] }
  | Comparison<Value>
  | FunctionCall<Value>

export type UpdateSection<Value = AttributeValue> =
  | { readonly type: 'set'; readonly path: Path; readonly val: UpdateOperand<Value> }
  | { readonly type: 'remove'; readonly path: Path }
  | { readonly type: 'add' | 'delete'; readonly path: Path; readonly val: Value }

/** An error in an expression; the message is DynamoDB's, without the name of the parameter. */
export class ExpressionFault extends Error {}

export const isPath = (operand: unknown): operand is Path => Array.isArray(operand)

export const isFunction = (node: object): node is FunctionCall<any> => 'type' in node && node.type === 'function'

/** A path in an error message: `[a, [2], b]`. */
export const pathText = (path: Path) =>
  `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`
