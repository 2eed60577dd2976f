import { arn } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'

export interface Dashboard {
  readonly name: string
  readonly arn: string
  /** JSON text. */
  readonly body: string
  readonly modifiedMs: number
}

/** Dashboards as templates declare them; they are stored but not rendered. */
export class Dashboards {
  readonly #clock: Clock
  readonly #dashboards = new Map<string, Dashboard>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws Error when the body is not JSON with widgets */
  put(name: string, body: unknown): void {
    const text = String(body)
    if (!Array.isArray(parsed(text)?.widgets)) throw new Error(`The dashboard ${name} has a body without widgets.`)
    this.#dashboards.set(name, { name, arn: dashboardArn(name), body: text, modifiedMs: this.#clock.now() })
  }

  get(name: string): Dashboard | undefined {
    return this.#dashboards.get(name)
  }

  list(): Dashboard[] {
    return [...this.#dashboards.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }
}

/** The ARN of a dashboard has no region. */
export const dashboardArn = (name: string) =>
  arn('cloudwatch', `dashboard/${name}`).replace(/^(arn:[^:]+:cloudwatch:)[^:]+/, '$1')

function parsed(text: string): { widgets?: unknown } | undefined {
  try {
    return JSON.parse(text) as { widgets?: unknown }
  } catch {
    return undefined
  }
}
