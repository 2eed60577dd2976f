import { notFoundHandler } from '../handlers/api.ts'

export const handler = notFoundHandler()
