import type { SqsService } from '../sqs/service.ts'
import type { StoredMessage } from '../sqs/message-store.ts'
import type { WireResponse } from '../wire/service.ts'
import { content, timelineLinks } from './content.ts'
import { messagePage, page, table } from './frame.ts'
import { counted, duration, html, time, type Html } from './html.ts'

const shownMessages = 100

/** Every queue with its depth and, beside it, its dead-letter queue. */
export function queuesPage(sqs: SqsService): WireResponse {
  const depths = sqs.depths()
  const deadLetterQueues = sqs.deadLetterQueues()
  const rows = depths
    .filter(({ name }) => !deadLetterQueues.includes(name))
    .map(({ name, arn, visible, inFlight, delayed }) => {
      const target = sqs.attributesOf(arn).redrive?.deadLetterTargetArn
      const deadLetters = depths.find((each) => each.arn === target)
      const beside = deadLetters && html`${link(deadLetters.name)} ${deadLetterCount(sqs.count(deadLetters.name))}`
      return [link(name), visible, inFlight, delayed, beside]
    })
  const columns = ['Queue', 'Waiting', 'In flight', 'Delayed', 'Dead-letter queue']
  const body = html`<h1>Queues</h1>
    ${table(columns, rows, 'The templates create no queues.')}`
  return page({ title: 'Queues', current: '/queues', body })
}

const link = (name: string) => html`<a href="/queues/${encodeURIComponent(name)}">${name}</a>`

export const deadLetterCount = (count: number): Html =>
  count === 0
    ? html`<span class="muted">empty</span>`
    : html`<strong class="failed">${counted(count, 'message')}</strong>`

/** The messages of one queue. They are not received: their visibility and receive count do not change. */
export function queuePage(sqs: SqsService, name: string, nowMs: number): WireResponse {
  const queue = sqs.depths().find((each) => each.name === name)
  if (!queue) return messagePage(404, 'Queue not found', `There is no queue ${name}.`)
  const { redrive, visibilityTimeoutSeconds } = sqs.attributesOf(queue.arn)
  const sources = sqs.sourcesOf(name)
  const total = sqs.count(name)
  const messages = sqs.peek(name, shownMessages)
  const body = html`<p class="up"><a href="/queues">Queues</a></p>
    <h1>${name}</h1>
    <p>
      ${queue.visible} waiting, ${queue.inFlight} in flight, ${queue.delayed} delayed. Visibility timeout
      ${visibilityTimeoutSeconds} s.
      ${redrive && html`After ${counted(redrive.maxReceiveCount, 'receive')} a message moves to ${link(redrive.deadLetterTargetArn.split(':').at(-1)!)}.`}
      ${sources.length > 0 && html`Dead-letter queue of ${sources.map((source, index) => html`${index > 0 && ', '}${link(source)}`)}.`}
    </p>
    ${total > messages.length && html`<p class="muted">The oldest ${messages.length} of ${total} messages.</p>`}
    ${messages.length === 0 ? html`<p class="empty">The queue is empty.</p>` : messages.map((each) => message(each, nowMs))}`
  return page({ title: name, current: '/queues', body })
}

function message({ messageId, body, attributes, state, receiveCount, sentMs, source }: StoredMessage, nowMs: number) {
  const from = source === undefined ? '' : `, from ${source.split(':').at(-1)}`
  return html`<section class="card">
    <h2>${messageId}</h2>
    <p>
      <b>${state}</b>, received ${counted(receiveCount, 'time')}, sent ${duration(nowMs - sentMs)} ago
      (${time(sentMs, nowMs)})${from}
    </p>
    ${
      Object.keys(attributes).length > 0 &&
      html`<h3>Attributes</h3>
        ${content(plainAttributes(attributes))}`
    }
    <h3>Body</h3>
    ${content(body)}
    <p>${timelineLinks(body + JSON.stringify(attributes))}</p>
  </section>`
}

const plainAttributes = (attributes: StoredMessage['attributes']) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { StringValue, BinaryValue }]) => [name, StringValue ?? BinaryValue]),
  )
