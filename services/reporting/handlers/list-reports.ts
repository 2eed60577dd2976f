import * as z from 'zod'
import { apiHandler } from '#shared/http/api-handler.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import type { ReportFiles, Reports } from '../ports.ts'
import * as routes from '../routes.ts'

const Position = z.strictObject({ before: z.iso.date() })

export const listReportsHandler = ({
  reports,
  files,
  now,
}: {
  readonly reports: Pick<Reports, 'page'>
  readonly files: Pick<ReportFiles, 'linkTo'>
  readonly now: () => Date
}) =>
  apiHandler(routes.adminListReports, async ({ query: { limit, cursor } }) => {
    const before = decodeCursor(cursor, Position)?.before
    const page = await reports.page({ size: limit, before, now: now() })
    const items = await Promise.all(
      page.reports.map(async (report) => ({
        ...report,
        csv: await files.linkTo(report.day, 'csv'),
        html: await files.linkTo(report.day, 'html'),
      })),
    )
    const nextCursor = page.more ? { nextCursor: encodeCursor({ before: items.at(-1)!.day }) } : {}
    return { status: 200, headers: { 'cache-control': 'no-store' }, body: { items, ...nextCursor } }
  })
