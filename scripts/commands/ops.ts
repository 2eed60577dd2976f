import type { Command } from 'commander'
import { collect, newCommand, number, outputsOption, paragraphs, runCommand, time } from '../lib/command.ts'
import { interrupted, openSession, type Session } from '../lib/ops/session.ts'

interface CommonOptions {
  readonly outputs?: string
  readonly yes?: boolean
}

/** Loads the module of a command and runs it. @returns the exit code */
type Work<Options> = (session: Session, options: Options, argument: string) => Promise<number>

/** Commands by path, `dlq list`. Modules are loaded on demand, since each command uses different AWS clients. */
const program = newCommand(
  'npm run ops --',
  `
Operates a deployment, local or on AWS. A command that changes data prints its plan and prompts for confirmation; --yes
skips the prompt.
Every command can be repeated safely, and Ctrl-C stops it cleanly.`,
)
  .usage('COMMAND')
  .helpCommand(false)
  .configureHelp({ visibleCommands: leafCommands, subcommandTerm: pathOf })

const dlq = program
  .command('dlq')
  .usage('COMMAND')
  .description('Lists dead-letter queues, shows their messages, and moves them back to a queue.')
  .helpCommand(false)

define(
  dlq.command('list').summary('lists the dead-letter queues with their messages and consumers'),
  `
Lists every dead-letter queue of the stage: the number of its messages, the age of the oldest (of ten received messages;
"≥" when there are more), and the consumer that failed. Changes nothing.`,
  async (session) => (await import('../lib/ops/dlq-list.ts')).listQueues(session),
)

define<{ limit: number; full?: true }>(
  dlq.command('show').argument('<queue>').summary('shows messages of a dead-letter queue and the reason of each'),
  `
Shows messages of a dead-letter queue: the event, its correlation id and the reason: the consumer failed, or the bus could
not deliver the event. The messages are invisible to other receivers for a few seconds and stay in the queue.

The queue's name may be given without the stage's prefix and -dlq: inventory-reserve-stock.`,
  async (session, { limit, full = false }, queue) =>
    (await import('../lib/ops/dlq-show.ts')).showQueue(session, { queue, limit, full }),
)
  .option('--limit <n>', 'maximum number of messages', number({ least: 1, most: 1000, whole: true }), 10)
  .option('--full', 'print bodies too; they may contain personal data: keep them out of tickets and chats')

define<{ messageId?: string[]; rate?: number }>(
  dlq
    .command('redrive')
    .argument('<queue>')
    .summary("moves messages of a dead-letter queue back to the consumer's queue"),
  `
Moves the messages of a dead-letter queue back to the queue of its consumer, which retries them: run it after the cause is
fixed. Events that the bus could not deliver are moved there as well. Consumers are idempotent: they store the ids of
handled events for at least 35 days and ignore duplicates.

Ctrl-C cancels the move, and the other messages stay. While a redrive of the queue is running, the command follows it.`,
  async (session, { messageId: messageIds = [], rate: messagesPerSecond }, queue) =>
    (await import('../lib/ops/dlq-redrive.ts')).redrive(session, { queue, messageIds, messagesPerSecond }),
)
  .option('--message-id <id>', 'only this message, by the id that dlq show prints; can be repeated', collect)
  .option(
    '--rate <n>',
    'messages per second (default: the maximum of SQS)',
    number({ least: 1, most: 500, whole: true }),
  )
  .option('--yes', 'skip the confirmation')

define<{ from: Date; to: Date; rule?: string[]; again?: true }>(
  program.command('replay').summary('replays archived events of a period to one or all consumers'),
  `
Replays the events of a period from the bus's archive to its rules: for a consumer that was fixed or added.
Consumers are idempotent: they store the ids of handled events for at least 35 days, longer than the archive retains events, and
ignore duplicates.

Ctrl-C cancels the replay. While the same replay is running, the command follows it; after it has completed, the command
starts it again only with --again.`,
  async (session, { from, to, rule: rules = [], again = false }) =>
    (await import('../lib/ops/replay.ts')).replay(session, { from, to, rules, again }),
)
  .requiredOption('--from <time>', 'start of the period, such as 2026-11-21T13:00:00Z', time)
  .requiredOption('--to <time>', 'end of the period, exclusive, not in the future', time)
  .option(
    '--rule <name>',
    'only this rule, or the rules of this consumer (inventory-reserve-stock); can be repeated',
    collect,
  )
  .option('--again', 'replay again even if the same replay has completed')
  .option('--yes', 'skip the confirmation')

