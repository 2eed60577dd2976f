import { compareValues, typeOf, type AttributeType, type AttributeValue } from './attribute-value.ts'
import {
  isCall,
  isFunction,
  isLogic,
  isPath,
  type Action,
  type Call,
  type Node,
  type Path,
} from './expression-parser.ts'

/** The functions, and how many operands they have. */
const conditionFunctions: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
}
const updateFunctions: Readonly<Record<string, number>> = { if_not_exists: 2, list_append: 2 }

const nestingLimit = 32
const largestIndex = 2 ** 31 - 1

const invalidFunction = (name: string) => `Invalid function name; function: ${name}`
const misused = (name: string) => `The function is not allowed to be used this way in an expression; function: ${name}`

/**
 * An error that depends on the text of an expression alone, so that it is found once for each text: the first in the
 * order of the text. @returns DynamoDB's message, or undefined
 */
export function conditionTextFault(node: Node, isOperand = false): string | undefined {
  if (isPath(node)) return pathFault(node)
  if (!isCall(node)) return undefined
  if (isLogic(node)) return first(node.args, (condition) => conditionTextFault(condition))
  if (isFunction(node)) {
    if (!Object.hasOwn(conditionFunctions, node.type)) return invalidFunction(node.type)
    if ((node.type === 'size') !== isOperand) return misused(node.type)
  }
  return first(node.args, (operand) => conditionTextFault(operand, true))
}

/** As {@link conditionTextFault}. @param sections the sections of the update in their order */
export function updateTextFault(update: readonly Action[], sections: readonly string[]): string | undefined {
  const fault = first(update, ({ path, operand }) => pathFault(path) ?? (operand && updateOperandTextFault(operand)))
  if (fault !== undefined) return fault
  const repeated = sections.find((name, position) => sections.indexOf(name) !== position)
  return repeated && `The "${repeated}" section can only be used once in an update expression;`
}

/** Of the functions of an update, only `if_not_exists` can be an operand of another one. */
function updateOperandTextFault(node: Node, isNested = false): string | undefined {
  if (isPath(node)) return pathFault(node)
  if (!isCall(node)) return undefined
  if (isFunction(node)) {
    const { type } = node
    if (Object.hasOwn(conditionFunctions, type)) {
      return `The function is not allowed in an update expression; function: ${type}`
    }
    if (!Object.hasOwn(updateFunctions, type)) return invalidFunction(type)
    if (isNested && type === 'list_append') return misused(type)
  }
  return first(node.args, (operand) => updateOperandTextFault(operand, true))
}

export function pathFault(path: Path): string | undefined {
  if (path.length > nestingLimit) return `The document path has too many nesting levels; nesting levels: ${path.length}`
  return first(path, (step) => {
    if (typeof step === 'number') {
      return step > largestIndex ? `List index is not within the allowable range; index: [${step}]` : undefined
    }
    return isReserved(step) ? `Attribute name is a reserved keyword; reserved keyword: ${step}` : undefined
  })
}

export function first<T>(values: readonly T[], faultOf: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const fault = faultOf(value)
    if (fault !== undefined) return fault
  }
  return undefined
}

const wrongType = (operator: string, type: string) =>
  `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`

const wrongCount = ({ type, args }: Call) =>
  `Incorrect number of operands for operator or function; operator or function: ${type}, number of operands: ${args.length}`

const needsPath = ({ type, args }: Call) =>
  isPath(args[0]!) ? undefined : `Operator or function requires a document path; operator or function: ${type}`

/** The type of a value; unknown for a path or a call. */
const literalType = (node: Node) => (isPath(node) || isCall(node) ? undefined : typeOf(node as AttributeValue))

/** In a condition, the only function in an operand is `size`. */
const typeIn = (node: Node) => (isCall(node) ? 'N' : literalType(node))

const ordered: readonly AttributeType[] = ['S', 'N', 'B']

function typeFault(
  call: Call,
  allowed: readonly AttributeType[],
  typeOfNode: (node: Node) => AttributeType | undefined,
) {
  const wrong = call.args.map(typeOfNode).find((type) => type !== undefined && !allowed.includes(type))
  return wrong && wrongType(call.type, wrong)
}

