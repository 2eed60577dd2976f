import { expressionsOf } from '../expressions.ts'
import { checkItem } from '../request.ts'
import { checkReturnsOldOrNothing, writeOperation } from './write-item.ts'

export const deleteItem = writeOperation('delete', (request, common) => {
  checkItem(request.Key)
  checkReturnsOldOrNothing(request)
  const expressions = expressionsOf(request, ['ConditionExpression'])
  return { kind: 'delete', key: request.Key, expressions, ...common }
})
