import type { AttributeValue } from '@cartwheel/local/testing'
import { same } from './canonical.ts'
import type { StepResponse, Step } from './sequence.ts'

/** Where DynamoDB Local differs from DynamoDB, or where the wording is not guaranteed. */
export type KnownDifference = Amendment | Explanation

/** A detail that DynamoDB Local adds or formats differently, which can be normalized. */
interface Amendment {
  readonly name: string
  readonly reason: string
  amend(theirs: StepResponse, step: Step): StepResponse
}

/** Two responses that are accepted as equal. */
interface Explanation {
  readonly name: string
  readonly reason: string
  explains(ours: StepResponse, theirs: StepResponse, step: Step): boolean
}

/** Normalizes the text of a response. */
const rewritten = (response: StepResponse, rewrite: (text: string) => string): StepResponse =>
  JSON.parse(rewrite(JSON.stringify(response)))

/** Both reject the request for the same reason with different wording. */
const wording = (name: string, reason: string, ours: RegExp, theirs: RegExp): Explanation => ({
  name,
  reason,
  explains: (a, b) =>
    nameOf(a) !== undefined && nameOf(a) === nameOf(b) && ours.test(messageOf(a)) && theirs.test(messageOf(b)),
})

const nameOf = (response: StepResponse) => ('error' in response ? response.error.name : undefined)
const messageOf = (response: StepResponse) => String('error' in response ? response.error['message'] : '')
const isAboutNoTable = (response: StepResponse) => nameOf(response) === 'ResourceNotFoundException'
const isInvalid = (response: StepResponse) => nameOf(response) === 'ValidationException'
interface Reason {
  readonly Code: string
  readonly Message?: string
}
const reasonsOf = (response: StepResponse): readonly Reason[] | undefined =>
  'error' in response ? response.error['CancellationReasons'] : undefined

const hasInvalidAction = (response: StepResponse) =>
  reasonsOf(response)?.some(({ Code }) => Code === 'ValidationError') === true

const keyDoesNotFit =
  /^(The provided key element does not match the schema|One or more parameter values were invalid: (Missing the key|Type mismatch for key))/

const updateFault =
  /^(The document path provided in the update|The provided expression refers to an attribute|An operand in the update expression)/

const amendments: readonly Amendment[] = [
  {
    name: 'a deletion with consumed capacity',
    reason: 'DynamoDB Local returns ConsumedCapacity for some deletions that did not request it.',
    amend(theirs, step) {
      if (step.kind !== 'call' || step.operation !== 'DeleteItem' || !('output' in theirs)) return theirs
      const { ConsumedCapacity: _capacity, ...output } = theirs.output
      return { output }
    },
  },
  {
    name: 'the period after a failed check',
    reason: 'DynamoDB Local ends the message of a failed ConditionCheck with a period, DynamoDB does not.',
    amend: (theirs) => rewritten(theirs, (text) => text.replaceAll('request failed."', 'request failed"')),
  },
  {
    name: 'an empty projection in a transaction',
    reason: 'TransactGetItems of DynamoDB omits an item of which no attribute is projected; DynamoDB Local does not.',
    amend: (theirs, step) =>
      step.kind === 'call' && step.operation === 'TransactGetItems'
        ? rewritten(theirs, (text) => text.replaceAll('{"Item":{}}', '{}'))
        : theirs,
  },
  {
    name: 'trailing zeros of a sum',
    reason: 'DynamoDB drops trailing zeros (1.5 + 1.5 is 3); DynamoDB Local does not (3.0).',
    amend: (theirs) =>
      rewritten(theirs, (text) =>
        text.replaceAll(
          /"N":"(-?\d+)(\.\d*?)0+"/g,
          (_all, whole, fraction) => `"N":"${whole}${fraction === '.' ? '' : fraction}"`,
        ),
      ),
  },
]

/** The broadest rule: for an error that does not depend on items, any other error is accepted. */
export const anotherError = 'which of several errors is reported'

