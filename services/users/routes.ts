import { pageQuery } from '#shared/http/page.ts'
import { defineRoute } from '#shared/http/route.ts'
import * as z from 'zod'
import { OrderCounters, Profile, ProfileChanges } from './domain/profile.ts'

/** An allow-list: a field added to the profile is not visible until it is listed here. */
export const Me = Profile.extend(OrderCounters.shape)
  .pick({
    userId: true,
    email: true,
    name: true,
    phone: true,
    orderCount: true,
    lastOrderAt: true,
    notifications: true,
    addresses: true,
  })
  .extend({
    avatar: z
      .object({
        uploadId: z.string(),
        thumbnails: z.array(z.object({ url: z.string(), width: z.int(), height: z.int(), contentType: z.string() })),
      })
      .optional()
      .describe('The newest avatar; its URLs expire after five minutes'),
  })

export const getMe = defineRoute({
  operationId: 'getMe',
  method: 'GET',
  path: '/me',
  access: 'customer',
  summary: 'The signed-in customer, with their order counters',
  entry: 'get-me',
  responses: { 200: { description: 'The profile', schema: Me } },
})

export const patchMe = defineRoute({
  operationId: 'patchMe',
  method: 'PATCH',
  path: '/me',
  access: 'customer',
  summary: 'Change fields of your profile; the others stay',
  entry: 'patch-me',
  body: ProfileChanges,
  example: { body: { name: 'Ada Buyer', notifications: { email: true } } },
  responses: { 200: { description: 'The changed profile', schema: Me } },
})

export const deleteMe = defineRoute({
  operationId: 'deleteMe',
  method: 'DELETE',
  path: '/me',
  access: 'customer',
  summary: 'Delete your account; afterwards every customer route returns 404 account-deleted',
  entry: 'delete-me',
  responses: { 202: { description: 'The profile is deleted, and all services delete what they keep about you' } },
})

export const exportMe = defineRoute({
  operationId: 'exportMe',
  method: 'GET',
  path: '/me/export',
  access: 'customer',
  summary: 'All that the shop keeps about you, in pages of ten orders',
  entry: 'export-me',
  query: z.object({ cursor: pageQuery.cursor }),
  responses: {
    200: {
      description: 'A page; only the first one has profile, uploads and cart, each as its own route returns it',
      schema: z.object({
        profile: Me.optional(),
        uploads: z.array(z.looseObject({})).optional(),
        cart: z.looseObject({}).optional(),
        orders: z
          .array(z.looseObject({ orderId: z.string(), events: z.array(z.looseObject({})) }))
          .describe('Newest first, each with its audit trail'),
        nextCursor: z.string().optional(),
      }),
    },
  },
})

export const routes = [getMe, patchMe, deleteMe, exportMe]
