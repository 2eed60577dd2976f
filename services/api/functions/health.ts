import { healthHandler } from '../handlers/health.ts'

export const handler = healthHandler(() => new Date())
