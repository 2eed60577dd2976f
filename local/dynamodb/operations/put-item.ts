import { expressionsOf } from '../expressions.ts'
import { checkItem } from '../request.ts'
import { checkReturnsOldOrNothing, writeOperation } from './write-item.ts'

export const putItem = writeOperation('put', (request, common) => {
  checkItem(request.Item)
  checkReturnsOldOrNothing(request)
  const expressions = expressionsOf(request, ['ConditionExpression'])
  return { kind: 'put', item: request.Item, expressions, ...common }
})
