import * as z from 'zod'
import { readEnv } from '#shared/lambda/env.ts'
import { customerApi } from '#shared/customer-api.ts'
import { exportMeHandler } from '../handlers/export-me.ts'

const env = readEnv(z.object({ API_URL: z.url(), INSTALLED_SERVICES: z.string() }))

/** By the service that has the route. */
const exported = {
  thumbnails: { name: 'uploads', path: '/uploads' },
  cart: { name: 'cart', path: '/cart' },
} as const

export const handler = exportMeHandler({
  api: customerApi(env.API_URL),
  services: Object.entries(exported).flatMap(([service, route]) =>
    env.INSTALLED_SERVICES.split(',').includes(service) ? [route] : [],
  ),
})
