import { eventBatchConsumer } from '#shared/lambda/event-consumer.ts'
import { failed, ok } from '#shared/result.ts'
import { movementOf } from '../domain/movement.ts'
import { StockChanged } from '../events.ts'
import type { MovementLedger } from '../ports.ts'

/** Keeps the ledger. */
export const recordMovementsHandler = (movements: MovementLedger) =>
  eventBatchConsumer([StockChanged], (events) =>
    Promise.all(events.map((event) => movements.record(movementOf(event)).then((outcome) => ok({ outcome }), failed))),
  )
