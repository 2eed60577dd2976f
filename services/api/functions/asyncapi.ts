import { readFileSync } from 'node:fs'
import { descriptionHandler } from '../handlers/api.ts'
import { getAsyncApi } from '../routes.ts'

/** The build generates it from the events of all services and places it beside this function's bundle. */
const description = JSON.parse(readFileSync(new URL('./asyncapi.json', import.meta.url), 'utf8'))

export const handler = descriptionHandler(getAsyncApi, description)
