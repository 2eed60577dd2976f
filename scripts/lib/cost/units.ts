import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

const amount = z.number().nonnegative()

/** The usage of an activity, in the units that AWS bills. */
const Units = z.strictObject({
  apiRequests: amount,
  lambdaRequests: amount,
  /** At the memory settings of the functions. */
  lambdaGbSeconds: amount,
  dynamodbWriteUnits: amount,
  dynamodbReadUnits: amount,
  /** Custom events on the bus. */
  events: amount,
  eventBytes: amount,
  /** A message is sent, and received and deleted in batches of at most ten. */
  sqsRequests: amount,
  mails: amount,
  s3Writes: amount,
  s3Reads: amount,
  logBytes: amount,
  /** Growth of the table, indexes included. */
  tableBytes: amount,
})

/** The activities of customers. */
export const activities = ['order', 'productList', 'product', 'orderStatus', 'signUp', 'upload'] as const
export type Activity = (typeof activities)[number]

const UnitsFile = z.strictObject({
  /** When and where `npm run cost -- --measure` measured. */
  measured: z.strictObject({ on: z.string(), times: z.number().int().positive(), machine: z.string() }),
  /** Number of custom metrics of the functions: one for each name and combination of dimensions. */
  customMetrics: z.number().int().positive(),
  units: z.record(z.enum(activities), Units),
  /** An order in a system without payments and shipping, where it ends at RESERVED and its confirmation is sent then. */
  orderReserved: Units,
  /** One of many orders at ten a second: consumers then handle several messages at a time. */
  orderUnderLoad: Units,
})

export type Units = z.infer<typeof Units>
export type UnitName = keyof Units
export type MeasuredUnits = z.infer<typeof UnitsFile>

export const unitNames = Object.keys(Units.shape) as UnitName[]

export const unitsFile = join(import.meta.dirname, 'units.json')

export const readUnits = (): MeasuredUnits => UnitsFile.parse(JSON.parse(readFileSync(unitsFile, 'utf8')))
