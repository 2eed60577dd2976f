import { UsageError } from '../deployment.ts'
import { dlqList } from './dlq-list.ts'
import { dlqRedrive } from './dlq-redrive.ts'
import { dlqShow } from './dlq-show.ts'
import { order } from './order.ts'
import { replay } from './replay.ts'
import { republish } from './republish.ts'
import type { Subcommand } from './subcommand.ts'

const nothingIsOpened = () => {
  throw new Error('A deployment was opened for arguments that are wrong.')
}

const zone = '2026-11-21T13:00:00Z'

test.each<[string, Subcommand, string[], RegExp]>([
  ['a flag that is none', dlqList, ['--all'], /--all.*--help/],
  ['a word too many', dlqList, ['orders'], /"orders" is too much/],
  ['no queue', dlqShow, [], /Name one queue/],
  ['two queues', dlqShow, ['a', 'b'], /Name one queue/],
  ['a limit that is no number', dlqShow, ['a', '--limit', 'many'], /--limit takes a whole number from 1 to 1000/],
  ['a limit of nothing', dlqShow, ['a', '--limit', '0'], /--limit takes/],
  ['a rate beyond what SQS takes', dlqRedrive, ['a', '--rate', '501'], /--rate takes a whole number from 1 to 500/],
  ['a rate for chosen messages', dlqRedrive, ['a', '--rate', '5', '--message-id', 'm'], /--rate is for whole queues/],
  ['no time', replay, ['--to', zone], /--from takes a time with its zone, .* not nothing/],
  ['a time without a zone', replay, ['--from', '2026-11-21T13:00', '--to', zone], /--from takes/],
  ['a day that is none', replay, ['--from', '2026-02-31T25:00:00Z', '--to', zone], /--from takes/],
  ['an id that is none', order, ['17'], /17 is no order's id/],
  ['a time that is none', republish, ['--since', 'yesterday'], /--since takes/],
])('%s is told in one line, before anything is opened', async (_name, command, args, message) => {
  const refusal = await command.run(args, nothingIsOpened).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(UsageError)
  expect((refusal as Error).message).toMatch(message)
  expect((refusal as Error).message).not.toContain('\n')
})
