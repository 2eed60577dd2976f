import * as z from 'zod'
import { defineRoute } from '#shared/http/route.ts'

export const getHealth = defineRoute({
  operationId: 'getHealth',
  method: 'GET',
  path: '/health',
  access: 'public',
  summary: 'Check whether the API is available',
  entry: 'health',
  responses: {
    200: { description: 'The API is available', schema: z.object({ status: z.literal('ok'), time: z.iso.datetime() }) },
  },
})

export const getOpenApi = defineRoute({
  operationId: 'getOpenApi',
  method: 'GET',
  path: '/openapi.json',
  access: 'public',
  summary: 'This document (OpenAPI 3.1)',
  entry: 'openapi',
  responses: { 200: { description: 'The document', schema: z.looseObject({ openapi: z.string() }) } },
})

export const getAsyncApi = defineRoute({
  operationId: 'getAsyncApi',
  method: 'GET',
  path: '/asyncapi.json',
  access: 'public',
  summary: 'The events of the application (AsyncAPI 3)',
  entry: 'asyncapi',
  responses: { 200: { description: 'The document', schema: z.looseObject({ asyncapi: z.string() }) } },
})

export const routes = [getHealth, getOpenApi, getAsyncApi]
