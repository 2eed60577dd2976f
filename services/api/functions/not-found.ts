import { notFoundHandler } from '../handlers/not-found.ts'

export const handler = notFoundHandler()
