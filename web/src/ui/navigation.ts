import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'

/** Scrolls to the top after a link was followed. Back and forward keep the position, which the browser restores. */
export function useScrollToTop(): void {
  const [path] = useLocation()
  const wentBack = useRef(false)
  useEffect(() => {
    const note = () => (wentBack.current = true)
    addEventListener('popstate', note)
    return () => removeEventListener('popstate', note)
  }, [])
  useEffect(() => {
    if (!wentBack.current) scrollTo(0, 0)
    wentBack.current = false
  }, [path])
}

/** For an action that removes the control that was used: the focus would be lost. */
export const focusHeading = (): void => document.querySelector('h1')?.focus({ preventScroll: true })
