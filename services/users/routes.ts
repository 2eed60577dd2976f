import { commonProblems } from '#shared/http/problem.ts'
import { defineRoute } from '#shared/http/route.ts'
import { OrderCounters, Profile } from './domain/profile.ts'

/** An allow-list: a field added to the profile is not visible until it is listed here. */
export const Me = Profile.extend(OrderCounters.shape).pick({
  userId: true,
  email: true,
  name: true,
  orderCount: true,
  lastOrderAt: true,
  notifications: true,
})

export const getMe = defineRoute({
  operationId: 'getMe',
  method: 'GET',
  path: '/me',
  access: 'customer',
  summary: 'The signed-in customer, with their order counters',
  entry: 'get-me',
  answers: { 200: { description: 'The profile', schema: Me } },
  problems: { 'not-found': commonProblems['not-found'] },
})

export const routes = [getMe]
