import react from '@vitejs/plugin-react'
import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import { adminEntry } from './admin-entry.ts'
import { firstPageChunks } from './first-page-chunks.ts'
import { fontPreload } from './font-preload.ts'
import { loadShop } from './load-shop.ts'
import { sitemap } from './sitemap.ts'

const root = import.meta.dirname

/** The title of a page until its script runs. */
const shopName = (): Plugin => ({
  name: 'shop-name',
  transformIndexHtml: async (html) => html.replaceAll('%SHOP_NAME%', (await loadShop()).name),
})

/**
 * Two entry pages, so that customers never load the back office. `CARTWHEEL_PAGES` is the address of a running
 * distribution: the development server forwards what is not a page to it, so that pages and API have one origin as on AWS.
 */
export default defineConfig(() => {
  const target = process.env['CARTWHEEL_PAGES'] ?? 'http://127.0.0.1:3001'
  return {
    root,
    plugins: [adminEntry(), react(), shopName(), fontPreload(), sitemap()],
    build: {
      outDir: join(root, '../dist/web'),
      emptyOutDir: true,
      rolldownOptions: {
        input: { storefront: join(root, 'index.html'), admin: join(root, 'admin/index.html') },
        output: { codeSplitting: { groups: firstPageChunks } },
      },
      // A data: address of a small image would need an exception in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'es2023',
    },
    server: {
      host: '127.0.0.1',
      proxy: { '/api': target, '/media': target, '/config.json': target },
    },
    appType: 'spa' as const,
  }
})
