import { validationError } from '../../wire/aws-error.ts'
import { tableAccess } from '../access.ts'
import type { DynamoOperation } from '../operation.ts'
import { parseRequest, tableNameMember } from '../request.ts'
import { changeTable } from '../table-lifecycle.ts'

interface UpdateRequest {
  readonly tableName: string
  readonly attribute: string
  readonly enabled: boolean
}

export const updateTimeToLive: DynamoOperation<UpdateRequest> = {
  name: 'UpdateTimeToLive',
  parse(input) {
    const request = parseRequest(input, {
      ...tableNameMember,
      TimeToLiveSpecification: {
        type: 'Structure',
        name: 'TimeToLiveSpecification',
        required: true,
        members: {
          Enabled: { type: 'Boolean', required: true },
          AttributeName: { type: 'String', required: true, min: 1, max: 255 },
        },
      },
    })
    const { Enabled, AttributeName } = request.TimeToLiveSpecification
    return { tableName: request.TableName, attribute: AttributeName, enabled: Enabled }
  },
  access: ({ tableName }) => tableAccess('UpdateTimeToLive', tableName),
  run({ tableName, attribute, enabled }, engine) {
    const table = engine.tables.get(tableName)
    const current = table.timeToLiveAttribute
    if (enabled && current === attribute) throw validationError('TimeToLive is already enabled')
    if (enabled && current !== undefined) {
      throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`)
    }
    if (!enabled && current === undefined) throw validationError('TimeToLive is already disabled')
    if (!enabled && current !== attribute) {
      throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`)
    }
    const { rowId: _r, tableId: _i, createdMs: _c, streamLabel: _l, ...schema } = table
    changeTable(engine, table, { ...schema, timeToLiveAttribute: enabled ? attribute : undefined })
    return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } }
  },
}

export const describeTimeToLive: DynamoOperation<{ tableName: string }> = {
  name: 'DescribeTimeToLive',
  parse: (input) => ({ tableName: parseRequest(input, tableNameMember).TableName }),
  access: ({ tableName }) => tableAccess('DescribeTimeToLive', tableName),
  run({ tableName }, engine) {
    const attribute = engine.tables.get(tableName).timeToLiveAttribute
    return {
      TimeToLiveDescription:
        attribute === undefined
          ? { TimeToLiveStatus: 'DISABLED' }
          : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute },
    }
  },
}
