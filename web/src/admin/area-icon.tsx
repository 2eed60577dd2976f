/** Outlines on a grid of 24, one for each area. */
const outlines: Readonly<Record<string, string>> = {
  '/live': 'M3 12h4l3-8 4 16 3-8h4',
  '/orders': 'M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6',
  '/products': 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9',
  '/inventory': 'M3 9l9-5 9 5v11H3zM7 20v-7h10v7M7 16.5h10',
  '/discounts': 'M4 4h8l8 8-8 8-8-8zM8.5 8.5h.01',
  '/reports': 'M4 20V4M4 20h16M8.5 16v-5M13 16V7M17.5 16v-3',
  '/operations':
    'M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M18.4 5.6l-2.2 2.2M7.8 16.2l-2.2 2.2',
}

export const AreaIcon = ({ path }: { readonly path: string }) => (
  <svg className="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
    <path d={outlines[path] ?? 'M5 12h14'} />
  </svg>
)
