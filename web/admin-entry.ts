import type { Plugin } from 'vite'

/**
 * The development server shows the storefront for addresses without a file. Those of the back office have its entry page,
 * as infra/edge/entry-page.js does it at the distribution.
 */
export const adminEntry = (): Plugin => ({
  name: 'admin-entry',
  configureServer({ middlewares }) {
    middlewares.use((request, _response, next) => {
      const [path = '', query] = (request.url ?? '').split('?')
      const name = path.split('/').at(-1) ?? ''
      if (/^\/admin(\/|$)/.test(path) && !name.includes('.'))
        request.url = `/admin/index.html${query === undefined ? '' : `?${query}`}`
      next()
    })
  },
})
