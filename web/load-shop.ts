import { join } from 'node:path'
import { runnerImport } from 'vite'

type Shop = typeof import('./src/storefront/shop.ts').shop

/**
 * Reads the shop's texts for the pages that are built. With an `import`, they would belong to the configuration: on a syntax
 * error, the development server could not restart, and showed nothing in the page.
 */
export async function loadShop(): Promise<Shop> {
  const { module } = await runnerImport<{ shop: Shop }>(join(import.meta.dirname, 'src/storefront/shop.ts'))
  return module.shop
}
