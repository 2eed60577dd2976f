import { readFileSync } from 'node:fs'
import { descriptionHandler } from '../handlers/api.ts'
import { getOpenApi } from '../routes.ts'

/** The build generates it from the routes of all services and places it beside this function's bundle. */
const description = JSON.parse(readFileSync(new URL('./openapi.json', import.meta.url), 'utf8'))

export const handler = descriptionHandler(getOpenApi, description)