/** An error of a condition that depends on the names and values of a request. @returns DynamoDB's message, or undefined */
export function callFault(call: Call): string | undefined {
  if (isLogic(call)) return undefined
  if (isFunction(call) && conditionFunctions[call.type] !== call.args.length) return wrongCount(call)
  return distinctFault(call) ?? conditionOperandFault(call)
}

function distinctFault({ type, args: [operand, ...others] }: Call): string | undefined {
  if (!isPath(operand!) || !others.some((other) => isPath(other) && samePath(operand, other))) return undefined
  return (
    'The first operand must be distinct from the remaining operands for this operator or function; ' +
    `operator: ${type}, first operand: ${pathText(operand)}`
  )
}

const samePath = (one: Path, other: Path) =>
  one.length === other.length && one.every((step, index) => step === other[index])

/** A path in an error message: `[a, [2], b]`. */
const pathText = (path: Path) => `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`

/** Only numbers, strings and binary are ordered; a value of another type is not valid for such an operator. */
function conditionOperandFault(call: Call): string | undefined {
  switch (call.type) {
    case '<':
    case '<=':
    case '>':
    case '>=':
      return typeFault(call, ordered, typeIn)
    case 'BETWEEN':
      return typeFault(call, ordered, typeIn) ?? boundsFault(call)
    case 'attribute_exists':
    case 'attribute_not_exists':
      return needsPath(call)
    case 'attribute_type':
      return attributeTypeFault(call.args[1]!)
    case 'begins_with':
      return typeFault(call, ['S', 'B'], typeIn)
    case 'size':
      return typeFault(call, ['S', 'B', 'SS', 'NS', 'BS', 'L', 'M'], typeIn)
    default:
      return undefined
  }
}

function boundsFault({ args: [, lower, upper] }: Call): string | undefined {
  const [from, to] = [literalType(lower!), literalType(upper!)]
  if (from === undefined || to === undefined) return undefined
  const [low, high] = [lower as AttributeValue, upper as AttributeValue]
  const bounds = `lower bound operand: AttributeValue: {${from}:${String(low[from])}}, upper bound operand: AttributeValue: {${to}:${String(high[to])}}`
  if (from !== to) return `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`
  if (compareValues(low, high)! <= 0) return undefined
  return `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`
}

const typeNames = ['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M']

function attributeTypeFault(argument: Node): string | undefined {
  const type = typeIn(argument)
  if (type !== 'S') return wrongType('attribute_type', type ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}')
  const name = (argument as AttributeValue).S!
  if (typeNames.includes(name)) return undefined
  return `Invalid attribute type name found; type: ${name}, valid types: {${typeNames.join(',')}}`
}

/** Two actions of an update, or two paths of a projection, must not concern one value. */
export function pathsFault(paths: readonly Path[]): string | undefined {
  let conflict: string | undefined
  for (const [position, path] of paths.entries()) {
    for (const earlier of paths.slice(0, position)) {
      const relation = relationOf(earlier, path)
      const both = `must remove or rewrite one of these paths; path one: ${pathText(earlier)}, path two: ${pathText(path)}`
      if (relation === 'overlap') return `Two document paths overlap with each other; ${both}`
      if (relation === 'conflict') conflict = `Two document paths conflict with each other; ${both}`
    }
  }
  return conflict
}

/** Two paths conflict when they need a value to be both a list and a map. */
function relationOf(one: Path, other: Path): 'overlap' | 'conflict' | undefined {
  for (let index = 0; index < Math.min(one.length, other.length); index++) {
    if (typeof one[index] !== typeof other[index]) return 'conflict'
    if (one[index] !== other[index]) return undefined
  }
  return 'overlap'
}

/** The types that neither ADD (but for numbers) nor DELETE accepts; both accept sets. */
const actionTypes: { readonly [Type in AttributeType]?: string } = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  NULL: 'NULL',
  BOOL: 'BOOLEAN',
  L: 'LIST',
  M: 'MAP',
}

/** An error of an update that depends on the names and values of a request: of ADD and DELETE first. */
export const updateFault = (update: readonly Action[]): string | undefined =>
  first(update, actionFault) ?? first(update, ({ operand }) => operand && operandFault(operand))

