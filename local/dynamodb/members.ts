/** The declaration of a request member: its type and constraints. */
export type Member = {
  readonly required?: boolean
  /** Bounds of a number, of the length of text, or of the number of elements. */
  readonly min?: number
  readonly max?: number
  readonly enum?: readonly string[]
  /** The pattern is part of the message. */
  readonly pattern?: string
  /** Newer messages contain the member's path as in the request and not its value. */
  readonly newMessages?: boolean
  /** The violations with the lowest number are reported alone, unless a required member is missing. @default 1 */
  readonly precedence?: number
} &
  /** The ARN of a table, which clients may use as its name, is read as the name. */
  (
    | { readonly type: 'String' | 'TableName' | 'Boolean' | 'Integer' | 'Long' | 'AttributeValue' }
    | { readonly type: 'List'; readonly of: Member }
    | {
        readonly type: 'Map'
        /** The Java class of the values, which is part of a message. */
        readonly valueClass: string
        /** How messages contain the map. */
        readonly printedAsJson?: boolean
        readonly of: Member
        /** Set when the keys are names of tables. */
        readonly keys?: Pick<Member, 'min' | 'max' | 'pattern'>
        readonly values?: Pick<Member, 'min' | 'max'>
      }
    | { readonly type: 'Structure'; readonly name: string; readonly members: Members }
  )

export type Members = Readonly<Record<string, Member>>

export const textMember = { type: 'String' } as const
export const flagMember = { type: 'Boolean' } as const

/** The name of a table or index. */
export const nameMember = { type: 'String', pattern: '[a-zA-Z0-9_.-]+', min: 3, max: 255 } as const

export const tableNameMember = {
  TableName: { ...nameMember, type: 'TableName', required: true },
} as const satisfies Members

export const attributesMember = {
  type: 'Map',
  valueClass: 'AttributeValue',
  of: { type: 'AttributeValue' },
} as const satisfies Member

/** A required key or item. */
export const itemMember = { ...attributesMember, required: true } as const

export const capacityMember = {
  ReturnConsumedCapacity: { type: 'String', enum: ['INDEXES', 'TOTAL', 'NONE'] },
} as const satisfies Members

export const collectionMetricsMember = {
  ReturnItemCollectionMetrics: { type: 'String', enum: ['SIZE', 'NONE'] },
} as const satisfies Members

export const returnOnFailureMember = {
  ReturnValuesOnConditionCheckFailure: { type: 'String', enum: ['ALL_OLD', 'NONE'] },
} as const satisfies Members

export const attributeNamesMember = {
  ExpressionAttributeNames: { type: 'Map', valueClass: 'java.lang.String', of: textMember },
} as const satisfies Members

export const expressionParameterMembers = {
  ExpressionAttributeValues: attributesMember,
  ...attributeNamesMember,
} as const satisfies Members

/** The entries of a batch by table. */
export const requestItemsMember = (
  valueClass: string,
  entries: { of: Member; values?: Pick<Member, 'min' | 'max'>; printedAsJson?: boolean; precedence?: number },
) =>
  ({
    type: 'Map',
    valueClass,
    required: true,
    keys: { min: nameMember.min, max: nameMember.max, pattern: nameMember.pattern },
    ...entries,
  }) as const satisfies Member

export const structure = (name: string, members: Members, required = false) =>
  ({ type: 'Structure', name, members, required }) as const
