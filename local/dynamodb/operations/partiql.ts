import { validationError } from '../../wire/aws-error.ts'
import type { DynamoOperation } from '../operation.ts'

/** PartiQL is a language of its own; who uses it learns at once that it is not here. */
const refused = (name: string): DynamoOperation<never> => ({
  name,
  parse() {
    throw validationError(`${name}: PartiQL is not emulated; use the item operations and Query.`)
  },
  access: () => [],
  run: () => undefined,
})

export const partiQlOperations = ['ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction'].map(refused)
