import * as z from 'zod'
import { orderTypes } from '#services/orders/events.ts'
import { ifMatchHeaders, ifMatchProblems } from '#shared/http/if-match.ts'
import { pageOf, pageQuery } from '#shared/http/page.ts'
import { rateLimitProblems } from '#shared/http/rate-limit.ts'
import { defineRoute } from '#shared/http/route.ts'
import { ServedCountry } from './countries.ts'
import { codesPerMinute } from './code-rate-table.ts'
import { codePattern } from './keys.ts'
import { quoteProblems } from './problems.ts'
import { Discount, DiscountCode, Quote, RequestedLines } from './totals.ts'

export const createQuoteProblems = { ...quoteProblems, ...rateLimitProblems } as const

export const createQuote = defineRoute({
  operationId: 'createQuote',
  method: 'POST',
  path: '/quotes',
  access: 'public',
  summary: 'What an order would cost now; nothing is stored',
  entry: 'create-quote',
  readsMany: true,
  body: z.strictObject({
    items: RequestedLines,
    country: ServedCountry.describe('Where the order would be sent'),
    orderType: z.enum(orderTypes).default('standard'),
    discountCode: DiscountCode.optional().describe(`At most ${codesPerMinute} quotes a minute with a code`),
  }),
  example: { body: { items: [{ sku: 'MUG-STONE-350', quantity: 2 }], country: 'IE' } },
  responses: { 200: { description: 'The totals, at current prices', schema: Quote } },
  problems: createQuoteProblems,
})

const oneReduction = 'Send either percentage or amount, not both.'

const DiscountRequest = Discount.omit({ code: true, uses: true, version: true })
  .strict()
  .refine(({ percentage, amount }) => (percentage === undefined) !== (amount === undefined), oneReduction)
  .refine(({ startsAt, endsAt }) => !startsAt || !endsAt || Date.parse(startsAt) < Date.parse(endsAt), {
    error: 'The end must be after the start.',
    path: ['endsAt'],
  })
  .meta({ description: oneReduction, oneOf: [{ required: ['percentage'] }, { required: ['amount'] }] })

/** The code of a discount that staff may store. */
export const StoredCode = z
  .string()
  .min(3)
  .max(40)
  .regex(codePattern, 'Letters, digits and single dashes or underscores, such as WELCOME-10.')

export const putDiscount = defineRoute({
  operationId: 'putDiscount',
  method: 'PUT',
  path: '/admin/discounts/{code}',
  access: 'staff',
  summary: 'Create a discount, or replace its terms; its uses remain',
  entry: 'put-discount',
  parameters: z.object({ code: StoredCode.describe('The same in capital and small letters') }),
  headers: z.object({
    ...ifMatchHeaders.partial().shape,
    'if-none-match': z.literal('*').optional().describe('Create only: an existing code is a 412'),
  }),
  body: DiscountRequest,
  example: { parameters: { code: 'WELCOME-10' }, body: { percentage: 10 } },
  responses: { 200: { description: 'The discount; its version is the ETag', schema: Discount } },
  problems: { 'version-changed': ifMatchProblems['version-changed'] },
})

export const listDiscounts = defineRoute({
  operationId: 'listDiscounts',
  method: 'GET',
  path: '/admin/discounts',
  access: 'staff',
  summary: 'All discounts, by code',
  entry: 'list-discounts',
  query: z.object(pageQuery),
  responses: { 200: { description: 'A page of discounts', schema: pageOf(Discount) } },
})

export const routes = [createQuote, putDiscount, listDiscounts]
