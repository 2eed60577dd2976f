import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { nameList, readEnv } from '#shared/lambda/env.ts'
import { descriptionHandler } from '../handlers/api.ts'
import { withInstalledEvents } from '../installed.ts'
import { getAsyncApi } from '../routes.ts'

const { INSTALLED_SERVICES } = readEnv(z.object({ INSTALLED_SERVICES: nameList }))

/** The build generates it from the events of all services and places it beside this function's bundle. */
const description = JSON.parse(readFileSync(new URL('./asyncapi.json', import.meta.url), 'utf8'))

export const handler = descriptionHandler(getAsyncApi, withInstalledEvents(description, INSTALLED_SERVICES))
