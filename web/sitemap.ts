import type { Plugin } from 'vite'
import { loadShop } from './load-shop.ts'

/** The pages that search engines may list: those that every visitor sees alike and that a build knows. */
const paths = async () => {
  const { categories } = await loadShop()
  const lists = categories.map(({ slug }) => `/products?category=${slug}`)
  return ['/', '/products', ...lists, '/terms', '/privacy', '/returns']
}

/**
 * Makes sitemap.xml. A deployment replaces `__WEB_URL__` there and in robots.txt by the address of its site, which one build
 * for all stages does not know. Products are not in it, since they change without a build: search engines find them through
 * the lists.
 */
export const sitemap = (): Plugin => ({
  name: 'sitemap',
  apply: 'build',
  async generateBundle() {
    const urls = (await paths()).map((path) => `  <url><loc>__WEB_URL__${path}</loc></url>\n`).join('')
    const source = `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls}</urlset>\n`
    this.emitFile({ type: 'asset', fileName: 'sitemap.xml', source })
  },
})
