import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { nameList, readEnv } from '#shared/lambda/env.ts'
import { descriptionHandler } from '../handlers/api.ts'
import { withInstalledRoutes } from '../installed.ts'
import { getOpenApi } from '../routes.ts'

const { INSTALLED_SERVICES } = readEnv(z.object({ INSTALLED_SERVICES: nameList }))

/** The build generates it from the routes of all services and places it beside this function's bundle. */
const description = JSON.parse(readFileSync(new URL('./openapi.json', import.meta.url), 'utf8'))

export const handler = descriptionHandler(getOpenApi, withInstalledRoutes(description, INSTALLED_SERVICES))
