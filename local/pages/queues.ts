import type { SqsService } from '../sqs/service.ts'
import type { StoredMessage } from '../sqs/message-store.ts'
import type { WireResponse } from '../wire/service.ts'
import { messagePage, page, table } from './frame.ts'
import { content, counted, duration, html, time, timelineLinks, type Html } from './html.ts'

/** Every queue with its depth and, beside it, its dead-letter queue. */
export function queuesPage(sqs: SqsService): WireResponse {
  const depths = sqs.depths()
  const deadLetterQueues = sqs.deadLetterQueues()
  const rows = depths
    .filter(({ name }) => !deadLetterQueues.includes(name))
    .map(({ name, arn, visible, inFlight, delayed }) => {
      const target = sqs.attributesOf(arn).redrive?.deadLetterTargetArn
      const deadLetters = target && nameOf(target)
      const beside = deadLetters && html`${link(deadLetters)} ${deadLetterCount(sqs.count(deadLetters))}`
      return [link(name), visible, inFlight, delayed, beside]
    })
  const columns = ['Queue', 'Waiting', 'In flight', 'Delayed', 'Dead-letter queue']
  return page({ title: 'Queues', current: '/queues', body: table(columns, rows, 'The templates create no queues.') })
}

const nameOf = (arn: string) => arn.split(':').at(-1)!

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
  const messages = sqs.peek(name, 100)
  const body = html`<p>
      ${queue.visible} waiting, ${queue.inFlight} in flight, ${queue.delayed} delayed. Visibility timeout
      ${visibilityTimeoutSeconds} s.
      ${redrive && html`After ${counted(redrive.maxReceiveCount, 'receive')} a message moves to ${link(nameOf(redrive.deadLetterTargetArn))}.`}
      ${sources.length > 0 && html`Dead-letter queue of ${sources.map((source, index) => html`${index > 0 && ', '}${link(source)}`)}.`}
    </p>
    ${total > messages.length && html`<p class="muted">The oldest ${messages.length} of ${total} messages.</p>`}
    ${messages.length === 0 ? html`<p class="empty">The queue is empty.</p>` : messages.map((each) => message(each, nowMs))}`
  return page({ title: name, current: '/queues', body })
}

function message({ messageId, body, attributes, state, receiveCount, sentMs, source }: StoredMessage, nowMs: number) {
  const values = Object.entries(attributes).map(([name, { StringValue, BinaryValue }]) => [
    name,
    StringValue ?? BinaryValue,
  ])
  return html`<section class="card">
    <h2>${messageId}</h2>
    <p>
      <b>${state}</b>, received ${counted(receiveCount, 'time')}, sent ${duration(nowMs - sentMs)} ago
      (${time(sentMs, nowMs)})${source !== null && `, from ${nameOf(source)}`}
    </p>
    ${
      values.length > 0 &&
      html`<h3>Attributes</h3>
        ${content(Object.fromEntries(values))}`
    }
    <h3>Body</h3>
    ${content(body)}
    <p>${timelineLinks(body + JSON.stringify(attributes))}</p>
  </section>`
}
