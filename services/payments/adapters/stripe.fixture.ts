import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Reply {
  readonly status: number
  readonly body: object
}

/** `drop`: the connection ends without a response. */
type Outcome = Reply | 'drop'

const ok = (body: object): Reply => ({ status: 200, body })
const failure = (status: number, error: object): Reply => ({ status, body: { error } })
const intentOf = (charge: Record<string, any>, status = 'succeeded') => ({
  id: charge['payment_intent'],
  object: 'payment_intent',
  status,
  amount: charge['amount'],
  amount_received: status === 'succeeded' ? charge['amount'] : 0,
  currency: 'eur',
  metadata: { orderId: charge['transfer_group'] },
})
const invalid = (message: string) => failure(400, { type: 'invalid_request_error', message })
const declinedBy = (decline_code: string, code = 'card_declined') =>
  failure(402, { type: 'card_error', code, decline_code, message: 'Your card was declined.' })

/** The client repeats a request once, with the same idempotency key, when the connection is closed. */
const requestsOfACall = 2

/** Payment methods of Stripe's test mode, and two that lose a connection. */
export const methods = {
  visa: 'pm_card_visa',
  declined: 'pm_card_visa_chargeDeclined',
  insufficientFunds: 'pm_card_visa_chargeDeclinedInsufficientFunds',
  authentication: 'pm_card_authenticationRequired',
  processing: 'pm_processing',
  droppedOnce: 'pm_dropped_once',
  droppedAfterCharge: 'pm_dropped_after_charge',
}

/**
 * Stands in for api.stripe.com, for the calls that the adapter makes, with responses in the shape of Stripe's API reference.
 * It repeats the first response to an idempotency key, and rejects the key with other parameters (Stripe API reference,
 * Idempotent requests).
 */
export async function startStripe() {
  const charges: Record<string, any>[] = []
  const refunds: Record<string, any>[] = []
  const replies = new Map<string, { parameters: string; reply: Reply }>()
  let drops = 0
  /** Replaces the next response. */
  let next: Outcome | undefined

  function createIntent(form: URLSearchParams): Outcome {
    const method = form.get('payment_method')
    const charge = {
      id: `ch_${charges.length + 1}`,
      object: 'charge',
      payment_intent: `pi_${charges.length + 1}`,
      amount: Number(form.get('amount')),
      amount_captured: Number(form.get('amount')),
      transfer_group: form.get('transfer_group'),
      paid: true,
      captured: true,
    }
    switch (method) {
      case methods.visa:
        break
      case methods.declined:
        charges.push({ ...charge, paid: false, captured: false, amount_captured: 0 })
        return declinedBy('generic_decline')
      case methods.insufficientFunds:
        return declinedBy('insufficient_funds')
      case methods.authentication:
        return declinedBy('authentication_required', 'authentication_required')
      case methods.processing:
        return ok(intentOf(charge, 'processing'))
      case methods.droppedOnce:
        drops += 1
        if (drops <= requestsOfACall) return 'drop'
        break
      case methods.droppedAfterCharge:
        if (!charges.some((each) => each['transfer_group'] === charge.transfer_group)) charges.push(charge)
        return 'drop'
      default:
        return failure(400, {
          type: 'invalid_request_error',
          code: 'resource_missing',
          param: 'payment_method',
          message: `No such PaymentMethod: '${method}'`,
        })
    }
    charges.push(charge)
    return ok(intentOf(charge))
  }

  function createRefund(form: URLSearchParams): Outcome {
    const payment_intent = form.get('payment_intent')
    const charge = charges.find((each) => each['payment_intent'] === payment_intent)
    if (!charge) return invalid(`No such payment_intent: '${payment_intent}'`)
    const amount = Number(form.get('amount'))
    const refunded = refunds.reduce(
      (sum, each) => sum + (each['payment_intent'] === payment_intent ? each['amount'] : 0),
      0,
    )
    if (refunded + amount > charge['amount'])
      return invalid('Refund amount is greater than unrefunded amount on charge')
    const metadata = { refundId: form.get('metadata[refundId]') }
    const id = `re_${refunds.length + 1}`
    const refund = { id, object: 'refund', payment_intent, amount, metadata, status: 'succeeded' }
    refunds.push(refund)
    return ok(refund)
  }

  function handle(method: string, { pathname, searchParams }: URL, form: URLSearchParams): Outcome {
    const route = `${method} ${pathname}`
    if (route === 'POST /v1/payment_intents') return createIntent(form)
    if (route === 'POST /v1/refunds') return createRefund(form)
    if (route === 'GET /v1/charges') {
      const data = charges.filter((each) => each['transfer_group'] === searchParams.get('transfer_group'))
      return ok({ object: 'list', url: '/v1/charges', has_more: false, data })
    }
    if (route === 'GET /v1/refunds') {
      const data = refunds.filter((each) => each['payment_intent'] === searchParams.get('payment_intent'))
      return ok({ object: 'list', url: '/v1/refunds', has_more: false, data })
    }
    const found = charges.find((each) => route === `GET /v1/payment_intents/${each['payment_intent']}`)
    return found ? ok(intentOf(found)) : failure(404, { type: 'invalid_request_error', message: route })
  }

  function idempotent(key: string | undefined, parameters: string, respond: () => Outcome): Outcome {
    const before = key === undefined ? undefined : replies.get(key)
    if (before && before.parameters !== parameters) {
      return failure(400, {
        type: 'idempotency_error',
        message: 'Keys for idempotent requests can only be used with the same parameters.',
      })
    }
    if (before) return before.reply
    const reply = respond()
    if (key !== undefined && reply !== 'drop') replies.set(key, { parameters, reply })
    return reply
  }

  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const { method = '', url = '', headers } = request
      const planned = next
      next = undefined
      const respond = () => handle(method, new URL(url, 'http://stripe'), new URLSearchParams(text))
      const reply = planned ?? idempotent(headers['idempotency-key'] as string | undefined, text, respond)
      if (reply === 'drop') return response.destroy()
      return response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    configuration: { host: '127.0.0.1', port, protocol: 'http' as const },
    charges,
    refunds,
    /** As a day later: "a new request" is made of a key that was removed (Stripe API reference, Idempotent requests). */
    removeIdempotencyKeys: () => replies.clear(),
    respondNext(status: number, error: object) {
      next = failure(status, error)
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
