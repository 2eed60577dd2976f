import type { StageSettings } from '#infra/stages.ts'
import { newTable, promised, type Capacity } from './capacity.ts'
import { good, mind, type Verdict } from './verdict.ts'

const rounded = (value: number) => Number(value.toPrecision(3))

/** Whether the record's throttles let the expected peak in. */
export function checkThrottle({ throttle }: Pick<StageSettings, 'throttle'>, { peak }: Capacity): Verdict {
  const [orders, reads] = [rounded(peak.orders), rounded(Math.max(peak.productLists, peak.products))]
  const [ordersMost, readsMost] = [throttle.writes.requestsPerSecond, throttle.reads.requestsPerSecond]
  const found = `the peak needs ${orders} orders and ${reads} reads of a route a second; ${ordersMost} and ${readsMost} are let in`
  return peak.orders <= ordersMost && reads <= readsMost
    ? good('throttle', found)
    : mind('throttle', found, 'Raise throttle in infra/stages.ts, or lower expectedPeak.')
}

/** Whether the table can take from the first second what the stage promises. */
export function checkWarmth(stage: Pick<StageSettings, 'warmThroughput'>, capacity: Capacity): Verdict {
  const { tableReads, tableWrites } = promised(stage, capacity)
  const { readsPerSecond: reads, writesPerSecond: writes } = stage.warmThroughput ?? {
    readsPerSecond: newTable.reads,
    writesPerSecond: newTable.writes,
  }
  const whatFor = stage.warmThroughput ? 'all that the throttles let in' : 'the peak'
  const found = `${whatFor} needs ${tableReads} reads and ${tableWrites} writes a second; the table begins with ${reads} and ${writes}`
  return tableReads <= reads && tableWrites <= writes
    ? good('warm table', found)
    : mind('warm table', found, 'Raise warmThroughput in infra/stages.ts.')
}

/** Whether everybody can want the same thing. */
export function checkHotItem({ peak, hotItemOrders }: Capacity): Verdict {
  const found = `one item can be ordered ${hotItemOrders} times a second, and the peak has ${rounded(peak.orders)} orders a second`
  return peak.orders <= hotItemOrders
    ? good('hot item', found)
    : mind('hot item', found, 'Orders wait in the queue meanwhile, and none is lost. Spread a sale over several SKUs.')
}
