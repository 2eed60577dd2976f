/** Prefixes of the partition keys that activity owns. */
export const prefixes = ['ACTIVITY#'] as const

/** The partition of the log: one, since only one order of all events can be continued without gaps. */
export const logPartition = 'ACTIVITY#LOG'

const digits = 16

/** Positions are whole numbers and sort as text. */
export const batchKey = (position: number) => ({ PK: logPartition, SK: String(position).padStart(digits, '0') })

export const positionOf = (SK: string): number => Number(SK)

/** Where the log began after it was empty. */
export const startKey = { PK: 'ACTIVITY#START', SK: 'START' } as const