define<{ personal?: true }>(
  program
    .command('order')
    .argument('<id>', 'ord_ and 26 characters')
    .summary('prints everything stored about an order, and what it waits for'),
  `
Prints everything stored about an order: the order, its events, its reservation, the emails about it, the log lines with
its correlation id, and what it waits for. The shipping address is omitted. Changes nothing.`,
  async (session, { personal = false }, id) =>
    (await import('../lib/ops/order.ts')).printOrder(session, { orderId: id, personal }),
).option('--personal', 'print the shipping address too; keep it out of tickets and chats')

define<{ dryRun?: true }>(
  program.command('republish').summary('publishes events that the event relay could not publish'),
  `
Publishes the events in the bucket of unpublished events: of stream records that the event relay could never publish and
stored, and of those that Lambda stored when they were too old. It reads them as the relay does. An object moves to republished/ in the same bucket once all of its events are
published, so that a repetition continues with the remaining objects. Consumers are idempotent: they store the ids of
handled events for at least 35 days and ignore duplicates. Ctrl-C stops after the current object.`,
  async (session, { dryRun = false }) => (await import('../lib/ops/republish.ts')).republish(session, { dryRun }),
)
  .option('--dry-run', 'print what would be published')
  .option('--yes', 'skip the confirmation')

define<{ at: Date }>(
  program.command('restore').summary('restores the table to a new table at a point in time'),
  `
Creates a new table from the point-in-time backups of the stage's table: items and indexes at a time within the last 35
days, and then the stream, TTL, backups, deletion protection and tags, which a restore does not copy. The stage's table is not
changed. At the end it prints the settings that put the new table into use (docs/runbooks/restore.md).

After Ctrl-C AWS continues the restore; run the command again with the same time to continue.`,
  async (session, { at }) => (await import('../lib/ops/restore.ts')).restore(session, at),
)
  .requiredOption('--at <time>', 'the point in time, such as 2026-11-21T13:00:00Z', time)
  .option('--yes', 'skip the confirmation')

function define<Options>(command: Command, description: string, work: Work<Options>): Command {
  return command
    .description(paragraphs(description))
    .addOption(outputsOption())
    .action(async (...args: unknown[]) => {
      const argument = typeof args[0] === 'string' ? args[0] : ''
      const options = command.opts<Options & CommonOptions>()
      // The first Ctrl-C lets a command that changes data stop cleanly; the second exits immediately.
      const changes = command.options.some(({ long }) => long === '--yes')
      const controller = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.on(signal, () => {
          if (!changes || controller.signal.aborted) process.exit(interrupted)
          controller.abort()
        })
      }
      const code = await work(await openSession(options, controller.signal), options, argument)
      process.exitCode = controller.signal.aborted && code !== 0 ? interrupted : code
    })
}

function leafCommands(command: Command): Command[] {
  return command.commands.flatMap((each) => (each.commands.length > 0 ? leafCommands(each) : [each]))
}

/** `dlq show <queue>` */
function pathOf(command: Command): string {
  const names = []
  for (let each: Command | null = command; each && each !== program; each = each.parent) names.unshift(each.name())
  return [...names, ...command.registeredArguments.map((argument) => `<${argument.name()}>`)].join(' ')
}

if (import.meta.main) await runCommand(program)

/** The commands by path with their options, for tests of the documentation. */
export const opsCommands = (): { readonly path: string; readonly options: readonly string[] }[] =>
  leafCommands(program).map((command) => ({
    path: pathOf(command).replace(/ <.*/, ''),
    options: command.options.map(({ long }) => long!),
  }))
