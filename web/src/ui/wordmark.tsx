/** The shop's mark and name. */
export const Wordmark = ({ name }: { readonly name: string }) => (
  <span className="wordmark">
    <svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
      <rect width="32" height="32" rx="9" className="wordmark-ground" />
      <g className="wordmark-wheel">
        <circle cx="16" cy="16" r="8.6" />
        <path d="M16 7.4v17.2M7.4 16h17.2M9.9 9.9l12.2 12.2M22.1 9.9 9.9 22.1" />
      </g>
    </svg>
    {name}
  </span>
)
