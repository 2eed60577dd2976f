import { readFileSync } from 'node:fs'
import { openApiHandler } from '../handlers/openapi.ts'

/** The build makes it of all services' routes and puts it beside this function's bundle. */
const description = JSON.parse(readFileSync(new URL('./openapi.json', import.meta.url), 'utf8'))

export const handler = openApiHandler(description)
