/** A storage that a reload empties. */
export class MemoryStorage implements Storage {
  readonly #items = new Map<string, string>()

  get length(): number {
    return this.#items.size
  }

  readonly key = (index: number): string | null => [...this.#items.keys()][index] ?? null
  readonly getItem = (name: string): string | null => this.#items.get(name) ?? null
  readonly setItem = (name: string, value: string): void => void this.#items.set(name, value)
  readonly removeItem = (name: string): void => void this.#items.delete(name)
  readonly clear = (): void => this.#items.clear()
}

/**
 * A storage of the browser. Reading the property throws where the browser blocks the data of sites ("The request violates a
 * policy decision", HTML standard, Web storage): the shop then works until it is reloaded.
 */
export function storageOf(
  page: Partial<Pick<Window, 'localStorage' | 'sessionStorage'>>,
  name: keyof typeof page,
): Storage {
  try {
    return page[name] ?? new MemoryStorage()
  } catch {
    return new MemoryStorage()
  }
}

/** Of all tabs. */
export const sharedStorage = storageOf(globalThis, 'localStorage')
/** Of this tab. */
export const tabStorage = storageOf(globalThis, 'sessionStorage')

/** The name of what a form keeps in the tab, for its user alone. */
export const draftKey = (userId: string, name: string): string => `draft ${userId} ${name}`

/** Removes what a user's forms keep in the tab. */
export function forgetDrafts(userId: string, storage: Storage = tabStorage): void {
  const names = Array.from({ length: storage.length }, (_, index) => storage.key(index)!)
  for (const name of names) if (name.startsWith(draftKey(userId, ''))) storage.removeItem(name)
}
