import { useLocation, useSearch } from 'wouter'

/** The filters of a list, which live in the address, so that a reload, a bookmark and the back button keep them. */
export function useFilters(): [get: (name: string) => string, set: (name: string, value: string) => void] {
  const [path, navigate] = useLocation()
  const params = new URLSearchParams(useSearch())
  return [
    (name) => params.get(name) ?? '',
    (name, value) => {
      if (value === '') params.delete(name)
      else params.set(name, value)
      const query = params.size > 0 ? `?${params.toString()}` : ''
      // An area's own path is `/`, which would add a slash to the address.
      navigate(`${path === '/' && query ? '' : path}${query}`)
    },
  ]
}
