import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { commonProblems, problem, ProblemError } from '#shared/http/problem.ts'
import { hasInvoice, invoiceOf, labelOf, type DocumentOrder, type Invoice, type Label } from '../domain/documents.ts'
import type { DocumentPorts, Shipments } from '../ports.ts'
import * as routes from '../routes.ts'

export const adminGetLabelHandler = (deps: DocumentPorts & { readonly shipments: Pick<Shipments, 'find'> }) =>
  apiHandler(routes.adminGetLabel, async ({ parameters: { orderId } }) => {
    const order = await findOrder(deps, orderId)
    const shipment = await deps.shipments.find(orderId)
    if (!shipment || shipment.status === 'void') {
      return { problem: problem(routes.labelProblems, 'no-shipment', `The order is ${order.status}.`) }
    }
    return printed(deps, labelOf(order, shipment))
  })

export const adminGetInvoiceHandler = (deps: DocumentPorts) =>
  apiHandler(routes.adminGetInvoice, async ({ parameters: { orderId } }) =>
    printedInvoice(deps, await findOrder(deps, orderId)),
  )

export const getInvoiceHandler = (deps: DocumentPorts) =>
  apiHandler(routes.getInvoice, async ({ parameters: { orderId }, userId }) =>
    printedInvoice(deps, await findOrder(deps, orderId, userId)),
  )

const orderIdPattern = /^ord_[0-9A-Z]{26}$/

/** @throws ProblemError 404, the same for an order that does not exist and for another customer's */
async function findOrder({ orders }: DocumentPorts, orderId: string, customerId?: string) {
  const order = orderIdPattern.test(orderId) ? await orders.find(orderId) : undefined
  if (!order || (customerId !== undefined && order.customerId !== customerId)) {
    throw new ProblemError(problem(commonProblems, 'not-found', 'The order does not exist.'))
  }
  return order
}

async function printedInvoice(deps: DocumentPorts, order: DocumentOrder): Promise<ApiReply> {
  if (hasInvoice(order)) return printed(deps, invoiceOf(order, deps.timeZone))
  return { problem: problem(routes.invoiceProblems, 'no-invoice', `The order is ${order.status}.`) }
}

/** Made each time, so that it shows the order as it is, and no document has to be kept or deleted. */
async function printed({ printer, files }: DocumentPorts, content: Label | Invoice): Promise<ApiReply> {
  const url = await files.put(content.kind, content.orderId, await printer.print(content))
  // The address is a credential, so only the client may store it.
  return { status: 200, headers: { 'cache-control': 'private, no-store' }, body: { url } }
}
