import { healthHandler } from '../handlers/api.ts'

export const handler = healthHandler(() => new Date())
