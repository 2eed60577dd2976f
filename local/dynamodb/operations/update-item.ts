import { expressionsOf } from '../expressions.ts'
import { checkItem } from '../request.ts'
import { writeOperation } from './write-item.ts'

export const updateItem = writeOperation('update', (request, common) => {
  checkItem(request.Key)
  const expressions = expressionsOf(request, ['UpdateExpression', 'ConditionExpression'])
  return { kind: 'update', key: request.Key, expressions, ...common }
})
