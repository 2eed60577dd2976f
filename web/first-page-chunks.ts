interface Module {
  readonly importers: readonly string[]
  readonly dynamicImporters: readonly string[]
  readonly isEntry: boolean
}

interface Graph {
  getModuleInfo(id: string): Module | null
}

/**
 * Groups for the bundler, so that the first page takes few requests: what an entry page loads at once is in one chunk, and
 * what the other one uses, too, in another. Without them, each set of lazy pages that share something has a chunk of its
 * own, most of them with a few hundred bytes.
 */
export const firstPageChunks = [
  // First, since a group also takes what its modules import.
  {
    debugName: 'shared',
    priority: 2,
    name: (id: string, graph: Graph) =>
      isLoadedAtOnce(id, graph) && entriesOf(id, graph, { isLazy: true }).size > 1 ? 'shared' : null,
  },
  {
    debugName: 'first page',
    priority: 1,
    name: (id: string, graph: Graph) => (isLoadedAtOnce(id, graph) ? `${nameOf(id, graph)}-first` : null),
  },
]

/** The script of an entry page remains by itself: it starts the page, and another page must never run it. */
function isLoadedAtOnce(id: string, graph: Graph): boolean {
  const info = graph.getModuleInfo(id)
  const isScript = info?.isEntry || [...(info?.importers ?? [])].some((each) => graph.getModuleInfo(each)?.isEntry)
  return !isScript && entriesOf(id, graph, { isLazy: false }).size > 0
}

/** The entry pages that load a module at once, or with `isLazy` ever. */
function entriesOf(id: string, graph: Graph, { isLazy }: { isLazy: boolean }): ReadonlySet<string> {
  const found = new Set<string>()
  const seen = new Set([id])
  for (const next of seen) {
    const info = graph.getModuleInfo(next)
    if (info?.isEntry) found.add(next)
    for (const importer of [...(info?.importers ?? []), ...(isLazy ? (info?.dynamicImporters ?? []) : [])]) {
      seen.add(importer)
    }
  }
  return found
}

/** `web/admin/index.html` is the back office's, `web/index.html` the storefront's. */
const nameOf = (id: string, graph: Graph) =>
  [...entriesOf(id, graph, { isLazy: false })].some((entry) => /\/admin\/[^/]+$/.test(entry)) ? 'admin' : 'storefront'
