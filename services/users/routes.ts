import { commonProblems } from '#shared/http/problem.ts'
import { defineRoute } from '#shared/http/route.ts'
import { Profile } from './domain/profile.ts'

export const Me = Profile.omit({ registeredAt: true })

export const getMe = defineRoute({
  operationId: 'getMe',
  method: 'GET',
  path: '/me',
  access: 'customer',
  summary: 'Who is signed in, with the counters of their orders',
  entry: 'get-me',
  answers: { 200: { description: 'The profile', schema: Me } },
  problems: { 'not-found': commonProblems['not-found'] },
})

export const routes = [getMe]
