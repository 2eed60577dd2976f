/**
 * The filters of `aws s3 sync`: "filters that appear later in the command take precedence", and CDK passes those that
 * exclude first. `*` matches any characters, `/` included, `?` exactly one.
 */
export function filterOf(exclude: readonly string[], include: readonly string[]): (path: string) => boolean {
  const filters = [
    ...exclude.map((pattern) => ({ pattern: toRegExp(pattern), includes: false })),
    ...include.map((pattern) => ({ pattern: toRegExp(pattern), includes: true })),
  ]
  return (path) => filters.findLast(({ pattern }) => pattern.test(path))?.includes ?? true
}

const toRegExp = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[\\^$.|+(){}[\]]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  )
