import * as z from 'zod'
import { apiHandler } from '#shared/http/api-handler.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import type { EventLog } from '../ports.ts'
import { adminListEvents } from '../routes.ts'

const Cursor = z.strictObject({ position: z.int().min(0), index: z.int().min(0) })

export const adminListEventsHandler = (log: Pick<EventLog, 'latest' | 'after'>, now: () => Date) =>
  apiHandler(adminListEvents, async ({ query: { limit, after } }) => {
    const cursor = decodeCursor(after, Cursor)
    const page = cursor ? await log.after(cursor, limit, now()) : await log.latest(limit, now())
    return { status: 200, body: { items: page.items, nextCursor: encodeCursor(page.next) } }
  })