const explanations: readonly Explanation[] = [
  {
    name: 'an invalid action of a transaction',
    reason:
      'DynamoDB cancels the transaction with the reason ValidationError and a separate message (API reference of TransactWriteItems); DynamoDB Local rejects the whole request, or returns other reasons.',
    explains: (ours, theirs) => hasInvalidAction(ours) && (isInvalid(theirs) || nameOf(theirs) === nameOf(ours)),
  },
  {
    name: 'two actions on one item',
    reason: 'DynamoDB rejects them before it reads any item; DynamoDB Local evaluates the conditions first.',
    explains: (ours, theirs) =>
      messageOf(ours) === 'Transaction request cannot include multiple operations on one item' && 'error' in theirs,
  },
  {
    name: 'a key that is requested twice',
    reason: 'DynamoDB rejects duplicate keys in BatchGetItem; DynamoDB Local accepts them.',
    explains: (ours, theirs) =>
      messageOf(ours) === 'Provided list of item keys contains duplicates' && 'output' in theirs,
  },
  {
    name: 'return values of an update below the top level',
    reason:
      'DynamoDB returns only the updated elements of a map or list (UPDATED_OLD, UPDATED_NEW); DynamoDB Local returns all of it.',
    explains: (ours, theirs, step) =>
      step.kind === 'call' &&
      step.operation === 'UpdateItem' &&
      String(step.input.ReturnValues).startsWith('UPDATED_') &&
      'output' in ours &&
      'output' in theirs &&
      isPart({ M: ours.output.Attributes ?? {} }, { M: theirs.output.Attributes ?? {} }),
  },
  {
    name: 'the number of errors',
    reason: 'DynamoDB states it in each error that the parameters of a single write contain.',
    explains: (ours, theirs) => messageOf(ours) === `1 validation error detected: ${messageOf(theirs)}`,
  },
  wording(
    'the type of an index key',
    'DynamoDB names attribute, types and index; DynamoDB Local is less specific.',
    /Type mismatch for Index Key|secondary index key to unsupported type/,
    /^Invalid attribute value type$|Type mismatch for Index Key$/,
  ),
  wording(
    'duplicates in a set',
    'DynamoDB ends the sentence with a period.',
    /Input collection .* contains duplicates\.?$/,
    /Input collection .* contains duplicates\.?$/,
  ),
  wording(
    'an invalid number',
    'Different wording.',
    /^(1 validation error detected: )?The parameter cannot be converted to a numeric value: /,
    /^A value provided cannot be converted into a number$/,
  ),
  wording(
    'ReturnValues',
    'DynamoDB lists the accepted values.',
    /ReturnValues can only be ALL_OLD or NONE$|at 'returnValues' failed to satisfy constraint/,
    /^Return values set to invalid value$/,
  ),
  wording(
    'a table that does not exist',
    'Different wording.',
    /^Requested resource not found$/,
    /^Cannot do operations on a non-existent table$/,
  ),
  wording(
    'a key that does not match the schema',
    'Different wording.',
    keyDoesNotFit,
    /^(The number of conditions on the keys is invalid|One of the required keys was not given a value|One or more parameter values were invalid: Type mismatch for key|Invalid attribute value type|The provided key element does not match the schema)/,
  ),
  wording(
    'a limit of zero',
    'Different wording.',
    /at 'Limit' failed to satisfy constraint/,
    /^Limit must be greater than or equal to 1$/,
  ),
  wording(
    'a consistent read of a global index',
    'Different wording.',
    /^Consistent reads are not supported on global secondary indexes$/,
    /^Consistent read cannot be true when (querying|scanning) a GSI$/,
  ),
  wording(
    'bytes in a message',
    'DynamoDB Local prints the address of a buffer.',
    /The BETWEEN operator requires .*\{B:/,
    /The BETWEEN operator requires .*\{B:java/,
  ),
  wording(
    'the order of attribute names in a message',
    'Names are listed in no particular order.',
    /does not project (one or more filter attributes: )?\[/,
    /does not project (one or more filter attributes: )?\[/,
  ),
  wording(
    'which of several errors of an update is reported',
    'The actions of an update have no order; the first invalid one is reported.',
    updateFault,
    updateFault,
  ),
  wording(
    'an empty key of an index',
    'An item may be invalid for several indexes, and a query of an index has different wording.',
    /cannot contain an empty (string|binary) value/,
    /A value specified for a secondary index key is not supported/,
  ),
  {
    name: anotherError,
    reason: 'A request with several errors is rejected for one of them; which one is not guaranteed.',
    explains: (ours, theirs) =>
      [ours, theirs].every((response) => isInvalid(response) || isAboutNoTable(response)) &&
      [ours, theirs].some((response) => isStatic(messageOf(response)) || isAboutNoTable(response)),
  },
  {
    name: 'an update without an expression',
    reason: 'DynamoDB Local fails on an update without an expression that requests return values.',
    explains: (_ours, theirs, step) =>
      nameOf(theirs) === 'InternalFailure' && step.kind === 'call' && step.input.UpdateExpression === undefined,
  },
]

/** Whether a value equals another value, or the other value without some members of its maps and lists. */
function isPart(part: AttributeValue, whole: AttributeValue | undefined): boolean {
  if (part.M) return Object.entries(part.M).every(([name, member]) => isPart(member, whole?.M?.[name]))
  if (part.L) return part.L.every((element) => whole?.L?.some((candidate) => isPart(element, candidate)) ?? false)
  return same(part, whole)
}

/** Errors that do not depend on items. */
const isStatic = (message: string) =>
  /^(1 validation error detected: )?(Invalid \w+Expression: |Must specify the AttributesToGet|The parameter cannot be converted|ReturnValues can only be|Value )| unused in expressions: |does not project|Select type ALL_ATTRIBUTES is not supported|^Filter Expression can only contain|^Key attributes must be scalars|^ALL_PROJECTED_ATTRIBUTES can be used only|^Transaction request cannot include/.test(
    message,
  )

export const knownDifferences: readonly KnownDifference[] = [...amendments, ...explanations]

/** The known differences between two responses, or undefined when they do not explain every difference. */
export function explained(
  ours: StepResponse,
  theirs: StepResponse,
  step: Step,
): readonly KnownDifference[] | undefined {
  const used: KnownDifference[] = []
  let amended = theirs
  for (const amendment of amendments) {
    const next = amendment.amend(amended, step)
    if (!same(next, amended)) used.push(amendment)
    amended = next
  }
  if (same(ours, amended)) return used
  const explanation = explanations.find((difference) => difference.explains(ours, amended, step))
  return explanation && [...used, explanation]
}
