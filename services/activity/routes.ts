import * as z from 'zod'
import { pageQuery } from '#shared/http/page.ts'
import { commonProblems } from '#shared/http/problem.ts'
import { defineRoute } from '#shared/http/route.ts'
import { RecordedEvent } from './domain/recorded-event.ts'

export const adminListEvents = defineRoute({
  operationId: 'adminListEvents',
  method: 'GET',
  path: '/admin/events',
  access: 'staff',
  summary: 'The events of the last seven days: the latest, newest first, or with `after` the newer ones, oldest first',
  entry: 'admin-list-events',
  query: z.object({
    limit: pageQuery.limit,
    after: z.string().max(1024).optional().describe('The nextCursor of the previous response'),
  }),
  responses: {
    200: {
      description:
        'Events in the order in which they were recorded. An event is delivered at least once, so that a later response may repeat one: its id is the same.',
      schema: z.object({ items: z.array(RecordedEvent), nextCursor: z.string() }),
    },
  },
  // Lists have it by their parameter `cursor`.
  problems: { 'invalid-cursor': commonProblems['invalid-cursor'] },
})

const count = z.int().min(0)

const QueueDepth = z.object({
  name: z.string(),
  isDeadLetterQueue: z.boolean(),
  waiting: count.describe('Messages to be received'),
  inFlight: count.describe('Messages that a consumer is handling'),
  delayed: count,
})

const AlarmStatus = z.object({
  name: z.string(),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  description: z.string(),
  since: z.iso.datetime(),
})

export const adminGetOperations = defineRoute({
  operationId: 'adminGetOperations',
  method: 'GET',
  path: '/admin/operations',
  access: 'staff',
  summary: 'The queues with their depths, and the alarms',
  entry: 'admin-get-operations',
  responses: {
    200: {
      description: 'Approximate numbers of messages, and the alarms, raised ones first',
      schema: z.object({ queues: z.array(QueueDepth), alarms: z.array(AlarmStatus) }),
    },
  },
})

export const routes = [adminListEvents, adminGetOperations]
