import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './synthesized.ts'

const sources = globSync('services/*/handlers/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => [file.split('/')[1]!, readFileSync(join(root, file), 'utf8')] as const)

/** The metrics that functions write, as `<service> <metric>`: by name, or looked up by an outcome. */
export const writtenMetrics: ReadonlySet<string> = new Set(
  sources.flatMap(([service, source]) =>
    [/addMetric\(\s*'(\w+)'/g, /'((?:Orders|Returns|Refunds|Payments)[A-Z]\w+)'/g].flatMap((written) =>
      [...source.matchAll(written)].map(([, name]) => `${service} ${name}`),
    ),
  ),
)
