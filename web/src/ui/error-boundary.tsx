import { Component, type ReactNode } from 'react'
import { Button } from './button.tsx'

/**
 * Instead of a page that cannot be shown: its code could not be loaded (no connection, or a release replaced it meanwhile),
 * or it has a bug. The frame around it still works: with the
 * page's path as its `key`, the boundary shows the next page.
 */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children
    return (
      <main id="content" className="container page">
        <div className="state" role="alert">
          <h1>This page cannot be shown</h1>
          <p className="soft">Check your connection, then load it again. Nothing was lost.</p>
          <Button look="primary" onClick={() => location.reload()}>
            Load again
          </Button>
        </div>
      </main>
    )
  }
}
