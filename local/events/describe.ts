import type { AccessRequest } from '../iam/types.ts'
import { validationError } from '../wire/aws-error.ts'
import type { Operation } from '../wire/service.ts'
import type { Archives } from './archives.ts'
import { busArn, busNameOf } from './event.ts'
import { compilePattern } from './pattern.ts'
import { archiveArn, ruleArn, type Registry, type Rule } from './registry.ts'

/** The read operations for rules, targets, buses and archives, and TestEventPattern. */
export function describeOperations(registry: Registry, archives: Archives): Record<string, Operation> {
  const busOf = (input: { EventBusName?: string }) => registry.bus(input.EventBusName ?? 'default')
  return {
    ListEventBuses: {
      access: onAll('ListEventBuses'),
      handle: (input) => {
        const named = registry.buses().filter((bus) => bus.name.startsWith(input.NamePrefix ?? ''))
        const { page, NextToken } = paged(named, input)
        return { EventBuses: page.map(describedBus), NextToken }
      },
    },
    DescribeEventBus: {
      access: (input) => [request('DescribeEventBus', busArn(busNameOf(String(input.Name ?? 'default'))))],
      handle: (input) => describedBus(registry.bus(input.Name ?? 'default')),
    },
    ListRules: {
      access: onAll('ListRules'),
      handle: (input) => {
        const rules = [...busOf(input).rules.values()].filter((rule) => rule.name.startsWith(input.NamePrefix ?? ''))
        const { page, NextToken } = paged(rules, input)
        return { Rules: page.map(describedRule), NextToken }
      },
    },
    DescribeRule: {
      access: onRule('DescribeRule', 'Name'),
      handle: (input) => describedRule(registry.rule(input.EventBusName ?? 'default', input.Name)),
    },
    ListTargetsByRule: {
      access: onRule('ListTargetsByRule', 'Rule'),
      handle: (input) => {
        const { page, NextToken } = paged(registry.rule(input.EventBusName ?? 'default', input.Rule).targets, input)
        return { Targets: page, NextToken }
      },
    },
    ListArchives: {
      access: onAll('ListArchives'),
      handle: (input) => {
        const matching = registry
          .archives()
          .filter((archive) => archive.name.startsWith(input.NamePrefix ?? ''))
          .filter((archive) => input.EventSourceArn === undefined || input.EventSourceArn === busArn(archive.busName))
        const { page, NextToken } = paged(matching, input)
        return { Archives: page.map((archive) => describedArchive(archives, archive)), NextToken }
      },
    },
    DescribeArchive: {
      access: (input) => [request('DescribeArchive', archiveArn(String(input.ArchiveName)))],
      handle: (input) => {
        const archive = registry.archiveByArn(archiveArn(String(input.ArchiveName)))
        const { name, description, pattern } = archive
        const details = { ArchiveArn: archiveArn(name), Description: description, EventPattern: pattern?.text }
        return { ...describedArchive(archives, archive), ...details }
      },
    },
    TestEventPattern: {
      access: onAll('TestEventPattern'),
      handle: (input) => ({ Result: compilePattern(input.EventPattern)(parsedEvent(input.Event)) }),
    },
  }
}

const request = (action: string, resource: string): AccessRequest => ({ action: `events:${action}`, resource })
const onAll = (action: string) => () => [request(action, '*')]
const onRule = (action: string, member: string) => (input: Record<string, unknown>) => [
  request(action, ruleArn(busNameOf(String(input['EventBusName'] ?? 'default')), String(input[member]))),
]

function describedBus(bus: ReturnType<Registry['bus']>) {
  const Statement = [...bus.policy.values()]
  return {
    Name: bus.name,
    Arn: busArn(bus.name),
    Description: bus.description,
    ...(Statement.length > 0 && { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
    CreationTime: bus.createdMs / 1000,
    LastModifiedTime: bus.createdMs / 1000,
  }
}

const describedRule = (rule: Rule) => ({
  Name: rule.name,
  Arn: rule.arn,
  EventBusName: rule.busName,
  Description: rule.description,
  State: rule.enabled ? 'ENABLED' : 'DISABLED',
  EventPattern: rule.pattern?.text,
  ScheduleExpression: rule.scheduleExpression,
})

function describedArchive(archives: Archives, archive: ReturnType<Registry['archiveByArn']>) {
  const { events, bytes } = archives.size(archive)
  return {
    ArchiveName: archive.name,
    EventSourceArn: busArn(archive.busName),
    State: 'ENABLED',
    RetentionDays: archive.retentionDays,
    EventCount: events,
    SizeBytes: bytes,
    CreationTime: archive.createdMs / 1000,
  }
}

/** The token is the number of entries on the previous pages. */
export function paged<T>(
  all: readonly T[],
  input: { Limit?: number; NextToken?: string },
): { page: T[]; NextToken?: string } {
  const from = input.NextToken === undefined ? 0 : Number(input.NextToken)
  if (!Number.isInteger(from) || from < 0) throw validationError('Parameter NextToken is not valid.')
  const to = from + (input.Limit ?? 100)
  return { page: all.slice(from, to), ...(to < all.length && { NextToken: String(to) }) }
}

function parsedEvent(text: unknown) {
  try {
    const event = JSON.parse(String(text))
    if (event !== null && typeof event === 'object' && !Array.isArray(event)) return event
  } catch {
    // Invalid JSON is reported below like any other text that is not an event.
  }
  throw validationError('Parameter Event is not valid. Reason: it must be a JSON object.')
}
