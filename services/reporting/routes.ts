import * as z from 'zod'
import { pageOf, pageQuery } from '#shared/http/page.ts'
import { defineRoute } from '#shared/http/route.ts'
import { Money } from '#shared/money.ts'

const link = z.string().describe('An address that expires after five minutes')

export const ReportView = z.object({
  day: z.iso.date().describe("A day in the shop's time zone"),
  orders: z.int().min(0).describe('Orders placed on that day that were paid'),
  revenue: Money.describe('The totals of those orders, tax and shipping included'),
  refunded: Money.describe('What was refunded on that day, of orders of any day'),
  madeAt: z.iso.datetime(),
  csv: link,
  html: link,
})

export const adminListReports = defineRoute({
  operationId: 'adminListReports',
  method: 'GET',
  path: '/admin/reports',
  access: 'staff',
  summary: 'The daily sales reports, newest first',
  entry: 'admin-list-reports',
  query: z.object(pageQuery),
  responses: { 200: { description: 'A page of reports', schema: pageOf(ReportView) } },
})

export const routes = [adminListReports]
