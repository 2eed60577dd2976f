import { runScript } from '../lib/command.ts'
import { UsageError } from '../lib/deployment.ts'
import { interrupted } from '../lib/ops/session.ts'
import type { CommonFlags, Subcommand } from '../lib/ops/subcommand.ts'

interface Entry {
  /** One or two words. */
  readonly name: string
  readonly summary: string
  /** Loaded when it is called: whoever asks for one command need not wait for the clients of all. */
  readonly load: () => Promise<Subcommand>
}

const subcommands: readonly Entry[] = [
  {
    name: 'dlq list',
    summary: 'the dead-letter queues, what they hold, and whose messages these are',
    load: async () => (await import('../lib/ops/dlq-list.ts')).dlqList,
  },
  {
    name: 'dlq show',
    summary: 'the messages of a dead-letter queue, and why they are there; none is taken away',
    load: async () => (await import('../lib/ops/dlq-show.ts')).dlqShow,
  },
  {
    name: 'dlq redrive',
    summary: "moves a dead-letter queue's messages back to the consumer's queue, or to another",
    load: async () => (await import('../lib/ops/dlq-redrive.ts')).dlqRedrive,
  },
  {
    name: 'replay',
    summary: 'hands archived events of some time to the consumers once more, to one or to all',
    load: async () => (await import('../lib/ops/replay.ts')).replay,
  },
  {
    name: 'order',
    summary: "an order's whole story: item, trail, reservation, mails, log, and what it is waiting for",
    load: async () => (await import('../lib/ops/order.ts')).order,
  },
  {
    name: 'republish',
    summary: 'publishes what the event relay could not, out of its on-failure bucket',
    load: async () => (await import('../lib/ops/republish.ts')).republish,
  },
  {
    name: 'restore',
    summary: 'makes a table as the one in use was at some time, ready to stand in its place',
    load: async () => (await import('../lib/ops/restore.ts')).restore,
  },
]

const width = Math.max(...subcommands.map(({ name }) => name.length))

const help = `
npm run ops -- COMMAND

Looks after a deployment, the same locally and in AWS. What changes anything says so first and asks; --yes answers.
Everything can be repeated without harm, and Ctrl-C ends it cleanly.

${subcommands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

  COMMAND --help     what it does, and its flags
  --outputs FILE     outputs of the deployment, as cdk deploy --outputs-file writes them
                     (default: those of the running local system); in AWS the standard credentials are used
`

/** @throws UsageError naming what there is */
function find(args: readonly string[]): Entry {
  const found = subcommands.find(({ name }) => name.split(' ').every((word, index) => args[index] === word))
  if (found) return found
  const named = args.slice(0, args[0] === 'dlq' ? 2 : 1).join(' ')
  const there = subcommands.map(({ name }) => name).join(', ')
  throw new UsageError(`There is no command ${JSON.stringify(named)}. There are: ${there} (--help tells more).`)
}

/** The first Ctrl-C lets a command end what it began, if it can have begun anything; a second one does not wait for that. */
function interruptionOf({ looksOnly }: Subcommand): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (looksOnly || controller.signal.aborted) process.exit(interrupted)
      controller.abort()
    })
  }
  return controller.signal
}

await runScript(async () => {
  const args = process.argv.slice(2)
  const [first] = args[0] === 'dlq' ? args.slice(1) : args
  if (first === undefined || first === '--help' || first === '-h') {
    console.log(help.trim())
    return
  }
  const { name, load } = find(args)
  const command = await load()
  const signal = interruptionOf(command)
  const open = async (common: CommonFlags) => {
    const { openSession } = await import('../lib/ops/open-session.ts')
    const { processTerminal } = await import('../lib/confirm.ts')
    return await openSession(common, { terminal: processTerminal, signal })
  }
  const code = await command.run(args.slice(name.split(' ').length), open)
  return signal.aborted && code !== 0 ? interrupted : code
})
