const paths = {
  cart: 'M3 4h2.2l2.3 11.2h10.1L20 7.4H6M9.2 19.6h.1M16.6 19.6h.1',
  search: 'M10.8 17.6a6.8 6.8 0 1 0 0-13.6 6.8 6.8 0 0 0 0 13.6ZM15.8 15.8 20.4 20.4',
  person: 'M12 11.4a3.9 3.9 0 1 0 0-7.8 3.9 3.9 0 0 0 0 7.8ZM4.6 20.4c.6-3.9 3.7-5.9 7.4-5.9s6.8 2 7.4 5.9',
  minus: 'M6 12h12',
  plus: 'M6 12h12M12 6v12',
  remove: 'M4.8 6.8h14.4M9.6 6.6V4.4h4.8v2.2M7 7l.8 12.6h8.4L17 7M10.4 10.4v5.8M13.6 10.4v5.8',
  picture: 'M4.5 5.5h15v13h-15zM4.5 15.5l4.2-4.2 3 3 3.3-3.3 4.5 4.5M9 9h.1',
  left: 'M19.5 12h-15M10.5 6l-6 6 6 6',
  right: 'M4.5 12h15M13.5 6l6 6-6 6',
  check: 'm5 12.6 4.6 4.6L19.2 7',
} as const

type IconName = keyof typeof paths

/** A picture beside or instead of a text, which the control's name says: hidden from screen readers. */
export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg viewBox="0 0 24 24" width="24" height="24" className="icon" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)
