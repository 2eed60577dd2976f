/** What the pages of an operation list, in their order. */
export const itemsIn = async <Page, Item>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> => (await Array.fromAsync(pages)).flatMap((page) => itemsOf(page) ?? [])

/** The pages of an operation for which the SDK has no paginator. */
export async function* pagesOf<Page extends { NextToken?: string | undefined }>(
  read: (nextToken: string | undefined) => Promise<Page>,
): AsyncGenerator<Page> {
  let token: string | undefined
  do {
    const page = await read(token)
    yield page
    token = page.NextToken
  } while (token !== undefined && token !== '')
}
