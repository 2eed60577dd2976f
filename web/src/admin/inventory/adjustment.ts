import type { Body, Stock } from '../../api/types.ts'
import { plural } from '../../format.ts'

interface AdjustmentDraft {
  readonly kind: 'add' | 'set'
  readonly pieces: string
  readonly reason: string
  /** Empty: the threshold stays as it is. */
  readonly threshold: string
}

export const emptyAdjustment: AdjustmentDraft = { kind: 'add', pieces: '', reason: '', threshold: '' }

export type AdjustmentRequest = Body<'/admin/inventory/{sku}', 'put'>

type AdjustmentOutcome =
  | {
      readonly ok: true
      readonly request: AdjustmentRequest
      /** What would be available afterwards. */
      readonly available: number
      /** The text of the button. */
      readonly action: string
    }
  | { readonly ok: false; readonly problem: string }

const failed = (problem: string): AdjustmentOutcome => ({ ok: false, problem })

/** What the API is sent for a form; below zero is left to the API, which knows the stock of the moment. */
export function adjustmentOf({ kind, pieces, reason, threshold }: AdjustmentDraft, stock: Stock): AdjustmentOutcome {
  const count = wholeNumber(pieces)
  if (count === undefined) return failed('A whole number, such as 24.')
  if (kind === 'set' && count < 0) return failed('0 or more.')
  const lowStockThreshold = threshold.trim() === '' ? undefined : wholeNumber(threshold)
  if (threshold.trim() !== '' && (lowStockThreshold === undefined || lowStockThreshold < 0))
    return failed('The low-stock threshold is a whole number, such as 5.')
  const request = {
    ...(kind === 'set' ? { set: count } : { add: count }),
    ...(reason.trim() === '' ? {} : { reason }),
    ...(lowStockThreshold === undefined ? {} : { lowStockThreshold }),
  } as AdjustmentRequest
  const available = kind === 'set' ? count : stock.available + count
  return { ok: true, request, available, action: actionText(kind, count) }
}

function actionText(kind: AdjustmentDraft['kind'], count: number): string {
  if (kind === 'set') return `Set to ${plural(count, 'piece')}`
  if (count === 0) return 'Save'
  return count < 0 ? `Remove ${plural(-count, 'piece')}` : `Add ${plural(count, 'piece')}`
}

function wholeNumber(text: string): number | undefined {
  const match = /^([+−-]?)(\d{1,7})$/.exec(text.trim())
  if (!match) return undefined
  const count = Number(match[2])
  return match[1] === '' || match[1] === '+' || count === 0 ? count : -count
}