function actionFault({ type, operand }: Action): string | undefined {
  if (type !== 'ADD' && type !== 'DELETE') return undefined
  const operandType = typeOf(operand as AttributeValue)
  const name = actionTypes[operandType]
  if (name === undefined || (type === 'ADD' && operandType === 'N')) return undefined
  return `Incorrect operand type for operator or function; operator: ${type}, operand type: ${name}, typeSet: ALLOWED_FOR_${type}_OPERAND`
}

function operandFault(node: Node): string | undefined {
  if (isPath(node) || !isCall(node)) return undefined
  const nested = first(node.args, operandFault)
  if (nested !== undefined) return nested
  if (!isFunction(node)) return typeFault(node, ['N'], literalType)
  if (updateFunctions[node.type] !== node.args.length) return wrongCount(node)
  return node.type === 'list_append' ? typeFault(node, ['L'], literalType) : needsPath(node)
}

/** "Reserved words in DynamoDB", DynamoDB developer guide. */
const reservedWords = new Set(
  `
  ABORT ABSOLUTE ACTION ADD AFTER AGENT AGGREGATE ALL ALLOCATE ALTER ANALYZE AND ANY ARCHIVE ARE ARRAY AS ASC ASCII
  ASENSITIVE ASSERTION ASYMMETRIC AT ATOMIC ATTACH ATTRIBUTE AUTH AUTHORIZATION AUTHORIZE AUTO AVG BACK BACKUP BASE
  BATCH BEFORE BEGIN BETWEEN BIGINT BINARY BIT BLOB BLOCK BOOLEAN BOTH BREADTH BUCKET BULK BY BYTE CALL CALLED CALLING
  CAPACITY CASCADE CASCADED CASE CAST CATALOG CHAR CHARACTER CHECK CLASS CLOB CLOSE CLUSTER CLUSTERED CLUSTERING
  CLUSTERS COALESCE COLLATE COLLATION COLLECTION COLUMN COLUMNS COMBINE COMMENT COMMIT COMPACT COMPILE COMPRESS
  CONDITION CONFLICT CONNECT CONNECTION CONSISTENCY CONSISTENT CONSTRAINT CONSTRAINTS CONSTRUCTOR CONSUMED CONTINUE
  CONVERT COPY CORRESPONDING COUNT COUNTER CREATE CROSS CUBE CURRENT CURSOR CYCLE DATA DATABASE DATE DATETIME DAY
  DEALLOCATE DEC DECIMAL DECLARE DEFAULT DEFERRABLE DEFERRED DEFINE DEFINED DEFINITION DELETE DELIMITED DEPTH DEREF
  DESC DESCRIBE DESCRIPTOR DETACH DETERMINISTIC DIAGNOSTICS DIRECTORIES DISABLE DISCONNECT DISTINCT DISTRIBUTE DO
  DOMAIN DOUBLE DROP DUMP DURATION DYNAMIC EACH ELEMENT ELSE ELSEIF EMPTY ENABLE END EQUAL EQUALS ERROR ESCAPE ESCAPED
  EVAL EVALUATE EXCEEDED EXCEPT EXCEPTION EXCEPTIONS EXCLUSIVE EXEC EXECUTE EXISTS EXIT EXPLAIN EXPLODE EXPORT
  EXPRESSION EXTENDED EXTERNAL EXTRACT FAIL FALSE FAMILY FETCH FIELDS FILE FILTER FILTERING FINAL FINISH FIRST FIXED
  FLATTERN FLOAT FOR FORCE FOREIGN FORMAT FORWARD FOUND FREE FROM FULL FUNCTION FUNCTIONS GENERAL GENERATE GET GLOB
  GLOBAL GO GOTO GRANT GREATER GROUP GROUPING HANDLER HASH HAVE HAVING HEAP HIDDEN HOLD HOUR IDENTIFIED IDENTITY IF
  IGNORE IMMEDIATE IMPORT IN INCLUDING INCLUSIVE INCREMENT INCREMENTAL INDEX INDEXED INDEXES INDICATOR INFINITE
  INITIALLY INLINE INNER INNTER INOUT INPUT INSENSITIVE INSERT INSTEAD INT INTEGER INTERSECT INTERVAL INTO INVALIDATE
  IS ISOLATION ITEM ITEMS ITERATE JOIN KEY KEYS LAG LANGUAGE LARGE LAST LATERAL LEAD LEADING LEAVE LEFT LENGTH LESS
  LEVEL LIKE LIMIT LIMITED LINES LIST LOAD LOCAL LOCALTIME LOCALTIMESTAMP LOCATION LOCATOR LOCK LOCKS LOG LOGED LONG
  LOOP LOWER MAP MATCH MATERIALIZED MAX MAXLEN MEMBER MERGE METHOD METRICS MIN MINUS MINUTE MISSING MOD MODE MODIFIES
  MODIFY MODULE MONTH MULTI MULTISET NAME NAMES NATIONAL NATURAL NCHAR NCLOB NEW NEXT NO NONE NOT NULL NULLIF NUMBER
  NUMERIC OBJECT OF OFFLINE OFFSET OLD ON ONLINE ONLY OPAQUE OPEN OPERATOR OPTION OR ORDER ORDINALITY OTHER OTHERS OUT
  OUTER OUTPUT OVER OVERLAPS OVERRIDE OWNER PAD PARALLEL PARAMETER PARAMETERS PARTIAL PARTITION PARTITIONED PARTITIONS
  PATH PERCENT PERCENTILE PERMISSION PERMISSIONS PIPE PIPELINED PLAN POOL POSITION PRECISION PREPARE PRESERVE PRIMARY
  PRIOR PRIVATE PRIVILEGES PROCEDURE PROCESSED PROJECT PROJECTION PROPERTY PROVISIONING PUBLIC PUT QUERY QUIT QUORUM
  RAISE RANDOM RANGE RANK RAW READ READS REAL REBUILD RECORD RECURSIVE REDUCE REF REFERENCE REFERENCES REFERENCING
  REGEXP REGION REINDEX RELATIVE RELEASE REMAINDER RENAME REPEAT REPLACE REQUEST RESET RESIGNAL RESOURCE RESPONSE
  RESTORE RESTRICT RESULT RETURN RETURNING RETURNS REVERSE REVOKE RIGHT ROLE ROLES ROLLBACK ROLLUP ROUTINE ROW ROWS
  RULE RULES SAMPLE SATISFIES SAVE SAVEPOINT SCAN SCHEMA SCOPE SCROLL SEARCH SECOND SECTION SEGMENT SEGMENTS SELECT
  SELF SEMI SENSITIVE SEPARATE SEQUENCE SERIALIZABLE SESSION SET SETS SHARD SHARE SHARED SHORT SHOW SIGNAL SIMILAR
  SIZE SKEWED SMALLINT SNAPSHOT SOME SOURCE SPACE SPACES SPARSE SPECIFIC SPECIFICTYPE SPLIT SQL SQLCODE SQLERROR
  SQLEXCEPTION SQLSTATE SQLWARNING START STATE STATIC STATUS STORAGE STORE STORED STREAM STRING STRUCT STYLE SUB
  SUBMULTISET SUBPARTITION SUBSTRING SUBTYPE SUM SUPER SYMMETRIC SYNONYM SYSTEM TABLE TABLESAMPLE TEMP TEMPORARY
  TERMINATED TEXT THAN THEN THROUGHPUT TIME TIMESTAMP TIMEZONE TINYINT TO TOKEN TOTAL TOUCH TRAILING TRANSACTION
  TRANSFORM TRANSLATE TRANSLATION TREAT TRIGGER TRIM TRUE TRUNCATE TTL TUPLE TYPE UNDER UNDO UNION UNIQUE UNIT UNKNOWN
  UNLOGGED UNNEST UNPROCESSED UNSIGNED UNTIL UPDATE UPPER URL USAGE USE USER USERS USING UUID VACUUM VALUE VALUED
  VALUES VARCHAR VARIABLE VARIANCE VARINT VARYING VIEW VIEWS VIRTUAL VOID WAIT WHEN WHENEVER WHERE WHILE WINDOW WITH
  WITHIN WITHOUT WORK WRAPPED WRITE YEAR ZONE
  `.match(/[A-Z]+/g),
)

const isReserved = (name: string): boolean => reservedWords.has(name.toUpperCase())
