import { newId } from '#shared/ids.ts'

const prefix = 'seed'

/** A correlation id of what the seed does. */
export const newSeedId = (): string => newId(prefix, new Date())

export const isSeedId = (correlationId: string): boolean => correlationId.startsWith(`${prefix}_`)
