/** Instead of the app, when its configuration cannot be loaded. */
export const StartFailure = () => (
  <main className="container page">
    <div className="state" role="alert">
      <h1>The shop cannot be reached</h1>
      <p className="soft">Check your connection, then reload the page.</p>
      <button type="button" className="button button-primary" onClick={() => location.reload()}>
        Reload
      </button>
    </div>
  </main>
)
