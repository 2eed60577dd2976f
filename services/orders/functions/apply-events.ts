import { changeDependencies } from '../adapters/change-dependencies.ts'
import { applyEventsHandler } from '../handlers/apply-events.ts'

export const handler = applyEventsHandler(changeDependencies())
